"""An RTSP session (RFC 2326) over one TCP connection, without any I/O: bytes in, keyframes out.

The edge sends what `outgoing()` gives, feeds `receive()` with what comes and calls `tick()` now and then.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from camera_ingest.authorization import Authorization, strongest
from camera_ingest.camera import Login
from camera_ingest.depacketize import Depacketizer, Keyframe
from camera_ingest.lost import StreamLost
from camera_ingest.sample import Blind
from camera_ingest.sdp import Track, video_track

LARGEST_MESSAGE = 1 << 16  # bytes of a response with its body
USUAL_TIMEOUT_S = 60.0  # of a session whose server names none (RFC 2326 §12.37)
_STATUS = re.compile(rb"RTSP/\d\.\d (\d{3})(?: |$)")
_REQUEST = re.compile(rb"[A-Z_]+ \S+ RTSP/\d\.\d$")
_CHANNELS = re.compile(r"interleaved=(\d{1,3})(?!\d)")
_BLINDNESS = {401: Blind.REFUSED, 403: Blind.REFUSED, 404: Blind.NOT_FOUND}


@dataclass(frozen=True, slots=True)
class _Response:
    status: int
    fields: Mapping[str, tuple[str, ...]]
    """Values by name in lower case."""
    body: bytes

    def field(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "")


class Session:
    """The conversation with one camera, from OPTIONS to its keyframes. Time is given, in monotonic seconds."""

    def __init__(self, which: str, url: str, login: Login | None = None) -> None:
        self.wanted = True
        """Whether keyframes are put together; while False, packets are only hopped over."""
        self.playing = False
        self.track: Track | None = None
        self._which = which
        self._url = self._aggregate = without_login(url)
        self._login = login
        self._authorization: Authorization | None = None
        self._sequence = 0
        self._asked: tuple[str, ...] = ()  # method, URL and fields of the request under way
        self._authorised_again = False  # the request under way was refused once and repeated with an answer
        self._out = b""
        self._rest = b""  # an incomplete packet or message
        self._session = ""
        self._alive_by = "OPTIONS"  # the method of the keep-alive
        self._alive_every = USUAL_TIMEOUT_S / 2
        self._alive_at: float | None = None  # when the next keep-alive is due
        self._channel = 0
        self._depacketizer: Depacketizer | None = None
        self._collecting = True  # `wanted` when the last bytes came
        self._ask("OPTIONS", self._url)

    @property
    def step(self) -> str:
        """Where the conversation stands: "OPTIONS" … "PLAY", then "playing"."""
        return "playing" if self.playing else self._asked[0]

    def outgoing(self) -> bytes:
        """What is to be sent now; forgotten once taken."""
        out, self._out = self._out, b""
        return out

    def tick(self, now: float) -> None:
        """Keeps the session alive, at half its timeout."""
        if not self.playing:
            return
        if self._alive_at is None:
            self._alive_at = now + self._alive_every
        elif now >= self._alive_at:
            self._alive_at = now + self._alive_every
            self._ask(self._alive_by, self._aggregate)

    def receive(self, data: bytes | memoryview) -> Keyframe | None:
        """Takes what came from the camera; gives the newest keyframe that it completed. Raises StreamLost."""
        if self._rest:
            data = self._rest + data
        view = memoryview(data)
        if self.wanted and not self._collecting and self._depacketizer:
            self._depacketizer.reset()
        self._collecting = self.wanted
        newest, at, size = None, 0, len(view)
        while at + 4 <= size:
            if view[at] == 0x24:  # "$": channel, length, packet
                end = at + 4 + (view[at + 2] << 8 | view[at + 3])
                if end > size:
                    break
                if self._collecting and self._depacketizer and view[at + 1] == self._channel:
                    newest = self._depacketizer.feed(view[at + 4 : end]) or newest
            elif view[at] in b"\r\n":  # stray line ends, which some cameras put between messages
                end = at + 1
            else:
                end = self._message(bytes(view[at : at + LARGEST_MESSAGE]), at)
                if end == at:
                    break
            at = end
        self._rest = bytes(view[at:])
        return newest

    def _message(self, data: bytes, at: int) -> int:
        """Answers one response; gives where it ends, or `at` if it is not complete."""
        line, line_ends, _ = data.partition(b"\r\n")
        head, head_ends, rest = data.partition(b"\r\n\r\n")
        text = line.isascii() and line.decode().isprintable()
        if not text or (line_ends and not _STATUS.match(line) and not _REQUEST.match(line)):
            raise self._lost("an RTSP response", f"{data[:16]!r}", Blind.GARBAGE)
        fields = _fields(head)
        length = next(iter(fields.get("content-length", ())), "0")
        body = int(length) if length.isdecimal() and len(length) < 8 else 0
        if (not head_ends or len(rest) < body) and len(data) < LARGEST_MESSAGE:
            return at
        if not head_ends or len(rest) < body:
            raise self._lost(f"a response of at most {LARGEST_MESSAGE} bytes", "a longer one", Blind.GARBAGE)
        status = _STATUS.match(line)
        if status and fields.get("cseq", (str(self._sequence),))[0] == str(self._sequence):
            self._answered(_Response(int(status[1]), fields, rest[:body]))
        return at + len(head) + 4 + body

    def _answered(self, response: _Response) -> None:
        if response.status == 401 and self._authorise(response):
            return
        if self.playing:  # an answer to a keep-alive; whether the stream goes on is judged by its packets
            return
        if response.status != 200:
            blind = _BLINDNESS.get(response.status, Blind.UNREACHABLE)
            raise self._lost("200 OK", _phrase(response.status), blind)
        match self._asked[0]:
            case "OPTIONS":
                self._alive_by = "GET_PARAMETER" if "GET_PARAMETER" in response.field("public") else "OPTIONS"
                self._ask("DESCRIBE", self._url, "Accept: application/sdp")
            case "DESCRIBE":
                self._described(response)
            case "SETUP":
                self._set_up(response)
            case "PLAY":
                self.playing = True

    def _described(self, response: _Response) -> None:
        base = response.field("content-base") or response.field("content-location")
        base = without_login(base) if base.lower().startswith("rtsp://") else self._url
        self.track = track = video_track(response.body.decode("utf-8", "replace"), base)
        if track is None:
            raise self._lost("a description with H.264 or H.265 video", "none", Blind.UNDECODABLE)
        self._aggregate = track.aggregate
        self._depacketizer = Depacketizer(track.codec, track.payload_type, track.sets)
        self._ask("SETUP", track.control, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")

    def _set_up(self, response: _Response) -> None:
        self._session, _, options = response.field("session").partition(";")
        timeout = re.search(r"timeout=(\d{1,6})", options)
        self._alive_every = max(1.0, float(timeout[1]) / 2) if timeout else USUAL_TIMEOUT_S / 2
        channel = _CHANNELS.search(response.field("transport"))
        self._channel = int(channel[1]) if channel else 0
        self._ask("PLAY", self._aggregate, "Range: npt=0.000-")

    def _authorise(self, response: _Response) -> bool:
        """Repeats the request with an answer to the challenge; False if it is refused for good."""
        challenge = strongest(response.fields.get("www-authenticate", ()))
        if self._login is None or challenge is None or (self._authorised_again and not challenge.stale):
            return False
        nonce = self._authorization.challenge.nonce if self._authorization else None
        if self._authorised_again and challenge.nonce == nonce:  # "stale", and yet the same
            return False
        self._authorization = Authorization(challenge, self._login)
        self._ask(*self._asked)
        self._authorised_again = True
        return True

    def _ask(self, method: str, url: str, *fields: str) -> None:
        self._asked, self._authorised_again = (method, url, *fields), False
        self._sequence += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._sequence}", "User-Agent: hallwatch", *fields]
        if self._session:
            lines.append(f"Session: {self._session}")
        if self._authorization:
            lines.append(f"Authorization: {self._authorization.header(method, url)}")
        self._out += "\r\n".join((*lines, "", "")).encode()

    def _lost(self, expected: str, found: str, blind: Blind) -> StreamLost:
        return StreamLost(self._which, self.step, expected, found, blind)


def without_login(url: str) -> str:
    """The URL less `user:password@`, which belongs into `Login`."""
    return re.sub(r"^(\w+://)[^/]*@", r"\1", url)


def _fields(head: bytes) -> dict[str, tuple[str, ...]]:
    """The header fields of a message, names in lower case, repeated ones kept."""
    fields: dict[str, tuple[str, ...]] = {}
    for line in head.decode("utf-8", "replace").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        fields[name] = (*fields.get(name, ()), value.strip())
    return fields


def _phrase(status: int) -> str:
    """The status in our words: a server's own words could repeat what we sent."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
