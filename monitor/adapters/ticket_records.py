"""What calling systems have told, on record: each word once, ticket numbers for 90 days."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, Table, delete, select

from monitor.adapters.database import insert
from monitor.adapters.roster_tables import queue_states, tickets
from monitor.tickets import QueueSaid, TicketEvent, TicketSaid

KEEP = timedelta(days=90)
"""A ticket's number is no personal data, but nobody needs it for longer."""

Said = TicketSaid | QueueSaid


def record(connection: Connection, said: Said) -> bool:
    """Record one word within the caller's transaction; False if its number is there already."""
    table = _table(type(said))
    values = {field.name: getattr(said, field.name) for field in fields(said)}
    row = insert(connection, table).values(**values).on_conflict_do_nothing().returning(table.c.id)
    return connection.execute(row).first() is not None


def find(connection: Connection, like: Said) -> Said:
    """What was recorded under the number of another word."""
    table, kind = _table(type(like)), type(like)
    wanted = select(table).where(*(table.c[name] == getattr(like, name) for name in ("hall", "zone", "boot_id", "seq")))
    return _said(kind, connection.execute(wanted).mappings().one())


def told(engine: Engine, halls: Collection[str], since: datetime) -> tuple[Said, ...]:
    """Everything that happened from `since` on, as it came in."""
    return _from(engine, halls, "at", since)


def arrived(engine: Engine, halls: Collection[str], since: datetime) -> tuple[Said, ...]:
    """Everything that came in from `since` on, whenever it happened."""
    return _from(engine, halls, "received_at", since)


def forget(connection: Connection, at: datetime) -> None:
    """Delete what is too old, within the caller's transaction."""
    for table in (tickets, queue_states):
        connection.execute(delete(table).where(table.c.received_at < at - KEEP))


def _from(engine: Engine, halls: Collection[str], time: str, since: datetime) -> tuple[Said, ...]:
    with engine.connect() as connection:
        return tuple(
            _said(kind, row)
            for kind in (TicketSaid, QueueSaid)
            for row in connection.execute(_since(_table(kind), halls, time, since)).mappings()
        )


def _since(table: Table, halls: Collection[str], time: str, since: datetime) -> Select[tuple[Any, ...]]:
    return select(table).where(table.c.hall.in_(halls), table.c[time] >= since).order_by(table.c.id)


def _table(kind: type[Said]) -> Table:
    return tickets if kind is TicketSaid else queue_states


def _said(kind: type[Said], row: RowMapping) -> Said:
    values = {field.name: row[field.name] for field in fields(kind)}
    return kind(**(values | ({"event": TicketEvent(row["event"])} if kind is TicketSaid else {})))
