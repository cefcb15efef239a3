"""Treasury Fiscal Data: debt, debt limit and cash, each in the publisher's own words."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.series import Endpoint
from reportgen.snapshot import Note
from reportgen.sources import SOURCES, treasury
from reportgen.sources.base import Answer, Request, Scope, SourceError

SCOPE = Scope(date(2025, 12, 5), datetime(2025, 12, 9, 4, 59, tzinfo=UTC))
DEBT = Endpoint(name="treasury", id="debt_to_penny", field="tot_pub_debt_out_amt", factor=1e-6)
LIMIT = Endpoint(name="treasury", id="debt_subject_to_limit", field="Statutory Debt Limit")
SUBJECT = Endpoint(
    name="treasury", id="debt_subject_to_limit", field="total public debt subject to limit"
)
CASH = Endpoint(name="treasury", id="operating_cash_balance")


def debt(day: str, public: str, inside: str, total: str) -> dict[str, str]:
    """Return a row of the debt to the penny."""
    return {
        "record_date": day,
        "debt_held_public_amt": public,
        "intragov_hold_amt": inside,
        "tot_pub_debt_out_amt": total,
    }


def cash(day: str, account: str, opened: str, closed: str) -> dict[str, str]:
    """Return a row of the operating cash balance."""
    return {
        "record_date": day,
        "account_type": account,
        "open_today_bal": opened,
        "close_today_bal": closed,
    }


def category(day: str, name: str, closed: str) -> dict[str, str]:
    """Return a row of the debt subject to limit."""
    return {"record_date": day, "debt_catg": name, "close_today_bal": closed}


def page(rows: list[dict[str, str]], pages: int = 1, **meta: Any) -> bytes:
    """Return a page in the publisher's envelope."""
    head = {"count": len(rows), "total-count": len(rows), "total-pages": pages, **meta}
    links = {"self": "&page%5Bnumber%5D=1&page%5Bsize%5D=10000", "next": None}
    return json.dumps({"data": rows, "meta": head, "links": links}).encode()


ROWS = [
    debt("2005-03-30", "null", "null", "7776939047670.14"),
    debt("2025-08-01", "29500000000000.10", "7300000000000.20", "36800000000000.30"),
    debt("2025-08-04", "29520000000000.10", "7300000000000.20", "36810000000000.30"),
]


class Recorded:
    """A door that answers from bodies and remembers what it was asked."""

    def __init__(self, *bodies: bytes) -> None:
        self.bodies = list(bodies)
        self.asked: list[Request] = []

    def get(self, request: Request) -> Answer:
        """Return the next body."""
        self.asked.append(request)
        now = datetime(2025, 12, 8, tzinfo=UTC)
        return Answer(request.source, request.path, 200, self.bodies[len(self.asked) - 1], now)


def fault(body: bytes, endpoint: Endpoint = DEBT) -> str:
    """Return the fault a body is refused with."""
    with pytest.raises(SourceError) as caught:
        treasury.parse((body,), endpoint, SCOPE)
    assert caught.value.source == "treasury"
    return caught.value.fault


def test_it_is_a_source() -> None:
    """The catalogue's name leads to the module."""
    assert SOURCES["treasury"] is treasury


def test_debt_is_read_in_dollars_and_cents() -> None:
    """The total is taken as it stands where the parts are not given or make it up."""
    found = treasury.parse((page(ROWS[:2]),), DEBT, SCOPE)
    assert found.dates.tolist() == [date(2005, 3, 30), date(2025, 8, 1)]
    assert found.numbers.tolist() == [7776939047670.14, 36800000000000.30]
    assert found.released is None
    assert found.notes == ()


def test_a_total_that_is_not_the_sum_of_its_parts_gives_way_to_them() -> None:
    """On 2025-08-04 the publisher's total is ten billion too low; the reader is told."""
    found = treasury.parse((page(ROWS),), DEBT, SCOPE)
    assert found.numbers[-1] == pytest.approx(36820000000000.30, abs=0.01)
    day = date(2025, 8, 4)
    assert found.notes == (Note(code="sum_of_parts", first=day, last=day, count=1),)


def test_the_note_speaks_of_no_day_after_the_as_of_date() -> None:
    """A report of an earlier month does not mention what was mended later."""
    scope = Scope(date(2025, 8, 1), SCOPE.known_at)
    assert treasury.parse((page(ROWS),), DEBT, scope).notes == ()


