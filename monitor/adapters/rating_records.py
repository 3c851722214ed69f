"""Ratings on record, each exactly once."""

from collections.abc import Collection
from dataclasses import fields
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, select, update

from monitor.adapters import tables
from monitor.adapters.database import insert
from monitor.ratings import Channel, Rating, TimeQuality


def record(connection: Connection, rating: Rating) -> bool:
    """Record a rating within the caller's transaction; False if it, or its event, is there already."""
    values = {field.name: getattr(rating, field.name) for field in fields(Rating)}
    row = insert(connection, tables.ratings).on_conflict_do_nothing().returning(tables.ratings.c.id)
    return connection.execute(row, values).first() is not None


def mark_retained(connection: Connection, rating: Rating) -> None:
    """Note that a recorded rating was published as retained: a broker says so only to who subscribes later."""
    row = tables.ratings.c
    same = (row.device == rating.device) & (row.boot_id == rating.boot_id) & (row.seq == rating.seq)
    connection.execute(update(tables.ratings).where(same).values(retained=True))


def find(connection: Connection, device: str, boot_id: str, seq: int) -> Rating | None:
    """The rating recorded under a device's boot and sequence number."""
    row = tables.ratings.c
    return _one(connection, select(tables.ratings).where(row.device == device, row.boot_id == boot_id, row.seq == seq))


def find_event(connection: Connection, event_id: str) -> Rating | None:
    """The rating recorded with an event id."""
    return _one(connection, select(tables.ratings).where(tables.ratings.c.event_id == event_id))


def ratings_of_day(engine: Engine, day: date, tz: tzinfo, halls: Collection[str] | None = None) -> tuple[Rating, ...]:
    """Ratings given on a local day, oldest first, test ones included; of every hall if `halls` is None."""
    start = datetime.combine(day, time(), tz)
    return ratings(engine, start, datetime.combine(day + timedelta(days=1), time(), tz), halls)


def ratings(engine: Engine, start: datetime, end: datetime, halls: Collection[str] | None = None) -> tuple[Rating, ...]:
    """Ratings given in start <= ts < end, oldest first."""
    row = tables.ratings.c
    wanted = select(tables.ratings).where(row.ts >= start, row.ts < end).order_by(row.ts, row.id)
    if halls is not None:
        wanted = wanted.where(row.hall.in_(halls))
    with engine.connect() as connection:
        return tuple(_rating(found) for found in connection.execute(wanted).mappings())


def _one(connection: Connection, wanted: Select[Any]) -> Rating | None:
    found = connection.execute(wanted).mappings().first()
    return None if found is None else _rating(found)


def _rating(row: RowMapping) -> Rating:
    values = {field.name: row[field.name] for field in fields(Rating)}
    values |= {
        "channel": Channel(row["channel"]),
        "ts_quality": TimeQuality(row["ts_quality"]),
        "tags": tuple(row["tags"]),
    }
    return Rating(**values)
