"""What of a hall becomes points, and when they are written."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from models.detection import Detection
from monitor.adapters.projection import BATCH_WAITS, BEFORE_START, HEARTBEAT, WALK, Projection
from monitor.adapters.telemetry import BUCKET, KEEP_POINTS, Point, SqliteTelemetry, TelemetryLost
from monitor.desk import Desk
from monitor.observation import observe
from tests.monitor.hall import CITIZEN, CLERK_1, ZERO, desk, seeing


def look(hall: Desk, projection: Projection, second: float, camera: str, *people: Detection) -> None:
    sample = seeing(camera, second)
    hall.judge(sample, observe(sample.at, hall.regions[camera], people))
    projection.project(hall, sample.at)


def test_a_value_is_written_when_it_changes_and_each_minute(tmp_path: Path) -> None:
    hall, end = desk(), ZERO + timedelta(hours=1)
    with SqliteTelemetry(tmp_path / "telemetry.db") as telemetry:
        with Projection(telemetry) as projection:
            for second in range(0, 120, 10):
                look(hall, projection, second, "c1", CLERK_1)
                look(hall, projection, second + 5, "c2", *[CITIZEN] * (2 if second >= 30 else 0))
        window = telemetry.range("presence/hc01/w001", ZERO, end)
        zone = telemetry.range("queue/hc01/za", ZERO, end)
        camera = telemetry.last("camera/hc01/")
    assert [(point.ts - ZERO, point.value) for point in window] == [
        (timedelta(0), 1.0),
        (HEARTBEAT, 1.0),
    ]
    assert [((point.ts - ZERO).total_seconds(), point.value) for point in zone] == [
        (5.0, 0.0),
        (35.0, 2.0),
        (95.0, 2.0),
    ]
    assert {series: point.value for series, point in camera.items()} == {"camera/hc01/c1": 1.0, "camera/hc01/c2": 1.0}


def test_points_are_written_together_and_the_last_ones_at_the_end(tmp_path: Path) -> None:
    hall = desk()
    with SqliteTelemetry(tmp_path / "telemetry.db") as telemetry:
        with Projection(telemetry) as projection:
            look(hall, projection, 0, "c1", CLERK_1)
            assert len(telemetry.last("")) == 4  # both windows that a camera sees, and two cameras
            projection.walked.clear()
            look(hall, projection, BATCH_WAITS.total_seconds() / 2, "c2", CITIZEN)
            assert len(telemetry.last("queue/")) == 0
        assert len(telemetry.last("queue/")) == 1


def test_a_hall_is_walked_through_no_more_often_than_needed(tmp_path: Path) -> None:
    hall = desk()
    with SqliteTelemetry(tmp_path / "telemetry.db") as telemetry, Projection(telemetry) as projection:
        for tenth in range(100):
            look(hall, projection, tenth / 10, "c2", *[CITIZEN] * (tenth % 3))
        queue = telemetry.range("queue/hc01/za", ZERO, ZERO + timedelta(minutes=1))
    assert [point.ts for point in queue] == [ZERO, ZERO + WALK]


def test_measurements_are_rolled_up_and_do_not_grow_for_ever(tmp_path: Path) -> None:
    hall = desk()
    old = Point("presence/hc01/w001", ZERO - KEEP_POINTS, 1.0)
    with SqliteTelemetry(tmp_path / "telemetry.db") as telemetry:
        telemetry.write([old])
        left = [Point(old.series, ZERO - timedelta(hours=hours), 1.0) for hours in (23, 1)]
        telemetry.write(left)
        projection = Projection(telemetry)
        for second in range(601):
            if second % 60 == 0:
                look(hall, projection, second, "c1", CLERK_1)
            projection.project(hall, ZERO + timedelta(seconds=second))
        assert telemetry.range(old.series, old.ts, old.ts + BUCKET) == ()
        rolled_up = telemetry.rollups(old.series, ZERO - BEFORE_START, ZERO + 10 * BUCKET)
    assert [one.start for one in rolled_up] == [*(point.ts for point in left), ZERO, ZERO + BUCKET]


@dataclass(slots=True)
class Full(SqliteTelemetry):
    """A disk that is full until it is not."""

    full: bool = True
    kept: list[Point] = field(default_factory=list)

    def write(self, points: Iterable[Point]) -> None:
        """Refuses, or keeps them."""
        if self.full:
            raise TelemetryLost("telemetry x: expected to write, found: database or disk is full")
        self.kept += points

    def tidy(self, since: object, now: object) -> None:
        """Nothing to do."""


def test_what_cannot_be_written_is_said_once_and_not_kept(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    hall, telemetry = desk(), Full()
    projection = Projection(telemetry)
    for second in range(0, 300, 10):
        look(hall, projection, second, "c1", CLERK_1)
    assert (len(caplog.records), projection.pending) == (1, [])
    telemetry.full = False
    look(hall, projection, 400, "c1", CLERK_1)
    assert len(telemetry.kept) == 5  # both windows, two cameras, and that the zone cannot be seen
