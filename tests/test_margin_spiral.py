"""M5, margin spiral: a scenario of forced sales with known answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.models.carry import CENTRAL_SPIRAL, EPISODE_2024, FIRST_LEG, SPIRAL_CASES
from reportgen.models.margin_spiral import (
    Moves,
    SpiralSettings,
    implied_impact,
    margin_spiral,
    settle,
    spiral_scenario,
)

falls = st.floats(-0.30, 0.0)


def test_no_shock_no_sales() -> None:
    """MODELS M5 known answer: a zero shock moves nothing."""
    outcome = margin_spiral("central", Moves(0.0, 0.0), SpiralSettings())
    assert outcome.final == Moves(0.0, 0.0)
    assert (outcome.sold_busd, outcome.rounds) == (0.0, 0)


def test_small_shock_below_the_first_bound_sells_nothing() -> None:
    """MODELS M5 known answer: below the first cohort's bound the shock is all there is."""
    shock = Moves(-0.01, -0.005)
    outcome = margin_spiral("central", shock, SpiralSettings())
    assert outcome.final == shock
    assert outcome.sold_busd == 0.0


def test_bound_of_a_single_cohort_is_where_theory_puts_it() -> None:
    """Leverage L is called when (1+x)(1+y) < (L-1)/(L-1/1.25): just above holds, below sells."""
    leverage = 4.0
    bound = (leverage - 1.0) / (leverage - 0.8) - 1.0
    alone = SpiralSettings(cohorts=1, lowest_leverage=leverage, highest_leverage=leverage)
    assert margin_spiral("one", Moves(bound + 1e-6, 0.0), alone).sold_busd == 0.0
    assert margin_spiral("one", Moves(bound - 1e-6, 0.0), alone).sold_busd == 250.0
    assert margin_spiral("one", Moves(0.0, bound - 1e-6), alone).sold_busd == 250.0


@pytest.mark.parametrize("feedback", [0.0, 0.3, 0.5, 0.9])
def test_linear_sales_multiply_by_the_closed_form(feedback: float) -> None:
    """MODELS M5 known answer: sales A|x| with impact k end at x0 / (1 - kA)."""
    size = 200.0
    final, sold, _ = settle(Moves(-0.02, 0.0), lambda m: -size * m.usdjpy, feedback / size, 0.0)
    assert final.usdjpy == pytest.approx(-0.02 / (1.0 - feedback), rel=1e-9)
    assert sold == pytest.approx(size * 0.02 / (1.0 - feedback), rel=1e-9)


def test_linear_sales_without_end_are_refused() -> None:
    """With kA of one or more each sale causes a larger one: no fixed point, and it says so."""
    with pytest.raises(DataError, match="no end"):
        settle(Moves(-0.02, 0.0), lambda m: -200.0 * m.usdjpy, 1.05 / 200.0, 0.0)


def test_prototype() -> None:
    """MODELS M5 known answer: (-5 %, -2 %) sells 147 of 250 billion and ends at -7.9 % / -2.6 %."""
    outcome = margin_spiral("central", Moves(-0.05, -0.02), SpiralSettings())
    assert outcome.sold_busd == pytest.approx(147.0, abs=0.5)
    assert outcome.final.usdjpy == pytest.approx(-0.079, abs=0.0005)
    assert outcome.final.equity == pytest.approx(-0.026, abs=0.0005)
    assert outcome.sold_share == pytest.approx(147.0 / 250.0, abs=0.002)


@given(falls, falls, falls, falls)
def test_larger_shock_never_ends_higher(x1: float, y1: float, x2: float, y2: float) -> None:
    """MODELS M5 known answer: monotone in the shock, in sales and in both prices."""
    mild, hard = Moves(max(x1, x2), max(y1, y2)), Moves(min(x1, x2), min(y1, y2))
    one = margin_spiral("mild", mild, SpiralSettings())
    other = margin_spiral("hard", hard, SpiralSettings())
    assert other.sold_busd >= one.sold_busd
    assert other.final.usdjpy <= one.final.usdjpy
    assert other.final.equity <= one.final.equity


@given(falls, falls)
def test_what_is_sold_explains_the_move(x: float, y: float) -> None:
    """The end is the shock less impact times sales, and no more than everything is sold."""
    outcome = margin_spiral("central", Moves(x, y), SpiralSettings())
    assert outcome.final.usdjpy == pytest.approx(x - 0.0002 * outcome.sold_busd)
    assert outcome.final.equity == pytest.approx(y - 0.00004 * outcome.sold_busd)
    assert 0.0 <= outcome.sold_share <= 1.0


def test_episode_is_the_measured_one() -> None:
    """July-August 2024: USDJPY -11 %, Nasdaq-100 -13 % between closes (MODELS: -12, -13..-16).

    Source: H.10 and Nasdaq closes of 10 July and 5 August 2024.
    """
    assert EPISODE_2024.usdjpy == pytest.approx(-0.110, abs=0.001)
    assert EPISODE_2024.equity == pytest.approx(-0.134, abs=0.001)


def test_implied_impact_leads_from_shock_to_end() -> None:
    """Selling everything at the implied impact ends where the episode ended."""
    impact = implied_impact(FIRST_LEG.usdjpy, EPISODE_2024.usdjpy, 250.0)
    assert FIRST_LEG.usdjpy - impact * 250.0 == pytest.approx(EPISODE_2024.usdjpy)


def test_scenario_is_a_range_over_its_cases() -> None:
    """The default scenario spans 100 to 500 billion; its range holds the central case."""
    scenario = spiral_scenario(FIRST_LEG, CENTRAL_SPIRAL, SPIRAL_CASES)
    assert [case.code for case in scenario.cases] == ["central", "small", "large", "episode_2024"]
    low, high = scenario.usdjpy_range
    assert low < scenario.central.final.usdjpy < high < 0.0
    low, high = scenario.equity_range
    assert low < scenario.central.final.equity < high < 0.0
    assert scenario.sold_range_busd[0] < 147.0 < scenario.sold_range_busd[1]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"size_busd": 0.0}, "size"),
        ({"fx_impact": -0.1}, "impact on usdjpy"),
        ({"cohorts": 0}, "leverage above one"),
        ({"lowest_leverage": 1.0}, "leverage above one"),
        ({"lowest_leverage": 5.0}, "lowest before highest"),
        ({"call_factor": 0.5}, "bound"),
    ],
)
def test_senseless_settings_are_refused(change: dict[str, float], sentence: str) -> None:
    """Each setting that makes no sense ends in a sentence that names it."""
    with pytest.raises(DataError, match=sentence):
        margin_spiral("central", FIRST_LEG, replace(SpiralSettings(), **change))  # type: ignore[arg-type]


def test_total_loss_is_no_shock() -> None:
    """A shock of -100 % or a NaN is refused by name."""
    with pytest.raises(DataError, match="usdjpy"):
        margin_spiral("central", Moves(-1.0, 0.0), SpiralSettings())
    with pytest.raises(DataError, match="equities"):
        margin_spiral("central", Moves(0.0, float("nan")), SpiralSettings())
