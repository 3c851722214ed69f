"""Serving: gunicorn inside this program, one worker process with threads.

Threads, not gevent: SQLite calls and the message client's own thread stay what they are, and an open page costs one
waiting thread. Everything with a thread or a database connection must be made in the worker, after the fork: hence a
function that makes the app.
"""

import signal
import socket
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # as below

STREAMS = 200
"""Open pages at once; each holds a thread."""
SPARE_THREADS = 24
"""Threads for everything else."""


class Site(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with our settings and no command line, environment or control socket of its own."""

    def __init__(
        self, make: Callable[[], Flask], host: str, port: int, closing: Callable[[], None], ready: Callable[[], None]
    ) -> None:
        self.make = make
        self.options = {
            "bind": [f"{host}:{port}"],
            "workers": 1,
            "worker_class": "gthread",
            "threads": STREAMS + SPARE_THREADS,
            "worker_connections": 4 * (STREAMS + SPARE_THREADS),
            "keepalive": 15,
            "timeout": 60,
            "graceful_timeout": 5,
            "control_socket_disable": True,
            "proc_name": "hallwatch serve",
            "loglevel": "warning",
            "worker_int": lambda worker: closing(),
            "post_worker_init": lambda worker: _stops_streams(worker, closing, ready),
        }
        super().__init__()

    def load_config(self) -> None:
        """Takes our options alone."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Makes the app in the worker."""
        return self.make()


def _stops_streams(worker: Any, closing: Callable[[], None], ready: Callable[[], None]) -> None:
    """Before the worker waits for its requests to end, the event streams, which never end by themselves, are ended."""
    stop = worker.handle_exit

    def handle_exit(number: int, frame: Any) -> None:
        closing()
        stop(number, frame)

    signal.signal(signal.SIGTERM, handle_exit)
    ready()


def nothing() -> None:
    """Does nothing."""


def serve(
    make: Callable[[], Flask],
    host: str,
    port: int,
    closing: Callable[[], None] = nothing,
    ready: Callable[[], None] = nothing,
) -> None:
    """Serves until SIGTERM or Ctrl-C; needs the main thread.

    `make` returns the app and is called in the worker process; `ready` is called there when it can answer, `closing`
    when it is told to stop (end the event streams with `Hub.close`).
    """
    Site(make, host, port, closing, ready).run()


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens on a port yet."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
