"""LBMA: one list of days, three currencies, zero for none."""

from __future__ import annotations

import pytest
from publishers import SCOPE, PreparedDoor, endpoint, fault, pairs, parsed

from reportgen.sources import lbma

GOLD = endpoint("lbma", "gold_pm")
BODY = (
    b'[{"is_cms_locked":0,"d":"1968-04-01","v":[37.7,15.68,0]},'
    b'{"is_cms_locked":0,"d":"1968-04-12","v":[0,0,0]},'
    b'{"is_cms_locked":0,"d":"1968-04-15","v":[null,null,null]},'
    b'{"is_cms_locked":0,"d":"2025-12-05","v":[4243.0,3176.3,3643.48]}]'
)


def test_dollars_an_ounce() -> None:
    """The first of the three prices; zero and null are days without one."""
    assert pairs(parsed(GOLD, BODY)) == [("1968-04-01", 37.7), ("2025-12-05", 4243.0)]


def test_another_currency() -> None:
    """The field names it; before 1999 there is no euro."""
    assert pairs(parsed(endpoint("lbma", "gold_pm", "eur"), BODY)) == [("2025-12-05", 3643.48)]


def test_the_publisher_is_asked_as_from_its_own_page() -> None:
    """Without a referrer it refuses."""
    door = PreparedDoor([BODY])
    lbma.fetch(door, GOLD, SCOPE)
    assert door.asked[0].path == "/json/gold_pm.json"
    assert door.asked[0].headers == (("Referer", "https://www.lbma.org.uk/"),)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "empty"),
        (b"[]", "empty"),
        (b'[{"d":"2025-12-05","v":[0,0,0]}]', "empty"),
        (b"<html>", "html"),
        (BODY[:-1], "truncated"),
        (BODY[:-30], "truncated"),
        (b'{"error":"no"}', "unreadable"),
        (b'[{"d_renamed":"2025-12-05","v_renamed":[1,2,3]}]', "header"),
        (b'[{"d":"2025-12-05","v":[]}]', "header"),
        (b"[7]", "header"),
        (b'[{"d":"2025-12-05","v":"NaN"}]', "not_a_number"),
        (b'[{"d":"2025-12-05","v":["NaN",0,0]}]', "not_a_number"),
        (b'[{"d":"2025-12-05","v":[NaN,0,0]}]', "not_a_number"),
        (b'[{"d":"2025-12-05","v":[1e999,0,0]}]', "not_a_number"),
        (b'[{"d":"05.12.2025","v":[1,0,0]}]', "unreadable"),
        (b'[{"d":20251205,"v":[1,0,0]}]', "unreadable"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, expected: str) -> None:
    """Whatever comes instead of the list is recognised."""
    assert fault(GOLD, body) == expected


def test_an_unknown_currency_is_refused() -> None:
    """There are three."""
    assert fault(endpoint("lbma", "gold_pm", "yen"), BODY) == "header"
