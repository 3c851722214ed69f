"""Shapes: what each part of the configuration may look like, checked by pydantic.

Where the YAML of a thing is the thing, the room's own dataclass is the shape (`Hall`, `Device`, `AbsenceRule`, …) and
only what a type cannot say is added here. Where a stranger writes it more conveniently than the program keeps it (a
cadence in seconds, a login by reference, regions inside their camera), the convenient form is a model of this file.
"""

import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from camera_ingest import gb_code
from camera_ingest.camera import Login, Role, Via
from camera_ingest.link import Timing
from config import addresses, polygons, thresholds
from config.api import ApiShape
from config.flaws import refusal, sound
from config.mistakes import Flaw, Key
from config.notices import NoticesShape, RecipientShape, RungShape, SmsShape
from config.settings import Board, DetectorChoice
from models.regions import Anchor, Point, RegionKind
from monitor.adapters.mqtt import Broker
from monitor.devices import Device
from monitor.halls import HallRule
from monitor.hours import in_season
from monitor.places import Area, Hall, HallLevel, Segment, Window, Zone
from monitor.presence import AbsenceRule
from monitor.queues import QueueRule
from monitor.ratings import Scale
from monitor.thresholds import Family

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a configuration refers to outside itself; handed to the validators as their context."""

    directory: Path
    """Of the YAML file: relative paths start here."""
    environ: Mapping[str, str]


class Shape(BaseModel):
    """No unknown keys, no guessing of types; the dataclasses inside inherit both."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class LoginShape(Shape):
    """Where a user name and a password are found: in two environment variables, or in two lines of a file."""

    user_env: str | None = None
    password_env: str | None = None
    file: str | None = None

    @model_validator(mode="after")
    def _is_there(self, info: ValidationInfo[Surroundings]) -> Self:
        self.resolve(info.context)
        return self

    def resolve(self, surroundings: Surroundings) -> Login:
        """The login itself; refused when a variable or the file is missing. Never tells a value."""
        match (self.user_env, self.password_env, self.file):
            case (str(user), str(password), None):
                return _login_of_variables(user, password, surroundings.environ)
            case (None, None, str(file)):
                return _login_of_file(file, surroundings.directory)
        raise refusal([((), "either `user_env` and `password_env`, or `file`", "something else")])


def _login_of_variables(user: str, password: str, environ: Mapping[str, str]) -> Login:
    names = {"user_env": user, "password_env": password}
    flaws = []
    for field, name in names.items():
        if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", name):  # perhaps the password itself: not to be repeated
            flaws.append(((field,), "the name of a variable (A-Z, 0-9 and _), never the value", "another text"))
        elif not environ.get(name):
            flaws.append(((field,), f"the environment variable {name} to be set", "it missing or empty"))
    if flaws:
        raise refusal(flaws)
    return Login(environ[user], environ[password])


def _login_of_file(name: str, directory: Path) -> Login:
    try:
        lines = (directory / name).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no text in it"
        raise refusal([(("file",), f"a readable file {name}", reason)]) from None
    if len(lines) < 2 or not lines[0] or not lines[1]:
        raise refusal([(("file",), f"a user name and a password on the first two lines of {name}", "less")])
    return Login(lines[0], lines[1])


class RegionShape(Shape):
    """A region as it is written inside its camera."""

    kind: RegionKind
    polygon: Annotated[tuple[Point, ...], sound(polygons.flaws)]
    window: str = ""
    zone: str = ""
    anchor: Anchor | None = None
    person: Annotated[float, Field(gt=0, le=1)] | None = None
    id: str = ""

    @property
    def place(self) -> str:
        """The window or zone it observes; empty for a mask."""
        return self.window or self.zone


OBSERVES = {RegionKind.STAFF: "window", RegionKind.CITIZEN: "window", RegionKind.QUEUE: "zone"}


def _region_flaws(region: RegionShape) -> Iterator[Flaw]:
    wanted = OBSERVES.get(region.kind)
    for field, given in (("window", region.window), ("zone", region.zone)):
        if field == wanted and not given:
            yield (field,), f"the {field} that this {region.kind} region observes", "nothing"
        if field != wanted and given:
            yield (field,), f"no {field} for a {region.kind} region", repr(given)


