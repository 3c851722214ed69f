"""Serving: gunicorn inside this program, one worker process with threads.

Threads, not gevent: SQLite calls and the message client's own thread stay what they are, and an open page costs one
waiting thread. Everything with a thread or a database connection must be made in the worker, after the fork: hence a
function that makes the app.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

STREAMS = 200
"""Open pages at once; each holds a thread."""
SPARE_THREADS = 24
"""Threads for everything else."""


class Site(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with our settings and no command line, environment or control socket of its own."""

    def __init__(self, make: Callable[[], Flask], host: str, port: int, closing: Callable[[], None]) -> None:
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
        }
        super().__init__()

    def load_config(self) -> None:
        """Takes our options alone."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Makes the app in the worker."""
        return self.make()


def serve(make: Callable[[], Flask], host: str, port: int, closing: Callable[[], None] = lambda: None) -> None:
    """Serves until a signal stops it; needs the main thread.

    `make` is called in the worker process and returns the app; `closing` runs there when it is told to stop (end the
    event streams with `Hub.close`).
    """
    Site(make, host, port, closing).run()
