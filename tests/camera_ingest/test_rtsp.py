"""The RTSP session against a scripted camera: bytes in, bytes out, no sockets."""

import contextlib
import re
import struct
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.authorization import Challenge, digest, parameters
from camera_ingest.camera import Login
from camera_ingest.depacketize import Keyframe
from camera_ingest.lost import StreamLost
from camera_ingest.redirection import Moved
from camera_ingest.rtsp import DEPENDENT, MOST_MESSAGES, STRAYS, USUAL_MESSAGE, Session
from camera_ingest.sample import Blind

URL = "rtsp://10.0.0.5:554/sub"
LOGIN = Login("clerk7", "s3cret")
SDP = """v=0
s=-
a=control:*
m=audio 0 RTP/AVP 8
a=rtpmap:8 PCMA/8000
a=control:track1
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=fmtp:96 sprop-parameter-sets=Z0IAHw==,aM48gA==
a=control:track2
"""
DESCRIPTION = {"Content-Base": URL + "/", "Content-Type": "application/sdp"}
SETUP = {"Session": "abc;timeout=30", "Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}


class Scripted:
    """A camera that is asked by a session and answers what the test says."""

    def __init__(self, login: Login | None = None, url: str = URL, home: str | None = None) -> None:
        self.session = Session("c1", url, login, home)

    def asked(self) -> tuple[str, str, dict[str, str]]:
        """Method, URL and header fields of the one request that was sent."""
        head, *lines = self.session.outgoing().decode().removesuffix("\r\n\r\n").split("\r\n")
        method, url, version = head.split(" ")
        assert version == "RTSP/1.0"
        fields = dict(line.split(": ", 1) for line in lines)
        self.sequence = fields["CSeq"]
        return method, url, fields

    def answer(self, status: int = 200, fields: dict[str, str] | None = None, body: str = "") -> None:
        self.session.receive(self.response(status, fields, body))

    def response(self, status: int = 200, fields: dict[str, str] | None = None, body: str = "") -> bytes:
        lines = [f"RTSP/1.0 {status} Whatever", f"CSeq: {self.sequence}"]
        lines += [f"{name}: {value}" for name, value in (fields or {}).items()]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]).encode()

    def ask(self, method: str) -> None:
        """Answers well until the session asks for this."""
        answers = {"OPTIONS": ({}, ""), "DESCRIBE": (DESCRIPTION, SDP), "SETUP": (SETUP, "")}
        while (asked := self.asked()[0]) != method:
            fields, body = answers[asked]
            self.answer(fields=fields, body=body)

    def play(self, setup: dict[str, str] = SETUP, public: str = "GET_PARAMETER") -> None:
        for fields, body in (({"Public": public}, ""), (DESCRIPTION, SDP), (setup, ""), ({}, "")):
            self.asked()
            self.answer(fields=fields, body=body)
        assert self.session.playing


def interleaved(number: int, channel: int = 0, unit: bytes = b"\x65\x88key") -> bytes:
    packet = struct.pack("!BBHII", 0x80, 0x80 | 96, number, 18_000 * number, 7) + unit
    return struct.pack("!cBH", b"$", channel, len(packet)) + packet


def test_the_conversation_from_options_to_play() -> None:
    camera = Scripted()
    assert camera.asked()[:2] == ("OPTIONS", URL)
    camera.answer(fields={"Public": "DESCRIBE, SETUP, PLAY"})
    method, url, fields = camera.asked()
    assert (method, url, fields["Accept"]) == ("DESCRIBE", URL, "application/sdp")
    camera.answer(fields=DESCRIPTION, body=SDP)
    method, url, fields = camera.asked()
    assert (method, url) == ("SETUP", URL + "/track2")
    assert fields["Transport"] == "RTP/AVP/TCP;unicast;interleaved=0-1"
    camera.answer(fields=SETUP)
    method, url, fields = camera.asked()
    assert (method, url, fields["Session"]) == ("PLAY", URL + "/", "abc")
    assert not camera.session.playing
    camera.answer()
    assert camera.session.playing
    assert camera.session.outgoing() == b""


