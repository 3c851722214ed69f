"""Authorization against the examples of the standards."""

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.authorization import Authorization, Challenge, digest, parameters, strongest
from camera_ingest.camera import Login

MUFASA = Login("Mufasa", "Circle of Life")
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_rfc_7616_3_9_1(algorithm: str, response: str) -> None:
    asked = Challenge("digest", "http-auth@example.org", NONCE, algorithm, qop=True, opaque="FQhe")
    header = Authorization(asked, MUFASA, cnonce=CNONCE).header("GET", "/dir/index.html")
    fields = parameters(header.removeprefix("Digest "))
    assert fields["response"] == response
    assert fields["nc"] == "00000001"
    assert fields["opaque"] == "FQhe"
    assert header.startswith("Digest ")


def test_rfc_2617_3_5() -> None:
    asked = Challenge("digest", "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", qop=True)
    login = Login("Mufasa", "Circle Of Life")
    assert digest(asked, login, "GET", "/dir/index.html", 1, "0a4f113b") == "6629fae49393a05397450978507c4ef1"


def test_the_nonce_count_grows() -> None:
    asked = Authorization(Challenge("digest", "r", "n", qop=True), MUFASA)
    assert [parameters(asked.header("GET", "/"))["nc"] for _ in range(2)] == ["00000001", "00000002"]


def test_without_qop_as_rfc_2069_has_it() -> None:
    header = Authorization(Challenge("digest", "r", "n"), MUFASA).header("DESCRIBE", "rtsp://c/1")
    assert "nc=" not in header
    assert "cnonce" not in header


def test_rfc_7617_2() -> None:
    header = Authorization(Challenge("basic", "WallyWorld"), Login("Aladdin", "open sesame")).header("GET", "/")
    assert header == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    assert base64.b64decode(header.removeprefix("Basic ")) == b"Aladdin:open sesame"


@pytest.mark.parametrize(
    ("headers", "scheme", "algorithm"),
    [
        (['Basic realm="c"'], "basic", "MD5"),
        (['Basic realm="c"', 'Digest realm="c", nonce="n"'], "digest", "MD5"),
        (['Digest realm="c", nonce="n", algorithm=MD5, Digest realm="c", nonce="n", algorithm=SHA-256'],
         "digest", "SHA-256"),
        (['digest realm="a, Basic b", nonce="n", algorithm="md5-sess"'], "digest", "MD5-SESS"),
        (['Digest realm="c", nonce="n", algorithm=SHA-512-256', "Basic"], "basic", "MD5"),
    ],
)  # fmt: skip
def test_the_strongest_known_challenge_is_taken(headers: list[str], scheme: str, algorithm: str) -> None:
    challenge = strongest(headers)
    assert challenge is not None
    assert (challenge.scheme, challenge.algorithm) == (scheme, algorithm)


def test_an_unknown_scheme_is_no_challenge() -> None:
    assert strongest(["Negotiate", "Bearer x", ""]) is None


def test_stale_and_qop_are_read() -> None:
    challenge = strongest(['Digest realm="c\\"d", nonce="n", stale=TRUE, qop="auth-int, auth", opaque=""'])
    assert challenge == Challenge("digest", 'c"d', "n", qop=True, opaque="", stale=True)


@given(st.lists(st.text()))
def test_no_header_breaks_it(headers: list[str]) -> None:
    strongest(headers)


@pytest.mark.parametrize(
    "header",
    ["Digest " + "a" * 60_000, 'Digest x="' + '\\"' * 30_000, "Digest " + "a " * 30_000, "Digest, " * 8_000,
     'Digest a="' * 6_000, "Digest a" + " " * 60_000, "," * 60_000, "Digest " + "a=" * 30_000, '"' * 59_999 + "\\"],
    ids=range(9),
)  # fmt: skip
def test_no_header_takes_long(header: str) -> None:
    """Found by fuzzing: 14 s for a header of 64 KB, in the thread that serves all cameras."""
    began = time.process_time()
    strongest([header])
    assert time.process_time() - began < 1


def test_what_never_ends_is_taken_as_it_is() -> None:
    assert parameters('a=b, c="d') == {"a": "b", "c": "d"}


def test_the_password_is_never_shown() -> None:
    assert MUFASA.password not in repr(Authorization(Challenge("basic"), MUFASA))
