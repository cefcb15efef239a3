"""PostgreSQL for a test: a cluster of its own that nobody else can reach, gone when it is over."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

PATIENCE = 60.0
"""Seconds a server gets to start."""

GUARDED, PASSWORD = "guarded", "pä ss/w@rd:%41&canary"
"""A user of every cluster who has to give a password; ``tester`` needs none."""

_RULES = f"local all {GUARDED} scram-sha-256\nlocal all all trust\n"
_QUICK = {
    "listen_addresses": "",  # a socket in a folder only we can enter, and no port
    "fsync": "off",  # no test takes the power away; processes are killed all the same
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "timezone": "Asia/Tokyo",  # not ours: moments have to survive it
}


def _programs() -> Path | None:
    """Return the folder of the newest PostgreSQL on this machine; Debian's is on no path."""
    named = shutil.which("initdb")
    if named is not None:
        return Path(named).resolve().parent
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


needed = pytest.mark.skipif(_programs() is None, reason="PostgreSQL is not installed")
"""Skips a test where there is none."""


@contextmanager
def running(folder: Path | None = None) -> Iterator[str]:
    """Start a cluster and give the address of a database in it; it ends with the block.

    As root it runs as another user, because PostgreSQL refuses to run as root.

    Args:
        folder: where it stands; by default one of its own, because the path of a socket may not
            be long.
    """
    programs = _programs()
    assert programs is not None
    home = Path(tempfile.mkdtemp(prefix="pg-", dir=folder))
    try:
        user = _unprivileged(home)
        _make(programs, home, user)
        with _served(programs, home, user):
            address = f"postgresql://tester@/postgres?host={home}"
            _execute(address, f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
            yield fresh(address)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def fresh(address: str) -> str:
    """Make another, empty database in a running cluster and return its address."""
    name = f"test_{secrets.token_hex(6)}"
    _execute(address, f'CREATE DATABASE "{name}" OWNER {GUARDED}')
    return make_url(address).set(database=name).render_as_string()


def of(address: str, user: str) -> str:
    """Return the address for another user."""
    return make_url(address).set(username=user).render_as_string()


def _unprivileged(home: Path) -> dict[str, Any]:
    """Return what makes a process run as a user who is not root, and give it the folder."""
    if os.getuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    os.chown(home, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _make(programs: Path, home: Path, user: dict[str, Any]) -> None:
    done = subprocess.run(
        [
            programs / "initdb",
            *("--pgdata", home / "data", "--username", "tester", "--auth", "trust"),
            *("--encoding", "UTF8", "--no-locale", "--no-sync", "--no-instructions"),
        ],
        capture_output=True,
        text=True,
        cwd=home,
        env=_environment(home),
        **user,
    )
    assert done.returncode == 0, done.stderr
    (home / "data" / "pg_hba.conf").write_text(_RULES, encoding="ascii")


@contextmanager
def _served(programs: Path, home: Path, user: dict[str, Any]) -> Iterator[None]:
    settings = {**_QUICK, "unix_socket_directories": str(home)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = home / "log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [*_with_us(), programs / "postgres", "-D", home / "data", *options],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=home,
            env=_environment(home),
            **user,
        )
    try:
        _wait(server, home, log)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # ends without waiting for connections
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait()


def _with_us() -> list[str]:
    """Return what ends the server when a test run is killed."""
    return ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []


def _environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C"}


def _wait(server: subprocess.Popen[bytes], home: Path, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            _execute(f"postgresql://tester@/postgres?host={home}", "SELECT 1")
        except OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"PostgreSQL does not start: {log.read_text()[-2000:]}")


def _execute(address: str, *lines: str) -> None:
    url = make_url(address).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for line in lines:
            connection.execute(text(line.replace(":", "\\:")))
