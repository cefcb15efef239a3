"""M7: pace and burden of capital expenditure, the revenue it needs, and the way to the index."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.models import capex
from reportgen.models.capex_economics import (
    CapexSettings,
    index_move,
    pass_through,
    required_range,
    required_revenue,
)

ENDS = pd.date_range("2024-03-31", periods=7, freq="QE")
CAPEX = {
    "microsoft": (10.95, 13.87, 14.92, 15.80, 16.75, 17.08, 19.39),
    "alphabet": (12.01, 13.19, 13.06, 14.28, 17.20, 22.45, 23.95),
    "amazon": (14.93, 17.62, 22.62, 27.83, 25.02, 32.18, 35.10),
    "meta": (6.40, 8.17, 8.26, 14.43, 12.94, 16.54, 18.83),
}
CASH_FLOW = {
    "microsoft": (31.92, 37.20, 34.18, 22.29, 37.04, 42.65, 45.06),
    "alphabet": (28.85, 26.64, 30.70, 39.11, 36.15, 27.75, 48.41),
    "amazon": (18.99, 25.28, 25.97, 45.64, 17.02, 32.52, 35.53),
    "meta": (19.25, 19.37, 24.72, 27.99, 24.03, 25.56, 30.00),
}
"""Billions of dollars, first quarter of 2024 to third of 2025: the companies' SEC filings."""


def filed(values: Mapping[str, tuple[float, ...]]) -> dict[str, pd.Series]:
    """Return each company's figures on quarter ends."""
    return {name: pd.Series(row, index=ENDS[: len(row)]) for name, row in values.items()}


def spending(*totals: float) -> capex.CapexResult:
    """Return the result for one company with these quarterly sums and ample cash flow."""
    days = pd.date_range("2024-03-31", periods=len(totals), freq="QE")
    row = pd.Series(totals, index=days, dtype=float)
    return capex.evaluate({"one": row}, {"one": row * 0 + 1000.0})


def test_sums_of_autumn_2025() -> None:
    """Four quarters to September 2025 sum to 329.8 billions, the last annualised is 389.1 (M7)."""
    result = capex.evaluate(filed(CAPEX), filed(CASH_FLOW))
    assert result.quarter == date(2025, 9, 30)
    assert result.four_quarters == pytest.approx(329.8, abs=0.05)
    assert result.annualised == pytest.approx(389.1, abs=0.05)


def test_growth_and_burden_of_autumn_2025() -> None:
    """Growth 65.3 % on the year, 10.2 % on the quarter; 61.4 % of cash flow, by hand."""
    result = capex.evaluate(filed(CAPEX), filed(CASH_FLOW))
    assert result.growth_year == pytest.approx(100 * (97.27 / 58.86 - 1))
    assert result.growth_quarter == pytest.approx(100 * (97.27 / 88.25 - 1))
    assert result.growth_year_before == pytest.approx(100 * (88.25 / 52.85 - 1))
    assert result.cash_flow_share == pytest.approx(100 * 329.77 / 536.75)
    assert result.cash_flow_share_quarter == pytest.approx(100 * 97.27 / 159.0)
    assert result.state == "steady"
    assert result.coverage is None
    assert result.diagnostics == ("beta_assumed", "revenue_missing")


def test_companies_and_quarters() -> None:
    """Each company's last quarter and each quarter's sum come back as filed."""
    result = capex.evaluate(filed(CAPEX), filed(CASH_FLOW))
    amazon = result.companies[2]
    assert (amazon.code, amazon.capex) == ("amazon", 35.10)
    assert amazon.growth_year == pytest.approx(100 * (35.10 / 22.62 - 1))
    assert amazon.cash_flow_share == pytest.approx(100 * 35.10 / 35.53)
    assert len(result.quarters) == 7
    assert result.quarters[0].capex == pytest.approx(44.29)


def test_required_revenue_of_the_house_figure() -> None:
    """450 billions over five years at 10 % and a 60 % margin need 225 a year (method M7)."""
    assert required_revenue(450, 5, 0.10, 0.60) == pytest.approx(225.0)


def test_required_revenue_spans_its_assumptions() -> None:
    """Life 4-6 years, cost 8-12 %, margin 50-70 % span 159 to 333 around 225, by hand."""
    needed = required_range(450.0)
    assert needed.low == pytest.approx(450 * (1 / 6 + 0.08) / 0.7)
    assert needed.high == pytest.approx(450 * (1 / 4 + 0.12) / 0.5)


@given(st.floats(1, 1000), st.floats(1, 20), st.floats(0, 0.5), st.floats(0.05, 1), st.floats(1, 2))
def test_required_revenue_is_monotone(
    spent: float, life: float, cost: float, margin: float, more: float
) -> None:
    """More spending or dearer capital needs more, longer life or wider margin less."""
    base = required_revenue(spent, life, cost, margin)
    assert required_revenue(spent * more, life, cost, margin) >= base
    assert required_revenue(spent, life, cost * more, margin) >= base
    assert required_revenue(spent, life * more, cost, margin) <= base
    assert required_revenue(spent, life, cost, margin / more) >= base


