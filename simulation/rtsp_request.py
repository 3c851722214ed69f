"""An RTSP request as a server reads it, and the response it writes (RFC 2326)."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from camera_ingest.authorization import Challenge, digest, parameters
from camera_ingest.camera import Login
from simulation.rtp import CONTROL

REALM = "camera"
MD5 = "MD5"


@dataclass(frozen=True, slots=True)
class Request:
    """One request; its body is of no interest."""

    method: str
    url: str
    fields: Mapping[str, str]
    """Header fields, names in lower case."""

    @property
    def path(self) -> str:
        """The path of the camera that is meant."""
        return unquote(urlsplit(self.url).path).removesuffix(CONTROL).rstrip("/")

    def proves(self, login: Login, nonce: str, offered: Sequence[str] = (MD5,)) -> bool:
        """Whether it answers one of our challenges with this login. Raises ValueError if the answer is no digest."""
        scheme, _, answer = self.fields.get("authorization", "").partition(" ")
        given = parameters(answer)
        if scheme != "Digest" or given.get("nonce") != nonce or given.get("username") != login.user:
            return False
        algorithm = given.get("algorithm", MD5)
        if algorithm not in offered:
            return False
        asked = Challenge("digest", realm=REALM, nonce=nonce, algorithm=algorithm, qop="qop" in given)
        count, cnonce = int(given.get("nc", "0"), 16), given.get("cnonce", "")
        right = digest(asked, login, self.method, given.get("uri", ""), count, cnonce)
        return secrets.compare_digest(given.get("response", "").encode(), right.encode())

    def response(
        self, status: int, fields: Mapping[str, str] | None = None, body: bytes = b"", challenges: Sequence[str] = ()
    ) -> bytes:
        """The response to it, as bytes; each of the challenges is a WWW-Authenticate of its own."""
        phrase = {461: "Unsupported Transport"}.get(status) or HTTPStatus(status).phrase
        head = {"CSeq": self.fields.get("cseq", "0"), **(fields or {}), "Content-Length": str(len(body))}
        lines = [f"RTSP/1.0 {status} {phrase}", *(f"{name}: {value}" for name, value in head.items())]
        lines += [f"WWW-Authenticate: {challenge}" for challenge in challenges]
        return "\r\n".join((*lines, "", "")).encode() + body


def challenges(nonce: str, algorithms: Sequence[str]) -> list[str]:
    """The values of WWW-Authenticate that ask for a digest over `nonce`; MD5 is not named, as by old cameras."""
    named = ("" if algorithm == MD5 else f", algorithm={algorithm}" for algorithm in algorithms)
    return [f'Digest realm="{REALM}", nonce="{nonce}", qop="auth"{name}' for name in named]


def take_request(data: bytes) -> tuple[Request | None, bytes]:
    """The first complete request of what a client sent (RTCP reports skipped) and what is left. Raises ValueError."""
    while data[:1] == b"$" and len(data) >= 4:
        size = 4 + int.from_bytes(data[2:4], "big")
        if len(data) < size:
            return None, data
        data = data[size:]
    head, ended, rest = data.partition(b"\r\n\r\n")
    if not ended:
        return None, data
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    method, url, _ = first.split(" ")
    parts = (line.partition(":") for line in lines)
    fields = {name.strip().lower(): value.strip() for name, _, value in parts}
    size = int(fields.get("content-length", "0"))
    if len(rest) < size:
        return None, data
    return Request(method, url, fields), rest[size:]
