"""FRED with a key: the vintage of a day, its pages, its errors, and a key that shows nowhere."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from publishers import SCOPE, PreparedDoor, endpoint, fault, pairs, parsed

from reportgen.sources import fred_api
from reportgen.sources.base import SourceError

KEY = "0123456789abcdef0123456789abcdef"
PRICES = endpoint("fred_api", "CPIAUCSL")


def page(*rows: tuple[str, str], count: int | None = None, day: str = "2025-12-08") -> bytes:
    """Return an answer in the documented form, with the documented envelope."""
    return json.dumps(
        {
            "realtime_start": day,
            "realtime_end": day,
            "observation_start": "1600-01-01",
            "observation_end": "9999-12-31",
            "units": "lin",
            "output_type": 1,
            "file_type": "json",
            "order_by": "observation_date",
            "sort_order": "asc",
            "count": len(rows) if count is None else count,
            "offset": 0,
            "limit": 100000,
            "observations": [
                {"realtime_start": day, "realtime_end": day, "date": row[0], "value": row[1]}
                for row in rows
            ],
        }
    ).encode()


BODY = page(("2025-08-01", "323.364"), ("2025-09-01", "324.368"), ("2025-10-01", "."))
"""October 2025 was never published: the collection fell into the shutdown."""


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the key."""
    monkeypatch.setenv("FRED_API_KEY", KEY)


def test_values_are_text_and_a_dot_is_missing() -> None:
    """Here the dot is still the mark; no day of publication is claimed."""
    found = parsed(PRICES, BODY)
    assert pairs(found) == [("2025-08-01", 323.364), ("2025-09-01", 324.368)]
    assert found.released is None


def test_initial_releases_carry_their_day() -> None:
    """Output type 4 says when each value was first published."""
    body = json.dumps(
        {
            "output_type": 4,
            "count": 1,
            "observations": [
                {
                    "realtime_start": "2025-10-24",
                    "realtime_end": "9999-12-31",
                    "date": "2025-09-01",
                    "value": "324.368",
                }
            ],
        }
    ).encode()
    released = parsed(PRICES, body).released
    assert released is not None
    assert released.astype(str).tolist() == ["2025-10-24"]


@pytest.mark.usefixtures("key")
def test_the_vintage_of_the_day_is_asked() -> None:
    """Both ends of the real-time period are the New York day of ``known_at``; the key is secret."""
    door = PreparedDoor([BODY])
    fred_api.fetch(door, PRICES, replace(SCOPE, known_at=datetime(2025, 12, 9, 4, 59, tzinfo=UTC)))
    asked = dict(door.asked[0].params)
    assert (asked["series_id"], asked["file_type"]) == ("CPIAUCSL", "json")
    assert (asked["realtime_start"], asked["realtime_end"]) == ("2025-12-08", "2025-12-08")
    assert asked["api_key"] == KEY
    assert door.asked[0].secrets == {"api_key"}


@pytest.mark.usefixtures("key")
def test_further_pages_are_asked_by_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows at two a page are two requests, and all of them are read."""
    monkeypatch.setattr(fred_api, "LIMIT", 2)
    first = page(("2025-07-01", "322.132"), ("2025-08-01", "323.364"), count=3)
    second = page(("2025-09-01", "324.368"), count=3)
    door = PreparedDoor([first, second])
    answers = fred_api.fetch(door, PRICES, SCOPE)
    assert [dict(one.params).get("offset") for one in door.asked] == [None, "2"]
    assert len(pairs(parsed(PRICES, *(one.body for one in answers)))) == 3


@pytest.mark.usefixtures("key")
def test_a_day_that_has_not_come_asks_for_the_current_vintage() -> None:
    """FRED refuses a real-time day after its own today with 400."""
    refused = SourceError("fred_api", "http_status", "400", 400)
    door = PreparedDoor([refused, page(("2025-09-01", "324.368"), day="2025-12-06")])
    answers = fred_api.fetch(door, PRICES, SCOPE)
    assert "realtime_start" not in dict(door.asked[1].params)
    assert pairs(parsed(PRICES, answers[0].body)) == [("2025-09-01", 324.368)]


@pytest.mark.usefixtures("key")
def test_other_refusals_are_passed_on() -> None:
    """A 429 is not asked again here: that is for the door."""
    door = PreparedDoor([SourceError("fred_api", "http_status", "429", 429)])
    with pytest.raises(SourceError) as caught:
        fred_api.fetch(door, PRICES, SCOPE)
    assert (caught.value.status, len(door.asked)) == (429, 1)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_without_a_key_it_is_off(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    """No key, no request."""
    monkeypatch.delenv("FRED_API_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("FRED_API_KEY", value)
    door = PreparedDoor([])
    with pytest.raises(SourceError) as caught:
        fred_api.fetch(door, PRICES, SCOPE)
    assert (caught.value.fault, door.asked) == ("switched_off", [])


def error(message: str) -> bytes:
    """Return an error in the publisher's form."""
    return json.dumps({"error_code": 400, "error_message": message}).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "empty"),
        (b"<html>", "html"),
        (BODY[:-40], "truncated"),
        (BODY[:-1], "truncated"),
        (b'<?xml version="1.0"?><observations/>', "unreadable"),
        (b"[]", "header"),
        (b'{"count":1}', "header"),
        (b'{"count":"1","observations":[]}', "unreadable"),
        (b'{"count":0,"observations":{}}', "unreadable"),
        (page(count=0), "empty"),
        (page(("2025-09-01", "324.368"), count=2), "truncated"),
        (page(("2025-09-01", "NaN")), "not_a_number"),
        (page(("2025-09-01", "")), "empty"),
        (page(("2025-09-31", "1")), "unreadable"),
        (page(("2025-09-01", "1"), day="2025-12-19"), "unreadable"),
        (error("Bad Request.  The series does not exist."), "unknown_series"),
        (error("Bad Request.  The value for variable api_key is not registered."), "error_in_body"),
        (b'{"error_code":500}', "error_in_body"),
        (b'{"observations":[NaN],"count":1}', "not_a_number"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, expected: str) -> None:
    """Errors of the publisher, pages that are missing, a vintage from after ``known_at``."""
    assert fault(PRICES, body) == expected


def test_the_as_of_date_does_not_cut_here() -> None:
    """Cutting is for the snapshot: the source hands on what it was sent."""
    scope = replace(SCOPE, as_of=date(2025, 8, 15))
    assert fred_api.parse((BODY,), PRICES, scope).dates.size == 2