def test_keyframes_come_out_whatever_the_cuts() -> None:
    stream = b"".join(interleaved(number) for number in range(3))
    for size in (1, 3, 7, 1000):
        camera = Scripted()
        camera.play()
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
        found = [keyframe for piece in pieces if (keyframe := camera.session.receive(piece))]
        assert found[-1].rtp_time == 36_000
        assert len(found) == (3 if size < 1000 else 1)  # of those that come together, the newest


def test_other_channels_are_ignored_and_the_servers_choice_of_channel_kept() -> None:
    camera = Scripted()
    camera.play(setup=SETUP | {"Transport": "RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=00000007"})
    assert camera.session.receive(interleaved(0, 0) + interleaved(0, 5)) is None
    assert isinstance(camera.session.receive(interleaved(0, 4)), Keyframe)


def test_video_on_another_channel_is_found_if_none_comes_where_it_was_promised() -> None:
    camera = Scripted()
    camera.play(setup=SETUP | {"Transport": "RTP/AVP/TCP;unicast;interleaved=4-5"})
    for number in range(STRAYS):
        assert camera.session.receive(interleaved(number, 0)) is None
    assert camera.session.receive(interleaved(STRAYS, 0)) is not None


def test_a_second_video_on_another_channel_is_left_alone() -> None:
    camera = Scripted()
    camera.play()
    camera.session.receive(b"".join(interleaved(number, 2) for number in range(STRAYS - 1)))
    camera.session.receive(interleaved(0, 0))
    camera.session.receive(b"".join(interleaved(number, 2) for number in range(STRAYS - 1)))
    assert camera.session.receive(interleaved(1, 0)) is not None


def test_a_camera_that_would_send_elsewhere_is_named() -> None:
    camera = Scripted()
    camera.ask("SETUP")
    lost = refused(camera, 200, {"Transport": "RTP/AVP;unicast;client_port=4588-4589;server_port=6256-6257"})
    assert (lost.expected, lost.found) == ("packets over this connection", "a camera that sends them elsewhere")


def test_a_channel_that_is_no_channel_is_ours() -> None:
    camera = Scripted()
    camera.play(setup=SETUP | {"Transport": "RTP/AVP/TCP;unicast;interleaved=" + "9" * 5000})
    assert isinstance(camera.session.receive(interleaved(0, 0)), Keyframe)


def test_packets_may_come_before_the_answer_to_play() -> None:
    camera = Scripted()
    for fields, body in (({}, ""), (DESCRIPTION, SDP), (SETUP, "")):
        camera.asked()
        camera.answer(fields=fields, body=body)
    camera.asked()
    assert camera.session.receive(interleaved(0) + camera.response() + b"\r\n" + interleaved(1)) is not None
    assert camera.session.playing


def test_what_is_not_wanted_is_hopped_over() -> None:
    camera = Scripted()
    camera.play()
    camera.session.wanted = False
    assert camera.session.receive(interleaved(0) + interleaved(1)) is None
    camera.session.wanted = True
    assert camera.session.receive(interleaved(5)) is not None


@pytest.mark.parametrize(("public", "method"), [("GET_PARAMETER", "GET_PARAMETER"), ("PLAY", "OPTIONS")])
def test_the_session_is_kept_alive_at_half_its_timeout(public: str, method: str) -> None:
    camera = Scripted()
    camera.play(public=public)
    sent = []
    for now in range(100, 150):
        camera.session.tick(float(now))
        if camera.session.outgoing():
            sent.append(now)
    assert sent == [115, 130, 145]
    camera.session.tick(160.0)
    assert camera.asked()[0] == method
    camera.answer(501)  # whether the stream goes on is judged by its packets
    assert camera.session.receive(interleaved(0)) is not None


