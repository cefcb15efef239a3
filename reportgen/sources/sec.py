"""SEC EDGAR: figures a company filed, by calendar quarter, in US dollars.

Source: https://www.sec.gov/search-filings/edgar-application-programming-interfaces
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

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
from reportgen.sources.quarters import Fact, quarters

NAME = "sec"
PUBLISHER = "SEC EDGAR"
BASE_URL = "https://data.sec.gov"

UNIT = "USD"
PUBLIC_FROM = "18:00"
"""Hour of New York from which the filings of a day count as known: what comes after 17:30 bears
the next day's date. The catalogue's rule of these series has the same hour."""

_ID = re.compile(r"([0-9]{10})/([A-Za-z0-9]+)")


def fetch(door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
    """Return everything a company filed under one tag.

    Raises:
        SourceError: it could not be had; ``unknown_series`` for an id other than
            ``0000789019/Tag``.
    """
    cik, tag = _company_and_tag(endpoint)
    path = f"/api/xbrl/companyconcept/CIK{cik}/us-gaap/{tag}.json"
    return (door.get(Request(NAME, path, headers=(("Accept-Encoding", "gzip"),))),)


def parse(bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
    """Return the calendar quarters that the filings known at ``scope.known_at`` give.

    Each is dated by its last day and released on the day of the filing that first gave it.

    Raises:
        SourceError: ``unknown_series`` for the answer of another company or tag, ``unit`` where
            nothing is in US dollars, ``header`` for a fact without one of its fields,
            ``not_a_number``, and what ``wire`` recognises.
    """
    facts = [fact for body in bodies for fact in _facts(body, endpoint)]
    found = quarters(facts, _last_filed(scope.known_at))
    return observations(
        [(one.end.isoformat(), _dollars(one.value)) for one in found],
        NAME,
        released=[one.released.isoformat() for one in found],
    )


def _company_and_tag(endpoint: Endpoint) -> tuple[str, str]:
    found = _ID.fullmatch(endpoint.id)
    if found is None:
        sentence = f"{NAME}: {endpoint.id} is not ten digits, a slash and a tag."
        raise SourceError(NAME, "unknown_series", sentence)
    return found[1], found[2]


def _last_filed(known_at: datetime) -> date:
    """Return the last day whose filings are known at a moment."""
    local = known_at.astimezone(NEW_YORK)
    return local.date() - timedelta(days=int(f"{local:%H:%M}" < PUBLIC_FROM))


def _facts(body: bytes, endpoint: Endpoint) -> list[Fact]:
    """Return the facts of an answer that describe a span of days."""
    found = wire.document(body, NAME)
    _assert_same(found, endpoint)
    units = wire.member(found, "units", NAME)
    if not isinstance(units, dict) or UNIT not in units:
        raise SourceError(NAME, "unit", f"{NAME}: {endpoint.id} is not in {UNIT}.")
    stated = wire.items(units[UNIT], UNIT, NAME)
    facts = [_fact(one) for one in stated if not isinstance(one, dict) or "start" in one]
    if stated and not facts:
        raise SourceError(NAME, "header", f"{NAME}: no fact of {endpoint.id} has a first day.")
    return facts


def _assert_same(found: object, endpoint: Endpoint) -> None:
    """Make sure the answer is about the company and the tag that were asked for."""
    cik, tag = _company_and_tag(endpoint)
    company = wire.number(wire.member(found, "cik", NAME), NAME)
    if company != int(cik) or wire.member(found, "tag", NAME) != tag:
        raise SourceError(NAME, "unknown_series", f"{NAME}: the answer is not {endpoint.id}.")


def _fact(stated: Any) -> Fact:
    value = _dollars(wire.member(stated, "val", NAME))
    return Fact(_day(stated, "start"), _day(stated, "end"), value, _day(stated, "filed"))


def _dollars(value: object) -> float:
    read = wire.number(value, NAME)
    if read is None:
        raise SourceError(NAME, "not_a_number", f"{NAME}: a fact has no value.")
    return read


def _day(stated: Any, name: str) -> date:
    day = wire.iso_day(wire.member(stated, name, NAME), NAME)
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise SourceError(NAME, "unreadable", f"{NAME}: {day} is not a day.") from None
