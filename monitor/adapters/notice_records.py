"""Messages that are due, sent or failed, and what people did about alerts, on record."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, select, update

from monitor.adapters import tables
from monitor.adapters.alert_records import alerts_since
from monitor.adapters.database import insert, transaction
from monitor.adapters.notice_tables import confirmations, notice_groups, notices, openings
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
    """A message that may be sent now."""

    alert_key: str
    stage: str
    person: str
    tried: int
    """Attempts begun so far."""


def gather(engine: Engine, found: Mapping[str, str]) -> None:
    """Record together with which alert some are told, key → key of the first; what was said before stays."""
    with transaction(engine) as connection:
        for key, head in found.items():
            row = insert(connection, notice_groups).values(alert_key=key, head_key=head)
            connection.execute(row.on_conflict_do_nothing(index_elements=["alert_key"]))


def heads(engine: Engine, keys: Collection[str]) -> dict[str, str]:
    """Together with which alert some are told: key → key of the first; without those not told of yet."""
    wanted = select(notice_groups).where(notice_groups.c.alert_key.in_(keys))
    with engine.connect() as connection:
        return {row["alert_key"]: row["head_key"] for row in connection.execute(wanted).mappings()}


def told_with(engine: Engine, head: str) -> tuple[str, ...]:
    """The keys of the alerts that are told with this one as their first; itself alone if there are none."""
    wanted = select(notice_groups.c.alert_key).where(notice_groups.c.head_key == head)
    with engine.connect() as connection:
        return tuple(connection.execute(wanted).scalars()) or (head,)


def messages(engine: Engine, keys: Collection[str]) -> dict[tuple[str, str, str], bool]:
    """The messages about some alerts that are on record, by their keys, and whether they were sent."""
    wanted = select(notices.c.alert_key, notices.c.stage, notices.c.recipient, notices.c.sent_at)
    with engine.connect() as connection:
        rows = connection.execute(wanted.where(notices.c.alert_key.in_(keys)))
        return {(row[0], row[1], row[2]): row[3] is not None for row in rows}


def put(engine: Engine, due: Iterable[Due], at: datetime) -> None:
    """Record messages as due; one that is there already stays as it is."""
    with transaction(engine) as connection:
        for one in due:
            key, stage, person = one.key
            row = insert(connection, notices).values(
                alert_key=key, stage=stage, recipient=person, due_at=at, tried=0, next_at=at, error=""
            )
            connection.execute(row.on_conflict_do_nothing(index_elements=["alert_key", "stage", "recipient"]))


def waiting(engine: Engine, at: datetime) -> tuple[Waiting, ...]:
    """The messages that may be sent now, the oldest first."""
    wanted = select(notices).where(notices.c.sent_at.is_(None), notices.c.next_at <= at).order_by(notices.c.due_at)
    with engine.connect() as connection:
        rows = connection.execute(wanted).mappings()
        return tuple(Waiting(row["alert_key"], row["stage"], row["recipient"], row["tried"]) for row in rows)


def claim(engine: Engine, one: Waiting, until: datetime) -> Waiting | None:
    """Begin an attempt: nobody else begins one before that time. None = somebody was faster.

    A program that dies between sending and recording leaves the message to be sent once more when the time is over.
    """
    with transaction(engine) as connection:
        begun = (
            _this(one) & (notices.c.tried == one.tried) & notices.c.sent_at.is_(None) & notices.c.next_at.is_not(None)
        )
        row = update(notices).where(begun).values(tried=one.tried + 1, next_at=until).returning(notices.c.tried)
        taken = connection.execute(row).first()
    return None if taken is None else replace(one, tried=taken[0])


def ended(engine: Engine, one: Waiting, at: datetime, error: str, next_at: datetime | None) -> None:
    """Record how an attempt ended, or that there will be none: without an error it was sent at that time."""
    state = {"error": error, "next_at": next_at, "sent_at": None if error else at}
    with transaction(engine) as connection:
        connection.execute(update(notices).where(_this(one) & (notices.c.tried == one.tried)).values(**state))


def _this(one: Waiting) -> ColumnElement[bool]:
    return (notices.c.alert_key == one.alert_key) & (notices.c.stage == one.stage) & (notices.c.recipient == one.person)


def opened(engine: Engine, keys: Iterable[str], at: datetime) -> None:
    """Somebody has some alerts before them; only the first time counts."""
    with transaction(engine) as connection:
        for key in keys:
            row = insert(connection, openings).values(alert_key=key, at=at)
            connection.execute(row.on_conflict_do_nothing(index_elements=["alert_key"]))


def confirm(engine: Engine, keys: Iterable[str], said: Confirmed) -> bool:
    """Record what the duty director did about some alerts; False if something was before about each of them.

    Raises ValueError for another action.
    """
    if said.action not in ACTIONS:
        raise ValueError(f"expected one of {', '.join(ACTIONS)}, found {said.action!r}")
    new = False
    with transaction(engine) as connection:
        for key in keys:
            row = insert(connection, confirmations).values(
                alert_key=key, action=said.action, reason=said.reason, by=said.by, at=said.at
            )
            added = row.on_conflict_do_nothing(index_elements=["alert_key"]).returning(confirmations.c.alert_key)
            new |= connection.execute(added).first() is not None
    return new


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
