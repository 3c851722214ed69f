"""Rule thresholds: which values of a rule make sense together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from difflib import get_close_matches
from typing import Any

from camera_ingest.link import Timing
from config.mistakes import Flaw
from monitor.halls import HallRule
from monitor.places import Hall, Segment
from monitor.presence import AbsenceRule
from monitor.queues import QueueRule
from monitor.thresholds import Family, Override, Thresholds

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
    """Values that no such rule has."""
    known = [field.name for field in fields(RULES[family])]
    for name in values:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            yield (name,), f"a value of {family}" + (f" (perhaps {near[0]}?)" if near else ""), "this one"


def flaws(rule: AbsenceRule | QueueRule | HallRule) -> Iterator[Flaw]:
    """Everything in a rule that cannot be meant."""
    if isinstance(rule, AbsenceRule):
        return absence_flaws(rule)
    return queue_flaws(rule) if isinstance(rule, QueueRule) else hall_flaws(rule)


def unsound(rules: Thresholds, halls: Sequence[Hall], shipped: int) -> Iterator[Flaw]:
    """Every override whose values do not go with what else is in force where it applies.

    `shipped`: so many of the overrides, the first ones, come with the program.
    """
    for number, one in enumerate(rules.overrides[shipped:]):
        found = _contradiction(rules, one, halls)
        if found is not None:
            (_, expected, values), where = found
            yield ("rules", "overrides", number), f"{expected} at {where}", values


def _contradiction(rules: Thresholds, override: Override, halls: Sequence[Hall]) -> tuple[Flaw, str] | None:
    for hall in halls:
        for segment in (None, *_all_segments(hall)):
            places = [(window.zone, window.id) for window in hall.windows] + [(zone.id, "") for zone in hall.zones]
            for zone, window in places:
                if override.rank(hall, zone, window, segment) is None:
                    continue
                rule: AbsenceRule | QueueRule | HallRule = (
                    rules.absence(hall, window, segment) if window else rules.queue(hall, zone, segment)
                )
                for which in (rule, rules.hall(hall, segment)):
                    flaw = next(flaws(which), None)
                    if flaw is not None:
                        return flaw, " ".join(filter(None, [hall.id, window or zone, segment.name if segment else ""]))
    return None


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
