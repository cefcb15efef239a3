"""Changes to clients and to the suppression list, one after the other on several machines."""

from __future__ import annotations

from sqlalchemy import Connection

_LOCK = 7_238_115
"""Number of the lock in PostgreSQL; shared with `instance`, which binds the key too."""


def take_turn(connection: Connection) -> None:
    """Wait until nobody else changes them, and keep others waiting until this transaction ends.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
