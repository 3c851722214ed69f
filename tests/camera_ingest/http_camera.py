"""A small HTTP camera for tests: what a path answers is a function."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Answer = Callable[[BaseHTTPRequestHandler], None]


def send(
    request: BaseHTTPRequestHandler, status: int, body: bytes = b"", fields: Mapping[str, str] | None = None
) -> None:
    """A whole response."""
    request.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(fields or {})}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


@contextmanager
def http_camera(answers: Mapping[str, Answer]) -> Iterator[str]:
    """Serves until left; gives the base URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5

        def do_GET(self) -> None:
            answers[self.path](self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
