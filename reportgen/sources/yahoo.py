"""Yahoo's chart: unofficial, off until it is switched on."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

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

NAME = "yahoo"
PUBLISHER = "Yahoo"
BASE_URL = "https://query1.finance.yahoo.com"

EARLIEST = date(1900, 1, 1)
"""Asked from here, the chart gives all it has, and by the day."""

_ZONE = re.compile(r"[A-Za-z_]+(/[A-Za-z_-]+){1,2}")


def fetch(door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
    """Return the one answer with the symbol's daily closes to the end of the as-of date in UTC."""
    params = (
        ("period1", _epoch(endpoint.first or EARLIEST)),
        ("period2", _epoch(scope.as_of + timedelta(days=1))),
        ("interval", "1d"),
    )
    path = f"/v8/finance/chart/{quote(endpoint.id, safe='')}"
    return (door.get(Request(NAME, path, params)),)


def parse(bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
    """Return the closes by the exchange's own days; null closes are left out.

    A live row of the last day beside its session is one observation: the later row stands.

    Raises:
        SourceError: ``unknown_series`` or ``error_in_body`` for an error, ``truncated`` where
            stamps and closes differ in number, ``unit`` for rows that are not days.
    """
    result = _result(wire.document(b"".join(bodies), NAME), endpoint)
    meta = wire.member(result, "meta", NAME)
    _refuse_other(meta, endpoint)
    stamps = wire.items(result.get("timestamp", []), "timestamp", NAME)
    closes = _closes(result) if stamps else []
    if len(stamps) != len(closes):
        wire.truncated(NAME)
    zone = _zone(meta)
    read = [
        (_day(stamp, zone), value)
        for stamp, close in zip(stamps, closes, strict=True)
        if (value := wire.number(close, NAME)) is not None
    ]
    if len(read) > 1 and read[-1][0] == read[-2][0]:
        del read[-2]
    return observations(read, NAME)


def _epoch(day: date) -> str:
    return str(int(datetime.combine(day, time(), UTC).timestamp()))


def _result(document: object, endpoint: Endpoint) -> dict[str, Any]:
    chart = wire.member(document, "chart", NAME)
    error = chart.get("error") if isinstance(chart, dict) else None
    if error is not None:
        code = error.get("code") if isinstance(error, dict) else error
        raise SourceError(
            NAME,
            "unknown_series" if code == "Not Found" else "error_in_body",
            f"{NAME}: {endpoint.id}: {wire.quoted(code)}.",
        )
    results = wire.items(wire.member(chart, "result", NAME), "result", NAME)
    if not results:
        raise SourceError(NAME, "empty", f"{NAME}: {endpoint.id} has no result.")
    wire.member(results[0], "meta", NAME)
    return dict(results[0])


def _refuse_other(meta: object, endpoint: Endpoint) -> None:
    symbol = wire.member(meta, "symbol", NAME)
    if symbol != endpoint.id:
        raise SourceError(
            NAME, "unknown_series", f"{NAME}: {wire.quoted(symbol)} came for {endpoint.id}."
        )
    step = wire.member(meta, "dataGranularity", NAME)
    if step != "1d":
        raise SourceError(NAME, "unit", f"{NAME}: {endpoint.id} comes by {wire.quoted(step)}.")


def _closes(result: dict[str, Any]) -> list[Any]:
    quotes = wire.items(
        wire.member(wire.member(result, "indicators", NAME), "quote", NAME), "quote", NAME
    )
    if not quotes:
        raise SourceError(NAME, "header", f"{NAME}: the answer has no quote.")
    return wire.items(wire.member(quotes[0], "close", NAME), "close", NAME)


def _zone(meta: dict[str, Any]) -> tzinfo:
    """Return the exchange's zone by name, else by today's offset, else UTC.

    The offset is of the day of the answer: in winter it puts a London day that began at midnight
    of summer time on the day before.
    """
    name, offset = meta.get("exchangeTimezoneName"), meta.get("gmtoffset")
    if isinstance(name, str) and _ZONE.fullmatch(name):
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            pass
    if isinstance(offset, int) and abs(offset) < timedelta(days=1).total_seconds():
        return timezone(timedelta(seconds=int(offset)))
    return UTC


def _day(stamp: object, zone: tzinfo) -> str:
    if isinstance(stamp, bool) or not isinstance(stamp, int):
        raise SourceError(NAME, "unreadable", f"{NAME}: {wire.quoted(stamp)} is not a moment.")
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=stamp)
        return moment.astimezone(zone).date().isoformat()
    except (OverflowError, ValueError):
        raise SourceError(NAME, "unreadable", f"{NAME}: a moment cannot be read.") from None
