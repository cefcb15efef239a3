"""CFTC: yen futures, numbers as text, the market asserted by its name."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.series import Endpoint
from reportgen.sources import SOURCES, cftc
from reportgen.sources.base import Answer, Request, Scope, SourceError

SCOPE = Scope(date(2025, 12, 5), datetime(2025, 12, 9, 4, 59, tzinfo=UTC))
LONG = Endpoint(name="cftc", id="097741", field="noncomm_positions_long_all")
SHORT = Endpoint(name="cftc", id="097741", field="noncomm_positions_short_all")
YEN = "JAPANESE YEN - CHICAGO MERCANTILE EXCHANGE"


def report(day: str, long: str, short: str, market: str = YEN) -> dict[str, str]:
    """Return a row as the publisher writes it."""
    return {
        "market_and_exchange_names": market,
        "report_date_as_yyyy_mm_dd": f"{day}T00:00:00.000",
        "cftc_market_code": "CME ",
        "noncomm_positions_long_all": long,
        "noncomm_positions_short_all": short,
    }


def body(*rows: dict[str, str]) -> bytes:
    """Return an answer of those rows."""
    return json.dumps(rows).encode()


ROWS = (report("2024-08-13", "69130", "46027"), report("2024-08-20", "79711", "56129"))


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


def test_it_is_a_source() -> None:
    """The catalogue's name leads to the module."""
    assert SOURCES["cftc"] is cftc


@pytest.mark.parametrize(
    ("endpoint", "expected"), [(LONG, [69130, 79711]), (SHORT, [46027, 56129])]
)
def test_contracts_are_read_from_text(endpoint: Endpoint, expected: list[float]) -> None:
    """Each field gives its numbers by the day the report describes."""
    found = cftc.parse((body(*ROWS),), endpoint, SCOPE)
    assert found.dates.tolist() == [date(2024, 8, 13), date(2024, 8, 20)]
    assert found.numbers.tolist() == expected
    assert found.released is None


def test_of_two_reports_for_a_day_the_last_counts() -> None:
    """A report published again replaces the first, on whatever page it comes."""
    pages = (body(*ROWS), body(report("2024-08-20", "80000", "56129")))
    assert cftc.parse(pages, LONG, SCOPE).numbers.tolist() == [69130.0, 80000.0]


def test_the_name_of_the_market_before_2000_is_known() -> None:
    """Until 2000-08-22 the same contract stands under the exchange's division."""
    old = report("1995-03-07", "60", "40", "JAPANESE YEN - INTERNATIONAL MONETARY MARKET")
    assert cftc.parse((body(old, *ROWS),), LONG, SCOPE).numbers[0] == 60.0


def test_blanks_after_the_name_of_the_market_do_not_matter() -> None:
    """The publisher pads its codes and names."""
    padded = report("2024-08-20", "1", "2", YEN + "  ")
    assert cftc.parse((body(padded),), LONG, SCOPE).numbers.tolist() == [1.0]


def test_pages_are_asked_for_until_one_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full page may have another behind it."""
    monkeypatch.setattr(cftc, "PAGE_SIZE", 1)
    door = Recorded(body(ROWS[0]), body(ROWS[1]), body())
    answers = cftc.fetch(door, LONG, SCOPE)
    asked = [dict(request.params) for request in door.asked]
    assert [one["$offset"] for one in asked] == ["0", "1", "2"]
    bodies = tuple(answer.body for answer in answers)
    assert cftc.parse(bodies, LONG, SCOPE).numbers.tolist() == [69130.0, 79711.0]


def test_pages_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A publisher that never sends a short page is not asked for ever."""
    monkeypatch.setattr(cftc, "PAGE_SIZE", 1)
    door = Recorded(*[body(ROWS[0])] * 100)
    with pytest.raises(SourceError) as caught:
        cftc.fetch(door, LONG, SCOPE)
    assert caught.value.fault == "too_large"