def _gb_code_flaws(code: str) -> Iterator[Flaw]:
    flaw = gb_code.flaw(code) if code else None
    if flaw:
        yield (), *flaw


class CameraShape(Shape):
    """A camera as it is written, with its regions."""

    id: str
    hall: str
    url: Annotated[str, sound(addresses.camera_flaws)]
    role: Role
    cadence_s: Annotated[float, Field(ge=1, le=3600)] | None = None
    legal_basis: str = ""
    login: LoginShape | None = None
    gb_code: Annotated[str, sound(_gb_code_flaws)] = ""
    snapshot_url: Annotated[str, sound(addresses.snapshot_flaws)] = ""
    mbit_s: Annotated[float, Field(gt=0, le=100)] | None = None
    via: Via = Via.OWN
    regions: tuple[Annotated[RegionShape, sound(_region_flaws)], ...] = ()


def _camera_flaws(cameras: tuple[CameraShape, ...]) -> Iterator[Flaw]:
    seen = set[str]()
    for index, camera in enumerate(cameras):
        if camera.gb_code in seen:
            yield (index, "gb_code"), "each one once", f"{camera.gb_code!r} a second time"
        seen |= {camera.gb_code} - {""}
        if camera.snapshot_url and not camera.url.lower().startswith("rtsp://"):
            yield (index, "snapshot_url"), "nothing unless the address is rtsp://", repr(camera.snapshot_url[:80])
        if camera.via is not Via.OWN and not camera.url.lower().startswith("rtsp://"):
            yield (index, "via"), f"{Via.OWN} unless the address is rtsp://", repr(camera.via.value)


class CalendarShape(Shape):
    """A country's calendar with a site's own days on top."""

    country: str = "cn"
    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()


def _calendar_flaws(calendar: CalendarShape) -> Iterator[Flaw]:
    known = sorted(path.stem for path in (Path(__file__).parent / "calendar").glob("*.yaml"))
    if calendar.country not in known:
        yield ("country",), f"one of {', '.join(known)}", repr(calendar.country)
    for day in sorted({*calendar.holidays} & {*calendar.workdays}):
        yield ("workdays",), "only days that are not holidays too", str(day)


class BrokerShape(Shape):
    """The MQTT broker: our own inside the program, or one that runs elsewhere."""

    mode: Literal["embedded", "external"] = Broker().mode
    host: str = Broker().host
    port: Annotated[int, Field(ge=1, le=65535)] = Broker().port
    login: LoginShape | None = None
    logins: str | None = None
    tls_ca: str | None = None

    @model_validator(mode="after")
    def _is_there(self, info: ValidationInfo[Surroundings]) -> Self:
        if self.tls_ca is not None:
            try:
                ssl.create_default_context(cafile=info.context.directory / self.tls_ca)
            except (OSError, ValueError) as error:  # an SSLError is an OSError
                found = (error.strerror if isinstance(error, OSError) else None) or "none in it"
                raise refusal([(("tls_ca",), f"a readable certificate in {self.tls_ca}", found)]) from None
        return self


def _broker_flaws(broker: BrokerShape) -> Iterator[Flaw]:
    if not addresses.is_host(broker.host):
        yield ("host",), "the name or the address of a machine", repr(broker.host[:80])
    if broker.mode == "embedded" and broker.tls_ca is not None:
        yield ("tls_ca",), "nothing: the embedded broker speaks no TLS", repr(broker.tls_ca)
    if broker.logins is not None and (broker.mode == "embedded" or broker.login is not None):
        yield ("logins",), "nothing beside `login` or an embedded broker", repr(broker.logins[:80])
    if broker.mode == "embedded" and broker.host not in LOOPBACK:
        yield ("host",), f"one of {', '.join(LOOPBACK)}: the embedded broker asks for no password", repr(broker.host)


class StoresShape(Shape):
    """Where things are kept."""

    directory: str = "./var"
    database: Annotated[str, sound(addresses.database_flaws)] | None = None
    login: LoginShape | None = None


class OverrideShape(Shape):
    """Values that differ for a level, a hall, a zone, a window or a segment."""

    level: HallLevel | None = None
    hall: str = ""
    zone: str = ""
    window: str = ""
    segment: str = ""
    absence: dict[str, float] = Field(default_factory=dict)
    queue: dict[str, float] = Field(default_factory=dict)
    hall_rule: dict[str, float] = Field(default_factory=dict)

    @property
    def values(self) -> dict[Family, dict[str, float]]:
        """By the family of rules."""
        return {family: thresholds.typed(getattr(self, family)) for family in Family}


