"""A profile: one stream that a device offers, and which of them is enough."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from camera_ingest.onvif_address import plain

CODECS = ("H264", "H265")
"""What our RTSP client can take."""
LEAST_WIDTH = 640
"""Pixels; sub-streams of this width are what detection was measured on, and the widest input of the networks."""
WIDEST, FASTEST, MOST_KBIT_S, LONGEST_GOP = 16_384, 240, 1_000_000, 100_000
"""Beyond these, a number is none (2147483647 stands for "no limit" on some devices)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a device says of one of its streams; None where it says nothing."""

    token: str
    name: str
    source: str
    """The token of the picture's source: one per lens, or per channel of a recorder."""
    codec: str
    """H264, H265, JPEG, …; empty if not told."""
    width: int | None
    height: int | None
    """Pixels."""
    fps: int | None
    kbit_s: int | None
    """The limit of the bit rate."""
    gop: int | None
    """Frames from one keyframe to the next."""

    @property
    def gop_s(self) -> float | None:
        """Seconds from one keyframe to the next."""
        return self.gop / self.fps if self.gop and self.fps else None

    @property
    def pixels(self) -> int | None:
        return self.width * self.height if self.width and self.height else None


def profile_of(values: Mapping[str, Any]) -> Profile:
    """A profile as the library's `parse_profiles` gives it (ONVIF Media and Media2)."""
    encoder, source = values.get("video_encoder") or {}, values.get("video_source") or {}
    codec = str(encoder.get("encoding") or "").upper()
    return Profile(
        token=str(values.get("token") or ""),
        name=str(values.get("name") or ""),
        source=str(source.get("source_token") or source.get("token") or ""),
        codec={"HEVC": "H265", "AVC": "H264"}.get(codec, codec),
        width=_within(encoder.get("width"), WIDEST),
        height=_within(encoder.get("height"), WIDEST),
        fps=_within(encoder.get("fps_limit"), FASTEST),
        kbit_s=_within(encoder.get("bitrate_kbps"), MOST_KBIT_S),
        gop=_within(encoder.get("gop"), LONGEST_GOP),
    )


def shown(profile: Profile) -> Profile:
    """The same profile with its texts made harmless for a terminal; to be read, not to be asked for."""
    token, name, source, codec = map(plain, (profile.token, profile.name, profile.source, profile.codec))
    return replace(profile, token=token, name=name, source=source, codec=codec)


def cheapest(profiles: Iterable[Profile]) -> Profile | None:
    """The one to watch: of those we can take, the smallest picture that is wide enough, or else the largest there is.

    Between equal pictures the lower bit rate wins. A size that is not told counts as the largest.
    """
    usable = [one for one in profiles if one.codec in CODECS and one.token]
    enough = [one for one in usable if one.width is None or one.width >= LEAST_WIDTH]
    if enough:
        return min(enough, key=lambda one: (one.pixels or WIDEST**2, one.kbit_s or MOST_KBIT_S))
    return max(usable, key=lambda one: one.pixels or 0, default=None)


def _within(value: object, most: int) -> int | None:
    return value if isinstance(value, int) and 0 < value <= most else None
