"""FRED with a key: the observations as they were known on a day (ALFRED), page by page.

The key is read from the environment variable ``FRED_API_KEY`` and goes nowhere but into the query.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from typing import Any

from reportgen.secret import FRED_KEY
from reportgen.series import NEW_YORK, Endpoint
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

NAME = "fred_api"
PUBLISHER = "FRED, Federal Reserve Bank of St. Louis"
BASE_URL = "https://api.stlouisfed.org"

LIMIT = 100_000
"""Rows of a page; the publisher's own largest."""
LONGEST = 20
"""Pages; no series of the catalogue fills one."""

_INITIAL_RELEASES = 4
"""``output_type`` of the observations as they were first published."""


def fetch(door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
    """Return the pages of the vintage known on the day of ``scope.known_at``.

    Raises:
        SourceError: ``switched_off`` without a key; what the door raises; what a first page
            that cannot be read raises.
    """
    key = os.environ.get(FRED_KEY, "").strip()
    if not key:
        raise SourceError(NAME, "switched_off", f"{NAME}: {FRED_KEY} is not set.")
    asked = Request(
        NAME,
        "/fred/series/observations",
        (
            ("series_id", endpoint.id),
            ("api_key", key),
            ("file_type", "json"),
            ("limit", str(LIMIT)),
        ),
        secrets=frozenset({"api_key"}),
    )
    day = _vintage(scope).isoformat()
    dated = _with(asked, ("realtime_start", day), ("realtime_end", day))
    try:
        return _pages(door, dated)
    except SourceError as error:
        if error.status != 400:
            raise
    # A day that FRED's clock has not reached is refused with 400; its current vintage is then the
    # one that was meant, which parse makes sure of.
    return _pages(door, asked)


def parse(bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
    """Return the observations of all pages; ``.`` stands for a missing one.

    ``released`` is filled only where the answer holds initial releases: in every other one the
    start of the real-time period is the day that was asked for.

    Raises:
        SourceError: ``error_in_body`` or ``unknown_series`` for an error, ``truncated`` where
            rows are missing, ``unreadable`` for a vintage later than ``scope.known_at``.
    """
    pages = [_page(body, endpoint) for body in bodies]
    rows = [row for page in pages for row in _rows(page)]
    if pages and len(rows) != _count(pages[0]):
        raise SourceError(
            NAME,
            "truncated",
            f"{NAME}: {len(rows)} of {_count(pages[0])} rows of {endpoint.id} came.",
        )
    read, released = [], []
    for row in rows:
        value = wire.number(wire.member(row, "value", NAME), NAME, wire.NOT_STATED)
        if value is not None:
            read.append((wire.iso_day(wire.member(row, "date", NAME), NAME), value))
            released.append(wire.iso_day(wire.member(row, "realtime_start", NAME), NAME))
    if any(page.get("output_type") == _INITIAL_RELEASES for page in pages):
        return observations(read, NAME, released=released)
    if released and max(released) > _vintage(scope).isoformat():
        raise SourceError(
            NAME, "unreadable", f"{NAME}: {endpoint.id} came as known on {max(released)}, too late."
        )
    return observations(read, NAME)


def _vintage(scope: Scope) -> date:
    return scope.known_at.astimezone(NEW_YORK).date()


def _with(request: Request, *params: tuple[str, str]) -> Request:
    return replace(request, params=(*request.params, *params))


def _pages(door: Door, request: Request) -> tuple[Answer, ...]:
    answers = [door.get(request)]
    total = _count(wire.document(answers[0].body, NAME))
    for page in range(1, min(-(-total // LIMIT), LONGEST)):
        answers.append(door.get(_with(request, ("offset", str(page * LIMIT)))))
    return tuple(answers)


def _page(body: bytes, endpoint: Endpoint) -> dict[str, Any]:
    page = wire.document(body, NAME)
    if isinstance(page, dict) and "error_code" in page:
        said = wire.quoted(page.get("error_message"))
        known = "does not exist" not in said
        raise SourceError(
            NAME, "error_in_body" if known else "unknown_series", f"{NAME}: {endpoint.id}: {said}"
        )
    wire.member(page, "observations", NAME)
    return dict(page)


def _rows(page: dict[str, Any]) -> list[Any]:
    return wire.items(page["observations"], "observations", NAME)


def _count(page: object) -> int:
    """Return how many rows there are on all pages; an error has none."""
    if isinstance(page, dict) and "error_code" in page:
        return 0
    count = wire.member(page, "count", NAME)
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise SourceError(NAME, "unreadable", f"{NAME}: the number of rows is not a number.")
    return count
