"""What several machines change of one database goes one after the other."""

from __future__ import annotations

from sqlalchemy import Connection

_LOCK = 7_238_115
"""Number of the lock in PostgreSQL."""


def take_turn(connection: Connection) -> None:
    """Wait until nobody else changes clients, suppression list, mail that came back or meta.

    Others wait until this transaction ends.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
