"""Spillovers, the lead of Bitcoin, and a group's reaction, as the market review tells them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from desks import desk_of, lacking
from markets import bent, calm
from msgspec.structs import replace

from reportgen.assess.review import review, study
from reportgen.assess.ties import _place, joint, ties
from reportgen.facts.ties import LeadLag, Spillover, Ties

if TYPE_CHECKING:
    from markets import Numbers

    from reportgen.facts.assessment import Assessment
    from reportgen.snapshot import Snapshot

FOLLOWED = 1_050
"""Days of the index that follow Bitcoin: four years and some."""


def read(snapshot: Snapshot) -> Ties | None:
    """Return the ties of a snapshot."""
    return ties(study(desk_of(snapshot)))


@pytest.fixture(scope="module")
def spread(assessment: Assessment) -> Spillover:
    """The spillover of the bundled figures."""
    found = assessment.review.ties
    assert found is not None
    assert found.spillover is not None
    return found.spillover


@pytest.fixture(scope="module")
def lead(assessment: Assessment) -> LeadLag:
    """The lead of the bundled figures."""
    found = assessment.review.ties
    assert found is not None
    assert found.lead is not None
    return found.lead


def test_a_third_of_the_surprises_is_common(spread: Spillover) -> None:
    """Six markets in the year to 5 December 2025: 32.7 %, between 23 and 51 since 2017."""
    assert spread.total.value == pytest.approx(32.65, abs=0.05)
    assert (spread.state, len(spread.markets), spread.missing) == ("usual", 6, ())
    assert spread.low is not None
    assert spread.mean is not None
    assert spread.high is not None
    assert spread.low.value < spread.mean.value < spread.high.value
    assert spread.low.value <= spread.total.value <= spread.high.value
    assert spread.day.day == date(2025, 12, 5)
    assert spread.given.value > 0 < spread.received.value


def test_bitcoin_has_no_stable_lead(lead: LeadLag) -> None:
    """MODELS B5: none. Four disjoint years, and the later end of Bitcoin's day is named."""
    assert (lead.leader, lead.later) == ("none", "other")
    assert len(lead.years) == 4
    assert lead.other_years.value == lead.index_years.value == 0
    assert lead.years[-1].end.day == date(2025, 12, 5)
    assert lead.tie.value == pytest.approx(0.53, abs=0.01)


def test_prices_together_were_weak_where_none_was_alone(assessment: Assessment) -> None:
    """20 November 2025: no market two standard errors down, eight together 2.6 down (p 3 %)."""
    found = assessment.review
    assert found.clear is not None
    assert found.joint is not None
    assert found.clear.value == 0
    assert (found.joint.clear, found.joint.weaker) == (True, True)
    assert found.joint.statistic.value == pytest.approx(-2.65, abs=0.01)
    assert found.joint.markets.value == 8


def test_absorption_has_a_shift(assessment: Assessment) -> None:
    """The mean of 15 days stood .6 standard deviations above that of the year."""
    found = assessment.review.together
    assert found is not None
    assert found.absorption_shift is not None
    assert found.absorption_shift.value == pytest.approx(0.56, abs=0.01)


def test_a_market_that_repeats_bitcoin_is_led_by_it(snapshot: Snapshot) -> None:
    """An index bent to add four fifths of Bitcoin's move of the day before: a lead is stated."""
    coin = snapshot.values("bitcoin")
    days = pd.DatetimeIndex(snapshot.data("nasdaq_composite").dates)
    moved = coin.reindex(days).ffill().map(np.log).diff().shift(1).fillna(0.0).to_numpy().copy()
    moved[:-FOLLOWED] = 0.0

    def follow(numbers: Numbers) -> Numbers:
        return numbers * np.exp(0.8 * np.cumsum(moved))

    found = read(bent(snapshot, {"nasdaq_composite": follow}))
    assert found is not None
    assert found.lead is not None
    assert found.lead.leader == "other"
    assert found.lead.other_years.value == 4


def test_missing_and_short_series(snapshot: Snapshot) -> None:
    """Without Bitcoin no lead is told of and the spillover is that of five, which is said."""
    found = read(lacking(snapshot, "bitcoin"))
    assert found is not None
    assert found.lead is None
    assert found.spillover is not None
    assert found.spillover.missing == ("bitcoin",)
    assert len(found.spillover.markets) == 5
    few = read(lacking(snapshot, "bitcoin", "gold", "usdjpy", "treasury_10y"))
    assert few is None


def test_early_histories_have_fewer_years(snapshot: Snapshot) -> None:
    """In March 2018 there are two years of both markets, and before 530 days there is nothing."""
    found = ties(study(desk_of(snapshot.cut(date(2018, 3, 29)))))
    assert found is not None
    assert found.lead is not None
    assert len(found.lead.years) == 2
    assert found.spillover is not None
    assert found.spillover.day.day <= date(2018, 3, 29)
    assert ties(study(desk_of(snapshot.cut(date(2017, 6, 30))))) is None


def test_state_is_the_quarter_of_the_history() -> None:
    """The last of four rising totals is high, of four falling ones low, in between usual."""
    assert _place((1.0, 2.0, 3.0, 4.0)) == "high"
    assert _place((4.0, 3.0, 2.0, 1.0)) == "low"
    assert _place((1.0, 4.0, 3.0, 2.5)) == "usual"


def test_a_calm_month_keeps_the_ties(snapshot: Snapshot) -> None:
    """Nothing reacted, so nothing is said of a group; ties between markets remain."""
    found = review(study(desk_of(calm(snapshot)))).facts
    assert found.joint is None
    assert found.ties is not None
    assert joint(study(desk_of(calm(snapshot))), ()) is None


@pytest.mark.parametrize("code", ["zh", "ja", "en"])
def test_every_outcome_has_its_sentence(assessment: Assessment, code: str) -> None:
    """Who leads, how high the spillover is, what is left out: the text follows each of them."""
    from reportgen.i18n import Formatter, language_of, load_catalogue
    from reportgen.i18n.environment import environment, plain
    from reportgen.render.report import Counter
    from reportgen.resources import locales_folder, templates_folder

    found = assessment.review.ties
    assert found is not None
    assert found.lead is not None
    assert found.spillover is not None
    spread, lead = found.spillover, found.lead
    outcomes = [
        *(replace(found, lead=replace(lead, leader=one)) for one in ("other", "index", "none")),
        *(replace(found, spillover=replace(spread, state=one)) for one in ("high", "low")),
        replace(found, spillover=replace(spread, low=None, missing=("gold",)), lead=None),
        replace(found, spillover=None, lead=replace(lead, later="none")),
    ]
    language = language_of(code)
    words = load_catalogue(locales_folder(), language)
    env = environment(templates_folder(), words, Formatter(language, words))
    template = env.get_template("sections/87_review_ties.html.j2")
    texts = []
    for one in outcomes:
        review_then = replace(assessment.review, ties=one)
        page = template.render(
            a=replace(assessment, review=review_then), charts={}, counter=Counter(), medium="pdf"
        )
        texts.append(" ".join(plain(page).split()))
    assert not words.missing
    assert len(set(texts)) == len(texts)
    assert all(text.count("{") == text.count("%(") == 0 for text in texts)
