"""Index closes of 1999 to 2018 from the ``arch`` package: no network, the same on every machine."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

from reportgen import arch_data
from reportgen.errors import ReportgenError
from reportgen.series import Endpoint
from reportgen.sources.base import Answer, Door, Observations, Scope, SourceError, observations

NAME = "arch"
PUBLISHER = "arch"
BASE_URL = ""


def fetch(door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
    """Return the data set ``endpoint.id``; it counts as retrieved when it was installed.

    Raises:
        SourceError: ``unknown_series`` where it is not installed, ``unreadable`` where the file
            is damaged.
    """
    try:
        path = arch_data.dataset(endpoint.id)
        body = arch_data.content(endpoint.id)
        installed = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    except ReportgenError as error:
        raise SourceError(NAME, "unknown_series", error.message) from None
    except (OSError, EOFError, zlib.error):
        raise SourceError(NAME, "unreadable", f"{NAME}: {endpoint.id} is damaged.") from None
    return (Answer(NAME, f"{NAME}:{endpoint.id}", 200, body, installed),)


def parse(bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
    """Return the closes; ``SourceError`` for what is not the package's CSV."""
    try:
        read = arch_data.closes(b"".join(bodies))
    except ReportgenError as error:
        raise SourceError(NAME, "unreadable", error.message) from None
    return observations(read, NAME)
