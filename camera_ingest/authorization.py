"""Authorization: what a client writes to prove who it is (basic RFC 7617, digest RFC 7616), in RTSP and HTTP alike."""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

from camera_ingest.camera import Login

_HASHES: Mapping[str, Callable[[bytes], "hashlib._Hash"]] = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}
"""Digest algorithms we can answer, strongest first; their `-sess` variants included."""

_FIELD = re.compile(r'(?<![\w-])([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)\\?(?:"|\Z)|([^\s,"]+))', re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*\\?(?:"|\Z)', re.DOTALL)
"""Both take what begins and never ends as it is: looking for its end again and again would take a quadratic time."""
_SCHEME = re.compile(r"(?:^|,)\s*(Basic|Digest)(?=\s|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server asks in one WWW-Authenticate challenge."""

    scheme: str
    """"basic" or "digest"."""
    realm: str = ""
    nonce: str = ""
    algorithm: str = "MD5"
    qop: bool = False
    """Whether the server offers qop=auth."""
    opaque: str | None = None
    stale: bool = False
    """The login was right but the nonce too old: answer again."""

    @property
    def strength(self) -> int:
        """0 = basic, more is better, -1 = an algorithm we do not know."""
        if self.scheme == "basic":
            return 0
        name = self.algorithm.removesuffix("-SESS")
        return len(_HASHES) - list(_HASHES).index(name) if name in _HASHES else -1


def strongest(headers: Iterable[str]) -> Challenge | None:
    """The strongest challenge that we can answer among the values of WWW-Authenticate; None if there is none."""
    known = [challenge for header in headers for challenge in _challenges(header) if challenge.strength >= 0]
    return max(known, key=lambda challenge: challenge.strength, default=None)


def _challenges(header: str) -> Iterable[Challenge]:
    bare = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), header)  # a realm may hold anything
    marks = list(_SCHEME.finditer(bare))
    for mark, end in zip_longest(marks, [mark.start() for mark in marks[1:]]):
        fields = parameters(header[mark.end() : end])
        yield Challenge(
            scheme=mark[1].lower(),
            realm=fields.get("realm", ""),
            nonce=fields.get("nonce", ""),
            algorithm=fields.get("algorithm", "MD5").upper(),
            qop="auth" in [offer.strip() for offer in fields.get("qop", "").split(",")],
            opaque=fields.get("opaque"),
            stale=fields.get("stale", "").lower() == "true",
        )


def parameters(text: str) -> dict[str, str]:
    """The `name=value, name="value"` list of a challenge or of an authorization; names in lower case."""
    return {name.lower(): token or re.sub(r"\\(.)", r"\1", quoted) for name, quoted, token in _FIELD.findall(text)}


@dataclass(slots=True)
class Authorization:
    """Answers one challenge for as many requests as follow (the nonce count grows)."""

    challenge: Challenge
    login: Login
    cnonce: str = field(default_factory=lambda: secrets.token_hex(8), repr=False)
    count: int = 0

    def header(self, method: str, uri: str) -> str:
        """The value of the Authorization header for one request."""
        if self.challenge.scheme == "basic":
            return "Basic " + base64.b64encode(f"{self.login.user}:{self.login.password}".encode()).decode()
        self.count += 1
        asked = self.challenge
        fields = {"username": self.login.user, "realm": asked.realm, "nonce": asked.nonce, "uri": uri}
        fields["response"] = digest(asked, self.login, method, uri, self.count, self.cnonce)
        if asked.opaque is not None:
            fields["opaque"] = asked.opaque
        parts = [f'{name}="{_quoted(value)}"' for name, value in fields.items()] + [f"algorithm={asked.algorithm}"]
        if asked.qop:
            parts.append(f"qop=auth, nc={self.count:08x}")
        if asked.qop or asked.algorithm.endswith("-SESS"):
            parts.append(f'cnonce="{self.cnonce}"')
        return "Digest " + ", ".join(parts)


def digest(asked: Challenge, login: Login, method: str, uri: str, count: int, cnonce: str) -> str:
    """The `response` of RFC 7616 §3.4.1; without qop that of RFC 2069, which many cameras still speak."""
    hashed = _HASHES[asked.algorithm.removesuffix("-SESS")]

    def h(*parts: str) -> str:
        return hashed(":".join(parts).encode()).hexdigest()

    a1 = h(login.user, asked.realm, login.password)
    if asked.algorithm.endswith("-SESS"):
        a1 = h(a1, asked.nonce, cnonce)
    a2 = h(method, uri)
    if asked.qop:
        return h(a1, asked.nonce, f"{count:08x}", cnonce, "auth", a2)
    return h(a1, asked.nonce, a2)


def _quoted(text: str) -> str:
    return re.sub(r'(["\\])', r"\\\1", text)
