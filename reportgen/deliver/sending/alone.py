"""One run of a mailing at a time, or several that know of each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reportgen.archive import lock
from reportgen.deliver.database import Database
from reportgen.deliver.outbox import FOLDER
from reportgen.disk import closed
from reportgen.errors import LockedError, UsageError


@contextmanager
def alone(database: Database, output: Path, mailing: str) -> Iterator[None]:
    """Hold a mailing against every other run for as long as the block lasts.

    The locks die with their process, or with its connection to PostgreSQL.

    Args:
        database: in PostgreSQL runs of other machines are held off too.
        output: the output folder; its deliveries go one at a time.
        mailing: its name.

    Raises:
        LockedError: another run is at work.
        CannotCreateError, DiskError: the lock cannot be made.
    """
    with lock.held(closed(output / FOLDER), 0.0):
        if database.is_file:
            yield
            return
        with _advisory(database, mailing, "pg_try_advisory_lock"):
            yield


@contextmanager
def beside(database: Database, mailing: str) -> Iterator[None]:
    """Work on a mailing together with other runs, each with messages of its own.

    Raises:
        UsageError: the database is a file, in which that is not safe.
        LockedError: a run is at work that holds the mailing alone.
    """
    if database.is_file:
        raise UsageError(
            "Several runs can work on a mailing only in PostgreSQL.", "Set delivery.database."
        )
    with _advisory(database, mailing, "pg_try_advisory_lock_shared"):
        yield


@contextmanager
def _advisory(database: Database, mailing: str, take: str) -> Iterator[None]:
    """Hold a lock of PostgreSQL on a connection of its own."""
    number = int.from_bytes(hashlib.sha256(mailing.encode()).digest()[:8], "big", signed=True)
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        if not connection.exec_driver_sql(f"SELECT {take}(%s)", (number,)).scalar():
            raise LockedError(
                f"Another run is at work on mailing {mailing}.", "Try again when it is done."
            )
        try:
            yield
        finally:
            connection.invalidate()  # with its connection the lock is gone, whatever happened
