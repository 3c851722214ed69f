"""A timeline: looks at one place written down for people, played through a rule, and what is expected of it.

    name: 离开 4 分 50 秒不报 · away for 4:50 is nothing
    every: 10s                     # how often the place is looked at
    samples: 1x6 0x29 1x6          # people seen, times how many looks; _ = could not see, - = no look at all
    waiting: 2                     # absence: people waiting in the zone, a number or a line like `samples`
    windows: 2                     # queue: open windows of the zone, likewise
    duty: {"2:00": paused}         # from then on: required, paused, closed, not-in-service
    restart: "6:00"                # the process is killed before the look at that time, and only open alerts survive
    rule: {yellow_s: 60}           # values that differ from the defaults
    expect:                        # everything that is said, in order; an empty list = nothing is said
      - {at: "6:00", alert: yellow, since: "1:00"}
      - {at: "6:30", alert: ended, until: "6:10"}
    board: {"0:50": ON_DUTY}       # what the board shows at some times

Times are minutes:seconds since the first look. An alert is `yellow`, `red`, `blind` (cannot see), `seen` (sees again)
or `ended`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from monitor import limits, presence, queues
from monitor.alerts import Alert, Rule
from monitor.duty import Duty, Pause
from monitor.hours import Service
from tests.monitor.hall import HALL

ZERO = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""The time of the first look: a Friday, 09:00 in Beijing."""

SERVICE = Service(HALL.segments[0], ZERO - timedelta(minutes=30), ZERO + timedelta(hours=3))

FIELDS = {"name", "every", "samples", "waiting", "windows", "duty", "restart", "rule", "expect", "board"}


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a timeline, with all that is known at its time."""

    at: datetime
    people: int | None
    waiting: int | None
    windows: int
    duty: Duty


@dataclass(frozen=True, slots=True)
class Timeline:
    """One written timeline."""

    kind: str
    """absence or queue."""
    name: str
    every: timedelta
    looks: tuple[Look, ...]
    values: dict[str, Any]
    expect: tuple[dict[str, str], ...]
    restart: datetime | None = None
    board: dict[str, str] = field(default_factory=dict)


def read(path: Path) -> tuple[Timeline, ...]:
    """Every timeline of a file; its key says the rule: `absence:` or `queue:`."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(_timeline(kind, entry) for kind, entries in document.items() for entry in entries)


def _timeline(kind: str, entry: dict[str, Any]) -> Timeline:
    unknown = entry.keys() - FIELDS
    if unknown:
        raise ValueError(f"{entry.get('name')}: expected {', '.join(sorted(FIELDS))}, found {', '.join(unknown)}")
    every = timedelta(seconds=float(str(entry["every"]).removesuffix("s")))
    return Timeline(
        kind=kind,
        name=entry["name"],
        every=every,
        looks=tuple(_looks(entry, every)),
        values=entry.get("rule", {}),
        expect=tuple(entry["expect"]),
        restart=ZERO + offset(entry["restart"]) if "restart" in entry else None,
        board=entry.get("board", {}),
    )


def _looks(entry: dict[str, Any], every: timedelta) -> Iterator[Look]:
    samples = tuple(_line(str(entry["samples"])))
    waiting = _stretched(str(entry.get("waiting", "_")), len(samples))
    windows = _stretched(str(entry.get("windows", "1")), len(samples))
    asked = [(ZERO, "required"), *((ZERO + offset(at), duty) for at, duty in entry.get("duty", {}).items())]
    duties = [(begin, _duty(word, begin)) for begin, word in asked]
    for number, people in enumerate(samples):
        at = ZERO + number * every
        duty = [duty for begin, duty in duties if begin <= at][-1]
        if people != "-":
            yield Look(at, _count(people), _count(waiting[number]), _count(windows[number]) or 0, duty)


def _duty(word: str, since: datetime) -> Duty:
    """What is asked of the window from a time on."""
    if word == "not-in-service":
        return Duty()
    if word == "closed":
        return Duty(SERVICE, "configured")
    return Duty(SERVICE, opens_at=SERVICE.opens_at, pause=Pause(since, "break") if word == "paused" else None)


