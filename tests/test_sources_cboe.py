"""Cboe's index history: candles and single values, closes only."""

from __future__ import annotations

import pytest
from publishers import SCOPE, PreparedDoor, endpoint, fault, pairs, parsed

from reportgen.sources import cboe

VIX = endpoint("cboe", "VIX", "CLOSE")
SKEW = endpoint("cboe", "SKEW", "SKEW")
CANDLES = (
    b"DATE,OPEN,HIGH,LOW,CLOSE\n"
    b"01/02/1990,17.240000,17.240000,17.240000,17.240000\n"
    b"02/08/2006,41.600000,13.610000,12.770000,12.830000\n"
)
"""The publisher's first row, and one of its 47 impossible candles: opened above its high."""
VALUES = b"DATE,SKEW\n08/10/2026,134.990000\n08/11/2026,135.590000\n"


def test_only_the_close_of_a_candle() -> None:
    """An impossible candle still has a close."""
    assert pairs(parsed(VIX, CANDLES)) == [("1990-01-02", 17.24), ("2006-02-08", 12.83)]


def test_one_value_a_day() -> None:
    """The column is named after the index."""
    assert pairs(parsed(SKEW, VALUES)) == [("2026-08-10", 134.99), ("2026-08-11", 135.59)]


def test_an_empty_field_is_a_day_without_a_value() -> None:
    """One hole does not cost the whole history; the checks see it."""
    body = b"DATE,SKEW\n08/10/2026,\n08/11/2026,135.590000\n"
    assert pairs(parsed(SKEW, body)) == [("2026-08-11", 135.59)]


def test_a_whole_last_line_needs_no_end() -> None:
    """Six decimals are a whole value, with or without a line end after it."""
    assert pairs(parsed(SKEW, VALUES[:-1])) == pairs(parsed(SKEW, VALUES))


def test_the_file_of_the_index_is_asked() -> None:
    """The address has no parameters."""
    door = PreparedDoor([VALUES])
    cboe.fetch(door, SKEW, SCOPE)
    assert door.asked[0].path == "/api/global/us_indices/daily_prices/SKEW_History.csv"
    assert door.asked[0].params == ()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "empty"),
        (b"DATE,SKEW\n", "empty"),
        (b"<!doctype html>", "html"),
        (b"PK\x03\x04", "archive"),
        (b"Trade Date,Value\n08/11/2026,135.59\n", "header"),
        (b"DATE,VVIX\n08/11/2026,135.59\n", "header"),
        (b"DATE,SKEW,SKEW\n08/11/2026,135.59,1\n", "header"),
        (VALUES[:-3], "truncated"),
        (VALUES[:-12], "truncated"),
        (VALUES[:-18], "truncated"),
        (b"DATE,SKEW\n08/11/2026,nan\n", "not_a_number"),
        (b"DATE,SKEW\n08/11/2026,N/A\n", "not_a_number"),
        (b"DATE,SKEW\n2026-08-11,135.59\n", "unreadable"),
        (b"DATE,SKEW\n13/11/2026,135.59\n", "unreadable"),
        (b"DATE,SKEW\n08/11/2026,1,2\n08/12/2026,1\n", "unreadable"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, expected: str) -> None:
    """Whatever comes instead of the table is recognised."""
    assert fault(SKEW, body) == expected
