"""Random days of a small hall, and what must hold of the judgement on each of them whatever happens.

A day has two windows and a tidal one, a zone with tickets and a camera, hours with a break, and random faults, gaps,
jitter, pauses, sign-outs, covers, duplicates and late words. It is played through the desk, the same code that watches.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from camera_ingest.camera import Camera, Role
from camera_ingest.sample import Blind, Sample
from models.regions import Anchor, Region, RegionKind
from monitor.adapters import memories
from monitor.alerts import FAULTS, PRESENCE, Alert, Rule
from monitor.calendar import Calendar
from monitor.desk import Desk
from monitor.hours import Hours
from monitor.known import Known
from monitor.observation import Observation
from monitor.places import Hall, HallLevel, Segment, SegmentKind, Window, Zone
from monitor.presence import AbsenceRule
from monitor.roster import Arrangement, Entry
from monitor.thresholds import Family, Override, Thresholds
from monitor.tickets import Book, TicketEvent, TicketSaid, heard
from monitor.window_states import Service, WindowState, following, newer

ZERO = datetime(2026, 11, 20, 0, 50, tzinfo=UTC)
"""A Friday, 08:50 in Beijing."""
LENGTH = timedelta(minutes=140)
EVERY = timedelta(seconds=20)
WEEK = (1, 2, 3, 4, 5)
MORNING = Segment("上午", WEEK, time(9), time(10))
LUNCH = Segment("中午", WEEK, time(10), time(10, 20), SegmentKind.LUNCH, windows=("w1",))
AFTERNOON = Segment("下午", WEEK, time(10, 20), time(11))
HALL = Hall(
    "h",
    "随机大厅",
    "371002",
    HallLevel.DISTRICT,
    (MORNING, LUNCH, AFTERNOON),
    (Zone("za", "综合受理区"),),
    (Window("w1", "01", "za"), Window("w2", "02", "za"), Window("w3", "03", "za", closed=True)),
)
SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
CAMERAS = tuple(
    Camera(f"c-{place}", "h", "rtsp://127.0.0.1/x", Role.WINDOW, EVERY, "x") for place in ("w1", "w2", "za")
)
REGIONS = (
    *(Region(one, f"c-{one}", RegionKind.STAFF, one, SQUARE, Anchor.CENTRE) for one in ("w1", "w2")),
    Region("w1.citizen", "c-w1", RegionKind.CITIZEN, "w1", SQUARE, Anchor.FOOT),
    Region("za", "c-za", RegionKind.QUEUE, "za", SQUARE, Anchor.FOOT),
)
RULES = Thresholds(
    AbsenceRule(),
    overrides=(
        Override("lunch", {Family.ABSENCE: {"yellow_s": 900, "red_s": 1200, "red_waiting_s": 900}}, segment="lunch"),
    ),
)
HOURS = Hours(HALL, Calendar(frozenset(), frozenset(), 2026))


@dataclass(frozen=True, slots=True)
class Look:
    """One look of one camera: people by region, None = could not see."""

    at: datetime
    place: str
    people: int | None
    citizens: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that happens on a random day."""

    looks: tuple[Look, ...]
    """In the order in which they are judged."""
    words: tuple[tuple[datetime, WindowState | TicketSaid | Entry], ...]
    """With when each arrives: some late, some twice."""


def random_day(seed: int) -> Day:
    """The day of a seed."""
    dice = random.Random(seed)
    looks = [look for place in ("w1", "w2", "za") for look in _looks(dice, place)]
    return Day(tuple(sorted(looks, key=lambda look: (look.at, look.place))), tuple(_words(dice)))


