"""A talk: requests to one ONVIF device, and to no other, with a login that never leaves it in clear.

Only paths can be asked: whatever a device says about other machines or redirections, the host and the port stay those
that somebody named. The password is shown as a digest alone (WS-UsernameToken, HTTP digest).
"""

import contextlib
import http.client
import socket
import threading
import time

from onveef import envelopes

from camera_ingest.authorization import Authorization, strongest
from camera_ingest.camera import Login
from camera_ingest.onvif_address import netloc, plain
from camera_ingest.onvif_reply import LARGEST, BadReply, fault, is_about_login, sound

ANSWER_S, TALK_S = 5.0, 60.0
"""Seconds for one answer with its connection, and for all answers together (a recorder has many channels)."""
CONTENT_TYPES = ("application/soap+xml; charset=utf-8", "text/xml; charset=utf-8")
"""SOAP 1.2; some devices take only the older name."""


class OnvifFailed(Exception):
    """A device did not do as asked. `str()` is one sentence without credentials: which, expected, found."""

    def __init__(self, which: str, expected: str, found: str) -> None:
        super().__init__(f"{which}: expected {expected}, found {found}")


class NoAnswer(OnvifFailed):
    """Nothing answers at that address, or not in time."""


class LoginRefused(OnvifFailed):
    """The login is missing or wrong. It must not be tried again: many cameras lock after a few attempts."""


class NotOnvif(OnvifFailed):
    """Something answers that does not speak ONVIF, or not so that it may be read."""


class NoMedia(OnvifFailed):
    """An ONVIF device without a media service or without video: a door, a keyboard, a recorder without cameras."""


class FaultTold(OnvifFailed):
    """The device understood and will not do this, for instance because it cannot."""


class Talk:
    """Requests to one device; belongs to one thread. A connection lives for one request, as many devices want it."""

    def __init__(self, host: str, port: int, login: Login | None) -> None:
        self.host = host
        self.which = netloc(host, port)
        self.own = {host}
        """What the device may call itself: the host as it was named, and the address it was reached at."""
        self.clock_offset_s = 0.0
        """How far the device's clock is ahead of ours; requests are signed in its time."""
        self.login = login
        self._port = port
        self._until = time.monotonic() + TALK_S

    def ask(self, path: str, body: str, signed: bool) -> str:
        """The sound text of an answer without a fault. `signed`: with the login, if there is one.

        Raises NoAnswer, LoginRefused, NotOnvif, FaultTold.
        """
        for content_type in CONTENT_TYPES:
            status, data = self._post(path, body, signed, content_type)
            if status not in (400, 415) or b"Fault" in data:
                break
        if 300 <= status < 400:
            raise NotOnvif(self.which, "an ONVIF reply", f"a redirection (HTTP {status}), which is not followed")
        if status in (401, 403):
            raise self._refused(f"HTTP {status}")
        try:
            text = sound(data)
        except BadReply as bad:
            raise NotOnvif(self.which, "an ONVIF reply", f"{bad} (HTTP {status})") from None
        reason = fault(text)
        if reason is not None:
            if is_about_login(reason):
                raise self._refused(plain(reason))
            raise FaultTold(self.which, "an answer", f"a fault: {plain(reason)}")
        if status != 200 or b"Envelope" not in data:
            raise NotOnvif(self.which, "an ONVIF reply", f"something else (HTTP {status})")
        return text

    def _refused(self, found: str) -> LoginRefused:
        if self.login is None:
            return LoginRefused(self.which, "a login, which it needs", f"none: {found}")
        expected = "a login that it takes (ONVIF users are often apart from those of the web page)"
        return LoginRefused(self.which, expected, f"a wrong one: {found}")

    def _post(self, path: str, body: str, signed: bool, content_type: str) -> tuple[int, bytes]:
        """Status and body; once more where the device asks for HTTP digest."""
        login = self.login if signed else None
        status, challenges, data = self._exchange(path, self._envelope(body, login), {"Content-Type": content_type})
        asked = strongest(challenges) if status == 401 and login is not None else None
        if asked is None or login is None:
            return status, data
        if asked.scheme != "digest":
            raise self._refused("it wants the password in clear (HTTP Basic), which it is not given")
        header = Authorization(asked, login).header("POST", path)
        fields = {"Content-Type": content_type, "Authorization": header}
        status, _, data = self._exchange(path, self._envelope(body, login), fields)
        return status, data

    def _envelope(self, body: str, login: Login | None) -> bytes:
        user, password = (login.user, login.password) if login else ("", "")
        return envelopes.build_envelope(
            body, username=user, password=password, clock_offset_s=self.clock_offset_s
        ).encode()

    def _exchange(self, path: str, body: bytes, fields: dict[str, str]) -> tuple[int, list[str], bytes]:
        """Status, challenges, and at most one byte more of the body than may be read."""
        seconds = min(ANSWER_S, self._until - time.monotonic())
        if seconds <= 0:
            raise NoAnswer(self.which, f"everything within {TALK_S:g} s", "no end")
        deadline = time.monotonic() + seconds
        connection = http.client.HTTPConnection(self.host, self._port, timeout=seconds)
        alarm = None
        try:
            connection.connect()
            alarm = _alarm(connection.sock, deadline - time.monotonic())
            self.own.add(connection.sock.getpeername()[0])
            connection.request("POST", path, body, {"User-Agent": "hallwatch", **fields})
            response = connection.getresponse()
            challenges = response.headers.get_all("WWW-Authenticate") or []
            data = response.read(LARGEST + 1)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
                raise self._silent(seconds) from error
            if alarm is None or not isinstance(error, http.client.HTTPException | ValueError):
                reason = getattr(error, "strerror", None) or type(error).__name__
                raise NoAnswer(self.which, "an answer", reason) from error
            raise NotOnvif(self.which, "an ONVIF reply", f"no HTTP ({type(error).__name__})") from error
        finally:
            if alarm is not None:
                alarm.cancel()
            connection.close()
        if time.monotonic() >= deadline:  # hung up in the middle of a body
            raise self._silent(seconds)
        return response.status, challenges, data

    def _silent(self, seconds: float) -> NoAnswer:
        return NoAnswer(self.which, f"an answer within {seconds:.3g} s", "none")


def _alarm(waiting: socket.socket, seconds: float) -> threading.Timer:
    """Ends whatever waits on a socket after so long: its own timeout restarts with each byte."""

    def hang_up() -> None:
        with contextlib.suppress(OSError):
            waiting.shutdown(socket.SHUT_RDWR)

    alarm = threading.Timer(seconds, hang_up)
    alarm.daemon = True
    alarm.start()
    return alarm
