"""US Treasury Fiscal Data: the debt to the penny, the debt limit and the operating cash balance.

Every value is text and ``"null"`` a missing one. Debt comes in US dollars with cents, the debt
limit and the cash in millions.

Source: https://fiscaldata.treasury.gov/api-documentation/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from reportgen.series import Endpoint
from reportgen.snapshot import Note
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

NAME = "treasury"
PUBLISHER = "US Treasury"
BASE_URL = "https://api.fiscaldata.treasury.gov"

ROOT = "/services/api/fiscal_service"
PAGE_SIZE = 10_000
"""The most the publisher gives at once; one more is answered with an error."""
MOST_PAGES = 50

TOTAL = "tot_pub_debt_out_amt"
PARTS = ("debt_held_public_amt", "intragov_hold_amt")
APART = 1.0
"""US dollars by which the total may differ from its parts: one typing error of ten billion, on
2025-08-04, is known."""

BALANCES = MappingProxyType(
    {
        "federal reserve account": ("close_today_bal",),
        "treasury general account (tga)": ("close_today_bal",),
        "treasury general account (tga) closing balance": ("close_today_bal", "open_today_bal"),
    }
)
"""Where the closing balance stands, by type of account: the first to September 2021, the second
to 2022-04-15; since then its own row has it under the opening balance, and none under closing."""

_MISSING = frozenset({"null"})

Row = Any
Values = list[tuple[str, float]]


@dataclass(frozen=True)
class Table:
    """A table of the publisher.

    Args:
        path: below the service.
        columns: what is asked for.
        read: from its rows to observations.
    """

    path: str
    columns: tuple[str, ...]
    read: Callable[[list[Row], Endpoint, Scope], Observations]


def fetch(door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
    """Return every page of a table, all years, oldest first.

    Raises:
        SourceError: it could not be had; ``unknown_series`` for a table that is not known here.
    """
    answers = [door.get(_request(endpoint, 1))]
    _, pages = _page(answers[0].body)
    answers += [door.get(_request(endpoint, number)) for number in range(2, pages + 1)]
    return tuple(answers)


def parse(bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
    """Return the observations of a table, in the publisher's unit.

    Raises:
        SourceError: ``error_in_body``, ``header`` for a field of another name, ``truncated`` where
            a page is missing or short, ``unknown_series``, and what ``wire`` recognises.
    """
    table = _table(endpoint)
    rows: list[Row] = []
    pages = 0
    for body in bodies:
        found, pages = _page(body)
        rows += found
    if len(bodies) < pages:
        wire.truncated(NAME)
    if not rows:
        raise SourceError(NAME, "empty", f"{NAME}: {endpoint.id} holds no row.")
    return table.read(rows, endpoint, scope)


def _request(endpoint: Endpoint, number: int) -> Request:
    table = _table(endpoint)
    params = (
        ("fields", ",".join(table.columns)),
        ("sort", "record_date"),
        ("page[size]", str(PAGE_SIZE)),
        ("page[number]", str(number)),
    )
    return Request(NAME, ROOT + table.path, params)


def _page(body: bytes) -> tuple[list[Row], int]:
    """Return the rows of one page and how many pages there are."""
    found = wire.document(body, NAME)
    if isinstance(found, dict) and "error" in found:
        said = wire.quoted(found.get("message", found["error"]))
        raise SourceError(NAME, "error_in_body", f"{NAME}: the answer is an error: {said}.")
    rows = wire.items(wire.member(found, "data", NAME), "data", NAME)
    meta = wire.member(found, "meta", NAME)
    if wire.number(wire.member(meta, "count", NAME), NAME) != len(rows):
        wire.truncated(NAME)
    pages = wire.number(wire.member(meta, "total-pages", NAME), NAME)
    if pages is None or not 0 <= pages <= MOST_PAGES or pages != int(pages):
        raise SourceError(NAME, "unreadable", f"{NAME}: the number of pages cannot be.")
    return rows, int(pages)


def _debt(rows: list[Row], endpoint: Endpoint, scope: Scope) -> Observations:
    """Read the debt to the penny; where its parts do not make up the total, they are believed."""
    name = endpoint.field or TOTAL
    values: Values = []
    summed: list[str] = []
    for row in rows:
        day, value = _day(row), _number(row, name)
        if value is None:
            continue
        whole = _sum_of_parts(row) if name == TOTAL else None
        if whole is not None and abs(whole - value) > APART:
            value = whole
            summed.append(day)
        values.append((day, value))
    found = observations(values, NAME)
    told = [date.fromisoformat(day) for day in summed if day <= scope.as_of.isoformat()]
    if not told:
        return found
    note = Note(code="sum_of_parts", first=min(told), last=max(told), count=len(told))
    return replace(found, notes=(note,))


def _sum_of_parts(row: Row) -> float | None:
    """Return public and intragovernmental holdings together, where both are given."""
    public, inside = (_number(row, part) for part in PARTS)
    return None if public is None or inside is None else wire.number(public + inside, NAME)


def _limit(rows: list[Row], endpoint: Endpoint, scope: Scope) -> Observations:
    """Read one category of the debt subject to limit, found by a part of its name."""
    wanted = endpoint.field.casefold()
    mine = [row for row in rows if wanted in _name(row, "debt_catg")]
    return _taken(rows, mine, lambda row: _number(row, "close_today_bal"), endpoint)


def _cash(rows: list[Row], endpoint: Endpoint, scope: Scope) -> Observations:
    """Read the closing balance of the account at the Federal Reserve, whatever it is called."""

    def closing(row: Row) -> float | None:
        read = (_number(row, column) for column in BALANCES[_name(row, "account_type")])
        return next((value for value in read if value is not None), None)

    mine = [row for row in rows if _name(row, "account_type") in BALANCES]
    return _taken(rows, mine, closing, endpoint)


def _taken(
    rows: list[Row], mine: list[Row], read: Callable[[Row], float | None], endpoint: Endpoint
) -> Observations:
    """Return what ``read`` finds in some rows of a table; ``unknown_series`` for none."""
    if not mine:
        sentence = f"{NAME}: none of {len(rows)} rows of {endpoint.id} is {endpoint.field}."
        raise SourceError(NAME, "unknown_series", sentence)
    values = [(_day(row), read(row)) for row in mine]
    return observations([(day, value) for day, value in values if value is not None], NAME)


def _table(endpoint: Endpoint) -> Table:
    if endpoint.id not in TABLES:
        raise SourceError(NAME, "unknown_series", f"{NAME}: there is no table {endpoint.id}.")
    return TABLES[endpoint.id]


def _day(row: Row) -> str:
    return wire.iso_day(wire.member(row, "record_date", NAME), NAME)


def _number(row: Row, name: str) -> float | None:
    return wire.number(wire.member(row, name, NAME), NAME, _MISSING)


def _name(row: Row, name: str) -> str:
    """Return a name in lower case; empty where a row has none."""
    value = wire.member(row, name, NAME)
    return " ".join(value.split()).casefold() if isinstance(value, str) else ""


TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "debt_to_penny": Table(
            "/v2/accounting/od/debt_to_penny", ("record_date", TOTAL, *PARTS), _debt
        ),
        "debt_subject_to_limit": Table(
            "/v1/accounting/dts/debt_subject_to_limit",
            ("record_date", "debt_catg", "close_today_bal"),
            _limit,
        ),
        "operating_cash_balance": Table(
            "/v1/accounting/dts/operating_cash_balance",
            ("record_date", "account_type", "open_today_bal", "close_today_bal"),
            _cash,
        ),
    }
)
