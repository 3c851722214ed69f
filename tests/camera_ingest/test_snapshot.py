"""JPEG snapshots over a real HTTP connection."""

import gc
import ssl
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from threading import Event

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.authorization import Challenge, digest, parameters
from camera_ingest.camera import Camera, Login, Role
from camera_ingest.decode import LARGEST_SIDE
from camera_ingest.lost import StreamLost
from camera_ingest.sample import Blind
from camera_ingest.snapshot import LARGEST_JPEG, MOST_SCANS, Snapshot, clock_off_s, decode_jpeg, jpeg_size
from tests.camera_ingest.http_camera import http_camera, send
from tests.camera_ingest.synthetic import picture

JPEG = cv2.imencode(".jpg", picture(3))[1].tobytes()
LOGIN = Login("clerk7", "s3cret")


def camera(url: str, login: Login | None = None) -> Camera:
    return Camera("c1", "h", url, Role.WINDOW, timedelta(seconds=10), "x", login)


def fetched(url: str, login: Login | None = None, deadline_s: float = 5.0) -> bytes:
    with closing(Snapshot(camera(url, login), deadline_s)) as snapshot:
        return snapshot.fetch()


def lost(url: str, login: Login | None = None, deadline_s: float = 5.0) -> StreamLost:
    with pytest.raises(StreamLost) as caught:
        fetched(url, login, deadline_s)
    return caught.value


def test_the_connection_is_kept() -> None:
    clients = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        clients.append(request.client_address)
        send(request, 200, JPEG)

    with (
        http_camera({"/snap?ch=1": answer}) as url,
        closing(Snapshot(camera(f"{url}/snap?ch=1"), 5)) as snapshot,
    ):
        assert [snapshot.fetch() for _ in range(3)] == [JPEG] * 3
    assert len(set(clients)) == 1


def test_a_connection_that_the_camera_closed_is_opened_again() -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        send(request, 200, JPEG)
        request.close_connection = True  # without having said so

    with http_camera({"/": answer}) as url, closing(Snapshot(camera(url), 5)) as snapshot:
        assert [snapshot.fetch() for _ in range(3)] == [JPEG] * 3


@pytest.mark.parametrize("scheme", ["Basic", "Digest"])
def test_a_login_is_given_when_asked_for_and_kept(scheme: str) -> None:
    asked = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        given_ = request.headers.get("Authorization", "")
        asked.append(given_)
        fields = parameters(given_)
        count, cnonce = int(fields.get("nc", "0"), 16), fields.get("cnonce", "")
        right = digest(Challenge("digest", "c", "n", qop=True), LOGIN, "GET", "/", count, cnonce)
        if given_ == "Basic Y2xlcms3OnMzY3JldA==" or fields.get("response") == right:
            send(request, 200, JPEG)
        else:
            send(request, 401, b"no", {"WWW-Authenticate": f'{scheme} realm="c", nonce="n", qop="auth"'})

    with http_camera({"/": answer}) as url, closing(Snapshot(camera(url, LOGIN), 5)) as snapshot:
        assert [snapshot.fetch(), snapshot.fetch()] == [JPEG, JPEG]
        assert lost(url).blind is Blind.REFUSED
        wrong = lost(url, Login("clerk7", "wr0ng"))
    assert len(asked) == 3 + 1 + 2
    assert wrong.blind is Blind.REFUSED
    assert "wr0ng" not in str(wrong)


@pytest.mark.parametrize(("status", "blind"), [(403, Blind.REFUSED), (404, Blind.NOT_FOUND), (500, Blind.UNREACHABLE)])
def test_refusals(status: int, blind: Blind) -> None:
    with http_camera({"/": lambda request: send(request, status)}) as url:
        assert lost(url).blind is blind


@pytest.mark.parametrize("body", [b"", b"<html>", b"\x89PNG"])
def test_what_is_no_jpeg_is_garbage(body: bytes) -> None:
    with http_camera({"/": lambda request: send(request, 200, body)}) as url:
        assert lost(url).blind is Blind.GARBAGE


def test_a_picture_without_end_is_cut() -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            for _ in range(LARGEST_JPEG // 65536 + 64):
                request.wfile.write(b"\xff\xd8" * 32768)
        except OSError:
            request.close_connection = True

    with http_camera({"/": answer}) as url:
        assert lost(url).found == "more"


@pytest.mark.parametrize(
    "begins", [b"H", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\xff\xd8"], ids=["head", "body"]
)
def test_a_camera_that_drips_is_given_up_at_the_deadline(begins: bytes) -> None:
    over = Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        try:
            request.wfile.write(begins)
            while not over.wait(0.01):
                request.wfile.write(b"H")  # never ends
        except OSError:
            request.close_connection = True

    with http_camera({"/": answer}) as url:
        assert lost(url, deadline_s=0.3).blind is Blind.STALLED
        over.set()


def test_nobody_there() -> None:
    found = lost("http://127.0.0.1:1/snap")
    assert (found.blind, found.found) == (Blind.UNREACHABLE, "ConnectionRefusedError")


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(640, 360, 640), (1279, 720, 1279), (1280, 720, 640), (2560, 1440, 640), (5200, 1200, 650)],
)
def test_large_pictures_are_decoded_smaller(width: int, height: int, expected: int) -> None:
    jpeg = cv2.imencode(".jpg", np.full((height, width, 3), 90, np.uint8))[1].tobytes()
    assert jpeg_size(jpeg) == (width, height)
    decoded = decode_jpeg(jpeg)
    assert decoded is not None
    assert decoded.shape[1] == expected
    assert abs(float(decoded.mean()) - 90) < 2