def _looks(dice: random.Random, place: str) -> Iterator[Look]:
    at, end = ZERO + timedelta(seconds=dice.uniform(0, 20)), ZERO + LENGTH
    kinds = ["there"] * 5 + ["away"] * 3 + ["blind"] * 2 + ["silent"]
    while at < end:
        kind = dice.choice(kinds)
        until = at + timedelta(seconds=dice.choice((40, 170, 200, 290, 320, 610, 900, 1500)) * dice.uniform(0.7, 1.3))
        many = dice.choice((1, 2, 3, 5, 9))
        while at < min(until, end):
            slip = dice.random()
            people: int | None = many if kind == "there" else 0
            if kind == "blind" or slip < 0.02:
                people = None
            elif slip < 0.05:
                people = 0 if people else 1
            if kind != "silent" and slip > 0.01:
                yield Look(at, place, people, None if people is None else dice.choice((0, 0, 1)))
            at += EVERY * dice.uniform(0.9, 1.1)


def _words(dice: random.Random) -> Iterator[tuple[datetime, WindowState | TicketSaid | Entry]]:
    words: list[tuple[datetime, WindowState | TicketSaid | Entry]] = []
    for seq in range(dice.choice((0, 2, 6))):
        at = ZERO + LENGTH * dice.random()
        state = dice.choice((Service.PAUSED, Service.PAUSED, Service.OPEN, Service.SERVING, Service.CLOSED))
        reason = dice.choice(("取件", "取件", ""))
        words.append((at, WindowState("h", dice.choice(("w1", "w2")), state, reason, at, "b", seq, at)))
    for number in range(dice.choice((0, 0, 2, 4))):
        kind, at = dice.choice(tuple(Arrangement)), ZERO + LENGTH * dice.random()
        until = dice.choice((None, at + timedelta(minutes=dice.choice((2, 8, 25, 60)))))
        substitute = dice.choice(("", "w1", "w2", "*"))
        window = dice.choice(("w1", "w2", "w3"))
        words.append((at, Entry(f"e{number}", "h", window, kind, at, until, "break", substitute, "值班主任")))
    if dice.random() < 0.5:
        words += _tickets(dice)
    for at, word in words:
        late = timedelta(seconds=dice.choice((0, 0, 0, 5, 40)))
        yield at + late, _arrived(word, at + late)
        if dice.random() < 0.2:
            yield at + 2 * late, _arrived(word, at + late)


def _arrived(word: WindowState | TicketSaid | Entry, at: datetime) -> WindowState | TicketSaid | Entry:
    return word if isinstance(word, Entry) else replace(word, received_at=at)


def _tickets(dice: random.Random) -> Iterator[tuple[datetime, TicketSaid]]:
    seq, at = 0, ZERO + timedelta(minutes=10)
    for number in range(dice.randrange(3, 25)):
        at += timedelta(seconds=dice.expovariate(1 / 200))
        step = at
        events = [TicketEvent.ISSUED, TicketEvent.CALLED]
        events.append(dice.choice((TicketEvent.END, TicketEvent.END, TicketEvent.NOSHOW)))
        for event in events[: dice.choice((1, 3, 3, 3))]:
            window = "" if event is TicketEvent.ISSUED else dice.choice(("w1", "w2"))
            yield step, TicketSaid("h", "za", f"A{number:03}", event, window, step, "b", seq, step)
            seq, step = seq + 1, step + timedelta(seconds=dice.uniform(30, 900))


@dataclass(frozen=True, slots=True)
class Said:
    """What was told on a day."""

    changes: tuple[Alert, ...]
    """Every word on every alert."""
    open_outside: tuple[str, ...]
    """Alerts that were open after a look outside service, though not about equipment."""

    @property
    def last(self) -> dict[str, Alert]:
        """The last word on each alert."""
        return {alert.key: alert for alert in self.changes}

    def first(self, rules: frozenset[Rule], place: str) -> datetime | None:
        """When the first alert of some rules about a place opened."""
        return min((one.opened_at for one in self.changes if one.rule in rules and one.place == place), default=None)


