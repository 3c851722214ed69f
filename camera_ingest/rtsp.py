"""An RTSP session (RFC 2326) over one TCP connection, without any I/O: bytes in, keyframes out.

The edge sends what `outgoing()` gives, feeds `receive()` with what comes and calls `tick()` now and then.
"""

import re
from datetime import datetime

from camera_ingest import redirection, rtcp
from camera_ingest.authorization import Authorization, strongest
from camera_ingest.camera import Login
from camera_ingest.depacketize import Depacketizer, Keyframe
from camera_ingest.lost import StreamLost
from camera_ingest.redirection import Moved
from camera_ingest.rtsp_message import LARGEST_MESSAGE, Garbage, Message, phrase, take
from camera_ingest.sample import Blind
from camera_ingest.sdp import Track, video_track, without_login

USUAL_TIMEOUT_S = 60.0  # of a session whose server names none (RFC 2326 §12.37)
STRAYS = 50  # packets of our track on another channel, and none on the one agreed on, until that one is taken
DEPENDENT = 10  # whole pictures in a row without a keyframe after which it is said that there may be none
MOST_MESSAGES = 32  # that come together; a camera answers one request at a time
USUAL_MESSAGE = 1 << 11  # bytes; of a longer message more is looked at
_CHANNELS = re.compile(r"interleaved=(\d{1,3})(?!\d)")
_BLINDNESS = {401: Blind.REFUSED, 403: Blind.REFUSED, 404: Blind.NOT_FOUND}
_DISPENSABLE = (405, 501, 551)  # answers of cameras that know no OPTIONS, which we only ask out of politeness


