"""The guard at the door: which requests are let in, and what every answer says to the browser.

There is no sign-in yet, so the pages are for this machine alone: only loopback names are answered, which a page of
another site that resolves its own name to 127.0.0.1 cannot send, and nothing is changed from another site's page.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Names under which the pages may be asked for."""
UPLOAD_BYTES = 32 * 1024 * 1024
"""Of one request: two photographs of 10 MB in base64, and the rest."""
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def guard(server: Flask, script_hashes: Sequence[str], upload_bytes: int = UPLOAD_BYTES, outside: str = "") -> None:
    """Refuses foreign hosts and foreign origins, bounds uploads, and sets the security headers.

    `outside`: host[:port] under which a proxy of the site passes /confirm on, and nothing else; empty = none.
    """
    server.config["MAX_CONTENT_LENGTH"] = upload_bytes
    policy = content_policy(script_hashes)

    @server.before_request
    def admit() -> None:
        passed_on = bool(outside) and request.path == "/confirm" and _from(outside)
        if hostname(request.host) not in LOOPBACK and not passed_on:
            abort(421, "These pages answer under 127.0.0.1 or localhost only.")
        if (request.content_length or 0) > upload_bytes:
            abort(413, f"More than the {upload_bytes} bytes that may be sent at once.")
        if request.method not in SAFE_METHODS and not (passed_on or same_origin()):
            abort(403, "A change must come from one of these pages.")

    @server.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "geolocation=(), microphone=()"
        return response


def _from(outside: str) -> bool:
    """Whether a request came by the site's proxy: a change from one of its own pages, a look under its name."""
    origin = request.headers.get("Origin")
    if request.method in SAFE_METHODS:
        return request.host.lower() == outside
    return origin is not None and urlsplit(origin).netloc.lower() == outside


def content_policy(script_hashes: Sequence[str]) -> str:
    """Nothing foreign; Dash sets style attributes and starts itself with one inline script, named by its hash."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {' '.join(script_hashes)}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def hostname(host: str) -> str:
    """The name part of a Host header, in lower case."""
    name = host.lower()
    if name.startswith("["):
        return name[: name.find("]") + 1]
    return name.partition(":")[0]


def same_origin() -> bool:
    """Whether the request was made by one of our own pages; browsers always send Origin with a change."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    return urlsplit(origin).netloc.lower() == request.host.lower()
