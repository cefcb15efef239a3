"""Editions of past months read as of their day: tense, names, and nothing that says nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from pages import prose_of, write_html

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot


@pytest.fixture(scope="module")
def august(snapshot: Snapshot) -> dict[str, str]:
    """The report of August 2015 as text by language, with few paths."""
    pages = write_html(snapshot.cut(date(2015, 8, 31)), None, 500)
    return {code: prose_of(page) for code, page in pages.items()}


@pytest.fixture(scope="module")
def october(snapshot: Snapshot) -> dict[str, str]:
    """The report of October 2008 as text by language, with few paths."""
    pages = write_html(snapshot.cut(date(2008, 10, 31)), None, 500)
    return {code: prose_of(page) for code, page in pages.items()}


def test_last_months_figures_are_told_as_past(august: dict[str, str]) -> None:
    """What July 2015 showed is not told as going on at the end of August."""
    for present in ("Unemployment is", "unemployment stands", "Prices rise", "is below the goal"):
        assert present not in august["en"]


def test_indices_and_publishers_have_the_names_of_their_day(
    august: dict[str, str], october: dict[str, str]
) -> None:
    """VIX3M was VXV until September 2017; S&P Dow Jones Indices was founded in July 2012."""
    for text in august.values():
        assert "times VIX3M" not in text
        assert "VIX÷VIX3M" not in text
    for name in ("S&P Dow Jones Indices", "标普道琼斯指数公司", "S&Pダウ・ジョーンズ"):
        assert not [text for text in october.values() if name in text]


def test_a_share_that_rounds_to_all_is_not_all(october: dict[str, str]) -> None:
    """Three weeks before October's end had a higher VIX: not 100% of weeks were at or below it."""
    assert "100% of weeks" not in october["en"]
    assert "100%的周" not in "".join(october["zh"].split())


def test_in_a_bear_market_no_even_chance_of_a_median(october: dict[str, str]) -> None:
    """That half of the paths go below their median is no forecast; the range of half is printed."""
    assert "probability of touching it in the window 50%" not in october["en"]
    assert "on half of the paths" in october["en"]
