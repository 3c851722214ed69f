"""Issues on record (整改台账): numbered, versioned, with every move kept."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, select, update
from sqlalchemy.exc import IntegrityError

from monitor import issues as machine
from monitor.adapters import tables
from monitor.adapters.database import insert, transaction
from monitor.calendar import today
from monitor.categories import Severity, Source
from monitor.issues import Action, Issue, IssueDraft, Move, MoveRefused, Photograph, Status
from monitor.terms import Term


def register(engine: Engine, draft: IssueDraft) -> Issue:
    """Register an issue under the next number of its year, or return the one already registered with its key.

    Raises MoveRefused when the draft lacks something.
    """
    try:
        with transaction(engine) as connection:
            return registered(connection, draft)
    except IntegrityError:  # PostgreSQL: somebody registered the same key between our look and our insert
        with transaction(engine) as connection:
            return registered(connection, draft)


def registered(connection: Connection, draft: IssueDraft) -> Issue:
    """The same within a transaction of the caller's."""
    known = select(tables.issues).where(tables.issues.c.idempotency == draft.idempotency)
    row = connection.execute(known).mappings().first()
    if row is not None:
        return _issue(row)
    issue = machine.register(_next_number(connection, today(draft.at).year), draft)
    connection.execute(tables.issues.insert().values(idempotency=draft.idempotency, **_columns(issue)))
    first = Move(1, Action.REGISTER, issue.status, draft.by, draft.at, photographs=draft.photographs)
    _add_move(connection, issue.number, first)
    return issue


def apply(
    engine: Engine,
    number: str,
    action: Action,
    by: str,
    at: datetime,
    *,
    expected_version: int,
    unit: str = "",
    reason: str = "",
    photographs: Sequence[Photograph] = (),
) -> Issue:
    """Move an issue that the caller saw at `expected_version`.

    Raises MoveRefused when somebody moved it meanwhile, when there is no such issue or when the move is not allowed.
    """
    with transaction(engine) as connection:
        row = connection.execute(select(tables.issues).where(tables.issues.c.number == number)).mappings().first()
        if row is None:
            raise MoveRefused(number, Term("已登记的问题", "a registered issue"), Term("无此编号", "no such number"))
        before = _issue(row)
        _same_version(before, expected_version)
        after = machine.move(before, action, by, at, unit=unit, reason=reason, photographs=photographs)
        changed = (
            update(tables.issues)
            .where(tables.issues.c.number == number, tables.issues.c.version == before.version)
            .values(**_columns(after))
            .returning(tables.issues.c.number)
        )
        if connection.execute(changed).first() is None:  # PostgreSQL: moved between our look and our update
            _same_version(before, -1)
        _add_move(
            connection, number, Move(after.version, action, after.status, by, at, reason, unit, tuple(photographs))
        )
        return after


def issue(engine: Engine, number: str) -> tuple[Issue, tuple[Move, ...]] | None:
    """One issue with its history, oldest first; None if there is no such number."""
    moves, photographs = tables.issue_moves, tables.issue_photographs
    with engine.connect() as connection:
        row = connection.execute(select(tables.issues).where(tables.issues.c.number == number)).mappings().first()
        if row is None:
            return None
        shown: dict[int, list[Photograph]] = {}
        wanted = select(photographs).where(photographs.c.number == number)
        for photo in connection.execute(wanted.order_by(photographs.c.version, photographs.c.position)).mappings():
            shown.setdefault(photo["version"], []).append(_photograph(photo))
        steps = connection.execute(select(moves).where(moves.c.number == number).order_by(moves.c.version)).mappings()
        return _issue(row), tuple(_move(step, shown.get(step["version"], ())) for step in steps)


def issues(engine: Engine) -> tuple[Issue, ...]:
    """The ledger, newest first."""
    columns = tables.issues.c
    wanted = select(tables.issues).order_by(columns.registered_at.desc(), columns.number.desc())
    with engine.connect() as connection:
        return tuple(_issue(row) for row in connection.execute(wanted).mappings())


def _next_number(connection: Connection, year: int) -> str:
    numbers = tables.issue_numbers
    row = insert(connection, numbers).values(year=year, last=1)
    taken = row.on_conflict_do_update(index_elements=["year"], set_={"last": numbers.c.last + 1})
    return f"WH-{year}-{connection.execute(taken.returning(numbers.c.last)).scalar_one():06d}"


def _same_version(found: Issue, expected: int) -> None:
    if found.version != expected:
        raise MoveRefused(
            found.number,
            Term("您所见的版本", "the version you saw"),
            Term("他人刚刚办理过的新版本，请刷新", "a newer one by somebody else; look again"),
        )


def _add_move(connection: Connection, number: str, move: Move) -> None:
    connection.execute(
        tables.issue_moves.insert().values(
            number=number,
            version=move.version,
            action=move.action,
            status=move.status,
            by=move.by,
            at=move.at,
            reason=move.reason,
            unit=move.unit,
        )
    )
    for position, photo in enumerate(move.photographs):
        connection.execute(
            tables.issue_photographs.insert().values(
                number=number,
                version=move.version,
                position=position,
                file=photo.file,
                sha256=photo.sha256,
                width=photo.width,
                height=photo.height,
            )
        )


def _columns(issue: Issue) -> dict[str, Any]:
    row = {field.name: getattr(issue, field.name) for field in fields(Issue)}
    row["alert_key"] = row.pop("alert")
    return row


def _issue(row: RowMapping) -> Issue:
    values = {field.name: row[field.name] for field in fields(Issue) if field.name != "alert"}
    values |= {"severity": Severity(row["severity"]), "source": Source(row["source"]), "status": Status(row["status"])}
    return Issue(alert=row["alert_key"], **values)


def _move(row: RowMapping, photographs: Sequence[Photograph]) -> Move:
    return Move(
        version=row["version"],
        action=Action(row["action"]),
        status=Status(row["status"]),
        by=row["by"],
        at=row["at"],
        reason=row["reason"],
        unit=row["unit"],
        photographs=tuple(photographs),
    )


def _photograph(row: RowMapping) -> Photograph:
    return Photograph(row["file"], row["sha256"], row["width"], row["height"])
