"""Kinds of camera: what a simulated camera sends, chosen by its number and the shares of a mix."""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """How a camera's pictures come."""

    H264 = "h264"  # RTSP, H.264, 5 fps
    FAST = "fast"  # RTSP, H.264, 15 fps
    H265 = "h265"  # RTSP, H.265, 5 fps
    JPEG = "jpeg"  # HTTP snapshots


FPS = {Kind.H264: 5, Kind.FAST: 15, Kind.H265: 5, Kind.JPEG: 0.5}
"""Pictures per second; a snapshot camera has a new one with every GOP of the others."""

Mix = Mapping[Kind, float]
"""Shares (0..1) of the kinds that are not H.264 at 5 fps; the rest is."""
ONE_KIND: Mix = {}
MANY_KINDS: Mix = {Kind.FAST: 0.1, Kind.H265: 0.2, Kind.JPEG: 0.1}

_GOLDEN = 0.6180339887498949  # fractional part of the golden ratio: its multiples fall evenly everywhere


def kind_of(number: int, mix: Mix) -> Kind:
    """The kind of the camera with this number; any stretch of numbers holds every kind in about its share."""
    place = number * _GOLDEN % 1
    for kind, share in mix.items():
        if place < share:
            return kind
        place -= share
    return Kind.H264


def mix_of(text: str) -> Mix:
    """A mix as it is written on a command line: `h265=0.2,jpeg=0.1`. Raises ValueError."""
    mix = {}
    for part in filter(None, text.split(",")):
        name, _, share = part.partition("=")
        mix[Kind(name.strip())] = float(share)
    if any(share < 0 for share in mix.values()) or sum(mix.values()) > 1:
        raise ValueError(f"shares of kinds of camera: expected 0 to 1 in all, found {text}")
    return mix


def written(mix: Mix) -> str:
    """The mix as `mix_of` reads it."""
    return ",".join(f"{kind}={share:g}" for kind, share in mix.items())
