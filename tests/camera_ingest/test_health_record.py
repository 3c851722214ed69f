"""The record of health: what is read is what was written, and anything else is refused."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from camera_ingest.health import Fault, Health, examine
from camera_ingest.health_clock import Clock
from camera_ingest.health_record import BadRecord, dump, load
from camera_ingest.sample import Blind

AT = datetime(2026, 1, 5, 1, tzinfo=UTC)


def learned() -> Health:
    """A camera with everything a record can hold."""
    health, rng = Health(), np.random.default_rng(2)
    for number in range(8):
        picture = rng.integers(0, 255, (36, 64, 3), np.uint8).repeat(10, 0).repeat(10, 1)
        health = examine(health, picture, AT + timedelta(seconds=10 * number))
    return replace(
        health,
        acute=Fault(Blind.COVERED, AT, "轮廓 edges: 期望 expected much; 实得 found little"),
        moved=Fault(Blind.MOVED, AT, "moved"),
        clock=Clock(12.5, AT),
    )


@pytest.mark.parametrize("health", [Health(), learned()], ids=["new", "known"])
def test_what_was_written_is_read(health: Health) -> None:
    read = load(dump(health))
    assert read == Health(acute=health.acute, moved=health.moved, scene=health.scene, clock=health.clock)
    assert len(dump(health)) < 12_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        dump(Health()).replace('"version": 1', '"version": 2'),
        dump(Health()).replace('"looks": 0', '"looks": 3'),
        dump(learned()).replace("covered", "asleep"),
        dump(learned()).replace("+00:00", ""),
        json.dumps(json.loads(dump(learned())) | {"moved": {"blind": "moved", "since": None, "detail": ""}}),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadRecord, match="expected a record of health, version 1; found "):
        load(text)
