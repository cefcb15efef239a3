"""The delivery database: a file of SQLite, or PostgreSQL where several machines deliver."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from reportgen.deliver import tables
from reportgen.deliver.embedded import WRITES, engine_of
from reportgen.errors import CannotCreateError, ConfigError, DataError, DiskError, LockedError
from reportgen.secret import DATABASE_PASSWORD, secret

if TYPE_CHECKING:
    from reportgen.config import Settings

FILE = "delivery.sqlite"


@dataclass(frozen=True)
class Database:
    """An open database.

    Args:
        engine: of SQLAlchemy.
        where: file or address, without a password.
    """

    engine: Engine
    where: str

    @property
    def is_file(self) -> bool:
        """Whether it is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database.

        Raises:
            DataError, DiskError, LockedError: the database is damaged, full or not to be reached.
        """
        with self._told(), self.engine.connect() as connection:
            if not self.is_file:  # else each look of one block would see a state of its own
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept when the block ends well, and else not.

        On SQLite nobody else writes meanwhile, so nothing slow belongs into the block.

        Raises:
            DataError, DiskError, LockedError: as ``reading``.
        """
        with self._told(), self.engine.connect() as connection:
            immediate = connection.execution_options(**{WRITES: True})
            with immediate.begin():
                yield immediate

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as problem:
            raise _sentence(problem, self.where) from problem


def open_database(settings: Settings, environ: Mapping[str, str]) -> Database:
    """Open the database, made with its tables where it is missing.

    Args:
        settings: names it, and the output folder.
        environ: may hold its password.

    Raises:
        ConfigError: SQLite on a network's file system, or the library for PostgreSQL is missing.
        DataError: it is of another version, or no database.
        CannotCreateError, DiskError, LockedError: it cannot be made or reached.
    """
    database = _opened(settings, environ)
    try:
        with database.writing() as connection:
            _make(connection, database)
    except BaseException:
        database.close()
        raise
    return database


def _opened(settings: Settings, environ: Mapping[str, str]) -> Database:
    if settings.delivery.database:
        return _postgresql(settings.delivery.database, environ)
    return sqlite(Path(settings.build.output) / FILE)


def sqlite(path: Path) -> Database:
    """Open a file of SQLite, without making its tables.

    Raises:
        ConfigError: it would stand on a network's file system.
        CannotCreateError: it cannot be made.
    """
    return Database(engine_of(path), str(path))


def _postgresql(address: str, environ: Mapping[str, str]) -> Database:
    password = secret(DATABASE_PASSWORD, environ)
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
        if url.password:
            raise ConfigError(
                "delivery.database holds a password.", f"Take it out and set {DATABASE_PASSWORD}."
            )
        if password is not None:
            url = url.set(password=password.reveal())
        engine = create_engine(
            url, pool_size=20, max_overflow=20, pool_pre_ping=True, hide_parameters=True
        )
    except ModuleNotFoundError:
        raise ConfigError(
            "delivery.database names PostgreSQL, and its library is not there.",
            "Install reportgen[postgres].",
        ) from None
    except (SQLAlchemyError, ValueError):
        raise ConfigError("delivery.database is no address of a database.") from None
    return Database(engine, url.render_as_string(hide_password=True))


def _make(connection: Connection, database: Database) -> None:
    """Make the tables of a new database; refuse one of another version."""
    if not database.is_file:  # of two machines that try at once the second waits
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7238114)")
    found = _version(connection)
    if found == tables.VERSION:
        return
    if found is not None:
        raise DataError(
            f"{database.where} is of version {found}; this program knows {tables.VERSION}.",
            "It may have been made by a newer version.",
        )
    tables.metadata.create_all(connection)
    for line in _GUARDS[connection.dialect.name]:
        connection.exec_driver_sql(line)
    values = {"schema": str(tables.VERSION), "instance": secrets.token_hex(16)}
    rows = [{"name": name, "value": value} for name, value in values.items()]
    connection.execute(tables.meta.insert(), rows)


def _version(connection: Connection) -> int | None:
    if not connection.dialect.has_table(connection, "meta"):
        return None
    found = connection.scalar(select(tables.meta.c.value).where(tables.meta.c.name == "schema"))
    return int(found) if found and found.isdigit() else -1


_NO_ROOM = ("disk is full", "disk i/o error", "no space left", "disk full")

_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER journal_is_kept_as_written BEFORE UPDATE ON journal BEGIN "
        "SELECT RAISE(ABORT, 'the journal is only added to'); END",
        "CREATE TRIGGER journal_keeps_its_rows BEFORE DELETE ON journal BEGIN "
        "SELECT RAISE(ABORT, 'the journal is only added to'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION journal_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''the journal is only added to''; END'",
        "CREATE TRIGGER journal_is_only_added_to BEFORE UPDATE OR DELETE ON journal "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_is_only_added_to()",
    ),
}


def _sentence(problem: DBAPIError, where: str) -> Exception:
    """Return what a person is told of a database that refuses; no value of a row is in it."""
    said = str(problem.orig).partition("\n")[0]
    if not isinstance(problem, OperationalError) or "malformed" in said:
        return DataError(f"{where}: {said}.")
    if any(sign in said.lower() for sign in _NO_ROOM):
        return DiskError(
            f"{where}: writing failed (the disk is full or refuses).",
            "Make room and run it again; nothing is lost.",
        )
    if "database is locked" in said or "database table is locked" in said:
        return LockedError(f"{where} is held by another process.", "Try again when it is done.")
    if "readonly database" in said or "unable to open" in said:
        return CannotCreateError(f"{where} cannot be written.")
    return LockedError(f"{where} cannot be reached now ({type(problem.orig).__name__}).")
