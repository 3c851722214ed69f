"""Rule thresholds: which values of a rule make sense together."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import time
from difflib import get_close_matches
from typing import Any

from camera_ingest.link import Timing
from config.mistakes import Flaw, Key
from monitor.alerts import Rule
from monitor.halls import HallRule
from monitor.places import Hall, HallLevel, Segment, SegmentKind, Window, Zone
from monitor.presence import AbsenceRule
from monitor.queues import QueueRule
from monitor.thresholds import Family, Thresholds

AnyOfRules = AbsenceRule | QueueRule | HallRule

ABSENCE_ORDER = (
    ("hint_s", "yellow_s", "red_waiting_s", "red_s"),
    ("empty_below", "present_from"),
    ("pause_s", "pause_approved_s"),
)
QUEUE_ORDER = (
    ("yellow_close", "yellow_open"),
    ("red_close", "red_open"),
    ("yellow_open", "red_open"),
    ("wait_yellow_s", "wait_red_s"),
    ("abandoned_yellow", "abandoned_red"),
)
SHARES = ("empty_below", "present_from", "abandoned_yellow", "abandoned_red", "disagree_share", "empty_share")
"""At most 1."""
WHOLE = ("smooth_n", "version")
"""Whole numbers."""
RULES = {Family.ABSENCE: AbsenceRule, Family.QUEUE: QueueRule, Family.HALL: HallRule}


def absence_flaws(rule: AbsenceRule) -> Iterator[Flaw]:
    """Everything in the rule that cannot be meant."""
    values = asdict(rule)
    yield from _not_positive(values)
    yield from _no_shares(values)
    for names in ABSENCE_ORDER:
        if sorted(values[name] for name in names) != [values[name] for name in names]:
            yield (), " ≤ ".join(names), _listed(values, names)


def queue_flaws(rule: QueueRule) -> Iterator[Flaw]:
    """Everything in the rule that cannot be meant."""
    values = asdict(rule)
    yield from _not_positive(values)
    yield from _no_shares(values)
    for names in QUEUE_ORDER:
        if values[names[0]] >= values[names[1]]:
            yield (), " < ".join(names), _listed(values, names)


def hall_flaws(rule: HallRule) -> Iterator[Flaw]:
    """Everything in the rule that cannot be meant."""
    values = asdict(rule)
    yield from _not_positive(values)
    yield from _no_shares(values)


def override_flaws(family: Family, values: Mapping[str, float]) -> Iterator[Flaw]:
    """Values that no such rule has, or that cannot be meant whatever the others are."""
    known = [field.name for field in fields(RULES[family])]
    for name, value in values.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            yield (name,), f"a value of {family}" + (f" (perhaps {near[0]}?)" if near else ""), "this one"
        elif name in WHOLE and value % 1:
            yield (name,), "a whole number", f"{value:g}"
    yield from _not_positive(dict(values))
    yield from _no_shares(dict(values))


def typed(values: Mapping[str, float]) -> dict[str, float]:
    """Values as their rule keeps them: those that count something as whole numbers."""
    return {name: int(value) if name in WHOLE else value for name, value in values.items()}


def flaws(rule: AnyOfRules) -> Iterator[Flaw]:
    """Everything in a rule that cannot be meant."""
    if isinstance(rule, AbsenceRule):
        return absence_flaws(rule)
    return queue_flaws(rule) if isinstance(rule, QueueRule) else hall_flaws(rule)


def unsound(rules: Thresholds, halls: Sequence[Hall], shipped: int) -> Iterator[Flaw]:
    """Everything that does not go together where it is in force, each once, told at what was written last of it.

    `shipped`: so many of the overrides, the first ones, come with the program. What is for a level or a kind of segment
    that the site does not have yet is looked at as if it had.
    """
    numbers = {one.source: number for number, one in enumerate(rules.overrides[shipped:])}
    written = {source: family for family, names in rules.written.items() for source in names.values()}
    told: set[Key] = set()
    for hall, real in (*((hall, True) for hall in halls), *((hall, False) for hall in map(_imagined, HallLevel))):
        for rule, sources, where in _in_force(rules, hall):
            for key, expected, found in flaws(rule):
                sides = [sources[str(name)] for name in (key or re.findall(r"\w+", expected))]
                last = max((numbers[side] for side in sides if side in numbers), default=None)
                site = next((written[side] for side in sides if side in written), None)
                at: Key | None = ("rules", "overrides", last) if last is not None else None
                if at is None and site is not None and real:
                    at = ("rules", str(site))
                if at is not None and at not in told:
                    told.add(at)
                    yield at, f"{expected} at {where}", found


def _in_force(rules: Thresholds, hall: Hall) -> Iterator[tuple[AnyOfRules, Mapping[str, str], str]]:
    """Every different rule that is in force somewhere in a hall, with its sources and a place of it, for people."""
    seen: set[AnyOfRules] = set()
    for segment in (None, *_all_segments(hall)):
        found: list[tuple[AnyOfRules, Rule, str]] = [(rules.hall(hall, segment), Rule.HALL, "")]
        found += [(rules.queue(hall, zone.id, segment), Rule.QUEUE, zone.id) for zone in hall.zones]
        found += [(rules.absence(hall, id, segment), Rule.ABSENCE, id) for id in _telling(rules, hall)]
        for rule, kind, place in found:
            if rule not in seen:
                seen.add(rule)
                where = " ".join(filter(None, [hall.id, place, segment.name if segment else ""]))
                yield rule, rules.sources(hall, kind, place, segment), where


def _telling(rules: Thresholds, hall: Hall) -> Iterable[str]:
    """Windows of a hall that stand for all: two that no override tells apart have the same thresholds."""
    zones, windows = ({name for one in rules.overrides if (name := getattr(one, at))} for at in ("zone", "window"))
    return {(w.zone in zones and w.zone, w.id in windows and w.id): w.id for w in reversed(hall.windows)}.values()


def _imagined(level: HallLevel) -> Hall:
    """A hall of a level with a segment of each kind."""
    segments = tuple(Segment(str(kind), (), time(0), time(0), kind) for kind in SegmentKind)
    return Hall(str(level), "", "", level, segments, (Zone("", ""),), (Window("", "", ""),))


def _all_segments(hall: Hall) -> tuple[Segment, ...]:
    own = [*hall.segments, *(segment for zone in hall.zones for segment in zone.segments)]
    return tuple(dict.fromkeys([*own, *(segment for window in hall.windows for segment in window.segments)]))


def timing_flaws(timing: Timing) -> Iterator[Flaw]:
    """Everything in the waits for cameras, and in what the network bears, that cannot be meant."""
    values = asdict(timing)
    names = [name for name, value in values.items() if isinstance(value, dict)]
    for name in names:
        own = _not_positive(values.pop(name))
        yield from (((name, *key), expected, found) for key, expected, found in own)
    yield from _not_positive({name: value for name, value in values.items() if value is not None})


def _not_positive(values: dict[str, Any]) -> Iterator[Flaw]:
    yield from (((name,), "more than 0", f"{value:g}") for name, value in values.items() if value <= 0)


def _no_shares(values: dict[str, Any]) -> Iterator[Flaw]:
    yield from (((name,), "at most 1", f"{values[name]:g}") for name in SHARES if values.get(name, 0) > 1)


def _listed(values: dict[str, Any], names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {values[name]:g}" for name in names)
