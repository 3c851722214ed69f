"""The tables of the record, portable between SQLite and PostgreSQL; history tables are only ever added to."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)


class Utc(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC. Raises ValueError on a naive one: SQLite would lose the zone silently."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected an aware time, found {value.isoformat()} without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _alert_state() -> tuple[Column[Any], ...]:
    """What may change about an alert; the same columns now and in the history."""
    return (
        Column("version", Integer, nullable=False, comment="1 = opened, raised by every change"),
        Column("recorded_at", Utc, nullable=False, comment="when this version was said, UTC"),
        Column("level", String, nullable=False, comment="yellow or red"),
        Column("red_at", Utc, comment="when it turned red, UTC; null = not"),
        Column("until", Utc, comment="first sample that ended it, UTC; null = open"),
        Column("ending", String, comment="how it ended; null = open, or ended before this was kept"),
        Column("sees", Boolean, nullable=False, comment="false = the place cannot be seen at present"),
        Column("unseen_s", Float, nullable=False, comment="seconds of the run in which it could not be seen"),
        Column("people", Integer, comment="queue: people counted; null = not seen or not a queue"),
        Column("waiting", Integer, comment="absence: people waiting in the zone; null = unknown"),
        Column("pause_signal", Boolean, nullable=False, comment="false = the window sends no pause state"),
        Column("shadow", Boolean, nullable=False, server_default=false(), comment="of a hall in shadow"),
    )


alerts = Table(
    "alerts",
    metadata,
    Column("key", String, primary_key=True, comment="rule:hall:place:since"),
    Column("rule", String, nullable=False),
    Column("hall", String, nullable=False),
    Column("place", String, nullable=False, comment="window or zone"),
    Column("since", Utc, nullable=False, comment="first sample of the run, UTC"),
    Column("opened_at", Utc, nullable=False, comment="threshold crossed, UTC; never changes"),
    Column("rule_values", JSON, nullable=False, comment="the rule's values in force when it opened"),
    *_alert_state(),
    Index(None, "hall", "until"),
    Index(None, "opened_at"),
)

alert_versions = Table(
    "alert_versions",
    metadata,
    Column("alert_key", ForeignKey("alerts.key"), primary_key=True),
    *(
        column if column.name != "version" else Column("version", Integer, primary_key=True)
        for column in _alert_state()
    ),
)

stills = Table(
    "stills",
    metadata,
    _id(),
    Column("alert_key", ForeignKey("alerts.key"), nullable=False),
    Column("moment", String, nullable=False, comment="start, threshold or return"),
    Column("at", Utc, nullable=False, comment="when the picture was taken, UTC"),
    Column("file", String, nullable=False, comment="relative to the evidence directory"),
    Column("sha256", String, nullable=False, comment="of the file, hexadecimal"),
    Column("camera", String, nullable=False, server_default=""),
    Column("people", JSON, comment="boxes of whom it counted: left, top, right, bottom in thousandths"),
    UniqueConstraint("alert_key", "moment", "at"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("alert_key", ForeignKey("alerts.key"), primary_key=True, comment="one verdict per alert"),
    Column("kind", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "at"),
)

issue_numbers = Table(
    "issue_numbers",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False, comment="of the registration, Beijing time"),
    Column("last", Integer, nullable=False, comment="last serial number given"),
)

issues = Table(
    "issues",
    metadata,
    Column("number", String, primary_key=True, comment="WH-2026-000123"),
    Column("idempotency", String, nullable=False, unique=True, comment="the same key twice is one issue"),
    Column("hall", String, nullable=False),
    Column("place", String, nullable=False, comment="window or zone; empty = the hall"),
    Column("category", String, nullable=False, comment="A01 to G04"),
    Column("severity", String, nullable=False, comment="A, B or C"),
    Column("source", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("registered_by", String, nullable=False),
    Column("registered_at", Utc, nullable=False),
    Column("alert_key", ForeignKey("alerts.key"), unique=True, comment="null = not from an alert"),
    Column("status", String, nullable=False),
    Column("version", Integer, nullable=False, comment="1 = registered, raised by every move"),
    Column("unit", String, nullable=False, comment="responsible unit; empty before dispatch"),
    Column("dispatched_at", Utc),
    Column("submitted_at", Utc, comment="last feedback"),
    Column("closed_at", Utc),
    Index(None, "status"),
    Index(None, "registered_at"),
)

issue_moves = Table(
    "issue_moves",
    metadata,
    Column("number", ForeignKey("issues.number"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False, comment="the issue's version after the move"),
    Column("action", String, nullable=False),
    Column("status", String, nullable=False, comment="where it led"),
    Column("by", String, nullable=False),
    Column("at", Utc, nullable=False),
    Column("reason", Text, nullable=False),
    Column("unit", String, nullable=False),
)

issue_photographs = Table(
    "issue_photographs",
    metadata,
    Column("number", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False, comment="order within the move, from 0"),
    Column("file", String, nullable=False, comment="relative to the evidence directory"),
    Column("sha256", String, nullable=False, comment="of the file, hexadecimal"),
    Column("width", Integer, nullable=False, comment="pixels"),
    Column("height", Integer, nullable=False, comment="pixels"),
    ForeignKeyConstraint(["number", "version"], ["issue_moves.number", "issue_moves.version"]),
)

ratings = Table(
    "ratings",
    metadata,
    _id(),
    Column("device", String, nullable=False),
    Column("boot_id", String, nullable=False),
    Column("seq", Integer, nullable=False, comment="counts up from 1 within one boot"),
    Column("event_id", String, unique=True),
    Column("area", String, nullable=False),
    Column("hall", String, nullable=False),
    Column("window", String, nullable=False, comment="empty = the device stands at no window"),
    Column("channel", String, nullable=False),
    Column("scale_id", String, nullable=False),
    Column("raw", String, nullable=False, comment="what the device said, in its own scale"),
    Column("level", Integer, nullable=False, comment="1 worst to 5 best"),
    Column("tags", JSON, nullable=False, comment="three-digit codes as sent"),
    Column("tags_doubtful", Boolean, nullable=False, comment="a tag's hundreds digit is not the level"),
    Column("text", Text, nullable=False),
    Column("ts", Utc, nullable=False, comment="when it was given, UTC; see ts_quality"),
    Column("received_at", Utc, nullable=False, comment="when it reached us, UTC"),
    Column("ts_quality", String, nullable=False, comment="device or estimated (= received_at)"),
    Column("ts_accuracy_s", Float, nullable=False, comment="seconds, as the device says"),
    Column("buffered", Boolean, nullable=False),
    Column("retained", Boolean, nullable=False, comment="arrived retained: a fault of the device"),
    Column("test", Boolean, nullable=False, comment="test or training: in no rate"),
    Column("ticket", String),
    Column("project_no", String, comment="case number (办件编号)"),
    Column("service_no", Integer, comment="how many-th service of the case"),
    Column("assess_no", Integer, comment="1 first rating, 2 supplement"),
    Column("eval_process", Integer, comment="1 acceptance, 2 completion"),
    Column("named", Boolean, nullable=False, comment="real name (实名)"),
    Column("rater_hash", String),
    UniqueConstraint("device", "boot_id", "seq"),
    Index(None, "ts"),
    Index(None, "hall", "ts"),
)

window_states = Table(
    "window_states",
    metadata,
    _id(),
    Column("hall", String, nullable=False),
    Column("window", String, nullable=False),
    Column("boot_id", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("state", String, nullable=False, comment="open, serving, paused or closed"),
    Column("reason", Text, nullable=False),
    Column("at", Utc, nullable=False, comment="since when, UTC"),
    Column("received_at", Utc, nullable=False),
    UniqueConstraint("hall", "window", "boot_id", "seq"),
    Index(None, "hall", "window", "at"),
)

devices = Table(
    "devices",
    metadata,
    Column("device", String, primary_key=True),
    Column("hall", String, nullable=False),
    Column("online", Boolean, comment="null = no status heard yet"),
    Column("boot_id", String, comment="of the last online status"),
    Column("status_at", Utc, comment="when that status reached us, UTC"),
    Column("model", String, nullable=False),
    Column("firmware", String, nullable=False),
    Column("scale_id", String, nullable=False, comment="as the device declares it; configuration decides"),
    Column("meta_at", Utc),
)

sequences = Table(
    "sequences",
    metadata,
    Column("sender", String, primary_key=True, comment="topic prefix of the device or window"),
    Column("boot_id", String, primary_key=True),
    Column("runs", JSON, nullable=False, comment="[[first, last], …] of the sequence numbers on record"),
    Column("lost", Integer, nullable=False, comment="numbers that never came and never will"),
    Column("received_at", Utc, nullable=False, comment="of the newest, UTC"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("sha256", String, primary_key=True, comment="of topic, NUL, payload: a repeat only counts up"),
    Column("topic", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False, comment="at most the first 8,192 bytes"),
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False, comment="where, expected, found"),
    Column("first_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("times", Integer, nullable=False, comment="how often it came"),
    Index(None, "last_at"),
    Index(None, "topic", "reason"),
)
