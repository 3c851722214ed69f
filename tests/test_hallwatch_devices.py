"""The verbs of `hallwatch devices`."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import hallwatch
from hallwatch_wiring import Missing, load_settings
from monitor.adapters.mosquitto import login
from monitor.adapters.mqtt import Broker, Bus
from tests.monitor.adapters.conftest import free_port, started
from tests.monitor.adapters.talker import talking
from tests.monitor.adapters.test_delivery import said
from tests.monitor.adapters.test_mosquitto import certified
from tests.monitor.adapters.test_mqtt import collect, until
from tests.test_hallwatch import CONFIG

BUTTON = "zwjc/v1/371002/hc01/button/btn-w001"
DEVICES = "devices: [{id: btn-w001, hall: hc01, type: button, window: w001, scale_id: KEY5_DESC}]\n"


def written(directory: Path, **broker: object) -> Path:
    """A configuration with an external broker."""
    path = directory / "my.yaml"
    path.write_text(
        f"{CONFIG}{DEVICES}broker: {json.dumps({'mode': 'external', 'logins': 'broker/logins'} | broker)}\n"
    )
    return path


@contextmanager
def intake_running(config: Path) -> Iterator[None]:
    """`hallwatch intake`, as on a command line."""
    with subprocess.Popen([sys.executable, "-m", "hallwatch", "intake", config]) as process:
        try:
            yield
        finally:
            process.terminate()
    assert process.returncode == hallwatch.DONE


@pytest.mark.broker
def test_what_is_written_runs_and_our_programs_speak_through_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    certified(tmp_path, "own")
    port = free_port()
    config = written(tmp_path, port=port, tls_ca="own.pem")
    tls = ["--certificate", f"{tmp_path}/own.pem", "--key", f"{tmp_path}/own.key"]
    verb = ["devices", "mosquitto-config", str(config), str(tmp_path / "broker"), "--json", *tls]
    assert [hallwatch.main(verb), hallwatch.main([*verb, "--shards", "2"])] == [hallwatch.DONE] * 2
    out, err = capsys.readouterr()
    assert [(one["accounts"], one["new"]) for one in map(json.loads, out.splitlines())] == [(6, 6), (7, 1)]
    with started(tmp_path / "broker/mosquitto.conf", port):
        own = login(tmp_path / "broker/logins/btn-w001")
        with intake_running(config), talking(port, own, ca=f"{tmp_path}/own.pem") as device:
            device.listen([f"{BUTTON}/cmd/ack"])
            rating = said(1, dev_id="btn-w001", raw="0")
            device.until(lambda: bool(device.publish(f"{BUTTON}/evt/rating", rating) and device.heard))
        watch, serve = (load_settings(config, program).broker for program in ("watch-2", "serve"))
        assert watch.login is not None
        assert watch.login[1] not in out + err
        with Bus(serve, "serve", ["hallwatch/v1/hc01/live"]) as board, Bus(watch, "watch") as shard:
            until(lambda: board.link.connected and shard.link.connected, board)
            shard.publish("hallwatch/v1/hc01/live", b"{}", retain=True)
            assert [one.payload for one in collect(board, 1)] == [b"{}"]


def test_a_program_without_a_login_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"hallwatch\.intake: expected a login, found: No such file"):
        load_settings(written(tmp_path), "intake")
    assert load_settings(written(tmp_path)).broker == Broker("external", logins=tmp_path / "broker/logins")


@pytest.mark.parametrize(
    ("broker", "options", "expected"),
    [
        ({"mode": "embedded", "logins": None}, [], "broker.mode: expected external"),
        ({"logins": None}, [], "broker.logins: expected"),
        ({"logins": "elsewhere"}, [], "broker.logins: expected"),
        ({}, ["--listen", "0.0.0.0"], "expected --certificate and --key"),
        ({}, ["--certificate", "own.pem"], "expected both or neither"),
        ({}, ["--certificate", "none.pem", "--key", "none.key"], "expected one that fits"),
        ({}, ["--certificate", "own.pem", "--key", "own.key"], "only the first"),
        ({"tls_ca": "own.pem"}, [], "only the second"),
        ({"login": {"file": "login"}}, [], "broker.logins: expected nothing beside"),
    ],
)
def test_what_cannot_work_is_refused_and_nothing_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    broker: dict[str, object],
    options: list[str],
    expected: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    certified(tmp_path, "own")
    Path("login").write_text("a\nb\n")
    verb = ["devices", "mosquitto-config", str(written(tmp_path, **broker)), "broker", *options]
    assert hallwatch.main(verb) == hallwatch.REFUSED
    assert expected in capsys.readouterr().err
    assert not Path("broker").exists()


def test_an_address_is_an_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        hallwatch.main(["devices", "mosquitto-config", "my.yaml", str(tmp_path), "--listen", "everywhere\nuser root"])
    assert end.value.code == hallwatch.USAGE
    assert "expected an IP address" in capsys.readouterr().err
