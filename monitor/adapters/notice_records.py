"""Messages that are due, sent or failed, and what people did about alerts, on record."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select, update

from monitor.adapters import tables
from monitor.adapters.alert_records import alerts_since
from monitor.adapters.database import insert, transaction
from monitor.adapters.notice_tables import confirmations, notices, openings
from monitor.ladder import Due
from monitor.responses import Response

ACTIONS = ("reminded", "covered", "opened", "reasonable")
"""已提醒, AB岗已补, 已增开, 有正当理由."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the duty director said about an alert."""

    action: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is to be sent now."""

    alert_key: str
    stage: str
    person: str
    tried: int


def sent(engine: Engine, keys: Collection[str]) -> set[tuple[str, str, str]]:
    """The messages about some alerts that are on record, sent or not."""
    wanted = select(notices.c.alert_key, notices.c.stage, notices.c.recipient).where(notices.c.alert_key.in_(keys))
    with engine.connect() as connection:
        return {(row[0], row[1], row[2]) for row in connection.execute(wanted)}


def put(engine: Engine, messages: Iterable[Due], at: datetime) -> None:
    """Record messages as due; one that is there already stays as it is."""
    with transaction(engine) as connection:
        for one in messages:
            row = insert(connection, notices).values(
                alert_key=one.alert.key, stage=one.stage, recipient=one.person, due_at=at, tried=0, next_at=at, error=""
            )
            connection.execute(row.on_conflict_do_nothing(index_elements=["alert_key", "stage", "recipient"]))


def waiting(engine: Engine, at: datetime) -> tuple[Waiting, ...]:
    """The messages to be sent now, the oldest first."""
    wanted = select(notices).where(notices.c.sent_at.is_(None), notices.c.next_at <= at).order_by(notices.c.due_at)
    with engine.connect() as connection:
        rows = connection.execute(wanted).mappings()
        return tuple(Waiting(row["alert_key"], row["stage"], row["recipient"], row["tried"]) for row in rows)


def tried(engine: Engine, one: Waiting, at: datetime, error: str, next_at: datetime | None) -> None:
    """Record an attempt: without an error it was sent at that time."""
    state = {"tried": one.tried + 1, "error": error, "next_at": next_at, "sent_at": None if error else at}
    this = (notices.c.alert_key == one.alert_key) & (notices.c.stage == one.stage) & (notices.c.recipient == one.person)
    with transaction(engine) as connection:
        connection.execute(update(notices).where(this).values(**state))


def opened(engine: Engine, key: str, at: datetime) -> None:
    """Somebody looks at an alert; only the first time counts."""
    with transaction(engine) as connection:
        row = insert(connection, openings).values(alert_key=key, at=at)
        connection.execute(row.on_conflict_do_nothing(index_elements=["alert_key"]))


def confirm(engine: Engine, key: str, said: Confirmed) -> bool:
    """Record what the duty director did; False if something was before. Raises ValueError for another action."""
    if said.action not in ACTIONS:
        raise ValueError(f"expected one of {', '.join(ACTIONS)}, found {said.action!r}")
    with transaction(engine) as connection:
        row = insert(connection, confirmations).values(
            alert_key=key, action=said.action, reason=said.reason, by=said.by, at=said.at
        )
        added = row.on_conflict_do_nothing(index_elements=["alert_key"]).returning(confirmations.c.alert_key)
        return connection.execute(added).first() is not None


def confirmed(engine: Engine, key: str) -> Confirmed | None:
    """What was confirmed about an alert."""
    with engine.connect() as connection:
        row = connection.execute(select(confirmations).where(confirmations.c.alert_key == key)).mappings().first()
    return None if row is None else Confirmed(row["action"], row["reason"], row["by"], row["at"])


def stopped(engine: Engine, keys: Collection[str]) -> set[str]:
    """Those of some alerts that somebody has confirmed or judged."""
    found: set[str] = set()
    with engine.connect() as connection:
        for column in (confirmations.c.alert_key, tables.verdicts.c.alert_key):
            found |= set(connection.execute(select(column).where(column.in_(keys))).scalars())
    return found


def responses(engine: Engine, since: datetime, until: datetime) -> tuple[Response, ...]:
    """The responses to the alerts that opened within a time."""
    records = [one for one in alerts_since(engine, since) if since <= one.alert.opened_at < until]
    keys = [one.alert.key for one in records]
    with engine.connect() as connection:
        seen = {
            row[0]: row[1]
            for row in connection.execute(
                select(openings.c.alert_key, openings.c.at).where(openings.c.alert_key.in_(keys))
            )
        }
        acted = {
            row[0]: row[1]
            for row in connection.execute(
                select(confirmations.c.alert_key, confirmations.c.at).where(confirmations.c.alert_key.in_(keys))
            )
        }
    told = []
    for one in records:
        done = [at for at in (acted.get(one.alert.key), one.verdict.at if one.verdict else None) if at is not None]
        told.append(Response(one.alert, seen.get(one.alert.key), min(done, default=None)))
    return tuple(told)
