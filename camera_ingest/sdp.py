"""A track: the video that a session description (SDP, RFC 8866) offers."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from camera_ingest.depacketize import H264, H265, Codec

_CODECS = {"H264": H264, "H265": H265}
LONGEST_NUMBER = 9  # digits
_SPROP = ("sprop-vps", "sprop-sps", "sprop-pps", "sprop-parameter-sets")


@dataclass(frozen=True, slots=True)
class Track:
    """One video stream and how to ask for it."""

    codec: Codec
    payload_type: int
    clock_rate: int
    """RTP ticks per second."""
    control: str
    """The URL of SETUP."""
    aggregate: str
    """The URL of PLAY."""
    sets: tuple[bytes, ...]
    """Parameter sets; may be empty."""


def video_track(description: str, base: str) -> Track | None:
    """The first H.264 or H.265 track, its URLs made absolute with `base`; None if there is none."""
    session, *media = description.replace("\r\n", "\n").split("\nm=")
    aggregate = _resolve(base, _attribute(session.split("\n"), "control"))
    for section in media:
        lines = section.split("\n")
        if not lines[0].startswith("video "):
            continue
        for line in _attributes(lines, "rtpmap"):
            payload_type, _, encoding = line.partition(" ")
            name, _, rate = encoding.strip().partition("/")
            codec = _CODECS.get(name.upper())
            if codec is not None and _is_number(payload_type):
                return Track(
                    codec=codec,
                    payload_type=int(payload_type),
                    clock_rate=int(rate) if _is_number(rate) and int(rate) else 90_000,
                    control=_resolve(aggregate, _attribute(lines, "control")),
                    aggregate=aggregate,
                    sets=tuple(_sets(lines, payload_type)),
                )
    return None


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST_NUMBER


def _attributes(lines: list[str], name: str) -> Iterator[str]:
    prefix = f"a={name}:"
    return (line[len(prefix) :].strip() for line in lines if line.startswith(prefix))


def _attribute(lines: list[str], name: str) -> str:
    return next(_attributes(lines, name), "")


def _sets(lines: list[str], payload_type: str) -> Iterator[bytes]:
    """The parameter sets of the fmtp line; what is not base64 is left out, the stream brings its own."""
    for line in _attributes(lines, "fmtp"):
        number, _, options = line.partition(" ")
        if number != payload_type:
            continue
        for option in options.split(";"):
            name, _, value = option.strip().partition("=")
            for text in value.split(",") if name.lower() in _SPROP else ():
                try:
                    yield base64.b64decode(text, validate=True)
                except (binascii.Error, ValueError):
                    continue


def _resolve(base: str, control: str) -> str:
    """An absolute control URL as it stands, a relative one appended as cameras mean it (not as RFC 3986 would)."""
    if control.lower().startswith(("rtsp://", "rtsps://")):
        return control
    if control in ("", "*"):
        return base
    return f"{base.rstrip('/')}/{control.lstrip('/')}"