def play(day: Day, kills: Sequence[int] = ()) -> Said:
    """Judge a day; before the looks of these numbers the program is killed and started again from its memory."""
    ear = _Ear()
    desk = Desk(HOURS, CAMERAS, REGIONS, RULES, ear.known)
    words = sorted(day.words, key=lambda word: word[0])
    alerts: dict[str, Alert] = {}
    changes: list[Alert] = []
    outside = list[str]()
    for number, look in enumerate(day.looks):
        while words and words[0][0] <= look.at:
            ear.hear(words.pop(0)[1])
        if number in kills:
            memory = memories.load(memories.dump(desk.memory()))
            desk = Desk(HOURS, CAMERAS, REGIONS, RULES, ear.known, alerts.values(), memory)
        for alert in _judge(desk, look):
            changes.append(alert)
            alerts[alert.key] = alert
        if HOURS.at(None, look.at) is None:
            outside += [
                one.key
                for one in desk.alerts(look.at)
                if one.until is None and one.rule not in FAULTS and _due(desk, one, look.at)
            ]
    return Said(tuple(changes), tuple(outside))


def _due(desk: Desk, alert: Alert, at: datetime) -> bool:
    """Whether the alert's place was looked at since the closing: it ends with the first look or walk then."""
    return at - timedelta(seconds=61) > (HOURS.closing(None, alert.opened_at, at) or at)


def _judge(desk: Desk, look: Look) -> tuple[Alert, ...]:
    camera = f"c-{look.place}"
    looks = [
        Observation(
            look.at,
            camera,
            region.id,
            region.kind,
            region.place,
            look.citizens if region.kind is RegionKind.CITIZEN and look.people is not None else look.people,
        )
        for region in REGIONS
        if region.camera == camera
    ]
    return desk.judge(Sample(camera, look.at, None, Blind.STALLED if look.people is None else None), looks)


class _Ear:
    """Takes words as the hearing adapter does."""

    def __init__(self) -> None:
        self.states: dict[str, WindowState] = {}
        self.entries: dict[str, tuple[Entry, ...]] = {}
        self.book = Book()
        self.snapshot = Known()

    def hear(self, word: WindowState | TicketSaid | Entry) -> None:
        """Take a word."""
        if isinstance(word, TicketSaid):
            self.book = heard(self.book, word)
        elif isinstance(word, Entry):
            own = [entry for entry in self.entries.get(word.window, ()) if entry.id != word.id]
            self.entries[word.window] = (*own, word)
        elif newer(word, self.states.get(word.window)):
            self.states[word.window] = following(word, self.states.get(word.window))
        books = {"za": self.book} if self.book.known else {}
        self.snapshot = Known(dict(self.states), dict(self.entries), books)

    def known(self) -> Known:
        """What is known by now."""
        return self.snapshot


def broken(seed: int) -> list[str]:
    """What does not hold on the day of a seed, one sentence each; empty = everything does."""
    day, dice = random_day(seed), random.Random(-seed - 1)
    said = play(day)
    return [
        *_from_what_was_seen(day, said),
        *_within_service(said),
        *_one_at_a_time(said),
        *_the_same_when_killed_and_with_repeats(day, said, dice),
        *_no_earlier_for_seeing_less(day, said, dice),
        *_nothing_from_blindness(day),
    ]


def _from_what_was_seen(day: Day, said: Said) -> Iterator[str]:
    """No absence is ever opened from unknown time."""
    first = {alert.key: alert for alert in reversed(said.changes)}
    for alert in first.values():
        if alert.rule not in PRESENCE or alert.rule is Rule.PAUSE:
            continue
        looks = [look for look in day.looks if look.place == alert.place and alert.since <= look.at <= alert.opened_at]
        seen = [look for look in looks if look.people is not None]
        least = 300.0
        if not seen or seen[0].people != 0 or seen[-1].people != 0:
            yield f"{alert.key}: its first and its last look did not see an empty post"
        if (alert.opened_at - alert.since).total_seconds() - alert.unseen_s < least:
            yield f"{alert.key}: seen for less than {least} s"
        gaps = [(after.at - before.at).total_seconds() for before, after in pairwise(seen)]
        if any(gap > 180 + EVERY.total_seconds() * 1.2 for gap in gaps):
            yield f"{alert.key}: contains an unobserved stretch of {max(gaps)} s"