def test_spaces_in_the_session_are_no_part_of_it() -> None:
    camera = Scripted()
    camera.ask("SETUP")
    camera.answer(200, SETUP | {"Session": " abc ; Timeout = 20"})
    assert camera.asked()[2]["Session"] == "abc"
    camera.answer()
    camera.session.tick(0.0)
    camera.session.tick(10.0)
    assert camera.asked()[2]["Session"] == "abc"


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_digest(algorithm: str) -> None:
    camera = Scripted(LOGIN)
    assert "Authorization" not in camera.asked()[2]
    challenge = f'Digest realm="c", nonce="n1", qop="auth", algorithm={algorithm}'
    camera.answer(401, {"WWW-Authenticate": challenge})
    _, url, fields = camera.asked()
    given_ = parameters(fields["Authorization"].removeprefix("Digest "))
    asked = Challenge("digest", "c", "n1", algorithm, qop=True)
    assert given_["response"] == digest(asked, LOGIN, "OPTIONS", url, 1, given_["cnonce"])
    camera.answer()
    method, _, fields = camera.asked()
    assert method == "DESCRIBE"
    assert parameters(fields["Authorization"])["nc"] == "00000002"


def test_basic() -> None:
    camera = Scripted(LOGIN)
    camera.asked()
    camera.answer(401, {"WWW-Authenticate": 'Basic realm="c"'})
    assert camera.asked()[2]["Authorization"] == "Basic Y2xlcms3OnMzY3JldA=="


def test_a_new_nonce_later_is_answered_again() -> None:
    camera = Scripted(LOGIN)
    for nonce in ("n1", "n2"):
        camera.asked()
        camera.answer(401, {"WWW-Authenticate": f'Digest realm="c", nonce="{nonce}"'})
        assert parameters(camera.asked()[2]["Authorization"])["nonce"] == nonce
        camera.answer(fields=DESCRIPTION, body=SDP)
    assert camera.asked()[0] == "SETUP"


def refused(camera: Scripted, status: int, fields: dict[str, str] | None = None) -> StreamLost:
    with pytest.raises(StreamLost) as caught:
        camera.answer(status, fields)
    return caught.value


def test_a_wrong_password_is_refused_at_the_second_answer() -> None:
    camera = Scripted(LOGIN)
    camera.asked()
    camera.answer(401, {"WWW-Authenticate": 'Digest realm="c", nonce="n1"'})
    camera.asked()
    lost = refused(camera, 401, {"WWW-Authenticate": 'Digest realm="c", nonce="n2"'})
    assert lost.blind is Blind.REFUSED
    assert str(lost) == "c1 · OPTIONS: 期望 expected 200 OK; 实得 found 401 Unauthorized"


def test_a_stale_nonce_is_not_a_wrong_password() -> None:
    camera = Scripted(LOGIN)
    for nonce in ("n1", "n2", "n3"):
        camera.asked()
        camera.answer(401, {"WWW-Authenticate": f'Digest realm="c", nonce="{nonce}", stale=true'})
    camera.asked()
    assert refused(camera, 401, {"WWW-Authenticate": 'Digest realm="c", nonce="n3", stale=true'}).blind is Blind.REFUSED


@pytest.mark.parametrize(
    ("status", "blind"),
    [
        (401, Blind.REFUSED),
        (403, Blind.REFUSED),
        (404, Blind.NOT_FOUND),
        (461, Blind.UNREACHABLE),
        (503, Blind.UNREACHABLE),
    ],
)
def test_refusals(status: int, blind: Blind) -> None:
    camera = Scripted()
    camera.asked()
    lost = refused(camera, status)
    assert (lost.blind, lost.when, lost.expected) == (blind, "OPTIONS", "200 OK")
    assert lost.found.startswith(str(status))


def test_options_are_not_insisted_on() -> None:
    camera = Scripted()
    camera.asked()
    camera.answer(501)
    assert camera.asked()[0] == "DESCRIBE"


def test_a_camera_that_takes_no_range_plays_without() -> None:
    camera = Scripted()
    camera.ask("PLAY")
    camera.answer(457)
    method, _, fields = camera.asked()
    assert method == "PLAY"
    assert "Range" not in fields
    assert refused(camera, 457).when == "PLAY"


def test_a_camera_that_plays_tracks_only_is_asked_for_one() -> None:
    camera = Scripted()
    camera.ask("PLAY")
    camera.answer(459)
    assert camera.asked()[:2] == ("PLAY", URL + "/track2")
    assert refused(camera, 459).found == "459 Aggregate Operation Not Allowed"


def test_an_interim_answer_is_waited_out() -> None:
    camera = Scripted()
    camera.asked()
    camera.answer(100)
    assert camera.session.outgoing() == b""
    camera.answer(250)
    assert camera.asked()[0] == "DESCRIBE"