def _override_flaws(override: OverrideShape) -> Iterator[Flaw]:
    if not any(override.values.values()):
        yield (), "values under `absence`, `queue` or `hall_rule`", "none"
    if not (override.level or override.hall or override.zone or override.window or override.segment):
        yield (), "a level, hall, zone, window or segment (for the whole site write it under `rules`)", "none"
    if (override.zone or override.window) and not override.hall:
        yield (), "the `hall` that the zone or the window is in", "none"
    if override.level and override.hall:
        yield ("level",), "nothing beside a `hall`", repr(override.level.value)
    if override.zone and override.window:
        yield ("zone",), "nothing beside a `window`", repr(override.zone)
    if override.window and override.queue:
        yield ("queue",), "values of a queue at a zone, as any window of it takes any matter", "them at one window"
    if (override.zone or override.window) and override.hall_rule:
        yield ("hall_rule",), "values of the hall as a whole at no part of it", "them at a zone or a window"
    for family in Family:
        for key, expected, found in thresholds.override_flaws(family, getattr(override, family)):
            yield (str(family), *key), expected, found


class RulesShape(Shape):
    """Thresholds; those not written keep their defaults."""

    absence: Annotated[AbsenceRule, sound(thresholds.absence_flaws)] = AbsenceRule()
    queue: Annotated[QueueRule, sound(thresholds.queue_flaws)] = QueueRule()
    hall_rule: Annotated[HallRule, sound(thresholds.hall_flaws)] = HallRule()
    overrides: tuple[Annotated[OverrideShape, sound(_override_flaws)], ...] = ()


SEASON = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
LEAP = 2024
"""A year in which every day of a season exists."""


def _season_flaws(segment: Segment) -> Iterator[Flaw]:
    for field, text in (("first", segment.first), ("last", segment.last)):
        if text and not _is_day(text):
            yield (field,), "a day of the year such as 10-01", repr(text[:20])
    if bool(segment.first) != bool(segment.last):
        yield (), "both `first` and `last` of a season, or neither", "one of them"


def _is_day(text: str) -> bool:
    try:
        return bool(SEASON.fullmatch(text)) and bool(date.fromisoformat(f"{LEAP}-{text}"))
    except ValueError:
        return False


def _hall_flaws(hall: Hall) -> Iterator[Flaw]:
    yield from _segments_flaws(hall.segments, ("segments",))
    for index, zone in enumerate(hall.zones):
        yield from _segments_flaws(zone.segments, ("zones", index, "segments"))
    for index, window in enumerate(hall.windows):
        yield from _segments_flaws(window.segments, ("windows", index, "segments"))


def hours_flaws(hours: Mapping[HallLevel, tuple[Segment, ...]]) -> Iterator[Flaw]:
    """Everything in the usual hours that cannot be meant."""
    for level, segments in hours.items():
        yield from _segments_flaws(segments, (str(level),))


def _segments_flaws(segments: tuple[Segment, ...], where: Key) -> Iterator[Flaw]:
    for index, segment in enumerate(segments):
        key: Key = (*where, index)
        days = segment.days
        yield from (((*key, *inner), expected, found) for inner, expected, found in _season_flaws(segment))
        twice = next((other for other in segments[:index] if _overlap(other, segment)), None)
        if twice is not None:
            yield key, f"segments that do not overlap, as {twice.name} and {segment.name} do", "the same time twice"
        if not days or len(set(days)) < len(days) or not all(1 <= day <= 7 for day in days):
            yield (*key, "days"), "different days from 1 (Monday) to 7 (Sunday)", str(list(days))
        if segment.start.tzinfo or segment.end.tzinfo:
            yield (*key, "start"), "local times without an offset", f"{segment.start} to {segment.end}"
        elif segment.start >= segment.end != time(0):
            yield (*key, "end"), f"a time after {segment.start:%H:%M}", f"{segment.end:%H:%M}"


