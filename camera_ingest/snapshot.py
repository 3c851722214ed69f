"""A snapshot: one JPEG from an HTTP(S) camera, over a connection that is kept."""

import contextlib
import functools
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import cv2
import numpy as np

from camera_ingest.authorization import Authorization, strongest
from camera_ingest.camera import Camera
from camera_ingest.decode import LARGEST_SIDE
from camera_ingest.lost import StreamLost
from camera_ingest.sample import Blind, Picture

LARGEST_JPEG = 8 << 20  # bytes
MOST_SCANS = 64  # of a progressive picture, which has some ten; each is a pass over the whole of it
USEFUL_WIDTH = 640  # pixels; a picture at least twice as wide is decoded at 1/2, 1/4 or 1/8 of its size
_REDUCED = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}
_BLINDNESS = {401: Blind.REFUSED, 403: Blind.REFUSED, 404: Blind.NOT_FOUND}


def utc_now() -> datetime:
    """The time of day, at the edge."""
    return datetime.now(UTC)


class Snapshot:
    """One HTTP camera; belongs to one thread at a time."""

    def __init__(self, camera: Camera, deadline_s: float, utc: Callable[[], datetime] = utc_now) -> None:
        """`deadline_s`: for one picture, connecting and authorization included."""
        self.clock_off_s: float | None = None
        """By how much the camera's clock was ahead of `utc` at its last answer, to half a second; None = not told."""
        self._utc = utc
        parts = urlsplit(camera.url)
        self._which = camera.id
        self._login = camera.login
        self._deadline_s = deadline_s
        self._target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        self._authorization: Authorization | None = None
        self._waiting: socket.socket | None = None  # on which an answer is waited for
        host, port = parts.hostname or "?", parts.port
        if parts.scheme.lower() == "https":
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=deadline_s, context=_tls()
            )
        else:
            self._connection = http.client.HTTPConnection(host, port, timeout=deadline_s)

    def fetch(self) -> bytes:
        """The bytes of a JPEG. Raises StreamLost."""
        deadline = time.monotonic() + self._deadline_s
        alarm = threading.Timer(self._deadline_s, self._hang_up)  # the timeout of a socket restarts with each byte
        alarm.daemon = True
        alarm.start()
        try:
            body = self._get()
            if time.monotonic() >= deadline:  # what was hung up on looks like the end of a body without a length
                raise TimeoutError
            return body
        except StreamLost:
            self.close()
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            if time.monotonic() >= deadline:
                raise self._lost(f"a picture within {self._deadline_s:g} s", "no end", Blind.STALLED) from error
            garbled = isinstance(error, http.client.HTTPException | ValueError)
            blind = Blind.GARBAGE if garbled else Blind.UNREACHABLE
            raise self._lost("an HTTP response", type(error).__name__, blind) from error
        finally:
            alarm.cancel()

    def close(self) -> None:
        """Lets the connection go; the next fetch opens another."""
        self._connection.close()

    def _get(self) -> bytes:
        kept = self._connection.sock is not None
        try:
            status, challenge, body = self._request()
        except (http.client.RemoteDisconnected, ConnectionError, BrokenPipeError):
            if not kept:
                raise
            self.close()  # the server had closed the kept connection: once more on a new one
            status, challenge, body = self._request()
        if status == 401 and self._login is not None:
            asked = strongest(challenge)
            if asked is not None:
                self._authorization = Authorization(asked, self._login)
                status, _, body = self._request()
        if status != 200:
            raise self._lost("200 OK", str(status), _BLINDNESS.get(status, Blind.UNREACHABLE))
        if len(body) > LARGEST_JPEG:
            raise self._lost(f"at most {LARGEST_JPEG} bytes", "more", Blind.GARBAGE)
        if not body.startswith(b"\xff\xd8"):
            raise self._lost("a JPEG", f"{body[:4]!r}", Blind.GARBAGE)
        return body

    def _request(self) -> tuple[int, list[str], bytes]:
        """Status, challenges, body; a body that is too long is cut and its connection closed."""
        fields = {"User-Agent": "hallwatch"}
        if self._authorization is not None:
            fields["Authorization"] = self._authorization.header("GET", self._target)
        self._connection.request("GET", self._target, headers=fields)
        self._waiting = self._connection.sock  # getresponse lets it go where the server closes after the body
        response = self._connection.getresponse()
        self.clock_off_s = clock_off_s(response.headers.get("Date", ""), self._utc())
        challenges = response.headers.get_all("WWW-Authenticate") or []
        body = response.read(LARGEST_JPEG + 1)
        if not response.isclosed():
            self.close()
        return response.status, challenges, body

    def _hang_up(self) -> None:
        """Ends whatever the other thread waits for."""
        for connection in (self._waiting, self._connection.sock):
            if connection is not None:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _lost(self, expected: str, found: str, blind: Blind) -> StreamLost:
        return StreamLost(self._which, "GET", expected, found, blind)


@functools.cache
def _tls() -> ssl.SSLContext:
    """One for all cameras: each would hold the certificates of all authorities, 832 kB."""
    return ssl.create_default_context()


def clock_off_s(date: str, utc: datetime) -> float | None:
    """Seconds by which the clock that wrote a Date field (RFC 9110 §5.6.7) is ahead of `utc`; None if it tells none."""
    try:
        theirs = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return (theirs.replace(tzinfo=theirs.tzinfo or UTC) - utc).total_seconds() + 0.5  # half of the second it is cut to


def decode_jpeg(data: bytes) -> Picture | None:
    """The picture in BGR, reduced where it is much wider than needed; None if it is cut short or not a JPEG."""
    size = jpeg_size(data)
    if size is None or max(size) > LARGEST_SIDE or data.rfind(b"\xff\xd9", -1024) < 0:  # cut short: OpenCV would guess
        return None
    if data.count(b"\xff\xda") > MOST_SCANS:
        return None
    divisor = next((d for d in (8, 4, 2) if size[0] >= d * USEFUL_WIDTH), 1)
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), _REDUCED.get(divisor, cv2.IMREAD_COLOR))
    except cv2.error:  # OpenCV has limits of its own
        return None
    if picture is None or max(picture.shape) > LARGEST_SIDE:
        return None
    return picture.astype(np.uint8, copy=False)


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) from the frame header (ITU-T T.81 B.2.2), without decoding."""
    at = 2
    while data[:2] == b"\xff\xd8" and at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = int.from_bytes(data[at + 5 : at + 7], "big"), int.from_bytes(data[at + 7 : at + 9], "big")
            return (width, height) if width and height else None
        if marker in (0x00, 0x01) or 0xD0 <= marker <= 0xDA:  # without a length, or the first scan: a decoder reads on
            return None
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big") if marker != 0xFF else 1
    return None
