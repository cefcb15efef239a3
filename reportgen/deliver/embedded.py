"""The file of SQLite: closed to others, in WAL mode with full synchronisation, on a real disk.

A commit that a loss of power could undo would turn a sent message into a second copy.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from reportgen.errors import CannotCreateError, ConfigError

BUSY = 30_000
"""Milliseconds to wait for another process that writes."""

WRITES = "reportgen_writes"
"""Option of a connection that is going to write."""

_PAUSE = 0.02
_NETWORK = {0x6969, 0xFF534D42, 0xFE534D42, 0x517B, 0x65735546}
"""Magic numbers of NFS, CIFS, SMB2, SMB and FUSE: locks on them are not to be relied on."""


def engine_of(path: Path) -> Engine:
    """Return what opens a file, made where it is missing; only its owner can read it.

    Raises:
        ConfigError: it would stand on a network's file system.
        CannotCreateError: it cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError as problem:
        raise CannotCreateError(f"{path} cannot be written ({problem.strerror}).") from None
    _refuse_network(path)
    address = URL.create("sqlite", database=str(path))  # a path may hold signs of an address
    engine = create_engine(address, pool_size=20, max_overflow=20, hide_parameters=True)
    event.listen(engine, "connect", _prepared)
    event.listen(engine, "begin", _begun)
    return engine


def _prepared(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions are begun by us, in the way we say
    connection.execute(f"PRAGMA busy_timeout = {BUSY}")
    _in_wal_mode(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _in_wal_mode(connection: Any) -> None:
    """Join the write-ahead log; SQLite itself does not wait for one that is just begun or ended."""
    until = time.monotonic() + BUSY / 1_000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _begun(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _refuse_network(path: Path) -> None:
    """Refuse a file system on which SQLite's locks are not safe, where the system tells."""
    kind = _file_system(path)
    if kind in _NETWORK:
        raise ConfigError(
            f"{path} stands on a file system of a network, on which SQLite is not safe.",
            "Put the output folder on a disk of this machine, or set delivery.database.",
        )


def _file_system(path: Path) -> int:
    """Return the magic number of the file system; 0 where the system does not say."""
    import ctypes

    buffer = ctypes.create_string_buffer(256)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if library.statfs(os.fsencode(path), buffer) != 0:
            return 0
    except (OSError, AttributeError):
        return 0
    return int.from_bytes(buffer.raw[:8], "little") & 0xFFFFFFFF
