"""The roster on record: every change of an entry is one more version, and nothing is ever overwritten."""

from collections.abc import Collection, Iterable
from dataclasses import fields, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select

from monitor.adapters.database import transaction
from monitor.adapters.roster_tables import roster_entries
from monitor.calendar import BEIJING, today
from monitor.places import Hall
from monitor.roster import OWN, Arrangement, Entry, Refused, check, check_words
from monitor.terms import Term

NAMES = tuple(field.name for field in fields(Entry))
DAY_ONLY = (*OWN, Arrangement.APPROVED)
"""Without an end these are forgotten overnight."""


def add(engine: Engine, hall: Hall, entry: Entry, at: datetime) -> bool:
    """Record an entry, or the next version of one; False if this version is there already. Raises Refused."""
    with transaction(engine) as connection:
        return _add(connection, hall, entry, at)


def add_all(
    engine: Engine, halls: Iterable[Hall], entries: Iterable[Entry], at: datetime, *, dry: bool = False
) -> tuple[bool | Refused, ...]:
    """Record several, all or none; of each whether it is new, or why it is refused. `dry`: none, but tell the same."""
    by_id = {hall.id: hall for hall in halls}
    with engine.connect().execution_options(hallwatch_writes=True) as connection:
        told = tuple(_try(connection, by_id[entry.hall], entry, at) for entry in entries)
        if not dry and not any(isinstance(one, Refused) for one in told):
            connection.commit()
        else:
            connection.rollback()
    return told


def _try(connection: Connection, hall: Hall, entry: Entry, at: datetime) -> bool | Refused:
    try:
        return _add(connection, hall, entry, at)
    except Refused as refused:
        return refused


def end(engine: Engine, hall: Hall, id: str, by: str, at: datetime) -> Entry:
    """End an entry now; one that has not begun is withdrawn instead, one that has ended stays. Raises Refused."""
    with transaction(engine) as connection:
        held = _newest(connection, hall, id)
        if held.withdrawn or (held.until is not None and held.until <= at):
            return held
        ended = {"until": at} if held.since < at else {"withdrawn": True}
        after = replace(held, **ended, by=by, version=held.version + 1)
        _add(connection, hall, after, at)
        return after


def withdraw(engine: Engine, hall: Hall, id: str, by: str, at: datetime) -> Entry:
    """Say that an entry never counted; twice is once. Raises Refused."""
    with transaction(engine) as connection:
        held = _newest(connection, hall, id)
        if held.withdrawn:
            return held
        after = replace(held, withdrawn=True, by=by, version=held.version + 1)
        _add(connection, hall, after, at)
        return after


def entries(engine: Engine, halls: Collection[str], around: datetime) -> tuple[Entry, ...]:
    """The newest versions of what counts on the Beijing day of a time, withdrawn ones left out, oldest first."""
    start = datetime.combine(today(around), time(), BEIJING)
    return between(engine, halls, start, start + timedelta(days=1))


def between(
    engine: Engine, halls: Collection[str], start: datetime, end: datetime, *, withdrawn: bool = False
) -> tuple[Entry, ...]:
    """The same of start <= time < end; `withdrawn`: those too."""
    with engine.connect() as connection:
        return _between(connection, halls, start, end, withdrawn)


def history(engine: Engine, id: str) -> tuple[tuple[Entry, datetime], ...]:
    """Every version of an entry with when it was recorded, oldest first."""
    wanted = select(roster_entries).where(roster_entries.c.id == id).order_by(roster_entries.c.version)
    with engine.connect() as connection:
        return tuple((_entry(row), row["recorded_at"]) for row in connection.execute(wanted).mappings())


def find(engine: Engine, id: str) -> Entry | None:
    """The newest version of an entry."""
    with engine.connect() as connection:
        return _find(connection, id)


def _add(connection: Connection, hall: Hall, entry: Entry, at: datetime) -> bool:
    check_words(entry)
    held = _find(connection, entry.id)
    if held is not None and entry.version <= held.version:
        if _versioned(connection, entry) == entry:
            return False
        raise Refused(_taken(entry), "id")
    if entry.version != (held.version + 1 if held else 1) or (held and (held.hall, held.window) != _place(entry)):
        raise Refused(_taken(entry), "id")
    if not (held is not None and entry.withdrawn):
        tonight = datetime.combine(today(entry.since) + timedelta(days=1), time(), BEIJING)
        until = entry.until or (tonight if entry.kind in DAY_ONLY else None)
        others = _between(connection, [entry.hall], entry.since, until, False, entry.window)
        check(entry, hall, others)
    values = {name: getattr(entry, name) for name in NAMES}
    connection.execute(insert(roster_entries).values(**values, recorded_at=at))
    return True


def _taken(entry: Entry) -> Term:
    return Term(
        f"编号 {entry.id} 第 {entry.version} 版与已有记录不符，请刷新后重试",
        f"entry {entry.id}, version {entry.version}, does not follow what is on record; look again",
    )


def _place(entry: Entry) -> tuple[str, str]:
    return entry.hall, entry.window


def _newest(connection: Connection, hall: Hall, id: str) -> Entry:
    held = _find(connection, id)
    if held is None or held.hall != hall.id:
        raise Refused(Term(f"没有编号 {id} 的安排", f"there is no entry {id}"), "id")
    return held


def _find(connection: Connection, id: str) -> Entry | None:
    newest = select(roster_entries).where(roster_entries.c.id == id).order_by(roster_entries.c.version.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    return None if row is None else _entry(row)


def _versioned(connection: Connection, like: Entry) -> Entry | None:
    row = roster_entries.c
    wanted = select(roster_entries).where(row.id == like.id, row.version == like.version)
    found = connection.execute(wanted).mappings().first()
    return None if found is None else _entry(found)


def _between(
    connection: Connection,
    halls: Collection[str],
    start: datetime,
    end: datetime | None,
    withdrawn: bool,
    window: str = "",
) -> tuple[Entry, ...]:
    """The newest versions, of the few ids of which any version could count: the history before is not read."""
    row = roster_entries.c
    counts = _counts(start) if end is None else _counts(start) & (row.since < end)
    last = (
        select(row.id, func.max(row.version).label("version"))
        .where(row.id.in_(select(row.id).where(counts)))
        .group_by(row.id)
        .subquery()
    )
    wanted = (
        select(roster_entries)
        .join(last, (row.id == last.c.id) & (row.version == last.c.version))
        .where(row.hall.in_(halls), counts)
    )
    if not withdrawn:
        wanted = wanted.where(~row.withdrawn)
    if window:
        wanted = wanted.where(row.window == window)
    found = connection.execute(wanted.order_by(row.since, row.id)).mappings()
    return tuple(_entry(one) for one in found)


def _counts(start: datetime) -> ColumnElement[bool]:
    row, day = roster_entries.c, datetime.combine(today(start), time(), BEIJING)
    for_good = row.until.is_(None) & row.kind.in_([kind for kind in Arrangement if kind not in DAY_ONLY])
    return (row.until > start) | for_good | (row.until.is_(None) & (row.since >= day))


def _entry(row: Any) -> Entry:
    values = {name: row[name] for name in NAMES}
    return Entry(**(values | {"kind": Arrangement(row["kind"])}))
