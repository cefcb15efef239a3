"""Cboe's index history: one CSV an index, its whole history, no parameters.

Only the close is used: 47 candles of the VIX between 1992 and 2006 are impossible, with an open
above the high.
"""

from __future__ import annotations

import re

from reportgen.series import Endpoint
from reportgen.sources import wire
from reportgen.sources.base import Answer, Door, Observations, Request, Scope, observations

NAME = "cboe"
PUBLISHER = "Cboe"
BASE_URL = "https://cdn.cboe.com"

DAY_COLUMN = "DATE"
CLOSE_COLUMN = "CLOSE"

_SIX_DECIMALS = re.compile(r"[0-9]+\.[0-9]{6}")


def fetch(door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
    """Return the one answer that holds the index; ``SourceError`` where there is none."""
    path = f"/api/global/us_indices/daily_prices/{endpoint.id}_History.csv"
    return (door.get(Request(NAME, path)),)


def parse(bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
    """Return the closes, from either shape of the file.

    The column is ``endpoint.field``; without one it is ``CLOSE``. An empty field is left out.

    Raises:
        SourceError: ``header`` where a column is missing, ``truncated`` where the last line is
            cut, ``not_a_number`` also for a NaN, which Cboe does not write.
    """
    content = wire.text(b"".join(bodies), NAME)
    header, rows = wire.table(content, NAME)
    day = wire.column(header, DAY_COLUMN, NAME)
    close = wire.column(header, endpoint.field or CLOSE_COLUMN, NAME)
    wire.even(header, rows, NAME)
    if rows and not content.endswith("\n") and not _SIX_DECIMALS.fullmatch(rows[-1][-1]):
        wire.truncated(NAME)
    read = [
        (wire.us_day(row[day], NAME), value)
        for row in rows
        if (value := wire.number(row[close], NAME, frozenset({""}))) is not None
    ]
    return observations(read, NAME)
