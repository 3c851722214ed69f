"""Written timelines: what happened in a hall, and what the judgement has to make of it, for people to read and extend.

    timelines:
      - case: 离开 5 分 10 秒                # a name
        day: 2026-11-20                     # the date in Beijing
        from: "09:00"                       # the first look, by the clock on the wall; HH:MM or HH:MM:SS
        to: "09:10"                         # the last one
        every: 10                           # seconds between two looks at a place
        hall: {level: city, shadow: false, segments: […]}         # as in a configuration; 08:30–12:00, 13:30–17:00
        windows: {W1: {zone: za}, W2: {}}   # as in a configuration; the zone is `za` if none is named
        rules: {absence: {yellow_s: 60}}    # values that differ from the defaults, as in a configuration
        see:                                # what cameras see: people from then on; `_` = could not see, `-` = no look
          W1: {"09:00": 1, "09:01": 0}      # at a window's post
          W1 citizens: {"09:00": 1}         # before its counter
          za: {"09:00": 2}                  # waiting in a zone
        say:                                # what windows, calling systems and the roster say
          - {at: "09:02", W1: paused, reason: 取件}            # open, serving, paused, closed
          - {at: "09:02", ticket: A01, zone: za, event: issued}
          - {at: "09:03", ticket: A01, zone: za, event: called, window: W1}
          - {at: "09:00", arrange: leave, window: W2, until: "17:00"}   # an Arrangement, with substitute and reason
        restart: ["09:04"]                  # the program is killed there, and goes on with what it had written down
        then:                               # what must be so after the looks of that time
          - {at: "09:06:10", expect: {W1: AWAY_WARN, za: green}}
        alerts:                             # every alert of the whole story in the order of their opening; nothing else
          - {place: W1, rule: absence, level: yellow, since: "09:01", opened: "09:06", until: "09:07"}

Of a window `expect` names its state, of a zone its colour, of `alerts` how many are open, of `day` the kind of day, and
of `observed W1` the share of its service time that was observed so far, in per cent. Of `alerts` each line names what
it cares about; `red` is when it turned red, `unseen` how many seconds of it nobody could see, `ended` how it ended:
returned, covered, arranged (nobody came back, but a pause or the roster says otherwise), closed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import Field

from camera_ingest.camera import Camera, Role
from camera_ingest.sample import Blind, Sample
from config.document import Document, read
from config.mistakes import ConfigError, Key, Mistake, shown
from config.schema import calendar_of, shaped, thresholds_of
from config.shapes import CalendarShape, RulesShape, Shape
from models.regions import Anchor, Region, RegionKind
from monitor.adapters import memories
from monitor.alerts import Alert
from monitor.calendar import BEIJING
from monitor.desk import Desk
from monitor.hours import Hours
from monitor.known import Known
from monitor.observation import Observation
from monitor.places import Hall, HallLevel, Segment, Window, Zone
from monitor.roster import Arrangement, Entry
from monitor.thresholds import Thresholds
from monitor.tickets import Book, TicketEvent, TicketSaid, heard
from monitor.window_states import Service, WindowState, following

HALL, ZONE, CITIZENS, ANYONE = "hall", "za", " citizens", "*"
TOLD = ("place", "rule", "level", "since", "opened", "red", "until", "unseen", "ended")
"""What a line of `alerts` may name."""
WEEK = (1, 2, 3, 4, 5)
USUAL = (Segment("上午", WEEK, time(8, 30), time(12)), Segment("下午", WEEK, time(13, 30), time(17)))
EVERYWHERE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
"""The region of every camera of a story: what it sees is written down, not looked for."""
MOST_LOOKS = 1_000_000


class CaseHall(Shape):
    """The hall of a story."""

    level: HallLevel = HallLevel.DISTRICT
    shadow: bool = False
    segments: tuple[Segment, ...] = USUAL


class CaseWindow(Shape):
    """A window of a story."""

    zone: str = ZONE
    closed: bool = False
    camera: bool = True
    """Whether a camera looks at it."""
    segments: tuple[Segment, ...] = ()


class Case(Shape):
    """One timeline as it is written."""

    case: str
    about: str = ""
    day: date
    start: str = Field(alias="from")
    to: str
    every: float = Field(default=10, gt=0)
    calendar: CalendarShape = CalendarShape()
    hall: CaseHall = CaseHall()
    windows: dict[str, CaseWindow] = Field(default_factory=lambda: {"W1": CaseWindow()})
    rules: RulesShape = RulesShape()
    see: dict[str, dict[str, int | str]] = Field(default_factory=dict)
    say: tuple[dict[str, str], ...] = ()
    restart: tuple[str, ...] = ()
    then: tuple[dict[str, Any], ...] = ()
    alerts: tuple[dict[str, str | int], ...] | None = None


class Cases(Shape):
    """A file of timelines."""

    timelines: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """One timeline of a file."""

    case: Case
    document: Document
    key: Key

    @property
    def name(self) -> str:
        """Its name."""
        return self.case.case

    def wrong(self, way: Key, expected: str, found: str) -> Mistake:
        """What is wrong at a place in it."""
        return self.document.mistake((*self.key, *way), expected, found)


def load(path: Path) -> tuple[Timeline, ...]:
    """Every timeline of a file. Raises ConfigError with every mistake in it."""
    document = read(path)
    if document.mistakes:
        raise ConfigError(document.mistakes)
    cases = shaped(Cases, document).timelines
    timelines = tuple(Timeline(case, document, ("timelines", number)) for number, case in enumerate(cases))
    wrong = [mistake for timeline in timelines for mistake in _Story(timeline).mistakes]
    if wrong:
        raise ConfigError(wrong)
    return timelines


def failures(timeline: Timeline) -> tuple[Mistake, ...]:
    """Play a timeline: everything that was not as it is written."""
    return tuple(_Story(timeline).play())


@dataclass(frozen=True, slots=True)
class _Spot:
    """What one camera looks at."""

    camera: str
    regions: Mapping[RegionKind, str]
    """By the kind of a region: the key under `see` that tells what it shows."""
    place: str


class _Story:
    """A timeline with everything in it found and dated."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline, case = timeline, timeline.case
        self.mistakes: list[Mistake] = []
        self.every = timedelta(seconds=case.every)
        self.begin, self.end = self._time(case.start, ("from",)), self._time(case.to, ("to",))
        if not self.mistakes and not (0 <= (self.end - self.begin) / self.every <= MOST_LOOKS):
            self._wrong(("to",), f"a time after {case.start}, and at most {MOST_LOOKS} looks", case.to)
        windows = case.windows
        zones = dict.fromkeys(window.zone for window in windows.values())
        self.hall = Hall(
            HALL,
            case.case,
            "371000",
            case.hall.level,
            case.hall.segments,
            tuple(Zone(zone, zone) for zone in zones),
            tuple(Window(id, id, one.zone, "", one.closed, one.segments) for id, one in windows.items()),
            shadow=case.hall.shadow,
        )
        self.seen = {name: self._line(name, line) for name, line in case.see.items()}
        for name in case.see:
            if name.removesuffix(CITIZENS) not in (*windows, *zones):
                self._wrong(("see", name), "a window, a window and `citizens`, or a zone", shown(name))
        self.spots = [*self._queues(zones), *self._posts(windows)]
        self.restarts = [self._time(text, ("restart", number)) for number, text in enumerate(case.restart)]
        self.said = sorted(
            ((self._time(one.get("at", ""), ("say", number, "at")), number) for number, one in enumerate(case.say)),
        )
        for number, one in enumerate(case.say):
            self._check_word(number, one)
        self.checks = [
            (self._time(str(one.get("at", "")), ("then", number, "at")), number) for number, one in enumerate(case.then)
        ]
        for number, check in enumerate(case.then):
            expect = check.get("expect")
            if not isinstance(expect, dict) or check.keys() - {"at", "expect"}:
                self._wrong(("then", number), "`at` and `expect`", shown(check))
                continue
            for name in expect:
                plain = name.removeprefix("observed ")
                if name not in ("alerts", "day") and plain not in (*windows, *zones):
                    self._wrong(("then", number, "expect", name), "a window, a zone, `alerts` or `day`", shown(name))
        if not case.then and case.alerts is None:
            self._wrong(("case",), "`then` or `alerts`: what has to come true", "neither")
        for number, alert in enumerate(case.alerts or ()):
            for name in sorted(alert.keys() - set(TOLD)):
                self._wrong(("alerts", number, name), f"one of {', '.join(TOLD)}", shown(name))
        for way, at in [
            *((("restart", number), at) for number, at in enumerate(self.restarts)),
            *((("then", number, "at"), at) for at, number in self.checks),
        ]:
            if not self.mistakes and not self.begin <= at <= self.end:
                self._wrong(way, f"a time from {case.start} to {case.to}", f"{at:%H:%M:%S}")

    def _wrong(self, way: Key, expected: str, found: str) -> None:
        self.mistakes.append(self.timeline.wrong(way, expected, found))

    def _time(self, text: str, way: Key) -> datetime:
        try:
            return datetime.combine(self.timeline.case.day, time.fromisoformat(text), BEIJING)
        except ValueError:
            self._wrong(way, 'a time such as "09:00" or "09:00:10"', shown(text))
            return datetime.combine(self.timeline.case.day, time(), BEIJING)

    def _line(self, name: str, line: Mapping[str, int | str]) -> list[tuple[datetime, int | str]]:
        for at, what in line.items():
            if not (isinstance(what, int) and what >= 0) and what not in ("_", "-"):
                self._wrong(("see", name, at), "a number of people, `_` (could not see) or `-` (no look)", shown(what))
        return sorted(((self._time(at, ("see", name, at)), what) for at, what in line.items()), key=lambda one: one[0])

    def _queues(self, zones: Mapping[str, object]) -> Iterator[_Spot]:
        for zone in zones:
            if zone in self.seen:
                yield _Spot(f"camera {zone}", {RegionKind.QUEUE: zone}, zone)

    def _posts(self, windows: Mapping[str, CaseWindow]) -> Iterator[_Spot]:
        for id, window in windows.items():
            if window.camera:
                regions = {RegionKind.STAFF: id}
                if id + CITIZENS in self.seen:
                    regions[RegionKind.CITIZEN] = id + CITIZENS
                yield _Spot(f"camera {id}", regions, id)

    def _check_word(self, number: int, word: Mapping[str, str]) -> None:
        try:
            self._hear(word, self.begin, number, {}, {}, {})
        except (KeyError, ValueError) as error:
            found = f"{shown(word)} ({' '.join(str(error).split())})"
            self._wrong(("say", number), "what a window, a ticket or the roster says", found)

    def _desk(self, rules: Thresholds, known: list[Known], alerts: Mapping[str, Alert], memory: str | None) -> Desk:
        role = {RegionKind.QUEUE: Role.QUEUE, RegionKind.STAFF: Role.WINDOW}
        cameras = [
            Camera(spot.camera, HALL, "rtsp://127.0.0.1/x", role[next(iter(spot.regions))], self.every, "演练")
            for spot in self.spots
        ]
        regions = [
            Region(key, spot.camera, kind, spot.place, EVERYWHERE, Anchor.CENTRE)
            for spot in self.spots
            for kind, key in spot.regions.items()
        ]
        hours = Hours(self.hall, calendar_of(self.timeline.case.calendar))
        remembered = memories.load(memory) if memory is not None else None
        return Desk(hours, cameras, regions, rules, lambda: known[-1], alerts.values(), remembered)

    def play(self) -> Iterator[Mistake]:
        """Everything that was not as it is written."""
        rules = thresholds_of(self.timeline.case.rules, self.timeline.document)
        known, alerts = [Known()], dict[str, Alert]()
        desk = self._desk(rules, known, alerts, None)
        states, entries, books = dict[str, WindowState](), dict[str, tuple[Entry, ...]](), dict[str, Book]()
        said, restarts = list(self.said), sorted(self.restarts)
        checks = sorted(self.checks)
        for number in count():
            at = self.begin + number * self.every
            if at > self.end:
                break
            while said and said[0][0] <= at:
                when, which = said.pop(0)
                self._hear(self.timeline.case.say[which], when, which, states, entries, books)
                known.append(Known(dict(states), dict(entries), dict(books)))
            while restarts and restarts[0] <= at:
                restarts.pop(0)
                desk = self._desk(rules, known, alerts, memories.dump(desk.memory()))
            for alert in self._look(desk, at):
                alerts[alert.key] = alert
            while checks and checks[0][0] < at + self.every:
                yield from self._verify(desk, at, checks.pop(0)[1])
        yield from self._compare(list(alerts.values()))

    def _look(self, desk: Desk, at: datetime) -> Iterator[Alert]:
        """One look of every camera."""
        for spot in self.spots:
            seen = {kind: _at(self.seen.get(key, ()), at) for kind, key in spot.regions.items()}
            main = next(iter(seen.values()))
            if main == "-":
                continue
            counts = {kind: None if isinstance(what, str) or main == "_" else what for kind, what in seen.items()}
            looks = [
                Observation(at, spot.camera, key, kind, spot.place, counts[kind]) for kind, key in spot.regions.items()
            ]
            blind = Blind.UNREACHABLE if main == "_" else None
            yield from desk.judge(Sample(spot.camera, at, None, blind), looks)

    def _hear(
        self,
        word: Mapping[str, str],
        at: datetime,
        number: int,
        states: dict[str, WindowState],
        entries: dict[str, tuple[Entry, ...]],
        books: dict[str, Book],
    ) -> None:
        """Take one word. Raises KeyError and ValueError where it is none."""
        more = {name: text for name, text in word.items() if name != "at"}
        for name in (more.get("window", ""), more.get("substitute", "")):
            if name not in ("", ANYONE, *self.timeline.case.windows):
                raise KeyError(name)
        if "ticket" in more:
            zone = more.pop("zone", ZONE)
            if zone not in {one.id for one in self.hall.zones}:
                raise KeyError(zone)
            ticket, event = more.pop("ticket"), TicketEvent(more.pop("event"))
            said = TicketSaid(HALL, zone, ticket, event, more.pop("window", ""), at, "boot", number, at)
            books[zone] = heard(books.get(zone, Book()), said)
        elif "arrange" in more:
            kind, window = Arrangement(more.pop("arrange")), more.pop("window")
            until = more.pop("until", None)
            end = datetime.combine(at.date(), time.fromisoformat(until), BEIJING) if until else None
            reason, substitute = more.pop("reason", ""), more.pop("substitute", "")
            entry = Entry(str(number), HALL, window, kind, at, end, reason, substitute, "值班主任")
            entries[window] = (*entries.get(window, ()), entry)
        elif "end" in more:
            window, kind = more.pop("window"), Arrangement(more.pop("end"))
            own = entries.get(window, ())
            entries[window] = tuple(_ended(entry, at) if entry.kind is kind else entry for entry in own)
        else:
            reason = more.pop("reason", "")
            window, state = more.popitem()
            if window not in self.timeline.case.windows:
                raise KeyError(window)
            said_so = WindowState(HALL, window, Service(state), reason, at, "boot", number, at)
            states[window] = following(said_so, states.get(window))
        if more:
            raise ValueError(f"unknown: {', '.join(more)}")

    def _verify(self, desk: Desk, at: datetime, number: int) -> Iterator[Mistake]:
        for name, expected in self.timeline.case.then[number]["expect"].items():
            found = self._found(desk, at, name)
            if str(expected) != found:
                yield self.timeline.wrong(("then", number, "expect", name), str(expected), found)

    def _found(self, desk: Desk, at: datetime, name: str) -> str:
        if name == "alerts":
            return str(sum(alert.until is None for alert in desk.alerts(at)))
        if name == "day":
            return str(desk.hours.calendar.kind(at.date()))
        if name.startswith("observed "):
            covered = desk.coverage.get((name.removeprefix("observed "), at.date()))
            return "—" if covered is None or covered.observed is None else f"{covered.observed:.0%}"
        if name in desk.zones:
            return str(desk.crowd(name, at))
        return str(desk.post(name, at)[0])

    def _compare(self, alerts: Sequence[Alert]) -> Iterator[Mistake]:
        """The alerts that opened beside those that are written."""
        written = self.timeline.case.alerts
        if written is None:
            return
        alerts = sorted(alerts, key=lambda alert: (alert.opened_at, alert.key))
        for number, wanted in enumerate(written):
            if number >= len(alerts):
                yield self.timeline.wrong(("alerts", number), _listed(wanted), "no such alert")
                continue
            told = _told(alerts[number])
            found = {name: told.get(name, "") for name in wanted}
            if found != {name: str(text) for name, text in wanted.items()}:
                yield self.timeline.wrong(("alerts", number), _listed(wanted), _listed(found))
        for alert in alerts[len(written) :]:
            yield self.timeline.wrong(("alerts",), "no more alerts", _listed(_told(alert)))


def _ended(entry: Entry, at: datetime) -> Entry:
    return Entry(
        entry.id, entry.hall, entry.window, entry.kind, entry.since, at, entry.reason, entry.substitute, entry.by, 2
    )


def _at(line: Sequence[tuple[datetime, int | str]], at: datetime) -> int | str:
    """What is seen at a time; before the first word nothing can be."""
    return next((what for since, what in reversed(line) if since <= at), "_")


def _told(alert: Alert) -> dict[str, str]:
    return {
        "place": alert.place,
        "rule": str(alert.rule),
        "level": str(alert.level),
        "since": _clock(alert.since),
        "opened": _clock(alert.opened_at),
        "red": _clock(alert.red_at) if alert.red_at else "",
        "until": _clock(alert.until) if alert.until else "",
        "unseen": f"{alert.unseen_s:g}",
        "ended": str(alert.ending or ""),
    }


def _clock(at: datetime) -> str:
    local = at.astimezone(BEIJING)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _listed(told: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {text}" for name, text in told.items())
