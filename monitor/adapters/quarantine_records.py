"""Messages kept aside, each with its reason; the same one again, or too many alike, only count up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, Engine, delete, func, select

from monitor.adapters import tables
from monitor.adapters.database import insert
from monitor.messages import LARGEST, Quarantined, Reason

KEEP = timedelta(days=90)
MOST = 1000
"""Different messages of one topic with one reason; what else comes counts up the newest of them, so that a sender of
events that we do not read yet fills no disk."""
TOPIC = 512
"""Characters of a topic."""


@dataclass(frozen=True, slots=True)
class QuarantineRecord:
    """One message that was not understood, and how often it came."""

    topic: str
    payload: bytes
    """The first 8,192 bytes."""
    reason: Reason
    detail: str
    first_at: datetime
    last_at: datetime
    times: int


def quarantine(connection: Connection, item: Quarantined) -> None:
    """Keep a message aside within the caller's transaction, and forget what is too old."""
    message, table = item.message, tables.quarantine
    topic = message.topic[:TOPIC].replace("\0", "�")
    key = sha256(message.topic.encode(errors="replace") + b"\0" + message.payload).hexdigest()
    connection.execute(delete(table).where(table.c.last_at < message.received_at - KEEP))
    row = insert(connection, table).values(
        sha256=_full(connection, topic, item.reason, key) or key,
        topic=topic,
        payload=message.payload[:LARGEST],
        reason=item.reason,
        detail=item.detail.replace("\0", "�"),
        first_at=message.received_at,
        last_at=message.received_at,
        times=1,
    )
    again = {
        "reason": row.excluded.reason,
        "detail": row.excluded.detail,
        "last_at": row.excluded.last_at,
        "times": table.c.times + 1,
    }
    connection.execute(row.on_conflict_do_update(index_elements=["sha256"], set_=again))


def _full(connection: Connection, topic: str, reason: Reason, key: str) -> str | None:
    """The key of the message that one more of its kind counts up; None while there is room, or it is there itself."""
    row = tables.quarantine.c
    alike = (row.topic == topic) & (row.reason == reason)
    if connection.execute(select(func.count()).where(alike)).scalar_one() < MOST:
        return None
    newest = select(row.sha256).where(alike).order_by((row.sha256 == key).desc(), row.last_at.desc()).limit(1)
    found: str = connection.execute(newest).scalar_one()
    return found


def quarantined(engine: Engine, since: datetime) -> tuple[QuarantineRecord, ...]:
    """What came since then and was not understood, newest first."""
    row = tables.quarantine.c
    wanted = select(tables.quarantine).where(row.last_at >= since).order_by(row.last_at.desc())
    with engine.connect() as connection:
        return tuple(
            QuarantineRecord(
                found["topic"],
                found["payload"],
                Reason(found["reason"]),
                found["detail"],
                found["first_at"],
                found["last_at"],
                found["times"],
            )
            for found in connection.execute(wanted).mappings()
        )
