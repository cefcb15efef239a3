"""Whatever the bytes are, a source reads them into finite numbers on real days or refuses them.

Three kinds: arbitrary bytes, a good body with a piece exchanged, and a good JSON document with a
value in it exchanged for another.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import test_sources_arch
import test_sources_bis
import test_sources_boj
import test_sources_cboe
import test_sources_fred
import test_sources_fred_api
import test_sources_lbma
import test_sources_yahoo
from hypothesis import given, settings
from hypothesis import strategies as st
from publishers import endpoint, pairs, parsed, read_or_refused

from reportgen.series import Endpoint

GOOD: dict[str, tuple[Endpoint, bytes]] = {
    "fred": (test_sources_fred.YEN, test_sources_fred.BODY),
    "fred_api": (test_sources_fred_api.PRICES, test_sources_fred_api.BODY),
    "cboe": (test_sources_cboe.VIX, test_sources_cboe.CANDLES),
    "cboe_value": (test_sources_cboe.SKEW, test_sources_cboe.VALUES),
    "bis": (test_sources_bis.JAPAN, test_sources_bis.BODY),
    "boj": (test_sources_boj.CALL, test_sources_boj.BODY),
    "lbma": (test_sources_lbma.GOLD, test_sources_lbma.BODY),
    "yahoo": (test_sources_yahoo.COMPOSITE, test_sources_yahoo.BODY),
    "folder": (
        endpoint("folder", "gold.csv"),
        b"date,value,released\n2025-12-04,4200,2025-12-04\n2025-12-05,4243.0,2025-12-05\n",
    ),
    "arch": (test_sources_arch.NASDAQ, test_sources_arch.BODY),
}
"""An endpoint and a body in the documented form, for every parser."""

DOCUMENTS = ("fred_api", "boj", "lbma", "yahoo")
"""Those whose body is JSON."""

PIECES = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        b'|NaN|nan|null|.|,|\n|"|-|1e400|\x00|\xff|<html>|PK\x03\x04|9999-99-99|[|{}|\r|today'.split(
            b"|"
        )
    ),
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**300, -(10**300), 10**18, 99999999, 0]),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["NaN", ".", "2025-12-05", "200", "\ud800", "../x", "1d"]),
    st.just([]),
    st.just({}),
    st.lists(st.integers(), min_size=1, max_size=3),
)


@pytest.mark.parametrize("name", GOOD)
def test_the_good_body_is_read(name: str) -> None:
    """The bodies below are spoilt ones of these."""
    asked, body = GOOD[name]
    assert parsed(asked, body).numbers.size > 0


@pytest.mark.parametrize("name", GOOD)
@given(bodies=st.lists(st.binary(max_size=200), max_size=3))
def test_arbitrary_bytes(name: str, bodies: list[bytes]) -> None:
    """No answer at all, one, or several."""
    read_or_refused(GOOD[name][0], *bodies)


@pytest.mark.parametrize("name", GOOD)
@settings(max_examples=200)
@given(start=st.integers(0), length=st.integers(0, 30), piece=PIECES)
def test_a_good_body_with_a_piece_exchanged(
    name: str, start: int, length: int, piece: bytes
) -> None:
    """Cut, doubled, overwritten at any place."""
    asked, body = GOOD[name]
    at = start % (len(body) + 1)
    read_or_refused(asked, body[:at] + piece + body[at + length :])


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=300)
@given(where=st.lists(st.integers(0, 30), min_size=1, max_size=8), value=VALUES)
def test_a_good_document_with_a_value_exchanged(name: str, where: list[int], value: object) -> None:
    """Any member of any object, any place of any list, may hold anything JSON has."""
    asked, body = GOOD[name]
    spoilt = exchanged(json.loads(body), where, value)
    read_or_refused(asked, json.dumps(spoilt).encode())


def exchanged(document: Any, where: list[int], value: object) -> Any:
    """Return a document with one value exchanged, found by taking turns at each level."""
    if not where or not isinstance(document, dict | list) or not document:
        return value
    keys = list(document) if isinstance(document, dict) else list(range(len(document)))
    key = keys[where[0] % len(keys)]
    document[key] = exchanged(document[key], where[1:], value)
    return document


@pytest.mark.parametrize("name", GOOD)
def test_every_cut_is_read_or_refused(name: str) -> None:
    """A body that stops after any byte is refused, or what is read is the whole's beginning."""
    asked, body = GOOD[name]
    whole = pairs(parsed(asked, body))
    for length in range(len(body)):
        found = read_or_refused(asked, body[:length])
        assert found == whole[: len(found)], body[:length]
