"""Places: the areas, halls, zones and windows that are watched."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum


class HallLevel(StrEnum):
    """市, 区市, 镇街."""

    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"


@dataclass(frozen=True, slots=True)
class Area:
    """An administrative area; `code` has six characters (371002)."""

    code: str
    name: str
    name_en: str = ""
    parent: str = ""


class SegmentKind(StrEnum):
    """What kind of service; thresholds may differ by it."""

    USUAL = "usual"
    LUNCH = "lunch"  # 午间错时
    APPOINTMENT = "appointment"  # 预约服务
    EXTENDED = "extended"  # 延时服务


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of service on some weekdays (ISO: 1 = Monday … 7 = Sunday), local time, end excluded."""

    name: str
    days: tuple[int, ...]
    start: time
    end: time
    kind: SegmentKind = SegmentKind.USUAL
    first: str = ""
    """First day of its season, MM-DD; with `last`, which may lie before it in the year: 10-01 … 05-31 is a winter."""
    last: str = ""
    """Last day of its season, MM-DD; without both it is in force all year."""
    windows: tuple[str, ...] = ()
    """The rota: only these windows are open in it; empty = all."""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Zone:
    """Where people wait; any window of a zone takes any matter (无差别一窗受理)."""

    id: str
    name: str
    name_en: str = ""
    segments: tuple[Segment, ...] = ()
    """Its own hours; empty = the hall's."""


@dataclass(frozen=True, slots=True)
class Window:
    """A counter position, never a person."""

    id: str
    name: str
    zone: str
    name_en: str = ""
    closed: bool = False
    """Not opened at present (tidal window, leave): never judged unless the roster opens it."""
    segments: tuple[Segment, ...] = ()
    """Its own hours; empty = its zone's."""


@dataclass(frozen=True, slots=True)
class Hall:
    """A government service hall (政务服务大厅); ids of zones and windows are unique within it."""

    id: str
    name: str
    area: str
    level: HallLevel
    segments: tuple[Segment, ...]
    """Service hours; outside them nothing is judged. Midnight as an end is 00:00 of the next day."""
    zones: tuple[Zone, ...]
    windows: tuple[Window, ...]
    name_en: str = ""
    shadow: bool = False
    """影子模式: everything is judged, nobody is alerted."""
