"""Rows: what people write about arrangements, in cells, as entries of the roster — or what is wrong with which cell."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from config.settings import Settings
from dashboards.arranging import ANYONE, sentence
from dashboards.words import LANGUAGES, words
from monitor.calendar import BEIJING
from monitor.places import Hall
from monitor.roster import ARRANGEMENTS, REASONS, YEARS, Arrangement, Entry, Refused
from monitor.terms import Term

COLUMNS = ("hall", "window", "kind", "since", "until", "reason", "substitute", "by")
Cell = str | datetime | date | None
Cells = Mapping[str, Cell]
"""One row, by COLUMNS."""
WRITTEN = re.compile(
    r"(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?(?:[ T]+(\d{1,2})[:\uff1a](\d{2})(?:[:\uff1a]00)?)?"
)
"""2026-11-20 08:30, 2026/11/20, and the Chinese way of writing dates."""
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one row."""

    row: int
    """As the file counts, the head being 1."""
    column: str
    """One of COLUMNS; empty = the row as a whole."""
    why: Term


def entry_of(row: int, cells: Cells, settings: Settings) -> Entry | Flaw:
    """One row as an entry whose id follows from what it is about, so that the same row is the same entry."""
    try:
        hall = _one_of(cells, "hall", settings.halls, lambda one: (one.id, one.name, one.name_en))
        window = _one_of(cells, "window", hall.windows, lambda one: (one.id, one.name, one.name_en))
        kind = _one_of(cells, "kind", Arrangement, lambda one: (one.value, *ARRANGEMENTS[one]))
        since = moment_of(cells.get("since"), "since")
        if since is None:
            raise _wrong("since", "roster.flaw.missing")
        entry = Entry(
            id=f"{hall.id}:{window.id}:{kind}:{since.astimezone(BEIJING):%Y%m%dT%H%M}",
            hall=hall.id,
            window=window.id,
            kind=kind,
            since=since,
            until=moment_of(cells.get("until"), "until", ends=True),
            reason=_reason(cells),
            substitute=_substitute(cells, hall),
            by=_text(cells, "by"),
        )
    except Refused as refused:
        return Flaw(row, refused.field, Term(refused.zh, refused.en))
    return entry


def moment_of(cell: Cell, column: str, *, ends: bool = False) -> datetime | None:
    """A time in Beijing; None = nothing is written. A day without a time is its beginning, or its end if `ends`.

    Raises Refused.
    """
    if isinstance(cell, date) and cell.year not in YEARS:
        raise _wrong(column, "roster.flaw.time", found=f"{cell}"[:40])
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=BEIJING)
    if isinstance(cell, date):
        return datetime.combine(cell, time(), BEIJING) + timedelta(days=ends)
    text = (cell or "").strip()
    if not text:
        return None
    written = WRITTEN.fullmatch(text)
    if written is None:
        raise _wrong(column, "roster.flaw.time", found=text[:40])
    year, month, day, hour, minute = (int(part) if part else 0 for part in written.groups())
    if year not in YEARS:
        raise _wrong(column, "roster.flaw.time", found=text[:40])
    whole = written[4] is None or (hour, minute) == (24, 0)
    try:
        start = datetime(year, month, day, 0 if whole else hour, minute, tzinfo=BEIJING)
    except ValueError:
        raise _wrong(column, "roster.flaw.time", found=text[:40]) from None
    return start + timedelta(days=1) if whole and (ends or written[4]) else start


def follow(entries: Iterable[Entry], found: Callable[[str], Entry | None]) -> list[Entry]:
    """The entries as the next versions of what is on record: the same again where nothing differs.

    What was withdrawn there stays withdrawn: a file that is read again must not undo a person's act.
    """
    followed = []
    for entry in entries:
        held = found(entry.id)
        if held is None:
            followed.append(entry)
        elif held.withdrawn or replace(entry, version=held.version) == held:
            followed.append(held)
        else:
            followed.append(replace(entry, version=held.version + 1))
    return followed


def _wrong(column: str, key: str, **values: str) -> Refused:
    return Refused(sentence(key, **values), column)


def _text(cells: Cells, column: str) -> str:
    cell = cells.get(column)
    return cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell)


def _one_of(cells: Cells, column: str, things: Iterable[Thing], names: Callable[[Thing], Sequence[str]]) -> Thing:
    """The thing that a cell names, by its id or its name in any language."""
    text = _text(cells, column)
    if not text:
        raise _wrong(column, "roster.flaw.missing")
    known = list(things)
    for thing in known:
        if text in [name for name in names(thing) if name]:
            return thing
    raise _wrong(column, "roster.flaw.unknown", found=text[:40], such=names(known[0])[0] if known else "—")


def _reason(cells: Cells) -> str:
    return _one_of(cells, "reason", REASONS, lambda key: (key, *REASONS[key])) if _text(cells, "reason") else ""


def _substitute(cells: Cells, hall: Hall) -> str:
    text = _text(cells, "substitute")
    if text in ("", ANYONE, *(words(language)("own.comes_here") for language in LANGUAGES)):
        return ANYONE if text else ""
    return _one_of(cells, "substitute", hall.windows, lambda one: (one.id, one.name, one.name_en)).id
