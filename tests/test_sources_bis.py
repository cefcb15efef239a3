"""The BIS: columns by name, weekends marked as missing, one area, one unit."""

from __future__ import annotations

from datetime import date

import pytest
from publishers import SCOPE, PreparedDoor, endpoint, fault, pairs, parsed

from reportgen.sources import bis

JAPAN = endpoint("bis", "D.JP")
HEADER = (
    b"FREQ,REF_AREA,UNIT_MEASURE,UNIT_MULT,TIME_FORMAT,COMPILATION,DECIMALS,SOURCE_REF,"
    b"SUPP_INFO_BREAKS,TITLE,TIME_PERIOD,OBS_VALUE,OBS_STATUS,OBS_CONF,OBS_PRE_BREAK\n"
)


def row(day: str, value: str, status: str = "A", area: str = "JP", unit: str = "368,0") -> bytes:
    """Return a row in the documented form; its title holds a comma."""
    title = '"Central bank policy rates, Japan"'
    return f"D,{area},{unit},,,4,,,{title},{day},{value},{status},F,\n".encode()


BODY = (
    HEADER
    + row("2025-01-24", "0.5")
    + row("2025-01-25", "NaN", "M")
    + row("2025-01-26", "NaN", "M")
    + row("2025-01-27", "0.5")
)


def test_days_marked_as_missing_are_left_out() -> None:
    """A weekend stands in the file as NaN with the status M."""
    assert pairs(parsed(JAPAN, BODY)) == [("2025-01-24", 0.5), ("2025-01-27", 0.5)]


def test_columns_are_found_by_name() -> None:
    """Their order may change, and others may come."""
    body = (
        b"OBS_VALUE,TIME_PERIOD,NEW,REF_AREA,FREQ,OBS_STATUS,UNIT_MULT,UNIT_MEASURE\n"
        b"-0.1,2016-02-16,x,JP,D,A,0,368\n"
    )
    assert pairs(parsed(JAPAN, body)) == [("2016-02-16", -0.1)]


def test_the_rate_is_asked_as_csv() -> None:
    """From the first day the catalogue wants, where it says so."""
    door = PreparedDoor([BODY, BODY])
    bis.fetch(door, JAPAN, SCOPE)
    bis.fetch(door, endpoint("bis", "D.JP", first=date(1999, 2, 12)), SCOPE)
    assert [(one.path, one.params) for one in door.asked] == [
        ("/api/v1/data/WS_CBPOL/D.JP/all", (("format", "csv"),)),
        (
            "/api/v1/data/WS_CBPOL/D.JP/all",
            (("format", "csv"), ("startPeriod", "1999-02-12")),
        ),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "empty"),
        (HEADER, "empty"),
        (HEADER + row("2025-01-25", "NaN", "M"), "empty"),
        (b"<html>", "html"),
        (b"<?xml version='1.0'?><message:StructureSpecificData/>", "header"),
        (BODY.replace(b"OBS_VALUE", b"VALUE"), "header"),
        (BODY[:-12], "truncated"),
        (BODY[:-2], "truncated"),
        (HEADER + row("2025-01-24", "NaN"), "not_a_number"),
        (HEADER + row("2025-01-24", "0.5", area="US"), "unknown_series"),
        (HEADER + row("2025-01-24", "0.5", unit="USD,0"), "unit"),
        (HEADER + row("2025-01-24", "0.5", unit="368,6"), "unit"),
        (HEADER + row("2025-01", "0.5"), "unreadable"),
        (HEADER + b'D,JP,368,0,"\n', "truncated"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, expected: str) -> None:
    """Whatever comes instead of the table is recognised."""
    assert fault(JAPAN, body) == expected
