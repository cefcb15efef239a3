"""FRED without a key: ``fredgraph.csv``, one series a request, its whole history.

Two dates (``cosd``, ``coed``) are never sent: the address stays the same from run to run, so that
a stored answer can be asked for again by its tag. Several series in one request come as a ZIP.
"""

from __future__ import annotations

from reportgen.series import Endpoint
from reportgen.sources import wire
from reportgen.sources.base import (
    Answer,
    Door,
    Observations,
    Request,
    Scope,
    SourceError,
    observations,
)

NAME = "fred"
PUBLISHER = "FRED, Federal Reserve Bank of St. Louis"
BASE_URL = "https://fred.stlouisfed.org"

DAY_COLUMNS = frozenset({"observation_date", "DATE"})
"""Name of the first column, today and until December 2024."""


def fetch(door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
    """Return the one answer that holds the series; ``SourceError`` where there is none."""
    return (door.get(Request(NAME, "/graph/fredgraph.csv", (("id", endpoint.id),))),)


def parse(bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
    """Return the observations of the series; the two marks of a missing one are left out.

    Raises:
        SourceError: ``header`` for columns that are not the day and this series, ``truncated``
            where the last line does not end, ``not_a_number`` also for a NaN, which FRED does
            not write.
    """
    content = wire.text(b"".join(bodies), NAME)
    header, rows = wire.table(content, NAME)
    if len(header) != 2 or header[0] not in DAY_COLUMNS or header[1] != endpoint.id:
        raise SourceError(
            NAME,
            "header",
            f"{NAME}: the columns of {endpoint.id} are {wire.quoted(','.join(header))}.",
        )
    wire.even(header, rows, NAME)
    if not content.endswith("\n"):
        wire.truncated(NAME)
    read = [
        (wire.iso_day(day, NAME), value)
        for day, written in rows
        if (value := wire.number(written, NAME, wire.NOT_STATED)) is not None
    ]
    return observations(read, NAME)
