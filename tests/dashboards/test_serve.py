"""Serving for real: the app answers and streams through gunicorn, and a signal stops it at once."""

import http.client
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from pathlib import Path
from dashboards.app import build
from dashboards.live import Hub
from dashboards.serve import serve
from monitor.adapters.database import open_database
from tests.dashboards import city

settings = city.settings(Path(sys.argv[1]))
hub = Hub(frozenset(hall.id for hall in settings.halls))

def make():
    for hall in settings.halls:
        hub.put(city.message(settings, hall.id, city.NOW))
    return build(settings, open_database(settings.stores.database), hub, settings.stores.evidence)

serve(make, "127.0.0.1", int(sys.argv[2]), hub.close, ready=lambda: print("ready", flush=True))
"""


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_gunicorn_serves_streams_and_stops(tmp_path: Path, ending: signal.Signals) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path), str(port)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert served.stdout is not None
    try:
        assert served.stdout.readline() == "ready\n"
        page = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        page.request("GET", "/")
        assert b"_dash-config" in page.getresponse().read()
        page.close()
        live = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        live.request("GET", "/live")
        answer = live.getresponse()
        assert answer.readline() == b"event: beat\n"
        served.send_signal(ending)
        assert served.wait(timeout=20) == 0
        answer.close()
        live.close()
    finally:
        served.kill()
        served.stdout.close()
        served.wait()
