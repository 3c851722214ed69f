"""Telemetry: what was measured over time; a projection for charts, never the record."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

BUCKET = timedelta(minutes=5)
"""Width of a rollup."""
KEEP_POINTS = timedelta(days=30)
KEEP_ROLLUPS = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Point:
    """One measured value, for instance queue/hc01/za = 5 people."""

    series: str
    """What and where, levels divided by a slash: presence/hc01/w001, queue/hc01/za, camera/hc01/c1."""
    ts: datetime
    value: float | None
    """None = looked and could not see."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """What a series did in five minutes; points without a value are left out."""

    start: datetime
    low: float
    mean: float
    high: float
    count: int


class Telemetry(Protocol):
    """A home of points. Each operation raises TelemetryLost when it is not there or full."""

    def write(self, points: Iterable[Point]) -> None:
        """Keep points; the same series and time again replaces the value."""
        ...

    def last(self, prefix: str) -> Mapping[str, Point]:
        """The newest point of every series whose name begins so."""
        ...

    def range(self, series: str, start: datetime, end: datetime) -> tuple[Point, ...]:
        """Points of a series in start <= ts < end, oldest first."""
        ...

    def rollups(self, series: str, start: datetime, end: datetime) -> tuple[Rollup, ...]:
        """Five-minute rollups of a series that begin in start <= t < end, oldest first."""
        ...

    def tidy(self, since: datetime, now: datetime) -> None:
        """Roll up what was written from `since` on, and drop what is too old."""
        ...


class TelemetryLost(Exception):
    """Points could not be written or read: where, expected, found."""


SCHEMA = """
CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS points (
    ts INTEGER NOT NULL,     -- milliseconds since 1970, UTC
    series INTEGER NOT NULL REFERENCES series (id),
    value REAL,              -- null = could not see
    PRIMARY KEY (ts, series)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS last (series INTEGER PRIMARY KEY REFERENCES series (id), ts INTEGER NOT NULL, value REAL);
CREATE TABLE IF NOT EXISTS rollups (
    series INTEGER NOT NULL REFERENCES series (id),
    start INTEGER NOT NULL,  -- milliseconds since 1970, UTC
    low REAL NOT NULL, mean REAL NOT NULL, high REAL NOT NULL,
    count INTEGER NOT NULL,  -- points that saw
    PRIMARY KEY (series, start)
) WITHOUT ROWID;
"""


class SqliteTelemetry:
    """The home of one machine: one file that one process writes while others read. Safe between threads."""

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises TelemetryLost."""
        self._path = path
        self._lock = threading.Lock()
        self._ids: dict[str, int] = {}
        with self._sentence("open"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")  # a power cut may cost the newest points, never the file
            self._db.executescript(SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def write(self, points: Iterable[Point]) -> None:
        """Keep points in one transaction."""
        points = tuple(points)
        with self._transaction("write") as db:
            new = self._numbered(db, {point.series for point in points} - self._ids.keys())
            ids = self._ids | new if new else self._ids
            rows = [(_ms(point.ts), ids[point.series], point.value) for point in points]
            db.executemany("INSERT INTO points VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", rows)
            db.executemany(
                "INSERT INTO last (ts, series, value) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET ts = excluded.ts, value = excluded.value WHERE excluded.ts >= last.ts",
                rows,
            )
        self._ids |= new  # only once they are kept

    def _numbered(self, db: sqlite3.Connection, names: set[str]) -> dict[str, int]:
        """The numbers of series that were not written to before."""
        found = {}
        for name in names:
            db.execute("INSERT INTO series (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))
            (found[name],) = db.execute("SELECT id FROM series WHERE name = ?", (name,)).fetchone()
        return found

    def last(self, prefix: str) -> Mapping[str, Point]:
        """The newest point of every series whose name begins so."""
        rows = self._read(
            "SELECT name, ts, value FROM last JOIN series ON id = series WHERE substr(name, 1, ?) = ? ORDER BY name",
            (len(prefix), prefix),
        )
        return {name: Point(name, _time(ts), value) for name, ts, value in rows}

    def range(self, series: str, start: datetime, end: datetime) -> tuple[Point, ...]:
        """Points of a series in start <= ts < end, oldest first."""
        rows = self._read(
            "SELECT ts, value FROM points WHERE ts >= ? AND ts < ? AND series = (SELECT id FROM series WHERE name = ?)"
            " ORDER BY ts",
            (_ms(start), _ms(end), series),
        )
        return tuple(Point(series, _time(ts), value) for ts, value in rows)

    def rollups(self, series: str, start: datetime, end: datetime) -> tuple[Rollup, ...]:
        """Rollups of a series that begin in start <= t < end, oldest first."""
        rows = self._read(
            "SELECT start, low, mean, high, count FROM rollups JOIN series ON id = series"
            " WHERE name = ? AND start >= ? AND start < ? ORDER BY start",
            (series, _ms(start), _ms(end)),
        )
        return tuple(Rollup(_time(begin), low, mean, high, count) for begin, low, mean, high, count in rows)

    def tidy(self, since: datetime, now: datetime) -> None:
        """Roll up the whole buckets from `since` to `now` (again, if they were), and drop what is too old."""
        width = BUCKET // timedelta(milliseconds=1)
        first, end = _ms(since) // width * width, _ms(now) // width * width
        with self._transaction("tidy") as db:
            db.execute(
                "INSERT OR REPLACE INTO rollups SELECT series, ts / ? * ?, min(value), avg(value), max(value),"
                " count(value) FROM points WHERE ts >= ? AND ts < ? AND value IS NOT NULL GROUP BY series, ts / ?",
                (width, width, first, end, width),
            )
            db.execute("DELETE FROM points WHERE ts < ?", (_ms(now - KEEP_POINTS),))
            db.execute("DELETE FROM rollups WHERE start < ?", (_ms(now - KEEP_ROLLUPS),))

    def _read(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._lock, self._sentence("read"):
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self, what: str) -> Iterator[sqlite3.Connection]:
        with self._lock, self._sentence(what):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled back already
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _sentence(self, what: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise TelemetryLost(f"telemetry {self._path}: expected to {what}, found: {error}") from error


def _ms(time: datetime) -> int:
    return round((time - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def _time(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