def test_bare_line_feeds_are_line_ends() -> None:
    camera = Scripted()
    camera.ask("DESCRIBE")
    head, _, body = camera.response(200, DESCRIPTION, SDP).partition(b"\r\n\r\n")
    camera.session.receive(head.replace(b"\r\n", b"\n") + b"\n\n" + body)
    assert camera.asked()[:2] == ("SETUP", URL + "/track2")


@pytest.mark.parametrize("status", [301, 302, 303, 305])
@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("rtsp://u:p@10.0.0.9/live", "rtsp://10.0.0.9/live"),
        ("RTSP://[fe80::1]:8554/x?a=1", "rtsp://[fe80::1]:8554/x?a=1"),
        ("/live/2", "rtsp://10.0.0.5:554/live/2"),
    ],
)
def test_a_redirection_is_told_to_whoever_connects(status: int, location: str, url: str) -> None:
    camera = Scripted()
    camera.ask("DESCRIBE")
    moved = refused(camera, status, {"Location": location})
    assert isinstance(moved, Moved)
    assert moved.url.lower() == url
    assert "u:p" not in str(moved)


@pytest.mark.parametrize(
    "location",
    ["", URL, "http://10.0.0.9/", "rtsps://10.0.0.9/", "rtsp://:554/x", "rtsp://[x/", "rtsp://h/a b", "file:/x"],
)
def test_a_redirection_to_nowhere_is_a_loss(location: str) -> None:
    camera = Scripted()
    camera.ask("DESCRIBE")
    lost = refused(camera, 302, {"Location": location})
    assert not isinstance(lost, Moved)
    assert str(lost) == "c1 · DESCRIBE: 期望 expected 200 OK or another rtsp:// address; 实得 found 302 Found"


@pytest.mark.parametrize(
    ("url", "scheme", "given_"),
    [
        ("rtsp://10.0.0.9/live", "Basic", False),
        ("rtsp://10.0.0.9/live", "Digest", True),
        ("rtsp://10.0.0.5:8554/live", "Basic", True),
    ],
)
def test_a_password_is_told_in_clear_to_its_own_camera_only(url: str, scheme: str, given_: bool) -> None:
    camera = Scripted(LOGIN, url, home=URL)
    camera.asked()
    challenge = {"WWW-Authenticate": f'{scheme} realm="c", nonce="n"'}
    if given_:
        camera.answer(401, challenge)
        assert camera.asked()[2]["Authorization"].startswith(scheme)
    else:
        lost = refused(camera, 401, challenge)
        assert lost.blind is Blind.REFUSED
        assert camera.session.outgoing() == b""


def report(seconds: int, fraction: int = 0) -> bytes:
    """An RTCP sender report on channel 1."""
    packet = struct.pack("!BBHIIIIII", 0x80, 200, 6, 7, seconds, fraction, 0, 0, 0)
    return struct.pack("!cBH", b"$", 1, len(packet)) + packet


def test_sender_reports_tell_how_far_the_cameras_clock_is_off() -> None:
    camera = Scripted()
    camera.play()
    now = datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert camera.session.clock_off_s is None
    camera.session.wanted = False  # reports are read nevertheless
    camera.session.receive(report(int(now.timestamp()) + 2_208_988_800 + 90, 1 << 31), now)
    assert camera.session.clock_off_s == 90.5
    camera.session.receive(report(1))
    assert camera.session.clock_off_s == 90.5  # nobody said when that came
    camera.session.receive(report(1), now)
    assert camera.session.clock_off_s is None


def test_that_there_are_only_pictures_that_need_others_is_told() -> None:
    camera = Scripted()
    camera.play()
    assert camera.session.lack == ""
    for number in range(DEPENDENT):
        camera.session.receive(interleaved(number, unit=b"\x41\x98other") + interleaved(number, 9))
    camera.session.receive(interleaved(DEPENDENT, unit=b"\x41\x98other"))
    assert "`via: pyav`" in camera.session.lack
    camera.session.receive(interleaved(DEPENDENT + 1))
    camera.session.receive(interleaved(DEPENDENT + 2, unit=b"\x41\x98other"))
    assert camera.session.lack == ""


