"""The Bank of Japan: errors inside a 200, pages, units, months for bounds."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from publishers import SCOPE, PreparedDoor, endpoint, fault, pairs, parsed

from reportgen.sources import boj

CALL = endpoint("boj", "FM01/STRDCLUCON", first=date(2024, 1, 1))


def page(
    days: list[Any],
    values: list[Any],
    unit: str = "percent per annum",
    position: int | str | None = None,
    **envelope: Any,
) -> bytes:
    """Return an answer in the documented form."""
    result = {
        "SERIES_CODE": "STRDCLUCON",
        "NAME_OF_TIME_SERIES": "Call Rate, Uncollateralized Overnight, Average (Daily)",
        "UNIT": unit,
        "FREQUENCY": "DAILY",
        "CATEGORY": "Call Rate",
        "LAST_UPDATE": 20251205,
        "VALUES": {"SURVEY_DATES": days, "VALUES": values},
    }
    whole = {
        "STATUS": 200,
        "MESSAGEID": "M181000I",
        "MESSAGE": "Successfully completed",
        "DATE": "2025-12-06T08:55:00.000+09:00",
        "PARAMETER": {"DB": "FM01"},
        "NEXTPOSITION": position,
        "RESULTSET": [result],
    }
    return json.dumps(whole | envelope).encode()


BODY = page([20251203, 20251204, 20251206], [0.477, 0.476, None])


def test_days_are_numbers_and_null_is_missing() -> None:
    """``20251204`` is the fourth of December; a Saturday has no rate."""
    assert pairs(parsed(CALL, BODY)) == [("2025-12-03", 0.477), ("2025-12-04", 0.476)]


def test_a_month_is_dated_by_its_first_day() -> None:
    """As FRED dates it."""
    assert pairs(parsed(CALL, page([202511], [0.477]))) == [("2025-11-01", 0.477)]


def test_months_bound_the_question() -> None:
    """The bounds of a daily series are months, and the code stands without its database."""
    door = PreparedDoor([BODY])
    boj.fetch(door, CALL, SCOPE)
    assert door.asked[0].path == "/api/v1/getDataCode"
    assert door.asked[0].params == (
        ("db", "FM01"),
        ("code", "STRDCLUCON"),
        ("format", "json"),
        ("lang", "en"),
        ("startDate", "202401"),
        ("endDate", "202512"),
    )


def test_the_next_position_is_asked_until_there_is_none() -> None:
    """Two pages are one series."""
    door = PreparedDoor([page([20251203], [0.477], position=255), page([20251204], [0.476])])
    answers = boj.fetch(door, CALL, SCOPE)
    assert door.asked[1].params[-1] == ("startPosition", "255")
    assert pairs(parsed(CALL, *(one.body for one in answers))) == [
        ("2025-12-03", 0.477),
        ("2025-12-04", 0.476),
    ]


def test_pages_without_end_are_cut_off() -> None:
    """A position that never runs out is asked a bounded number of times, and the rest is missed."""
    door = PreparedDoor([page([20251203], [0.477], position=1)] * (boj.LONGEST + 1))
    answers = boj.fetch(door, CALL, SCOPE)
    assert len(answers) == boj.LONGEST
    assert fault(CALL, *(one.body for one in answers)) == "truncated"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "empty"),
        (b"<html>", "html"),
        (BODY[:-10], "truncated"),
        (page([], [], STATUS=400, MESSAGEID="M181005E", MESSAGE="Invalid"), "error_in_body"),
        (page([], [], STATUS=500, MESSAGEID="M181090S", MESSAGE="Unexpected"), "error_in_body"),
        (page([], [], STATUS=503, MESSAGEID="M181091S", MESSAGE="Busy"), "error_in_body"),
        (b'{"STATUS":503}', "error_in_body"),
        (page([], [], MESSAGEID="M181030I", RESULTSET=[]), "empty"),
        (page([], [], RESULTSET=[]), "unknown_series"),
        (page([20251204], [0.476], RESULTSET={}), "unreadable"),
        (b'{"MESSAGE":"no status"}', "header"),
        (page([20251204], [0.476], unit="100 million yen"), "unit"),
        (page([20251204], [None]), "empty"),
        (page([20251203, 20251204], [0.477]), "truncated"),
        (page([20251204], [0.476], position=255), "truncated"),
        (page([20251204], ["NaN"]), "not_a_number"),
        (page([20251204], [True]), "not_a_number"),
        (page(["2025-12-04"], [0.476]), "unreadable"),
        (page([20251304], [0.476]), "unreadable"),
        (BODY.replace(b"0.476", b"Infinity"), "not_a_number"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, expected: str) -> None:
    """An answer of status 200 may hold any of these."""
    assert fault(CALL, body) == expected


def test_a_series_without_a_known_unit_is_refused() -> None:
    """Whoever adds a database says in which unit it is."""
    body = BODY.replace(b"STRDCLUCON", b"MABJMTA")
    assert fault(endpoint("boj", "BS01/MABJMTA"), body) == "unit"
