"""Nothing is told of before it existed: series, subjects, names, risks, studies."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from desks import desk_of, without_events
from pages import prose_of, write_html

from reportgen.assess import eras
from reportgen.assess.back import model_cards
from reportgen.assess.fragility import fragility
from reportgen.assess.matrix import matrix
from reportgen.assess.matrix_findings import Sources, seasons_ahead
from reportgen.assess.review import review, study
from reportgen.i18n.names import named_then

if TYPE_CHECKING:
    from reportgen.facts.matrix import Matrix
    from reportgen.snapshot import Snapshot

SPRING = date(2020, 3, 31)
LATER = ("0DTE", "ChatGPT", "AI air pocket", "artificial", "hyperscaler", "Meta,", "Meta ")
"""Words that no reader of March 2020 had heard, or had heard otherwise."""


def graded(snapshot: Snapshot) -> Matrix:
    """Return the risk matrix without a house view."""
    desk = desk_of(snapshot)
    return matrix(desk, Sources(fragility(desk).capex, None))


def test_an_index_is_not_read_before_its_publication(snapshot: Snapshot) -> None:
    """SKEW has a history from 1990, but was first published on 23 February 2011 (Cboe)."""
    assert not eras.published("skew", date(2011, 2, 22))
    assert eras.published("skew", date(2011, 2, 23))
    assert not eras.existed("sofr", date(2018, 4, 2))
    assert eras.not_yet(snapshot.as_of) == ()
    assert "skew" in eras.not_yet(date(2008, 10, 31))


def test_the_matrix_knows_the_risks_of_its_time(snapshot: Snapshot) -> None:
    """In March 2020 a jump in volatility stands where December 2025 has same-day options."""
    then, now = graded(snapshot.cut(SPRING)), graded(snapshot)
    codes = {one.code for one in then.risks} | set(then.missing)
    assert codes == {"yen_carry", "volatility", "debt_limit", "tariffs"}
    assert {one.code for one in now.risks} | set(now.missing) == {
        "yen_carry",
        "ai_air_pocket",
        "zero_dte_gamma",
        "debt_limit",
        "tariffs",
    }


def test_a_quarter_without_a_listed_season_still_has_one(snapshot: Snapshot) -> None:
    """Companies report every quarter: an unlisted season is no season without a report."""
    bare = desk_of(without_events(snapshot, "hyperscaler_reporting_season"))
    assert seasons_ahead(bare, date(2026, 11, 30)) == 3
    assert seasons_ahead(desk_of(snapshot), date(2026, 11, 30)) == 4


def test_cards_cite_nothing_that_had_not_appeared(snapshot: Snapshot) -> None:
    """The cards of March 2020 name no later work and no model of same-day options."""
    cards = model_cards(desk_of(snapshot.cut(SPRING)))
    assert "M6" not in cards
    cited = " ".join(work for card in cards.values() for work in card.references)
    assert not [year for year in range(2021, 2027) if f"({year})" in cited]
    assert "iorb" not in [name for card in cards.values() for name in card.lacking]


def test_a_list_is_held_against_the_fall_it_was_made_for(snapshot: Snapshot) -> None:
    """The nine explanations of 21 November 2025 are not those of the fall of March 2020."""
    then = review(study(desk_of(snapshot.cut(SPRING)))).facts
    assert then.state == "sell_off"
    assert then.drivers == ()
    assert len(review(study(desk_of(snapshot))).facts.drivers) == 9


@pytest.mark.parametrize(
    ("on", "name"), [(date(2021, 10, 27), "Facebook"), (date(2021, 10, 28), "Meta")]
)
def test_companies_are_called_as_they_were(on: date, name: str) -> None:
    """Facebook became Meta on 28 October 2021."""
    assert named_then("Meta, capital expenditure", on, str).startswith(name)


def test_march_2020_reads_as_march_2020(snapshot: Snapshot) -> None:
    """No word and no year of a later time stands in the edition of March 2020."""
    text = prose_of(write_html(snapshot.cut(SPRING), None, 500)["en"], without=("back-data",))
    assert not [word for word in LATER if word in text]
    assert not [year for year in range(2022, 2031) if f" {year}" in text]
    assert "house view" not in text.lower()


@pytest.mark.parametrize("lacking", [("vix",), ("vix", "sp500", "nasdaq_100")])
def test_only_the_composite_is_needed(snapshot: Snapshot, lacking: tuple[str, ...]) -> None:
    """Without the VIX, the S&P 500 or the Nasdaq-100 the report is written all the same."""
    assert "</html>" in write_html(snapshot.without(*lacking), None, 500)["en"]
