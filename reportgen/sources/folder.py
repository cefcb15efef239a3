"""A folder of CSV files, one a series: figures the operator holds a licence for, asked first.

``<series id>.csv`` has the columns ``date,value`` and, where the days of publication are known,
``released``. It is the one source that does not use the door.
"""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from reportgen.series import Endpoint
from reportgen.sources import wire
from reportgen.sources.base import Answer, Door, Observations, Scope, SourceError, observations

NAME = "folder"
PUBLISHER = ""
"""The catalogue's publisher stands: the file holds the same figures."""
BASE_URL = ""

LARGEST = 16 * 2**20
"""Bytes; a century of days takes one."""

_HEADERS = (["date", "value"], ["date", "value", "released"])


def endpoint_of(folder: str, identity: str) -> Endpoint | None:
    """Return the endpoint of a series whose file lies in the folder, else ``None``.

    Args:
        folder: the operator's folder, as the settings have it; empty for none.
        identity: id of a series of the catalogue.
    """
    path = Path(folder) / f"{identity}.csv"
    return Endpoint(name=NAME, id=str(path)) if folder and os.path.lexists(path) else None


def fetch(door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
    """Return the file whose path is ``endpoint.id``; it counts as retrieved when it was written.

    Raises:
        SourceError: ``unknown_series`` where there is no such file, ``unreachable`` for what is
            not a plain file (a link, a folder, a path with ``..``) or cannot be read,
            ``too_large`` beyond ``LARGEST`` bytes.
    """
    path = Path(endpoint.id)
    if ".." in path.parts or path.suffix != ".csv":
        raise SourceError(NAME, "unreachable", f"{NAME}: {path.name} is not a CSV in the folder.")
    try:
        written, body = _read(path)
    except FileNotFoundError:
        raise SourceError(NAME, "unknown_series", f"{NAME}: there is no {path.name}.") from None
    except (OSError, ValueError):
        raise SourceError(NAME, "unreachable", f"{NAME}: {path.name} cannot be read.") from None
    if len(body) > LARGEST:
        raise SourceError(NAME, "too_large", f"{NAME}: {path.name} is over {LARGEST} bytes.")
    return (Answer(NAME, f"{NAME}:{path.name}", 200, body, written),)


def parse(bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
    """Return the observations of the file; every usual mark of a missing value is left out.

    Raises:
        SourceError: ``header`` for other columns, ``truncated`` or ``unreadable`` for a row with
            a field too few or too many, ``unreadable`` for what is not a day.
    """
    header, rows = wire.table(wire.text(b"".join(bodies), NAME), NAME)
    columns = [name.strip().lower() for name in header]
    if columns not in _HEADERS:
        shown = wire.quoted(",".join(header))
        raise SourceError(NAME, "header", f"{NAME}: {Path(endpoint.id).name} has {shown}.")
    wire.even(header, rows, NAME)
    read, released = [], []
    for row in rows:
        value = wire.number(row[1], NAME, wire.MISSING)
        if value is not None:
            read.append((wire.iso_day(row[0].strip(), NAME), value))
            released.append(wire.iso_day(row[-1].strip(), NAME) if "released" in columns else "")
    return observations(read, NAME, released=released if "released" in columns else None)


def _read(path: Path) -> tuple[datetime, bytes]:
    """Return when a plain file was written and what it holds, up to a byte too many.

    The open file is looked at, not the path: a link put in its place meanwhile is not followed,
    and a pipe does not hold the run up.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags), "rb") as stream:
        state = os.fstat(stream.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise OSError(f"{path.name} is not a file")
        return datetime.fromtimestamp(int(state.st_mtime), UTC), stream.read(LARGEST + 1)
