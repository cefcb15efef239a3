"""Policy rates of the central banks from the BIS, as SDMX in CSV (version 1 of the API).

Version 2 answered 500 for this data set in May 2026; without ``format=csv`` megabytes of XML come.
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

NAME = "bis"
PUBLISHER = "BIS"
BASE_URL = "https://stats.bis.org"

PER_CENT_A_YEAR = "368"
"""Code of the unit of a policy rate."""
MISSING_STATUS = "M"


def fetch(door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
    """Return the one answer that holds the rate of ``endpoint.id``, such as ``D.JP``."""
    params = [("format", "csv")]
    if endpoint.first is not None:
        params.append(("startPeriod", endpoint.first.isoformat()))
    path = f"/api/v1/data/WS_CBPOL/{endpoint.id}/all"
    return (door.get(Request(NAME, path, tuple(params))),)


def parse(bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
    """Return the rates in per cent a year; days marked as missing or empty are left out.

    Weekends and holidays stand in the file as NaN with the status M.

    Raises:
        SourceError: ``header`` where a column is missing, ``unit`` for another unit or a
            multiplier, ``unknown_series`` for a row of another area, ``not_a_number`` for a NaN
            that is not marked as missing, ``empty`` where every day is.
    """
    header, rows = wire.table(wire.text(b"".join(bodies), NAME), NAME)
    at = {
        name: wire.column(header, name, NAME)
        for name in (
            "FREQ",
            "REF_AREA",
            "UNIT_MEASURE",
            "UNIT_MULT",
            "TIME_PERIOD",
            "OBS_VALUE",
            "OBS_STATUS",
        )
    }
    wire.even(header, rows, NAME)
    read = []
    for row in rows:
        one = {name: row[position] for name, position in at.items()}
        _refuse_other(one, endpoint)
        if one["OBS_STATUS"] == MISSING_STATUS:
            continue
        value = wire.number(one["OBS_VALUE"], NAME, frozenset({""}))
        if value is not None:
            read.append((wire.iso_day(one["TIME_PERIOD"], NAME), value))
    return observations(read, NAME)


def _refuse_other(one: dict[str, str], endpoint: Endpoint) -> None:
    if f"{one['FREQ']}.{one['REF_AREA']}" != endpoint.id:
        raise SourceError(
            NAME, "unknown_series", f"{NAME}: the answer holds another rate than {endpoint.id}."
        )
    if one["UNIT_MEASURE"] != PER_CENT_A_YEAR or one["UNIT_MULT"] not in ("", "0"):
        raise SourceError(NAME, "unit", f"{NAME}: {endpoint.id} is not in per cent a year.")
