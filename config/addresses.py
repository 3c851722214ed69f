"""Addresses: the forms in which a configuration may say where a picture or a database comes from."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from config.mistakes import Flaw

SNAPSHOT = "http(s)://host[:port]/path of a JPEG"
CAMERA = "rtsp://host[:port]/path, http(s)://host/path of a JPEG, or the path of a recorded file such as clip.mp4"
NO_LOGIN = "no user name or password inside the address (use `login`; an @ in a path is written %40)"


def camera_flaws(url: str) -> Iterator[Flaw]:
    """What is wrong with the address of a camera; a password in it is not repeated."""
    if "@" in url:
        yield (), NO_LOGIN, "an @"
    elif not (_is_stream(url) if ":" in url else _is_file(url)):
        yield (), CAMERA, repr(url[:80])


def snapshot_flaws(url: str) -> Iterator[Flaw]:
    """What is wrong with the address of a camera's snapshots; empty = it has none."""
    if "@" in url:
        yield (), NO_LOGIN, "an @"
    elif url and not (url.startswith(("http://", "https://")) and _is_stream(url)):
        yield (), SNAPSHOT, repr(url[:80])


def database_flaws(url: str) -> Iterator[Flaw]:
    """What is wrong with the address of a database; a password in it is not repeated."""
    if "@" in url or "password=" in url:
        yield (), NO_LOGIN, "one"
    elif not re.match(r"(sqlite|postgresql(\+\w+)?)://", url):
        yield (), "sqlite:///path or postgresql+psycopg://host/name", repr(url[:80])


def is_host(name: str) -> bool:
    """Whether a network library would take it: it must not be empty, nor have empty or endless labels."""
    try:
        return bool(re.fullmatch(r"\S+", name.encode("idna").decode()))
    except UnicodeError:
        return False


def _is_stream(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    named = host is not None and is_host(host)
    return parts.scheme in ("rtsp", "http", "https") and named and port != 0 and url.isascii() and " " not in url


def _is_file(url: str) -> bool:
    """A path that ends in a suffix: an address that lost its `rtsp://` seldom does."""
    return url.isprintable() and bool(re.search(r"\.[A-Za-z]\w*$", url))
