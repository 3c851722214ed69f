"""Rule thresholds: which values of a rule make sense together."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from camera_ingest.link import Timing
from config.mistakes import Flaw
from monitor.presence import AbsenceRule
from monitor.queues import QueueRule

ABSENCE_ORDER = (("hint_s", "yellow_s", "red_waiting_s", "red_s"), ("empty_below", "present_from"))
QUEUE_ORDER = (("yellow_close", "yellow_open"), ("red_close", "red_open"), ("yellow_open", "red_open"))
SHARES = ("empty_below", "present_from")
"""Shares of samples: at most 1."""


def absence_flaws(rule: AbsenceRule) -> Iterator[Flaw]:
    """Everything in the rule that cannot be meant."""
    values = asdict(rule)
    yield from _not_positive(values)
    yield from (((name,), "at most 1", f"{values[name]:g}") for name in SHARES if values[name] > 1)
    for names in ABSENCE_ORDER:
        if sorted(values[name] for name in names) != [values[name] for name in names]:
            yield (), " ≤ ".join(names), _listed(values, names)


def queue_flaws(rule: QueueRule) -> Iterator[Flaw]:
    """Everything in the rule that cannot be meant."""
    values = asdict(rule)
    yield from _not_positive(values)
    for names in QUEUE_ORDER:
        if values[names[0]] >= values[names[1]]:
            yield (), " < ".join(names), _listed(values, names)


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


def _listed(values: dict[str, Any], names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {values[name]:g}" for name in names)
