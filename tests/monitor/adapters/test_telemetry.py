from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.adapters.telemetry import (
    BUCKET,
    KEEP_POINTS,
    KEEP_ROLLUPS,
    Point,
    Rollup,
    SqliteTelemetry,
    Telemetry,
    TelemetryLost,
)

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUEUE = "queue/hc01/za"


@pytest.fixture
def telemetry(tmp_path: Path) -> Iterator[SqliteTelemetry]:
    with SqliteTelemetry(tmp_path / "telemetry.db") as opened:
        yield opened


def counted(*values: float | None, series: str = QUEUE) -> list[Point]:
    return [Point(series, AT + minute * MINUTE, value) for minute, value in enumerate(values)]


def test_points_come_back_in_order_with_their_blind_moments(telemetry: Telemetry) -> None:
    points = counted(3.0, None, 0.0, 5.0)
    telemetry.write(reversed(points))
    telemetry.write(counted(9.0, series="queue/hc01/zb"))
    assert telemetry.range(QUEUE, AT, AT + 3 * MINUTE) == tuple(points[:3])
    assert telemetry.range("queue/nowhere", AT, AT + 3 * MINUTE) == ()


def test_the_same_instant_again_replaces_the_value(telemetry: Telemetry) -> None:
    telemetry.write(counted(3.0))
    telemetry.write(counted(4.0))
    assert telemetry.range(QUEUE, AT, AT + MINUTE) == tuple(counted(4.0))
    assert telemetry.last(QUEUE) == {QUEUE: counted(4.0)[0]}


def test_last_is_the_newest_even_when_an_older_point_comes_late(telemetry: Telemetry) -> None:
    points = counted(1.0, 2.0, None)
    other = Point("queue/hc02/za", AT, 7.0)
    telemetry.write([points[2], other])
    telemetry.write(points[:2])
    assert telemetry.last("queue/") == {QUEUE: points[2], other.series: other}
    assert telemetry.last("queue/hc02") == {other.series: other}
    assert telemetry.last("queue_") == {}


def test_rollups_leave_out_what_could_not_be_seen(telemetry: SqliteTelemetry) -> None:
    telemetry.write(counted(2.0, None, 4.0, 6.0, None, 1.0, 3.0, None, None, None, 8.0))
    telemetry.tidy(AT, AT + 2 * BUCKET + MINUTE)
    expected = (Rollup(AT, 2.0, 4.0, 6.0, 3), Rollup(AT + BUCKET, 1.0, 2.0, 3.0, 2))
    assert telemetry.rollups(QUEUE, AT, AT + timedelta(days=1)) == expected
    telemetry.write(counted(0.0))
    telemetry.tidy(AT + MINUTE, AT + BUCKET)
    assert telemetry.rollups(QUEUE, AT, AT + BUCKET) == (Rollup(AT, 0.0, 10 / 3, 6.0, 3),)


def test_old_points_and_rollups_go(telemetry: SqliteTelemetry) -> None:
    telemetry.write(counted(1.0))
    telemetry.tidy(AT, AT + KEEP_POINTS)
    assert len(telemetry.range(QUEUE, AT, AT + MINUTE)) == 1
    telemetry.tidy(AT, AT + KEEP_POINTS + MINUTE)
    assert telemetry.range(QUEUE, AT, AT + MINUTE) == ()
    assert len(telemetry.rollups(QUEUE, AT, AT + MINUTE)) == 1
    telemetry.tidy(AT + KEEP_ROLLUPS, AT + KEEP_ROLLUPS + MINUTE)
    assert telemetry.rollups(QUEUE, AT, AT + MINUTE) == ()


def test_another_reader_sees_what_is_written(telemetry: SqliteTelemetry, tmp_path: Path) -> None:
    with SqliteTelemetry(tmp_path / "telemetry.db") as reader:
        telemetry.write(counted(3.0))
        assert reader.range(QUEUE, AT, AT + MINUTE) == tuple(counted(3.0))


def test_a_batch_is_whole_or_not_there(telemetry: SqliteTelemetry) -> None:
    def half() -> Iterator[Point]:
        yield from counted(1.0)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        telemetry.write(half())
    assert telemetry.range(QUEUE, AT, AT + MINUTE) == ()


def test_a_full_disk_is_named_and_stops_nothing(telemetry: SqliteTelemetry) -> None:
    telemetry.write(counted(1.0))
    telemetry._db.execute("PRAGMA max_page_count = 12")
    with pytest.raises(TelemetryLost, match="expected to write, found: database or disk is full"):
        telemetry.write(Point(f"queue/hc01/{number}", AT, 1.0) for number in range(5000))
    telemetry.write(counted(2.0))
    assert telemetry.range(QUEUE, AT, AT + MINUTE) == tuple(counted(2.0))


def test_a_place_where_nothing_can_be_kept_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TelemetryLost, match=r"file/telemetry\.db: expected to open, found: "):
        SqliteTelemetry(tmp_path / "file" / "telemetry.db")