def test_coverage_is_actual_over_required() -> None:
    """Half the required revenue covers half."""
    base = capex.evaluate(filed(CAPEX), filed(CASH_FLOW))
    result = capex.evaluate(filed(CAPEX), filed(CASH_FLOW), base.required.central / 2)
    assert result.coverage == pytest.approx(0.5)
    assert result.diagnostics == ("beta_assumed",)


@given(st.floats(-60, 60), st.floats(0, 1), st.floats(-1, 2))
def test_index_move_at_its_corners(shock: float, weight: float, beta: float) -> None:
    """An index of one part, or a rest that follows fully, moves like the part (method M7)."""
    assert index_move(shock, 1.0, beta) == pytest.approx(shock)
    assert index_move(shock, weight, 1.0) == pytest.approx(shock)


def test_pass_through_of_semiconductors() -> None:
    """Falls of 20 and 30 % take the Nasdaq-100 down 8.6 and 12.9 % at 0.43 (method M7)."""
    twenty, thirty = pass_through()
    assert twenty.central == pytest.approx(-8.6)
    assert thirty.central == pytest.approx(-12.9)
    assert twenty.low > twenty.central > twenty.high


def test_measured_betas_agree() -> None:
    """0.43 for the index and 0.36 for its rest imply a weight of 11 % (method M7)."""
    assert index_move(-20.0, 0.1094, 0.36) == pytest.approx(-8.6, abs=0.01)


def test_cuts_counted_by_hand() -> None:
    """Three of 24 company-quarters fell, the deepest Meta's -10.3 % of early 2025."""
    cuts = capex.evaluate(filed(CAPEX), filed(CASH_FLOW)).cuts
    assert (cuts.cuts, cuts.n) == (3, 24)
    assert cuts.share == pytest.approx(0.125)
    assert cuts.smoothed == pytest.approx(3.5 / 25)
    assert cuts.any_company == pytest.approx(1 - (1 - 0.14) ** 4)
    assert cuts.deepest == pytest.approx(100 * (12.94 / 14.43 - 1))


def test_no_cut_at_all() -> None:
    """Spending that always rose has no cut, yet the smoothed chance is not nothing."""
    cuts = spending(10, 11, 12, 13, 14, 15).cuts
    assert (cuts.cuts, cuts.deepest) == (0, 0.0)
    assert 0 < cuts.smoothed < 0.1


@pytest.mark.parametrize(
    ("totals", "state"),
    [
        ((10, 10, 10, 10, 11, 13), "accelerating"),
        ((10, 10, 10, 10, 11, 11.2), "steady"),
        ((10, 10, 10, 10, 13, 13), "steady"),
        ((10, 10, 10, 10, 15, 14.3), "slowing"),
        ((10, 10, 10, 10, 13, 12), "cut"),
        ((10, 11, 10, 10, 10.9, 10.9), "cut"),
    ],
)
def test_state_follows_the_figures(totals: tuple[float, ...], state: str) -> None:
    """Growth's change sets the pace; a fall on the year or of 5 % on the quarter is a cut."""
    assert spending(*totals).state == state


def test_a_company_ahead_of_the_others_is_named() -> None:
    """The last quarter counts only when all have filed it."""
    late = filed(CAPEX)
    late["meta"] = late["meta"].iloc[:-1]
    result = capex.evaluate(late, filed(CASH_FLOW))
    assert result.quarter == date(2025, 6, 30)
    assert "quarter_incomplete" in result.diagnostics


def test_cash_flow_below_zero_gives_no_share() -> None:
    """A share of a cash flow that is not above zero is not printed but named."""
    burned = {**filed(CASH_FLOW), "meta": filed(CASH_FLOW)["meta"] * -1}
    result = capex.evaluate(filed(CAPEX), burned)
    assert result.companies[3].cash_flow_share is None
    assert "cash_flow_not_positive" in result.diagnostics


def test_broken_tables_are_refused() -> None:
    """Other companies, too short, a hole, no number, no spending: each a sentence."""
    spent, earned = filed(CAPEX), filed(CASH_FLOW)
    with pytest.raises(DataError, match="same companies"):
        capex.evaluate(spent, {"microsoft": earned["microsoft"]})
    with pytest.raises(DataError, match="needs 6"):
        capex.evaluate({k: v.iloc[:5] for k, v in spent.items()}, earned)
    with pytest.raises(DataError, match="missing in between"):
        capex.evaluate({k: v.drop(ENDS[3]) for k, v in spent.items()}, earned)
    for bad in (math.nan, 0.0):
        broken = {**spent, "meta": spent["meta"].mask(np.arange(7) == 2, bad)}
        with pytest.raises(DataError, match="meta_capex"):
            capex.evaluate(broken, earned)
    with pytest.raises(DataError, match="one quarter alone"):
        capex.cut_record(pd.DataFrame({"meta": [1.0]}))


@pytest.mark.parametrize("margin", [0.0, 1.5, math.nan])
def test_margins_out_of_range_are_refused(margin: float) -> None:
    """A margin of nothing, of more than all, or no number is refused."""
    with pytest.raises(DataError, match="margin"):
        required_revenue(450, 5, 0.1, margin)


def test_settings_change_the_answer() -> None:
    """A wider pace turns a change of growth into a steady state."""
    assert capex.capex_state(20.0, 8.0, 3.0) == "accelerating"
    assert capex.capex_state(20.0, 8.0, 3.0, CapexSettings(pace=10.0)) == "steady"