def test_a_picture_cut_short_is_none() -> None:
    assert decode_jpeg(JPEG) is not None
    assert decode_jpeg(JPEG + b"\r\n--boundary") is not None
    assert decode_jpeg(JPEG[: len(JPEG) // 2]) is None


def jpeg_of(width: int, height: int, said: tuple[int, int] | None = None) -> bytes:
    """A grey picture, whose frame header may say another (width, height)."""
    jpeg = bytearray(cv2.imencode(".jpg", np.full((height, width, 3), 90, np.uint8))[1].tobytes())
    if said is not None:
        at = jpeg.index(b"\xff\xc0") + 5
        jpeg[at : at + 4] = said[1].to_bytes(2, "big") + said[0].to_bytes(2, "big")
    return bytes(jpeg)


def comment(size: int, ends: bytes = b"") -> bytes:
    """A JPEG comment segment of so many bytes."""
    return b"\xff\xfe" + (size - 2).to_bytes(2, "big") + bytes(size - 4 - len(ends)) + ends


@pytest.mark.parametrize("marker", [0x00, 0x01, *range(0xD0, 0xDB)])
@pytest.mark.parametrize("said", [None, (65_500, 65_500)], ids=["wide", "huge"])
def test_a_header_where_the_decoder_does_not_look_is_not_believed(marker: int, said: tuple[int, int] | None) -> None:
    small = b"\xff\xc0\0\x11\x08" + bytes((2, 0, 2, 0)) + bytes(10)
    skipped = 0xFFFE  # what the comment after a marker without a length says if it is taken for one
    hidden = comment(60_000) + comment(skipped + len(small) - 60_000, small)
    forged = b"\xff\xd8\xff" + bytes((marker,)) + hidden + jpeg_of(LARGEST_SIDE + 8, 8, said)[2:]
    assert forged[4 + skipped :].startswith(small)
    assert jpeg_size(forged) is None
    assert decode_jpeg(forged) is None


@pytest.mark.parametrize("said", [None, (65_500, 65_500)], ids=["wide", "huge"])
def test_what_the_decoder_makes_of_it_is_limited_too(
    monkeypatch: pytest.MonkeyPatch, said: tuple[int, int] | None
) -> None:
    jpeg = jpeg_of(LARGEST_SIDE + 8, 8, said)
    assert decode_jpeg(jpeg) is None
    monkeypatch.setattr("camera_ingest.snapshot.jpeg_size", lambda data: (640, 360))
    assert decode_jpeg(jpeg) is None


def test_a_picture_in_very_many_passes_is_none() -> None:
    jpeg = cv2.imencode(".jpg", picture(3), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    assert decode_jpeg(jpeg) is not None
    last = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    assert decode_jpeg(jpeg[:-2] + last * (MOST_SCANS // 2) + jpeg[-2:]) is not None
    assert decode_jpeg(jpeg[:-2] + last * MOST_SCANS + jpeg[-2:]) is None


def test_the_certificates_of_the_authorities_are_held_once() -> None:
    def contexts() -> int:
        return sum(type(thing) is ssl.SSLContext for thing in gc.get_objects())

    kept = [Snapshot(camera("https://h/"), 5)]
    before = contexts()
    kept += [Snapshot(camera("https://h/"), 5) for _ in range(3)]
    assert contexts() == before


@given(st.binary(max_size=80), st.integers(0, len(JPEG)))
def test_no_bytes_break_it(junk: bytes, at: int) -> None:
    jpeg_size(b"\xff\xd8" + junk)
    jpeg_size(JPEG[:at] + junk)
    assert decode_jpeg(junk) is None


@pytest.mark.parametrize(
    ("date", "off"),
    [
        ("Wed, 25 Nov 2026 08:00:00 GMT", 0.5),
        ("Wed, 25 Nov 2026 08:00:00", 0.5),
        ("Wed, 25 Nov 2026 16:30:00 +0800", 1800.5),
        ("Thu, 01 Jan 1970 00:00:10 GMT", 10.5 - datetime(2026, 11, 25, 8, tzinfo=UTC).timestamp()),
        ("", None),
        ("now", None),
        ("Wed, 99 Nov 2026 08:00:00 GMT", None),
        (f"Wed, 25 Nov {'9' * 40} 08:00:00 GMT", None),
    ],
)
def test_the_date_of_an_answer_tells_how_far_the_cameras_clock_is_off(date: str, off: float | None) -> None:
    assert clock_off_s(date, datetime(2026, 11, 25, 8, tzinfo=UTC)) == off


def test_the_cameras_clock_is_compared_with_ours_at_every_answer() -> None:
    ahead = timedelta(hours=2)
    with http_camera({"/": lambda request: send(request, 200, JPEG)}) as url:
        snapshot = Snapshot(camera(url), 5, lambda: datetime.now(UTC) - ahead)
        with closing(snapshot):
            assert snapshot.clock_off_s is None
            snapshot.fetch()
    assert snapshot.clock_off_s == pytest.approx(ahead.total_seconds(), abs=60)


@given(st.text())
def test_no_date_breaks_it(date: str) -> None:
    clock_off_s(date, datetime(2026, 11, 25, 8, tzinfo=UTC))
