"""FRED without a key: both headers, both marks of a missing value, and every way to go wrong."""

from __future__ import annotations

import pytest
from publishers import SCOPE, PreparedDoor, endpoint, fault, pairs, parsed

from reportgen.sources import fred

YEN = endpoint("fred", "DEXJPUS")
BODY = b"observation_date,DEXJPUS\n2020-08-24,105.90\n2020-09-07,\n2020-09-08,106.1000\n"
"""The publisher's own rows around Labor Day 2020; a holiday is an empty field."""


def test_todays_form() -> None:
    """An empty field is a day without a value; trailing zeros mean nothing."""
    assert pairs(parsed(YEN, BODY)) == [("2020-08-24", 105.9), ("2020-09-08", 106.1)]


def test_the_form_until_december_2024() -> None:
    """The first column was ``DATE``, and a dot stood for a missing value."""
    body = b"DATE,DEXJPUS\n1971-02-12,357.60\n1971-02-15,.\n"
    assert pairs(parsed(YEN, body)) == [("1971-02-12", 357.6)]


def test_order_and_doubles_are_left_to_the_checks() -> None:
    """The source hands on what it was sent."""
    body = b"DATE,DEXJPUS\n2020-08-25,2\n2020-08-24,1\n2020-08-24,1\n"
    assert [day for day, _ in pairs(parsed(YEN, body))] == [
        "2020-08-25",
        "2020-08-24",
        "2020-08-24",
    ]


def test_one_series_a_request_without_dates() -> None:
    """The address names the series and nothing that changes from day to day."""
    door = PreparedDoor([BODY])
    fred.fetch(door, YEN, SCOPE)
    assert (door.asked[0].path, door.asked[0].params) == (
        "/graph/fredgraph.csv",
        (("id", "DEXJPUS"),),
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"observation_date,DEXJPUS\n", "empty"),
        (b"observation_date,DEXJPUS\n2020-09-07,\n", "empty"),
        (b"<!DOCTYPE html><title>Error</title>", "html"),
        (b"\xef\xbb\xbf\n <html lang='en'>", "html"),
        (b"PK\x03\x04 several series come as an archive", "archive"),
        (b"observation_date,DEXJPUS,SOFR\n2020-08-24,1,2\n", "header"),
        (b"observation_date,SOFR\n2020-08-24,1\n", "header"),
        (b"Day,DEXJPUS\n2020-08-24,1\n", "header"),
        (b"Error: the service is not available\n", "header"),
        (BODY[:-1], "truncated"),
        (BODY[:-3], "truncated"),
        (BODY[:-9], "truncated"),
        (BODY[:-16], "truncated"),
        (b"observation_date,DEXJPUS\n2020-08-24\n2020-08-25,1\n", "unreadable"),
        (b"observation_date,DEXJPUS\n2020-08-24,NaN\n", "not_a_number"),
        (b"observation_date,DEXJPUS\n2020-08-24,nan\n2020-08-25,1\n", "not_a_number"),
        (b"observation_date,DEXJPUS\n2020-08-24,null\n", "not_a_number"),
        (b"observation_date,DEXJPUS\n2020-08-24,inf\n", "not_a_number"),
        (b"observation_date,DEXJPUS\n2020-08-24,1e999\n", "not_a_number"),
        (b"observation_date,DEXJPUS\n2020-08-24,1_000\n", "not_a_number"),
        ("observation_date,DEXJPUS\n2020-08-24,１２\n".encode(), "not_a_number"),
        (b"observation_date,DEXJPUS\n2020-02-30,1\n", "unreadable"),
        (b"observation_date,DEXJPUS\ntoday,1\n", "unreadable"),
        (b"observation_date,DEXJPUS\nNaT,1\n", "unreadable"),
        (b"observation_date,DEXJPUS\n2020-08,1\n", "unreadable"),
        (b"\xff\xfeo\x00b\x00s\x00", "unreadable"),
        (b"observation_date,DEXJPUS\n2020-08-24,\x001\n", "not_a_number"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, expected: str) -> None:
    """Whatever comes instead of the table is recognised."""
    assert fault(YEN, body) == expected
