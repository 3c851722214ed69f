"""The database of record: opened, brought to its newest schema, and its transactions."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

BUSY_S = 30.0
"""How long a writer waits for another one, in seconds."""


class DatabaseUnusable(Exception):
    """The database of record cannot be opened: which, what was expected, what was found."""


def open_database(url: str) -> Engine:
    """Open the database at an SQLAlchemy URL and bring its schema to the newest version.

    SQLite runs with WAL, synchronous=FULL and foreign keys. Several processes may open it at the same moment: one
    migrates, the others wait. Raises DatabaseUnusable.
    """
    try:
        where = make_url(url).render_as_string(hide_password=True)
    except (SQLAlchemyError, ValueError) as error:
        raise DatabaseUnusable(f"database: expected an SQLAlchemy URL, found: {error}") from error
    try:
        if make_url(url).get_backend_name() == "sqlite":
            with _locked(_file(url)):
                _migrate(url)
        else:
            _migrate(url)
        engine = _engine(url)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except CommandError as error:
        raise DatabaseUnusable(f"database {where}: expected a schema this version knows, found: {error}") from error
    except ModuleNotFoundError as error:
        expected = "its driver installed (pip install 'hallwatch[postgres]')"
        raise DatabaseUnusable(f"database {where}: expected {expected}, found: {error}") from error
    except (SQLAlchemyError, OSError, sqlite3.Error) as error:
        cause = getattr(error, "orig", None) or error
        raise DatabaseUnusable(f"database {where}: expected to open it, found: {cause}") from error
    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; on SQLite it takes its turn at once, so a read within it stays true."""
    with engine.connect().execution_options(hallwatch_writes=True) as connection, connection.begin():
        yield connection


def insert(connection: Connection, table: Table) -> Any:
    """INSERT with ON CONFLICT and RETURNING, in the words of the connection's database."""
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)


def _file(url: str) -> Path:
    name = make_url(url).database
    if name in (None, "", ":memory:"):
        raise OSError("a database in memory, which no second process could read")
    path = Path(str(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.with_name(path.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _engine(url: str, **options: Any) -> Engine:
    engine = create_engine(url, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _connected)
        event.listen(engine, "begin", _begun)
    return engine


def _connected(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = None  # sqlite3 would begin transactions by its own rules
    connection.execute(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begun(connection: Connection) -> None:
    writes = connection.get_execution_options().get("hallwatch_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(url: str) -> None:
    engine = _engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(_file(url), timeout=BUSY_S)) as file:
            file.execute("PRAGMA journal_mode = WAL")  # a property of the file, set outside any transaction
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with transaction(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('hallwatch schema'))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
