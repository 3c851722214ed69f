"""The edges of a watching program: what it records, and for how long it keeps it."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from monitor.adapters import alert_records, issue_records
from monitor.adapters.shard import KEEP_STILLS, Recorder, Retention
from monitor.alerts import Alert, Level, Moment, Rule, Still
from monitor.categories import Severity, Source
from monitor.evidence import MaskedJpeg, write
from monitor.issues import IssueDraft

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ALERT = Alert(Rule.ABSENCE, "hc01", "w001", AT, AT + timedelta(seconds=300), Level.YELLOW)
STILL = Still(Moment.START, AT, "alerts/start.jpg", "0" * 64)


@pytest.fixture
def broken(engine: Engine) -> Iterator[Engine]:
    """A database that takes no stills, until its trigger is dropped."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TRIGGER full BEFORE INSERT ON stills BEGIN SELECT RAISE(FAIL, 'full'); END"))
    yield engine


ENDED = replace(ALERT, until=AT + timedelta(seconds=400))


def test_alerts_are_recorded_by_the_time_the_recorder_ends(engine: Engine) -> None:
    recorder = Recorder(engine)
    with recorder.recording():
        recorder.record(ALERT, [], ALERT.opened_at)
        recorder.record(ENDED, [STILL], AT + timedelta(seconds=400))
    (record,) = alert_records.alerts_since(engine, AT)
    assert (record.alert.until, record.stills) == (ENDED.until, (STILL,))


def test_what_the_database_does_not_take_is_kept_and_said_once(
    broken: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    recorder = Recorder(broken)
    recorder.record(ALERT, [STILL], ALERT.opened_at)
    recorder.record(ENDED, [STILL], AT + timedelta(seconds=400))
    for _ in range(10):
        recorder.retry()
    assert len(caplog.records) == 1
    assert caplog.records[0].getMessage().endswith(f"{ALERT.key}, found: full; it is tried again")
    assert len(recorder.waiting) == 2
    with broken.begin() as connection:
        connection.execute(text("DROP TRIGGER full"))
    recorder.retry()
    assert recorder.waiting == []
    (record,) = alert_records.alerts_since(broken, AT)
    assert (record.alert.until, record.stills) == (ENDED.until, (STILL,))


def test_what_recording_dies_of_is_raised_where_alerts_are_recorded(engine: Engine) -> None:
    recorder = Recorder(engine)
    with recorder.recording():
        recorder.record(replace(ALERT, since=None), [], AT)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        recorder.record(ALERT, [], AT)


def test_stills_go_after_thirty_days_unless_an_issue_came_of_them(engine: Engine, tmp_path: Path) -> None:
    files = []
    for place in ("w001", "w002"):
        alert = replace(ALERT, place=place)
        still = write(tmp_path, alert, Moment.START, AT, MaskedJpeg(b"jpeg"))
        alert_records.save(engine, alert, AT)
        alert_records.add_still(engine, alert.key, still)
        files.append(tmp_path / still.file)
    draft = IssueDraft("k1", "hc01", "w001", "A01", Severity.C, Source.AI_VIDEO, "窗口无人", "监督员", AT, ALERT.key)
    issue_records.register(engine, draft)
    retention = Retention(engine, tmp_path)
    retention.retain(AT + KEEP_STILLS)
    assert [file.exists() for file in files] == [True, True]
    retention.retain(AT + KEEP_STILLS + timedelta(days=1))
    assert [file.exists() for file in files] == [True, False]
