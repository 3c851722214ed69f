import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Table, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.schema import CreateTable

from monitor.adapters import judging_records, tables
from monitor.adapters.database import DatabaseUnusable, open_database, transaction

OPEN = "import sys; from monitor.adapters.database import open_database; open_database(sys.argv[1])"


def test_the_migrations_lead_to_the_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_looks_drawn_before_weights_were_fractions_keep_theirs(url: str) -> None:
    engine = open_database(url)
    with transaction(engine) as connection:  # as the version before left it
        connection.execute(text("ALTER TABLE samples ADD COLUMN stratum INTEGER NOT NULL DEFAULT 7"))
        for column in ("weight", "empty"):
            connection.execute(text(f"ALTER TABLE samples DROP COLUMN {column}"))
        for column in ("camera", "people"):
            connection.execute(text(f"ALTER TABLE stills DROP COLUMN {column}"))
        for table in ("alerts", "alert_versions"):
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN ending"))
        for table in ("no_people", "notice_groups"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))
        values = "VALUES (3, 'hc01', 'w001', '2026-11-20 01:00:00', 1, 'x.jpg', '0', 225)"
        connection.execute(text(f"INSERT INTO samples (id, hall, window, at, alarmed, file, sha256, stratum) {values}"))
        connection.execute(text("INSERT INTO labels VALUES (3, 'absent', '监督员', '2026-11-20 02:00:00')"))
    engine.dispose()
    engine = open_database(url)
    (label,) = judging_records.labelled(engine, datetime(2026, 11, 1, tzinfo=UTC))
    assert (label.weight, label.absent, label.empty) == (225.0, True, None)
    engine.dispose()


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=str)
def test_the_tables_can_be_said_in_the_words_of_postgresql(table: Table) -> None:
    assert f"CREATE TABLE {table.name}" in str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30_000)]
)
def test_sqlite_runs_safe_and_shared(engine: Engine, pragma: str, value: object) -> None:
    with engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_several_processes_may_open_a_new_database_at_once(url: str) -> None:
    started = [subprocess.Popen([sys.executable, "-c", OPEN, url]) for _ in range(4)]
    assert [process.wait() for process in started] == [0] * 4


def test_opening_again_keeps_what_is_there(url: str) -> None:
    for count in (1, 2):
        engine = open_database(url)
        with transaction(engine) as connection:
            connection.execute(insert(tables.issue_numbers).values(year=2000 + count, last=1))
            assert len(connection.execute(select(tables.issue_numbers)).all()) == count
        engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:////proc/none/x.db"])
def test_a_place_where_nothing_can_be_kept_is_named(url: str) -> None:
    with pytest.raises(DatabaseUnusable, match=f"database {url}: expected"):
        open_database(url)


@pytest.mark.parametrize("url", ["postgresql+psycopg://h:port/x", "postgresql+pg8000://h/x", "postgresql+none://h/x"])
def test_an_address_that_leads_nowhere_is_one_sentence(url: str) -> None:
    with pytest.raises(DatabaseUnusable, match=r"^database.*: expected .*, found: .*"):
        open_database(url)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, but long enough to be read as one" * 10)
    with pytest.raises(DatabaseUnusable, match=r"notes\.txt: expected to open it, found: file is not a database"):
        open_database(f"sqlite:///{path}")


def test_a_database_of_a_later_version_is_left_alone(url: str, tmp_path: Path) -> None:
    open_database(url).dispose()
    with sqlite3.connect(tmp_path / "hallwatch.db") as later:
        later.execute("UPDATE alembic_version SET version_num = '9999'")
    later.close()
    with pytest.raises(DatabaseUnusable, match=r"expected a schema this version knows, found: .*9999"):
        open_database(url)


def test_a_row_cannot_point_to_nothing(engine: Engine) -> None:
    row = {"number": "WH-2026-000009", "version": 1, "action": "REGISTER", "status": "REGISTERED", "by": "x"}
    with pytest.raises(IntegrityError), transaction(engine) as connection:
        connection.execute(insert(tables.issue_moves).values(**row, at=datetime.now(UTC), reason="", unit=""))


def test_times_come_back_aware_whatever_zone_they_were_given_in(engine: Engine) -> None:
    at = datetime(2026, 11, 20, 10, 3, 11, 250_000, tzinfo=timezone(timedelta(hours=8)))
    row = {"sender": "s", "boot_id": "b", "runs": [], "lost": 0}
    with transaction(engine) as connection:
        connection.execute(insert(tables.sequences).values(**row, received_at=at))
        found = connection.execute(select(tables.sequences.c.received_at)).scalar_one()
    assert (found, found.tzinfo) == (at, UTC)


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    row = {"sender": "s", "boot_id": "b", "runs": [], "lost": 0, "received_at": datetime(2026, 11, 20)}  # noqa: DTZ001
    with pytest.raises(StatementError, match="expected an aware time"), transaction(engine) as connection:
        connection.execute(insert(tables.sequences).values(**row))


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(RuntimeError), transaction(engine) as connection:
        connection.execute(insert(tables.issue_numbers).values(year=2026, last=1))
        raise RuntimeError
    with engine.connect() as connection:
        assert connection.execute(select(tables.issue_numbers)).all() == []