def test_a_description_without_video_is_undecodable() -> None:
    camera = Scripted()
    camera.asked()
    camera.answer()
    camera.asked()
    assert refused(camera, 200).blind is Blind.UNDECODABLE


@pytest.mark.parametrize(
    "garbage", [b"\x00\x01\x02\x03", b"HTTP/1.1 400 Bad Request\r\n", b"SSH-2.0-x\r\n", b"R" * 100_000, b"\xff" * 9]
)
def test_garbage_is_named(garbage: bytes) -> None:
    camera = Scripted()
    with pytest.raises(StreamLost) as caught:
        camera.session.receive(garbage)
    assert caught.value.blind is Blind.GARBAGE


def test_a_head_of_any_sort_takes_no_time() -> None:
    began = time.process_time()
    for line in (b"a:\n", b"WWW-Authenticate: Digest x\n", b"\n" * 9 + b"x", b"Session: ;timeout \n"):
        camera = Scripted(LOGIN)
        with contextlib.suppress(StreamLost):
            for _ in range(50):
                camera.session.receive(b"RTSP/1.0 401 x\r\nContent-Length: 9999\r\n" + line * (15_000 // len(line)))
    assert time.process_time() - began < 2


REQUEST = b"OPTIONS * RTSP/1.0\r\n\r\n"


def test_messages_without_end_are_given_up() -> None:
    camera = Scripted()
    camera.play()
    assert camera.session.receive(REQUEST * MOST_MESSAGES + interleaved(0)) is not None
    assert camera.session.receive(REQUEST * MOST_MESSAGES + interleaved(1)) is not None, "they count by what came"
    began = time.process_time()
    with pytest.raises(StreamLost) as caught:
        camera.session.receive(REQUEST * 50_000)
    assert (caught.value.found, caught.value.blind) == ("messages without end", Blind.GARBAGE)
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize("size", [*range(USUAL_MESSAGE - 120, USUAL_MESSAGE + 20), 9_000])
def test_a_message_of_any_length_is_taken_whole(size: int) -> None:
    camera = Scripted()
    camera.play()
    message = b"SET_PARAMETER * RTSP/1.0\r\nX: " + b"x" * (size - 50) + b"\r\nContent-Length: 50\r\n\r\n" + bytes(50)
    assert camera.session.receive(message + interleaved(0)) is not None


def test_a_request_of_the_server_is_ignored() -> None:
    camera = Scripted()
    camera.play()
    request = b"SET_PARAMETER rtsp://10.0.0.5/sub RTSP/1.0\r\nCSeq: 9\r\nContent-Length: 3\r\n\r\na=b"
    assert camera.session.receive(request + interleaved(0)) is not None


def test_no_credentials_leave_but_in_the_authorization() -> None:
    camera = Scripted(LOGIN)
    camera.session = Session("c1", "rtsp://clerk7:s3cret@10.0.0.5/sub", LOGIN)
    sent = camera.session.outgoing()
    assert b"s3cret" not in sent
    assert b"clerk7" not in sent
    with pytest.raises(StreamLost) as caught:
        camera.session.receive(b"RTSP/1.0 500 clerk7:s3cret\r\nCSeq: 1\r\n\r\n")
    assert not re.search("clerk7|s3cret", f"{caught.value}{caught.value!r}")


@given(st.lists(st.one_of(
    st.binary(max_size=50),
    st.builds(lambda status, name, value: f"RTSP/1.0 {status} x\r\n{name}: {value}\r\n\r\n".encode(),
              st.sampled_from([200, 401, 404]),
              st.sampled_from(["WWW-Authenticate", "Content-Length", "Session", "Transport", "Content-Base"]),
              st.text(max_size=20)),
    st.builds(interleaved, st.integers(0, 9), st.integers(0, 2), st.binary(max_size=20)),
)))  # fmt: skip
def test_whatever_comes_is_taken_or_lost(pieces: list[bytes]) -> None:
    session = Session("c1", URL, LOGIN)
    for piece in pieces:
        try:
            session.receive(piece)
        except StreamLost:
            return