def _overlap(one: Segment, other: Segment) -> bool:
    """Whether two segments may ever be in force at the same time for the same window."""
    if not {*one.days} & {*other.days} or (one.windows and other.windows and not {*one.windows} & {*other.windows}):
        return False
    if one.start.tzinfo or other.start.tzinfo or one.end.tzinfo or other.end.tzinfo:
        return False
    seasons = [segment for segment in (one, other) if segment.first and segment.last]
    days = [date(LEAP, 1, 1) + timedelta(days=number) for number in range(366)] if seasons else [date(LEAP, 1, 1)]
    together = any(all(in_season(segment, day) for segment in seasons) for day in days)
    last = time.max
    return (
        together
        and one.start < (other.end if other.end != time(0) else last)
        and other.start < (one.end if one.end != time(0) else last)
    )


def _detector_flaws(choice: DetectorChoice) -> Iterator[Flaw]:
    if not 0 < choice.threshold < 1:
        yield ("threshold",), "a score between 0 and 1", f"{choice.threshold:g}"
    if choice.device is not None:
        if not re.fullmatch(r"cpu|(cuda:)?\d{1,3}", choice.device):
            yield ("device",), 'cpu, or the number of a CUDA device such as "0" or cuda:1', repr(choice.device[:80])
        elif choice.kind == "openvino" and choice.device != "cpu":
            yield ("device",), "cpu, which is all that kind: openvino runs on", repr(choice.device)


def _board_flaws(board: Board) -> Iterator[Flaw]:
    if board.host not in LOOPBACK:
        yield ("host",), f"one of {', '.join(LOOPBACK)}, because there is no sign-in yet", repr(board.host)
    if not 0 < board.port < 65536:
        yield ("port",), "a port from 1 to 65535", str(board.port)


def _scale_flaws(scale: Scale) -> Iterator[Flaw]:
    for raw, level in scale.levels.items():
        if not 1 <= level <= 5:
            yield ("levels", raw), "a level from 1 (worst) to 5 (best)", str(level)


class CountryShape(Shape):
    """A country's public holidays and make-up working days, as shipped."""

    source: str
    last_year: int
    holidays: tuple[date, ...]
    workdays: tuple[date, ...]


class ScalesShape(Shape):
    """The rating scales, as shipped."""

    scales: tuple[Annotated[Scale, sound(_scale_flaws)], ...]


class SiteShape(Shape):
    """A whole configuration."""

    version: Literal[1]
    name: str
    name_en: str = ""
    simulated: bool = False
    areas: tuple[Area, ...] = ()
    calendar: Annotated[CalendarShape, sound(_calendar_flaws)] = CalendarShape()
    hours: Annotated[dict[HallLevel, tuple[Segment, ...]], sound(hours_flaws)] = Field(default_factory=dict)
    halls: tuple[Annotated[Hall, sound(_hall_flaws)], ...] = ()
    cameras: Annotated[tuple[CameraShape, ...], sound(_camera_flaws)] = ()
    devices: tuple[Device, ...] = ()
    scales: tuple[Annotated[Scale, sound(_scale_flaws)], ...] = ()
    rules: RulesShape = RulesShape()
    reception: Annotated[Timing, sound(thresholds.timing_flaws)] = Timing()
    broker: Annotated[BrokerShape, sound(_broker_flaws)] = BrokerShape()
    stores: StoresShape = StoresShape()
    detector: Annotated[DetectorChoice, sound(_detector_flaws)] = DetectorChoice()
    board: Annotated[Board, sound(_board_flaws)] = Board()
    api: ApiShape = ApiShape()
    notices: NoticesShape = NoticesShape()


KNOWN_KEYS = frozenset(
    name
    for shape in (
        SiteShape,
        CameraShape,
        RegionShape,
        LoginShape,
        CalendarShape,
        BrokerShape,
        StoresShape,
        RulesShape,
        OverrideShape,
        ApiShape,
        NoticesShape,
        RecipientShape,
        RungShape,
        SmsShape,
    )
    for name in shape.model_fields
) | frozenset(
    field.name
    for part in (
        Area,
        Hall,
        Segment,
        Zone,
        Window,
        Device,
        Scale,
        AbsenceRule,
        QueueRule,
        HallRule,
        Timing,
        DetectorChoice,
        Board,
    )
    for field in fields(part)
)
"""Every key that means something somewhere, to guess what a misspelt one was meant to be."""