def test_one_answer_serves_both_sides() -> None:
    """What is asked for depends neither on the field nor on the as-of date."""
    first, second = Recorded(body(*ROWS)), Recorded(body(*ROWS))
    cftc.fetch(first, LONG, SCOPE)
    cftc.fetch(second, SHORT, Scope(date(2015, 8, 31), SCOPE.known_at))
    assert first.asked == second.asked
    params = dict(first.asked[0].params)
    assert first.asked[0].path == "/resource/6dca-aqww.json"
    assert params["cftc_contract_market_code"] == "097741"
    assert params["$limit"] == "50000"
    assert {LONG.field, SHORT.field} <= set(params["$select"].split(","))


def _without(field: str) -> bytes:
    return body(ROWS[0], {key: value for key, value in ROWS[1].items() if key != field})


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"", "empty"),
        (b"[]", "empty"),
        (b"<!doctype html><title>Sorry</title>", "html"),
        (b'{"code":"query.soql","error":true,"message":"No such column"}', "error_in_body"),
        (b'{"rows":[]}', "unreadable"),
        (body(*ROWS)[:-30], "truncated"),
        (_without("noncomm_positions_long_all"), "header"),
        (_without("market_and_exchange_names"), "header"),
        (_without("report_date_as_yyyy_mm_dd"), "header"),
        (b"[1, 2]", "header"),
        (body(*ROWS).replace(b'"79711"', b'"NaN"'), "not_a_number"),
        (body(*ROWS).replace(b'"79711"', b'"null"'), "not_a_number"),
        (body(*ROWS).replace(b'"79711"', b"null"), "not_a_number"),
        (body(*ROWS).replace(b"2024-08-20T", b"now"), "unreadable"),
        (body(*ROWS, report("2024-08-27", "1", "2", "EURO FX - CHICAGO")), "unknown_series"),
        (body(report("2024-08-27", "1", "2", "EURO FX/" + YEN)), "unknown_series"),
    ],
)
def test_what_is_wrong_is_called_by_its_name(answer: bytes, expected: str) -> None:
    """Every fault of a body has its code."""
    with pytest.raises(SourceError) as caught:
        cftc.parse((answer,), LONG, SCOPE)
    assert (caught.value.source, caught.value.fault) == ("cftc", expected)


def test_a_contract_without_a_known_name_is_not_asked_for() -> None:
    """A code whose market cannot be asserted is refused before any request."""
    door = Recorded()
    with pytest.raises(SourceError, match="099741"):
        cftc.fetch(door, Endpoint(name="cftc", id="099741", field=LONG.field), SCOPE)
    assert door.asked == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def only_source_errors(answer: bytes) -> None:
    """Parse a body; what is returned is finite, what is raised a ``SourceError``."""
    try:
        found = cftc.parse((answer,), LONG, SCOPE)
    except SourceError:
        return
    assert np.isfinite(found.numbers).all()
    assert found.dates.size == found.numbers.size > 0


@given(answer=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(answer: bytes) -> None:
    """Nothing but the source error leaves the parser."""
    only_source_errors(answer)


@given(value=JSON, field=st.sampled_from(sorted(ROWS[0])))
def test_any_document_is_read_or_refused(value: object, field: str) -> None:
    """JSON of any shape, whole or in one field, is no surprise."""
    only_source_errors(json.dumps(value).encode())
    only_source_errors(json.dumps([ROWS[0] | {field: value}]).encode())


@given(
    place=st.integers(min_value=0, max_value=len(body(*ROWS)) - 1),
    length=st.integers(min_value=0, max_value=20),
    other=st.binary(max_size=4),
)
def test_a_damaged_answer_is_read_or_refused(place: int, length: int, other: bytes) -> None:
    """Bytes cut out of or put into a good answer are no surprise."""
    good = body(*ROWS)
    only_source_errors(good[:place] + other + good[place + length :])
