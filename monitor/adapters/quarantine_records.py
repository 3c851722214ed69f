"""Messages kept aside, each with its reason; the same one again only counts up."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, Engine, select

from monitor.adapters import tables
from monitor.adapters.database import insert
from monitor.messages import LARGEST, Quarantined, Reason


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
    """Keep a message aside within the caller's transaction."""
    message, table = item.message, tables.quarantine
    row = insert(connection, table).values(
        sha256=sha256(message.topic.encode(errors="replace") + b"\0" + message.payload).hexdigest(),
        topic=message.topic.replace("\0", "�"),
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