class Session:
    """The conversation with one camera, from OPTIONS to its keyframes. Time is given, in monotonic seconds."""

    def __init__(self, which: str, url: str, login: Login | None = None, home: str | None = None) -> None:
        """`home`: the camera's own address if `url` is where it sent us; elsewhere no password is told in clear."""
        self.wanted = True
        """Whether keyframes are put together; while False, packets are only hopped over."""
        self.playing = False
        self.track: Track | None = None
        self.clock_off_s: float | None = None
        """By how much the camera's clock was ahead of ours at its last sender report; None = it has told none."""
        self._which = which
        self._url = self._aggregate = without_login(url)
        self._login = login
        self._abroad = home is not None and redirection.host(home) != redirection.host(self._url)
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
        self._strays = 0
        self._depacketizer: Depacketizer | None = None
        self._collecting = True  # `wanted` when the last bytes came
        self._ask("OPTIONS", self._url)

    @property
    def step(self) -> str:
        """Where the conversation stands: "OPTIONS" … "PLAY", then "playing"."""
        return "playing" if self.playing else self._asked[0]

    @property
    def lack(self) -> str:
        """Why no keyframe has come though packets do, as far as they tell; empty if they do not."""
        if self._depacketizer is None or self._depacketizer.dependent < DEPENDENT:
            return ""
        return "only pictures that need earlier ones (intra refresh); `via: pyav` can show such a camera"

    def outgoing(self) -> bytes:
        """What is to be sent now; forgotten once taken."""
        out, self._out = self._out, b""
        return out

    def leave(self) -> None:
        """Says that we go (RFC 2326 §10.7); what comes afterwards need not be received."""
        if self.playing:
            self._ask("TEARDOWN", self._aggregate)

    def tick(self, now: float) -> None:
        """Keeps the session alive, at half its timeout."""
        if not self.playing:
            return
        if self._alive_at is None:
            self._alive_at = now + self._alive_every
        elif now >= self._alive_at:
            self._alive_at = now + self._alive_every
            self._ask(self._alive_by, self._aggregate)

    def receive(self, data: bytes | memoryview, utc: datetime | None = None) -> Keyframe | None:
        """Takes what came from the camera; gives the newest keyframe that it completed. Raises StreamLost.

        `utc`: the aware time at which it came, if the camera's clock is to be compared with it.
        """
        if self._rest:
            data = self._rest + data
        view = memoryview(data)
        if self.wanted and not self._collecting and self._depacketizer:
            self._depacketizer.reset()
        self._collecting = self.wanted
        newest, at, size, messages = None, 0, len(view), 0
        while at + 4 <= size:
            if view[at] == 0x24:  # "$": channel, length, packet
                end = at + 4 + (view[at + 2] << 8 | view[at + 3])
                if end > size:
                    break
                if view[at + 1] != self._channel:
                    self._aside(view[at + 1], view[at + 4 : end], utc)
                elif self._collecting and self._depacketizer:
                    self._strays = 0
                    newest = self._depacketizer.feed(view[at + 4 : end]) or newest
            elif view[at] in b"\r\n":  # stray line ends, which some cameras put between messages
                end = at + 1
            else:
                end = at + self._message(view[at : at + LARGEST_MESSAGE])
                messages += 1
                if end == at:
                    break
                if messages > MOST_MESSAGES:
                    raise self._lost("packets", "messages without end", Blind.GARBAGE)
            at = end
        self._rest = bytes(view[at:])
        return newest

    def _aside(self, channel: int, packet: memoryview, utc: datetime | None) -> None:
        """Takes a packet of a channel that is not the video's: reports, or the video where it should not be."""
        if len(packet) < 2:
            return
        if packet[1] == rtcp.SENDER_REPORT:
            if utc is not None:
                self.clock_off_s = rtcp.clock_off_s(packet, utc)
        elif self._collecting and self.track is not None and packet[1] & 0x7F == self.track.payload_type:
            self._strays += 1
            if self._strays >= STRAYS:
                self._channel, self._strays = channel, 0

    def _message(self, view: memoryview) -> int:
        """Answers the response that `view` begins with; gives its length, or 0 if it is not complete."""
        try:
            taken = take(bytes(view[:USUAL_MESSAGE]))
            if taken is None and len(view) > USUAL_MESSAGE:
                taken = take(bytes(view))
        except Garbage as garbage:
            raise self._lost(garbage.expected, garbage.found, Blind.GARBAGE) from garbage
        if taken is None:
            return 0
        message, size = taken
        ours = message.field("cseq") in ("", str(self._sequence))
        if message.status is not None and message.status >= 200 and ours:
            self._answered(message, message.status)
        return size

    def _answered(self, response: Message, status: int) -> None:
        if status == 401 and self._authorise(response):
            return
        if self.playing:  # an answer to a keep-alive; whether the stream goes on is judged by its packets
            return
        if status >= 300:
            if not self._asked_otherwise(status):
                raise self._refused(response, status)
            return
        match self._asked[0]:
            case "OPTIONS":
                self._alive_by = "GET_PARAMETER" if "GET_PARAMETER" in response.field("public") else "OPTIONS"
                self._describe()
            case "DESCRIBE":
                self._described(response)
            case "SETUP":
                self._set_up(response)
            case "PLAY":
                self.playing = True

    def _asked_otherwise(self, status: int) -> bool:
        """Whether there is another way to ask for what was refused, and it has been taken."""
        match self._asked[0]:
            case "OPTIONS" if status in _DISPENSABLE:
                self._describe()
            case "PLAY" if status == 457 and len(self._asked) > 2:  # a range is only asked for because some want one
                self._ask("PLAY", self._asked[1])
            case "PLAY" if status == 459 and self.track is not None and self._asked[1] != self.track.control:
                self._aggregate = self.track.control
                self._ask("PLAY", self._aggregate, *self._asked[2:])
            case _:
                return False
        return True

    def _refused(self, response: Message, status: int) -> StreamLost:
        """What an answer that is no 200 means: `Moved` if it names another address that we would go to."""
        if status not in redirection.STATUSES:
            return self._lost("200 OK", phrase(status), _BLINDNESS.get(status, Blind.UNREACHABLE))
        url = redirection.target(self._url, response.field("location"))
        if url is not None:
            return Moved(self._which, self.step, url, phrase(status))
        return self._lost("200 OK or another rtsp:// address", phrase(status), Blind.UNREACHABLE)

    def _describe(self) -> None:
        self._ask("DESCRIBE", self._url, "Accept: application/sdp")

    def _described(self, response: Message) -> None:
        base = response.field("content-base") or response.field("content-location")
        base = without_login(base) if base.lower().startswith("rtsp://") else self._url
        self.track = track = video_track(response.body.decode("utf-8", "replace"), base)
        if track is None:
            raise self._lost("a description with H.264 or H.265 video", "none", Blind.UNDECODABLE)
        self._aggregate = track.aggregate
        self._depacketizer = Depacketizer(track.codec, track.payload_type, track.sets)
        self._ask("SETUP", track.control, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")

    def _set_up(self, response: Message) -> None:
        session, _, options = response.field("session").partition(";")
        self._session = session.strip()
        timeout = re.search(r"timeout\s*=\s*(\d{1,6})", options, re.IGNORECASE)
        self._alive_every = max(1.0, float(timeout[1]) / 2) if timeout else USUAL_TIMEOUT_S / 2
        transport = response.field("transport")
        channel = _CHANNELS.search(transport)
        if channel is None and ("_port=" in transport or "multicast" in transport):
            raise self._lost("packets over this connection", "a camera that sends them elsewhere", Blind.UNREACHABLE)
        self._channel = int(channel[1]) if channel else 0
        self._ask("PLAY", self._aggregate, "Range: npt=0.000-")

    def _authorise(self, response: Message) -> bool:
        """Repeats the request with an answer to the challenge; False if it is refused for good."""
        challenge = strongest(response.fields.get("www-authenticate", ()))
        if self._login is None or challenge is None or (self._authorised_again and not challenge.stale):
            return False
        nonce = self._authorization.challenge.nonce if self._authorization else None
        if self._authorised_again and challenge.nonce == nonce:  # "stale", and yet the same
            return False
        if self._abroad and challenge.scheme == "basic":
            raise self._lost("a digest challenge after a redirection", "a basic one", Blind.REFUSED)
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
