"""Yahoo's chart: days of the exchange, live rows, errors in the body."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from publishers import SCOPE, PreparedDoor, endpoint, fault, pairs, parsed

from reportgen.sources import yahoo

COMPOSITE = endpoint("yahoo", "^IXIC")


def at(text: str) -> int:
    """Return the seconds of a moment in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def chart(stamps: list[Any], closes: list[Any], symbol: str = "^IXIC", **meta: Any) -> bytes:
    """Return an answer in the form of the chart."""
    result = {
        "meta": {"currency": "USD", "symbol": symbol, "dataGranularity": "1d"} | meta,
        "timestamp": stamps,
        "indicators": {"quote": [{"close": closes}], "adjclose": [{"adjclose": closes}]},
    }
    return json.dumps({"chart": {"result": [result], "error": None}}).encode()


BODY = chart(
    [at("2025-12-03T14:30"), at("2025-12-04T14:30"), at("2025-12-05T14:30")],
    [23454.09, None, 23578.13],
    gmtoffset=-18000,
    exchangeTimezoneName="America/New_York",
)


def test_closes_by_day_without_nulls() -> None:
    """A session is stamped with its opening."""
    assert pairs(parsed(COMPOSITE, BODY)) == [("2025-12-03", 23454.09), ("2025-12-05", 23578.13)]


def test_a_live_row_of_the_last_day_stands() -> None:
    """The last day may come twice, as its session and as of now; the later row is the one."""
    stamps = [at("2025-12-04T14:30"), at("2025-12-05T14:30"), at("2025-12-05T21:15")]
    assert pairs(parsed(COMPOSITE, chart(stamps, [1.0, 2.0, 3.0], gmtoffset=-18000))) == [
        ("2025-12-04", 1.0),
        ("2025-12-05", 3.0),
    ]


def test_an_earlier_double_is_left_to_the_checks() -> None:
    """Only at the end is it known what a double means."""
    stamps = [at("2025-12-03T14:30"), at("2025-12-03T15:30"), at("2025-12-04T14:30")]
    assert len(pairs(parsed(COMPOSITE, chart(stamps, [1.0, 2.0, 3.0])))) == 3


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"gmtoffset": 28800}, "2025-12-05"),
        ({}, "2025-12-04"),
        ({"gmtoffset": None}, "2025-12-04"),
        ({"gmtoffset": 10**9}, "2025-12-04"),
        ({"exchangeTimezoneName": "Asia/Hong_Kong"}, "2025-12-05"),
        ({"exchangeTimezoneName": "../../etc/passwd"}, "2025-12-04"),
        ({"exchangeTimezoneName": "Nowhere/Atall", "gmtoffset": 28800}, "2025-12-05"),
    ],
)
def test_the_day_is_the_exchanges(meta: dict[str, Any], expected: str) -> None:
    """By its zone, else by the offset the answer states, else in UTC."""
    body = chart([at("2025-12-04T17:00")], [1.0], **meta)
    assert pairs(parsed(COMPOSITE, body)) == [(expected, 1.0)]


def test_a_london_day_of_summer_time_asked_in_winter() -> None:
    """The yen's day begins at midnight in London: 23:00 UTC of the day before, in summer.

    The offset alone, which is winter's, would put it on the second of July.
    """
    body = chart(
        [at("2025-07-02T23:00"), at("2025-12-05T00:00")],
        [143.6, 155.1],
        symbol="JPY=X",
        gmtoffset=0,
        exchangeTimezoneName="Europe/London",
    )
    assert pairs(parsed(endpoint("yahoo", "JPY=X"), body)) == [
        ("2025-07-03", 143.6),
        ("2025-12-05", 155.1),
    ]


def test_the_whole_history_to_the_as_of_date_is_asked() -> None:
    """The period ends with the as-of date, and a symbol's signs are escaped."""
    door = PreparedDoor([BODY, BODY])
    yahoo.fetch(door, COMPOSITE, SCOPE)
    assert door.asked[0].path == "/v8/finance/chart/%5EIXIC"
    assert door.asked[0].params == (
        ("period1", str(at("1900-01-01T00:00"))),
        ("period2", str(at("2025-12-06T00:00"))),
        ("interval", "1d"),
    )
    yahoo.fetch(door, endpoint("yahoo", "^HSI", first=date(1986, 12, 31)), SCOPE)
    assert door.asked[1].params[0] == ("period1", str(at("1986-12-31T00:00")))


def error(code: str) -> bytes:
    """Return an error in the form of the chart."""
    told = {"code": code, "description": "No data found, symbol may be delisted"}
    return json.dumps({"chart": {"result": None, "error": told}}).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "empty"),
        (b"<!doctype html>", "html"),
        (BODY[:-5], "truncated"),
        (error("Not Found"), "unknown_series"),
        (error("Unauthorized"), "error_in_body"),
        (b'{"chart":{"result":null,"error":"down"}}', "error_in_body"),
        (b'{"chart":{"result":[],"error":null}}', "empty"),
        (b'{"chart":{"result":null,"error":null}}', "unreadable"),
        (b'{"finance":{}}', "header"),
        (b'{"chart":{"result":[{"meta":{}}],"error":null}}', "header"),
        (chart([], []), "empty"),
        (chart([at("2025-12-05T14:30")], [None]), "empty"),
        (chart([at("2025-12-05T14:30")], []), "truncated"),
        (chart([at("2025-12-05T14:30")], ["NaN"]), "not_a_number"),
        (BODY.replace(b"23578.13", b"NaN"), "not_a_number"),
        (chart(["2025-12-05"], [1.0]), "unreadable"),
        (chart([10**40], [1.0]), "unreadable"),
        (chart([at("2025-12-05T14:30")], [1.0], symbol="^NDX"), "unknown_series"),
        (chart([at("2025-12-05T14:30")], [1.0], dataGranularity="1mo"), "unit"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, expected: str) -> None:
    """Errors in the body, months for days, another symbol than asked for."""
    assert fault(COMPOSITE, body) == expected


def test_a_symbol_without_a_day_is_empty() -> None:
    """An answer without stamps has no quote either."""
    result = {"meta": {"symbol": "^IXIC", "dataGranularity": "1d"}, "indicators": {"quote": [{}]}}
    body = json.dumps({"chart": {"result": [result], "error": None}}).encode()
    assert fault(COMPOSITE, body) == "empty"
