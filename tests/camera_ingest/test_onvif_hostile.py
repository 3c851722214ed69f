"""Devices that mean harm, or are broken: each attempt ends in one sentence, and none is followed."""

import gzip
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camera_ingest import onvif, onvif_reply, onvif_talk
from camera_ingest.onvif_find import answer
from camera_ingest.onvif_reply import BadReply, sound
from camera_ingest.onvif_talk import NoAnswer, NotOnvif, OnvifFailed
from tests.camera_ingest.onvif_camera import (
    HIKVISION,
    LOGIN,
    OnvifCamera,
    Reply,
    about,
    address,
    encoder,
    envelope,
    match,
    profile,
    profiles,
    send,
    services,
    serving,
)

OPERATIONS = ("GetSystemDateAndTime", "GetServices", "GetDeviceInformation", "GetProfiles")
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "'
    + "ha" * 100
    + '">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><b>&i;</b>"
)
FILE = '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]><b>&x;</b>'


def asked(**changes: Reply) -> onvif.Device:
    with serving(OnvifCamera({**HIKVISION, **changes})) as (host, port):
        return onvif.ask(host, port, LOGIN)


def raw(body: str | bytes, status: int = 200, **fields: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer of just these bytes."""
    data = body.encode() if isinstance(body, str) else body
    return lambda request: send(request, status, data, {name.replace("_", "-"): text for name, text in fields.items()})


@contextmanager
def tcp(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server for one connection that says what it likes; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            with suppress(OSError), listening.accept()[0] as connection:
                serve(connection)

        thread = Thread(target=run)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("document", [BOMB, FILE], ids=["bomb", "file"])
def test_entities_are_refused_before_anything_reads_them(operation: str, document: str) -> None:
    with pytest.raises(NotOnvif, match="found XML with a document type, which may hide entities"):
        asked(**{operation: raw(document)})


@pytest.mark.parametrize("document", [BOMB, FILE], ids=["bomb", "file"])
def test_entities_in_place_of_an_address_leave_it_out(document: str) -> None:
    (channel,) = asked(GetStreamUri=raw(document), GetSnapshotUri=raw(document)).channels
    assert (channel.url, channel.snapshot) == ("", "")
    assert all("XML with a document type, which may hide entities" in note for note in channel.notes)


def test_an_entity_on_another_machine_is_not_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.setblocking(False)
        where = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/x.dtd"
        for declaration in (f'SYSTEM "{where}"', f'[<!ENTITY % p SYSTEM "{where}"> %p;]'):
            with pytest.raises(NotOnvif, match="document type"):
                asked(GetProfiles=raw(f"<!DOCTYPE b {declaration}><b/>"))
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


def endless(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    with suppress(OSError):
        while True:
            request.wfile.write(b"<a>" * 20_000)


def test_an_endless_reply_is_left() -> None:
    with pytest.raises(NotOnvif, match="found more than 2097152 bytes"):
        asked(GetProfiles=endless)


def test_a_packed_reply_is_not_unpacked() -> None:
    packed = gzip.compress(envelope(about("x" * 50_000_000, "y")).encode())
    with pytest.raises(NotOnvif, match="found no XML"):
        asked(GetDeviceInformation=raw(packed, Content_Encoding="gzip"))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirection_is_not_followed(status: int) -> None:
    camera = OnvifCamera({**HIKVISION, "GetProfiles": raw("", status, Location="/onvif/media_service")})
    with serving(camera) as (host, port), pytest.raises(NotOnvif, match=f"found a redirection .HTTP {status}."):
        onvif.ask(host, port, LOGIN)
    assert [operation for operation, _ in camera.asked].count("GetProfiles") == 1


@pytest.mark.parametrize(
    ("head", "drip"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b" "),
    ],
)
def test_a_reply_that_drips_is_left(head: bytes, drip: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onvif_talk, "ANSWER_S", 0.2)

    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(head)
        connection.settimeout(0.02)
        while True:  # until hung up on
            connection.sendall(drip)
            with suppress(TimeoutError):
                if not connection.recv(1):
                    return

    with tcp(serve) as port, pytest.raises(NoAnswer, match=r"expected an answer within 0\.2 s, found none"):
        onvif.ask("127.0.0.1", port, LOGIN)


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "found no HTTP"),
        (b"RTSP/1.0 400 Bad Request\r\nCSeq: 0\r\n\r\n", "found no HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html", "found no XML"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 13\r\n\r\n<html></html>", "found something else .HTTP 404."),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "found no HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200, "found no HTTP"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000, "found no HTTP"),
        (b"", "found no HTTP"),
    ],
)
def test_what_is_not_onvif_is_one_sentence(says: bytes, sentence: str) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(says)

    with tcp(serve) as port, pytest.raises(NotOnvif, match=f"127.0.0.1:{port}: expected an ONVIF reply, {sentence}"):
        onvif.ask("127.0.0.1", port, LOGIN)


def test_nesting_without_end_is_refused() -> None:
    deep = "<trt:Profiles>" * 30_000 + "</trt:Profiles>" * 30_000
    with pytest.raises(NotOnvif, match="nested more than 24 deep"):
        asked(GetProfiles=deep)


def test_elements_without_end_are_refused() -> None:
    with pytest.raises(NotOnvif, match="XML of more than 50000 elements"):
        asked(GetProfiles="<trt:Profiles>" * 20 + "<x/>" * 60_000 + "</trt:Profiles>" * 20)


def test_a_password_is_not_given_in_clear() -> None:
    seen: list[str] = []

    def basic(request: BaseHTTPRequestHandler) -> None:
        seen.append(str(request.headers))
        send(request, 401, b"", {"WWW-Authenticate": 'Basic realm="onvif"'})

    with pytest.raises(onvif_talk.LoginRefused, match="it wants the password in clear"):
        asked(GetServices=basic)
    assert seen and not any("Authorization" in one or LOGIN.password in one for one in seen)


@pytest.mark.parametrize(
    ("uri", "url", "note"),
    [
        ("rtsp://admin:12345@127.0.0.1/a", "rtsp://127.0.0.1/a", "a login inside it was left out"),
        ("rtsp://127.0.0.1/user=admin_password=tlJwpbo6_channel=1_stream=1.sdp", "", "it holds a password"),
        ("rtsp://127.0.0.1/a?usr=x&pwd=y", "", "it holds a password"),
        ("rtsp://127.0.0.1/a?u=geheim%26%3C7%3E", "", "it holds a password"),
        ("rtsp://127.0.0.1/a@b", "rtsp://127.0.0.1/a%40b", ""),
        ("rtsp://evil.example/a", "rtsp://127.0.0.1/a", "the device names the host evil.example, not 127.0.0.1"),
        ("rtsp://0.0.0.0:554/a", "rtsp://127.0.0.1:554/a", "the device names the host 0.0.0.0"),
        ("rtsp://127.0.0.1/a\n- evil", "", "not an address that can be used"),
        ("rtsp://127.0.0.1:99999/a", "", "not an address that can be used"),
        ("rtsp://127.0.0.1/大厅", "", "not an address that can be used"),
        ("file:///etc/passwd", "", "not an address that can be used"),
        ("http://user:12345@", "", "not an address that can be used: http://"),
        ("rtsp://127.0.0.1/" + "a" * 1000, "", "not an address that can be used"),
        ("rtsp://[::1", "", "not an address that can be used"),
        ("", "", ""),
    ],
)
def test_no_address_is_taken_as_it_comes(uri: str, url: str, note: str) -> None:
    (channel,) = asked(GetStreamUri=address(uri), GetSnapshotUri=address("")).channels
    assert (channel.url, channel.snapshot) == (url, "")
    assert note in "".join(channel.notes) and bool(note) == bool(channel.notes)
    assert "12345" not in repr(channel) and "tlJwpbo6" not in repr(channel)


def test_a_snapshot_that_is_a_stream_is_none() -> None:
    (channel,) = asked(GetSnapshotUri=address("rtsp://127.0.0.1:554/user=admin_password=x_channel=0.sdp?real")).channels
    assert channel.snapshot == "" and "not an address that can be used" in channel.notes[0]


def test_a_path_cannot_add_a_header() -> None:
    told = services("127.0.0.1", "media").replace("media_service", "m\r\nX-Evil: 1&#13;&#10;Y: 2")
    seen: list[str] = []

    def media(request: BaseHTTPRequestHandler) -> None:
        seen.append(f"{request.path} {request.headers}")
        send(request, 404)

    with pytest.raises(OnvifFailed):
        asked(GetServices=told, GetProfiles=media)
    assert seen and not any("\nX-Evil" in one or "\nY:" in one for one in seen)


@pytest.mark.parametrize("number", ["1e999", "-1", "0", "9" * 5000, "nan", "1.5", "0x10", "", "2147483647", "²"])
def test_numbers_that_are_none_are_not_believed(number: str) -> None:
    inner = encoder("H264", 640, 360, 25, 512, 50)
    for name in ("Width", "FrameRateLimit", "BitrateLimit", "GovLength"):
        before, _, rest = inner.partition(f"<tt:{name}>")
        told = f"{before}<tt:{name}>{number}{rest[rest.index('<') :]}"
        try:
            (one,) = asked(GetProfiles=profiles(profile("P", told))).profiles
        except NotOnvif as error:
            assert "a value that cannot be read" in str(error)
        else:
            assert all(value is None or 0 < value < 10**6 for value in (one.width, one.fps, one.kbit_s, one.gop))


def test_more_than_a_recorder_has_is_not_asked() -> None:
    inner = encoder("H264", 640, 360, 25, 512, 50)
    camera = OnvifCamera(
        {**HIKVISION, "GetProfiles": profiles(*(profile(f"P{n}", inner, f"S{n}") for n in range(900)))}
    )
    with serving(camera) as (host, port):
        device = onvif.ask(host, port, LOGIN)
    assert (len(device.profiles), len(device.channels)) == (onvif.MOST_PROFILES, onvif.MOST_CHANNELS)
    assert len(device.notes) == 2
    assert len(camera.asked) < 3 * onvif.MOST_CHANNELS


def test_texts_cannot_write_on_a_terminal() -> None:
    texts = "A\x85\x9b2J\u202eB\nroot: x" + "y" * 500
    inner = encoder("H264", 640, 360, 25, 512, 50).replace("Encoding>H264", "Encoding>H264\x9b")
    device = asked(
        GetDeviceInformation=about(texts, texts, texts, texts),
        GetProfiles=profiles(profile("P\x9b", inner, "S\x9b")),
    )
    told = [device.maker, device.model, device.firmware, device.serial]
    told += [text for one in device.profiles for text in (one.token, one.name, one.source, one.codec)]
    assert all(text.isprintable() and len(text) <= 80 for text in told)


@settings(max_examples=150, deadline=None)
@given(
    operation=st.sampled_from(list(HIKVISION)),
    cut=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    put=st.one_of(st.binary(max_size=30), st.sampled_from([b"<a>", b"&lt;", b"&#0;", b"<![CDATA[", b"<!--", b"]]>"])),
)
def test_broken_replies_end_in_a_sentence(operation: str, cut: tuple[float, float], put: bytes) -> None:
    reply = HIKVISION[operation]
    assert isinstance(reply, str)
    whole = envelope(reply.replace("{host}", "127.0.0.1").replace("{address}", "127.0.0.1")).encode()
    start, end = sorted(int(len(whole) * share) for share in cut)
    with suppress(OnvifFailed):
        asked(**{operation: raw(whole[:start] + put + whole[end:])})


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: match("http://127.0.0.1/", text))))
def test_any_datagram_is_a_device_or_nothing(data: bytes) -> None:
    for one in answer(data, "127.0.0.1"):
        assert one.name.isprintable() and one.address.isprintable()


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_sound_or_refused(data: bytes) -> None:
    with suppress(BadReply):
        assert onvif_reply.fault(sound(data)) is None or data