def test_a_dollar_of_rounding_is_no_difference() -> None:
    """The parts are believed only when they are more than a dollar off."""
    row = debt("2025-08-05", "10.00", "5.00", "16.00")
    assert treasury.parse((page([row]),), DEBT, SCOPE).numbers.tolist() == [16.0]


def test_a_part_of_the_debt_can_be_a_series() -> None:
    """Another field is read as it stands, its missing values left out."""
    public = Endpoint(name="treasury", id="debt_to_penny", field="debt_held_public_amt")
    found = treasury.parse((page(ROWS),), public, SCOPE)
    assert found.numbers.tolist() == [29500000000000.10, 29520000000000.10]


def test_a_missing_total_is_left_out() -> None:
    """The text null stands for a value that is not there."""
    rows = [ROWS[0], debt("2005-03-31", "null", "null", "null")]
    assert treasury.parse((page(rows),), DEBT, SCOPE).dates.tolist() == [date(2005, 3, 30)]


def test_the_debt_limit_is_found_by_a_part_of_its_name() -> None:
    """Capitals, footnotes and blanks around the category do not matter; what is not, is not."""
    rows = [
        category("2021-10-15", "Total Public Debt Subject to Limit", "28400000"),
        category("2021-10-15", "Total Public Debt Not Subject to Limit", "77777"),
        category("2021-10-15", "Statutory  Debt Limit (1)", "28880918"),
        category("2021-10-18", "Total public debt subject to limit ", "28880000"),
        category("2021-10-18", "STATUTORY DEBT LIMIT", "null"),
    ]
    limit = treasury.parse((page(rows),), LIMIT, SCOPE)
    assert (limit.dates.tolist(), limit.numbers.tolist()) == ([date(2021, 10, 15)], [28880918.0])
    subject = treasury.parse((page(rows),), SUBJECT, SCOPE)
    assert subject.numbers.tolist() == [28400000.0, 28880000.0]


def test_cash_is_the_closing_balance_of_three_eras() -> None:
    """To September 2021, to 2022-04-15, and since: then the figure stands under the opening."""
    rows = [
        cash("2021-09-30", "Federal Reserve Account", "200000", "215160"),
        cash("2021-09-30", "Tax and Loan Note Accounts", "3", "2"),
        cash("2021-10-01", "Treasury General Account (TGA)", "215160", "173745"),
        cash("2022-04-18", "Treasury General Account (TGA) Opening Balance", "648913", "null"),
        cash("2022-04-18", "Total TGA Deposits (Table II)", "180000", "null"),
        cash("2022-04-18", "Treasury General Account (TGA) Closing Balance", "785940", "null"),
        cash("2022-04-19", "Treasury General Account (TGA) Closing Balance", "null", "null"),
    ]
    found = treasury.parse((page(rows),), CASH, SCOPE)
    assert found.numbers.tolist() == [215160.0, 173745.0, 785940.0]
    assert found.dates.tolist() == [date(2021, 9, 30), date(2021, 10, 1), date(2022, 4, 18)]


def test_before_2022_an_opening_balance_is_no_closing_balance() -> None:
    """A day without a closing balance is left out, not filled from the morning."""
    rows = [
        cash("2021-09-29", "Federal Reserve Account", "200000", "null"),
        cash("2021-09-30", "Federal Reserve Account", "200000", "215160"),
    ]
    assert treasury.parse((page(rows),), CASH, SCOPE).numbers.tolist() == [215160.0]


def test_every_page_is_asked_for_in_order() -> None:
    """The number of pages comes with the first; paths and pages are the publisher's."""
    door = Recorded(page(ROWS[:1], 3), page(ROWS[1:2], 3), page(ROWS[2:], 3))
    answers = treasury.fetch(door, DEBT, SCOPE)
    asked = [dict(request.params) for request in door.asked]
    assert [one["page[number]"] for one in asked] == ["1", "2", "3"]
    assert {one["page[size]"] for one in asked} == {"10000"}
    root = "/services/api/fiscal_service"
    assert {request.path for request in door.asked} == {f"{root}/v2/accounting/od/debt_to_penny"}
    bodies = tuple(answer.body for answer in answers)
    assert len(treasury.parse(bodies, DEBT, SCOPE).dates) == 3


