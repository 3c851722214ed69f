"""An RTSP message (RFC 2326 §4): what a server answers, or asks of its own accord, off the front of some bytes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

LARGEST_MESSAGE = 1 << 16  # bytes of a message with its body …
LARGEST_HEAD = 1 << 14  # … and without
_STATUS = re.compile(rb"RTSP/\d\.\d (\d{3})(?: |$)")
_REQUEST = re.compile(rb"[A-Z_]+ \S+ RTSP/\d\.\d$")
_PHRASES = {
    451: "Parameter Not Understood",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid In This State",
    457: "Invalid Range",
    459: "Aggregate Operation Not Allowed",
    460: "Only Aggregate Operation Allowed",
    461: "Unsupported Transport",
    551: "Option Not Supported",
}
"""Of the statuses that are RTSP's own or mean something else in HTTP."""
_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")  # a receiver is to understand bare line feeds, too


@dataclass(frozen=True, slots=True)
class Message:
    """A response, or a request of the server."""

    status: int | None
    """None for a request."""
    fields: Mapping[str, tuple[str, ...]]
    """Values by name in lower case, repeated ones kept."""
    body: bytes

    def field(self, name: str) -> str:
        """The first value of a field; empty if there is none."""
        return next(iter(self.fields.get(name, ())), "")


class Garbage(ValueError):
    """What came is not RTSP."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}; found {found}")
        self.expected = expected
        self.found = found


def take(data: bytes) -> tuple[Message, int] | None:
    """The message that `data` begins with and its length in bytes; None while it is not complete. Raises Garbage."""
    line, line_ends, _ = data.partition(b"\n")
    line = line.removesuffix(b"\r")
    text = line.isascii() and line.decode().isprintable()
    status = _STATUS.match(line)
    if not text or (line_ends and not status and not _REQUEST.match(line)):
        raise Garbage("an RTSP response", f"{data[:16]!r}")
    head = _HEAD_ENDS.search(data, 0, LARGEST_HEAD)
    if head is not None:
        fields = _fields(data[: head.start()])
        length = next(iter(fields.get("content-length", ())), "0")
        end = head.end() + (int(length) if length.isdecimal() and len(length) < 8 else 0)
        if end <= min(len(data), LARGEST_MESSAGE):
            return Message(int(status[1]) if status else None, fields, data[head.end() : end]), end
    elif len(data) >= LARGEST_HEAD:
        raise Garbage(f"the end of a response's head within {LARGEST_HEAD} bytes", "none")
    if len(data) >= LARGEST_MESSAGE:
        raise Garbage(f"a response of at most {LARGEST_MESSAGE} bytes", "a longer one")
    return None


def _fields(head: bytes) -> dict[str, tuple[str, ...]]:
    fields: dict[str, list[str]] = {}
    for line in head.decode("utf-8", "replace").split("\n")[1:]:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), []).append(value.strip())
    return {name: tuple(values) for name, values in fields.items()}


def phrase(status: int) -> str:
    """The status in our words: a server's own words could repeat what we sent."""
    try:
        return f"{status} {_PHRASES.get(status) or HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
