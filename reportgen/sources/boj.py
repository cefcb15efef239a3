"""The Bank of Japan's time series: JSON whose HTTP status is 200 whatever happened."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

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

NAME = "boj"
PUBLISHER = "Bank of Japan"
BASE_URL = "https://www.stat-search.boj.or.jp"

UNITS = {"FM01": "percent per annum"}
"""Unit of every series by database; one that is not listed is refused."""
LONGEST = 20
"""Pages; each holds up to 60,000 values."""
NO_DATA = "M181030I"
"""``MESSAGEID`` of an answer that went well and holds nothing."""

_DAY = re.compile(r"([12][0-9]{3})([01][0-9])([0-3][0-9])?")


def fetch(door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
    """Return the pages of ``endpoint.id``, which is database and code: ``FM01/STRDCLUCON``.

    Months bound the question, days cannot: what lies after the as-of date is cut later.

    Raises:
        SourceError: what the door raises; what a page that cannot be read raises.
    """
    database, _, code = endpoint.id.partition("/")
    params = [("db", database), ("code", code), ("format", "json"), ("lang", "en")]
    if endpoint.first is not None:
        params.append(("startDate", f"{endpoint.first:%Y%m}"))
    params.append(("endDate", f"{scope.as_of:%Y%m}"))
    asked = Request(NAME, "/api/v1/getDataCode", tuple(params))
    answers = [door.get(asked)]
    while len(answers) < LONGEST and (position := _next(answers[-1].body)):
        further = replace(asked, params=(*asked.params, ("startPosition", position)))
        answers.append(door.get(further))
    return tuple(answers)


def parse(bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
    """Return the observations of all pages; null stands for a missing one.

    Raises:
        SourceError: ``error_in_body`` for a status other than 200, ``unknown_series`` where the
            code is not among the results, ``unit`` for another unit than documented,
            ``truncated`` where a page is missing or days and values differ in number.
    """
    read: list[tuple[str, float]] = []
    found = [one for body in bodies for one in _results(body, endpoint)]
    if bodies and _next(bodies[-1]):
        wire.truncated(NAME)
    if not found:
        raise SourceError(NAME, "unknown_series", f"{NAME}: there is no series {endpoint.id}.")
    for one in found:
        _refuse_unit(one, endpoint)
        read += _pairs(wire.member(one, "VALUES", NAME))
    return observations(read, NAME)


def _results(body: bytes, endpoint: Endpoint) -> list[dict[str, Any]]:
    """Return the results of a page that are of this series."""
    page = wire.document(body, NAME)
    status = wire.member(page, "STATUS", NAME)
    if str(status) != "200":
        said = f"{wire.quoted(page.get('MESSAGEID'))} {wire.quoted(page.get('MESSAGE'))}"
        raise SourceError(NAME, "error_in_body", f"{NAME}: {endpoint.id}: {said}")
    if page.get("MESSAGEID") == NO_DATA:
        raise SourceError(NAME, "empty", f"{NAME}: {endpoint.id} has no observation.")
    results = wire.items(wire.member(page, "RESULTSET", NAME), "RESULTSET", NAME)
    code = endpoint.id.partition("/")[2]
    return [one for one in results if wire.member(one, "SERIES_CODE", NAME) == code]


def _refuse_unit(one: dict[str, Any], endpoint: Endpoint) -> None:
    unit = wire.member(one, "UNIT", NAME)
    expected = UNITS.get(endpoint.id.partition("/")[0])
    if not isinstance(unit, str) or unit.strip().lower() != expected:
        raise SourceError(NAME, "unit", f"{NAME}: {endpoint.id} is in {wire.quoted(unit)}.")


def _pairs(values: object) -> list[tuple[str, float]]:
    days = wire.items(wire.member(values, "SURVEY_DATES", NAME), "SURVEY_DATES", NAME)
    numbers = wire.items(wire.member(values, "VALUES", NAME), "VALUES", NAME)
    if len(days) != len(numbers):
        wire.truncated(NAME)
    return [
        (_day(day), value)
        for day, written in zip(days, numbers, strict=True)
        if (value := wire.number(written, NAME)) is not None
    ]


def _day(value: object) -> str:
    """Turn ``20251205`` into a day, and a month such as ``202512`` into its first."""
    found = _DAY.fullmatch(str(value)) if isinstance(value, int | str) else None
    if found is None:
        raise SourceError(NAME, "unreadable", f"{NAME}: {wire.quoted(value)} is not a day.")
    return f"{found[1]}-{found[2]}-{found[3] or '01'}"


def _next(body: bytes) -> str:
    """Return where the next page begins; empty where there is none."""
    page = wire.document(body, NAME)
    position = page.get("NEXTPOSITION") if isinstance(page, dict) else None
    if position in (None, "", 0) or isinstance(position, bool):
        return ""
    if not isinstance(position, int | str) or not str(position).isascii():
        raise SourceError(NAME, "unreadable", f"{NAME}: NEXTPOSITION is not a number.")
    return wire.quoted(str(position))