def _within_service(said: Said) -> Iterator[str]:
    """Nothing but faults of equipment is open outside service."""
    yield from (f"{key}: open outside service" for key in set(said.open_outside))
    for alert in said.last.values():
        if alert.rule in FAULTS:
            continue
        service = HOURS.at(None, alert.opened_at)
        if service is None:
            yield f"{alert.key}: opened outside service"
        elif alert.until is not None and alert.until > service.closes_at and alert.until > alert.opened_at:
            yield f"{alert.key}: lasted until {alert.until}, after the closing"


def _one_at_a_time(said: Said) -> Iterator[str]:
    """At most one alert is open at a window; since ≤ opened ≤ until; an ended one stays ended."""
    opened: dict[str, str] = {}
    done: set[str] = set()
    for alert in said.changes:
        if alert.key in done:
            yield f"{alert.key}: told of again after its end"
        if not alert.since <= alert.opened_at <= (alert.until or alert.opened_at):
            yield f"{alert.key}: since, opened_at and until are not in order"
        if alert.until is not None:
            done.add(alert.key)
            opened.pop(alert.place, None)
        elif alert.rule in PRESENCE:
            if opened.get(alert.place, alert.key) != alert.key:
                yield f"{alert.key}: a second open alert at {alert.place}"
            opened[alert.place] = alert.key


def _the_same_when_killed_and_with_repeats(day: Day, said: Said, dice: random.Random) -> Iterator[str]:
    """Killing and resuming gives the same alerts as not killing; so does a look that comes twice, at once or late."""
    looks: list[Look] = []
    before: dict[str, Look] = {}
    for look in day.looks:
        again = before.get(look.place, look)
        if look.at - again.at > timedelta(seconds=180):  # as after a clock that was set back
            again = look
        looks += [look] + [look] * (dice.random() < 0.02) + [again] * (dice.random() < 0.02)
        before[look.place] = look
    kills = sorted(dice.sample(range(len(looks)), dice.randrange(1, 4)))
    other = play(replace(day, looks=tuple(looks)), kills)
    if other.changes != said.changes:
        differ = [one.key for one, was in zip(other.changes, said.changes, strict=False) if one != was]
        many = f"{len(other.changes)} instead of {len(said.changes)} words, {differ[:1]}"
        yield f"with repeated looks and killed before looks {kills}: {many}"


def _no_earlier_for_seeing_less(day: Day, said: Said, dice: random.Random) -> Iterator[str]:
    """Adding an unknown sample, or taking a look away, never makes the first alert about a place earlier."""
    place = dice.choice(("w1", "w2", "za"))
    at = ZERO + LENGTH * dice.random()
    more = tuple(sorted((*day.looks, Look(at, place, None)), key=lambda look: (look.at, look.place)))
    less = play(replace(day, looks=more))
    rules = frozenset(Rule) - FAULTS
    for where in ("w1", "w2", "za", "h"):
        before, after = said.first(rules, where), less.first(rules, where)
        if after is not None and (before is None or after < before):
            yield f"an unknown sample of {place} at {at}: the first alert about {where} at {after} instead of {before}"


def _nothing_from_blindness(day: Day) -> Iterator[str]:
    """Zero is not unknown: where nobody could look, nobody is absent and no zone without tickets is crowded."""
    blind = Day(tuple(replace(look, people=None, citizens=None) for look in day.looks[::4]), ())
    for alert in play(blind).changes:
        if alert.rule not in FAULTS:
            yield f"{alert.key}: opened though nobody could see anything"