def test_what_is_asked_for_depends_on_the_table_alone() -> None:
    """One answer serves every field of a table and every as-of date."""
    first, second = Recorded(page([])), Recorded(page([]))
    treasury.fetch(first, LIMIT, SCOPE)
    treasury.fetch(second, SUBJECT, Scope(date(2015, 8, 31), SCOPE.known_at))
    assert first.asked == second.asked


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "empty"),
        (page([]), "empty"),
        (page([debt("2025-08-01", "null", "null", "null")]), "empty"),
        (b"<html><body>404 Not Found</body></html>", "html"),
        (b'{"error":"Invalid Query Param","message":"page[size]"}', "error_in_body"),
        (page(ROWS)[:-60], "truncated"),
        (page(ROWS, 2), "truncated"),
        (page(ROWS, count=7), "truncated"),
        (b'{"data":[],"links":{}}', "header"),
        (page(ROWS).replace(b"tot_pub_debt_out_amt", b"total_debt"), "header"),
        (page(ROWS).replace(b"record_date", b"date"), "header"),
        (page(ROWS).replace(b"7776939047670.14", b"NaN"), "not_a_number"),
        (page(ROWS).replace(b"7776939047670.14", b""), "not_a_number"),
        (page(ROWS).replace(b"2005-03-30", b"today"), "unreadable"),
        (page(ROWS).replace(b"2005-03-30", b"2005-02-30"), "unreadable"),
        (page(ROWS, -1), "unreadable"),
        (b"[]", "header"),
        (b"PK\x03\x04", "archive"),
    ],
)
def test_what_is_wrong_is_called_by_its_name(body: bytes, expected: str) -> None:
    """Every fault of a body has its code."""
    assert fault(body) == expected


def test_a_category_or_account_that_is_not_there_is_an_unknown_series() -> None:
    """Rows of other names are no reason to take one of them."""
    rows = page([category("2025-01-02", "Debt Held by the Public", "1")])
    assert fault(rows, LIMIT) == "unknown_series"
    assert fault(page([cash("2025-01-02", "Cash", "1", "2")]), CASH) == "unknown_series"


def test_a_table_that_is_not_known_is_not_asked_for() -> None:
    """An id outside the three tables is refused before any request."""
    door = Recorded()
    with pytest.raises(SourceError, match="dts_table_1"):
        treasury.fetch(door, Endpoint(name="treasury", id="dts_table_1"), SCOPE)
    assert door.asked == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "meta", "count", "total-pages", "record_date", "error"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
)
ENDPOINTS = st.sampled_from([DEBT, LIMIT, CASH])


def only_source_errors(body: bytes, endpoint: Endpoint) -> None:
    """Parse a body; what is returned is finite, what is raised a ``SourceError``."""
    try:
        found = treasury.parse((body,), endpoint, SCOPE)
    except SourceError:
        return
    assert np.isfinite(found.numbers).all()
    assert found.dates.size == found.numbers.size > 0


@given(body=st.binary(max_size=200), endpoint=ENDPOINTS)
def test_any_bytes_are_read_or_refused(body: bytes, endpoint: Endpoint) -> None:
    """Nothing but the source error leaves the parser."""
    only_source_errors(body, endpoint)


@given(value=JSON, endpoint=ENDPOINTS)
def test_any_document_is_read_or_refused(value: object, endpoint: Endpoint) -> None:
    """JSON of any shape is no surprise."""
    only_source_errors(json.dumps(value).encode(), endpoint)
    row = {"record_date": "2025-08-01", "tot_pub_debt_out_amt": value, "debt_catg": value}
    row |= dict.fromkeys([*treasury.PARTS, "account_type", "close_today_bal"], value)
    rows: Any = [row]
    only_source_errors(page(rows), endpoint)


@given(
    place=st.integers(min_value=0, max_value=len(page(ROWS)) - 1),
    length=st.integers(min_value=0, max_value=20),
    other=st.binary(max_size=4),
)
def test_a_damaged_answer_is_read_or_refused(place: int, length: int, other: bytes) -> None:
    """Bytes cut out of or put into a good answer are no surprise."""
    good = page(ROWS)
    only_source_errors(good[:place] + other + good[place + length :], DEBT)
