"""CFTC: positions of traders in futures, the legacy report of futures alone.

Numbers come as text; the report describes a Tuesday and is published the Friday after.

Source: https://publicreporting.cftc.gov/ (Commitments of Traders, legacy, futures only)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
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

NAME = "cftc"
PUBLISHER = "CFTC"
BASE_URL = "https://publicreporting.cftc.gov"

PATH = "/resource/6dca-aqww.json"
PAGE_SIZE = 50_000
MOST_PAGES = 20
DAY = "report_date_as_yyyy_mm_dd"
MARKET = "market_and_exchange_names"
FIELDS = ("noncomm_positions_long_all", "noncomm_positions_short_all")
"""What is asked for, whichever of them a series reads: one answer serves all."""

MARKETS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "097741": frozenset(
            {
                "JAPANESE YEN - CHICAGO MERCANTILE EXCHANGE",
                "JAPANESE YEN - INTERNATIONAL MONETARY MARKET",  # its name until 2000-08-22
            }
        )
    }
)
"""What the market of a contract code is called; codes are often confused."""

_MIDNIGHT = "T00:00:00.000"


def fetch(door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
    """Return every page of a contract's reports, oldest first.

    Raises:
        SourceError: it could not be had; ``unknown_series`` for a contract that is not known here.
    """
    _names(endpoint)
    answers: list[Answer] = []
    while len(answers) < MOST_PAGES:
        answers.append(door.get(_request(endpoint, PAGE_SIZE * len(answers))))
        if len(_rows(answers[-1].body)) < PAGE_SIZE:
            return tuple(answers)
    raise SourceError(NAME, "too_large", f"{NAME}: {endpoint.id} goes on and on.")


def parse(bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
    """Return the contracts in one field; of two reports for a day the last.

    Raises:
        SourceError: ``unknown_series`` for a row of another market, ``header`` for one without the
            field, ``error_in_body``, ``not_a_number``, and what ``wire`` recognises.
    """
    names = _names(endpoint)
    found: dict[str, float] = {}
    for body in bodies:
        for row in _rows(body):
            market = wire.member(row, MARKET, NAME)
            if not isinstance(market, str) or market.strip() not in names:
                sentence = f"{NAME}: {wire.quoted(market)} is not the market {endpoint.id}."
                raise SourceError(NAME, "unknown_series", sentence)
            found[_day(row)] = _contracts(row, endpoint.field)
    return observations(list(found.items()), NAME)


def _names(endpoint: Endpoint) -> frozenset[str]:
    if endpoint.id not in MARKETS:
        raise SourceError(NAME, "unknown_series", f"{NAME}: contract {endpoint.id} is not known.")
    return MARKETS[endpoint.id]


def _request(endpoint: Endpoint, offset: int) -> Request:
    params = (
        ("cftc_contract_market_code", endpoint.id),
        ("$select", ",".join((DAY, MARKET, *FIELDS))),
        ("$order", DAY),
        ("$limit", str(PAGE_SIZE)),
        ("$offset", str(offset)),
    )
    return Request(NAME, PATH, params)


def _rows(body: bytes) -> list[Any]:
    found = wire.document(body, NAME)
    if isinstance(found, dict) and ("error" in found or "message" in found):
        said = wire.quoted(found.get("message", found.get("error")))
        raise SourceError(NAME, "error_in_body", f"{NAME}: the answer is an error: {said}.")
    return wire.items(found, "the answer", NAME)


def _day(row: object) -> str:
    day = wire.member(row, DAY, NAME)
    return wire.iso_day(day.removesuffix(_MIDNIGHT) if isinstance(day, str) else day, NAME)


def _contracts(row: object, field: str) -> float:
    """Return a number of contracts; a field without a value is left out of a row altogether."""
    read = wire.number(wire.member(row, field, NAME), NAME)
    if read is None:
        raise SourceError(NAME, "not_a_number", f"{NAME}: {field} has no value.")
    return read
