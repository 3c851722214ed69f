"""Recipients: people on duty in the simulated city. What they are told stays here; nobody outside is told anything."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from monitor.ladder import Role

HOST = "127.0.0.1"
MOST_BYTES = 65536
"""Of one message."""
NAMES = {Role.DUTY: "模拟值班主任", Role.DISTRICT: "模拟区市督察", Role.CITY: "模拟市级总屏"}


@dataclass(frozen=True, slots=True)
class Told:
    """One message as it arrived."""

    to: str
    title: str
    text: str
    at: datetime

    def line(self) -> dict[str, Any]:
        """For the JSON lines of the demonstration."""
        return {"kind": "notice", "to": self.to, "title": self.title, "text": self.text, "at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class Recipients:
    """Where they are reached, and what they were told since somebody last asked."""

    port: int
    told: SimpleQueue[Told] = field(default_factory=SimpleQueue)

    def settings(self, directory: Path, base_url: str) -> dict[str, Any]:
        """The section `notices`; addresses and the secret of links are written into files of that directory."""
        section: dict[str, Any] = {"base_url": base_url, "recipients": [], "secret_file": "notices-secret"}
        _write(directory / "notices-secret", secrets.token_urlsafe(48))
        for role, name in NAMES.items():
            file = f"notices-{role}"
            _write(directory / file, f"json://{HOST}:{self.port}/{role}")
            section["recipients"].append({"name": name, "role": str(role), "url_file": file})
        return section


@contextmanager
def receiving() -> Iterator[Recipients]:
    """Receive on a free port of loopback while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            name = {f"/{role}": name for role, name in NAMES.items()}.get(self.path.rstrip("/"))
            length = self.headers.get("Content-Length", "")
            try:
                if name is None or not length.isdecimal() or int(length) > MOST_BYTES:
                    raise ValueError
                said = json.loads(self.rfile.read(int(length)))
                told = Told(name, str(said["title"]), str(said["message"]), datetime.now(UTC))
            except (ValueError, KeyError, TypeError):
                self.send_error(400)
                return
            here.told.put(told)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        server.daemon_threads = True
        here = Recipients(server.server_port)
        thread = Thread(target=server.serve_forever, name="recipients", daemon=True)
        thread.start()
        try:
            yield here
        finally:
            server.shutdown()
            thread.join()


def _write(path: Path, line: str) -> None:
    """A file that only its owner may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{line}\n")