def _line(line: str) -> Iterator[str]:
    for word in line.split():
        value, _, times = word.partition("x")
        yield from [value] * int(times or 1)


def _stretched(line: str, length: int) -> tuple[str, ...]:
    """The values of a line; its last one lasts to the end."""
    values = tuple(_line(line))
    return values + values[-1:] * (length - len(values))


def _count(word: str) -> int | None:
    return None if word == "_" else int(word)


def offset(text: str) -> timedelta:
    """Minutes:seconds since the first look."""
    minutes, seconds = text.split(":")
    return timedelta(minutes=int(minutes), seconds=float(seconds))


def written(at: datetime) -> str:
    """The same, back to text."""
    minutes, seconds = divmod((at - ZERO).total_seconds(), 60)
    return f"{minutes:.0f}:{seconds:02.0f}"


Player = Callable[[Look], tuple[str, Alert | None]]
"""Judges a look: what the board shows, and the alert if it changed."""


def play(timeline: Timeline) -> Iterator[tuple[Look, str, Alert | None]]:
    """Judge every look in turn: what the board shows after it, and the alert if it changed."""
    opened: Alert | None = None
    player = _player(timeline, None)
    restart = timeline.restart
    for look in timeline.looks:
        if restart and look.at >= restart:
            player, restart = _player(timeline, opened), None
        board, alert = player(look)
        if alert:
            opened = alert if alert.until is None else None
        yield look, board, alert


def _player(timeline: Timeline, opened: Alert | None) -> Player:
    return (_absence if timeline.kind == "absence" else _queue)(timeline, opened)


def _absence(timeline: Timeline, opened: Alert | None) -> Player:
    rule = presence.AbsenceRule(**timeline.values)
    watch = presence.resume(opened) if opened else presence.Watch("hc01", "w001")

    def judge(look: Look) -> tuple[str, Alert | None]:
        nonlocal watch
        seen = presence.Seen(look.at, look.people, look.duty, timeline.every, waiting=look.waiting)
        watch, alert = presence.step(rule, watch, seen)
        return watch.post, alert

    return judge


def _queue(timeline: Timeline, opened: Alert | None) -> Player:
    rule = queues.QueueRule(**timeline.values)
    limit = queues.limits(rule)[Rule.QUEUE]
    watch = limits.resume(opened) if opened else limits.Watch(Rule.QUEUE, "hc01", "za")

    def judge(look: Look) -> tuple[str, Alert | None]:
        nonlocal watch
        measured = queues.Measured(None, look.people, look.windows, None)
        seen = limits.Seen(look.at, measured.load, look.duty.required, timeline.every, people=look.people)
        watch, alert = limits.step(limit, watch, seen, queues.rule_values(rule))
        if look.people is None:
            return "unknown", alert
        level = limits.level(limit, watch, look.at)
        return str(level or ("yellow" if watch.opened else "green")), alert

    return judge


def said(timeline: Timeline) -> tuple[dict[str, str], ...]:
    """Every change of an alert in the words of `expect`, each with all its times."""
    lines = []
    before: Alert | None = None
    for look, _, alert in play(timeline):
        if alert is None:
            continue
        lines.append(
            {
                "at": written(look.at),
                "alert": _word(before, alert),
                "since": written(alert.since),
                "unseen": written(ZERO + timedelta(seconds=alert.unseen_s)),
                "until": written(alert.until) if alert.until else "",
            }
        )
        before = alert
    return tuple(lines)


def _word(before: Alert | None, alert: Alert) -> str:
    if alert.until:
        return "ended"
    if not alert.sees:
        return "blind"
    same = before is not None and (before.key, before.level) == (alert.key, alert.level)
    return "seen" if same else alert.level


def shown(timeline: Timeline) -> dict[str, str]:
    """What the board shows after each look, by its time."""
    return {written(look.at): str(board) for look, board, _ in play(timeline)}
