"""A track: the video that a session description (SDP, RFC 8866) offers."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from camera_ingest.depacketize import H264, H265, START_CODE, Codec

_CODECS = {"H264": H264, "H265": H265, "HEVC": H265}
LONGEST_NUMBER = 9  # digits
USUAL_RATE = 90_000  # RTP ticks per second of video
_SPROP = {"sprop-parameter-sets": H264, "sprop-vps": H265, "sprop-sps": H265, "sprop-pps": H265}
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


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
    session, *media = ("\n" + _LINE_ENDS.sub("\n", description)).split("\nm=")
    aggregate = _resolve(base, _attribute(session.split("\n"), "control"))
    for section in media:
        lines = section.split("\n")
        if not lines[0].lower().startswith("video "):
            continue
        for payload_type, codec, rate in _formats(lines):
            return Track(
                codec=codec,
                payload_type=payload_type,
                clock_rate=rate,
                control=_resolve(aggregate, _attribute(lines, "control")),
                aggregate=aggregate,
                sets=tuple(_sets(lines, payload_type)),
            )
    return None


def _formats(lines: list[str]) -> Iterator[tuple[int, Codec, int]]:
    """Payload type, codec and clock rate of what we can take; a map that is missing is guessed by parameter sets."""
    for line in _attributes(lines, "rtpmap"):
        payload_type, _, encoding = line.partition(" ")
        name, _, rate = encoding.strip().partition("/")
        codec = _CODECS.get(name.upper())
        if codec is not None and _is_number(payload_type):
            yield int(payload_type), codec, int(rate) if _is_number(rate) and int(rate) else USUAL_RATE
    if next(_attributes(lines, "rtpmap"), None) is None:
        for number, options in _options(lines):
            yield from ((number, _SPROP[name], USUAL_RATE) for name, _ in options if name in _SPROP)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST_NUMBER


def _attributes(lines: list[str], name: str) -> Iterator[str]:
    prefix = f"a={name}:"
    return (line[len(prefix) :].strip() for line in lines if line.startswith(prefix))


def _attribute(lines: list[str], name: str) -> str:
    return next(_attributes(lines, name), "")


def _options(lines: list[str]) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Payload type and `name=value` options of each fmtp line, names in lower case."""
    for line in _attributes(lines, "fmtp"):
        number, _, options = line.partition(" ")
        if _is_number(number):
            pairs = (option.strip().partition("=") for option in options.split(";"))
            yield int(number), [(name.strip().lower(), value.strip()) for name, _, value in pairs]


def _sets(lines: list[str], payload_type: int) -> Iterator[bytes]:
    """The parameter sets of the fmtp line; what is not base64 is left out, the stream brings its own."""
    texts = [
        text
        for number, options in _options(lines)
        for name, value in options
        for text in (value.split(",") if number == payload_type and name in _SPROP else ())
    ]
    for text in texts:
        try:
            unit = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)  # some leave the padding out
        except (binascii.Error, ValueError):
            continue
        yield unit.removeprefix(START_CODE)  # which some cameras leave in


def _resolve(base: str, control: str) -> str:
    """An absolute control URL as it stands, a relative one appended as cameras mean it (not as RFC 3986 would)."""
    if control.lower().startswith(("rtsp://", "rtsps://")):
        return without_login(control)
    if control in ("", "*"):
        return base
    return f"{base.rstrip('/')}/{control.lstrip('/')}"


def without_login(url: str) -> str:
    """The URL less `user:password@`, which belongs into `Login`."""
    return re.sub(r"^(\w+://)[^/]*@", r"\1", url)
