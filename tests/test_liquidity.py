"""M8: net liquidity, the price of reserves and the state of liquidity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.models.liquidity import (
    LiquidityInputs,
    LiquidityResult,
    assess_liquidity,
    liquidity_state,
    net_liquidity,
)
from reportgen.models.reserve_price import PriceSettings, price_alarms, spread_over

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

WEEKS = pd.date_range("2025-06-04", "2025-12-03", freq="W-WED")
DAYS = pd.bdate_range("2025-08-01", "2025-12-05")


def weekly(first: float, last: float) -> pd.Series[float]:
    """Return a straight line over the weeks."""
    return pd.Series(np.linspace(first, last, len(WEEKS)), index=WEEKS)


def daily(value: float) -> pd.Series[float]:
    """Return a constant over the days."""
    return pd.Series(value, index=DAYS)


def calm() -> LiquidityInputs:
    """Return a quiet market: reserves flat, repo a little under interest on reserves."""
    return LiquidityInputs(
        total_assets=weekly(6_600_000.0, 6_600_000.0),
        reserves=weekly(3_300_000.0, 3_300_000.0),
        treasury_account=weekly(800_000.0, 800_000.0),
        reverse_repo=weekly(5.0, 5.0),
        sofr=daily(3.85),
        effr=daily(3.83),
        iorb=daily(3.90),
    )


def with_spikes(days: int, size: float) -> pd.Series[float]:
    """Return SOFR two basis points over 3.90, with a number of days at a higher spread."""
    rate = daily(3.92)
    rate.iloc[-days:] = 3.90 + size / 100.0
    return rate


def assess(**changes: object) -> LiquidityResult:
    """Return the assessment of the quiet market with some inputs exchanged."""
    return assess_liquidity(replace(calm(), **changes))  # type: ignore[arg-type]


def test_net_liquidity_known_answer() -> None:
    """MODELS M8 known answer: 6,600,000 - 800,000 - 1000 * 5 = 5,795,000 million dollars."""
    assert net_liquidity(6_600_000.0, 800_000.0, 5.0) == 5_795_000.0
    result = assess()
    assert result.net_liquidity_musd == 5_795_000.0
    assert result.net_history[-1] == (result.day, 5_795_000.0)


def test_net_liquidity_of_3_december_2025() -> None:
    """H.4.1 of 4 December 2025: 6,535,781 - 937,167 - 2.514 billion = 5,596,100 million."""
    assert net_liquidity(6_535_781.0, 937_167.0, 2.514) == pytest.approx(5_596_100.0)


@pytest.mark.parametrize(
    ("assets", "treasury", "repo", "named"),
    [
        (6_600.0, 800.0, 5.0, "fed_total_assets"),
        (6_600_000.0, 800.0, 5.0, "treasury_general_account"),
        (6_600_000.0, 800_000.0, 50_000.0, "overnight_reverse_repo"),
        (6_600_000.0, 7_000_000.0, 5.0, "treasury_general_account"),
        (float("nan"), 800_000.0, 5.0, "fed_total_assets"),
    ],
)
def test_wrong_units_are_refused(assets: float, treasury: float, repo: float, named: str) -> None:
    """An amount that cannot be in its unit ends in a sentence that names the series."""
    with pytest.raises(DataError, match=named):
        net_liquidity(assets, treasury, repo)


@given(st.floats(1_000_000.0, 9_000_000.0), st.floats(10_000.0, 900_000.0), st.floats(0.0, 900.0))
def test_a_dollar_moved_to_the_treasury_leaves_liquidity(
    assets: float, treasury: float, repo: float
) -> None:
    """A million more at the Treasury, or a thousandth of a billion in repo, is a million less."""
    base = net_liquidity(assets, treasury, repo)
    assert net_liquidity(assets, treasury + 1.0, repo) == pytest.approx(base - 1.0)
    assert net_liquidity(assets, treasury, repo + 0.001) == pytest.approx(base - 1.0)
    assert net_liquidity(assets + 1.0, treasury, repo) == pytest.approx(base + 1.0)


def test_changes_are_taken_over_thirteen_weeks_by_date() -> None:
    """The change joins by date: a missing week in between does not shift it."""
    line = weekly(6_000_000.0, 6_260_000.0)
    whole = assess(total_assets=line)
    holed = assess(total_assets=line.drop(WEEKS[-3]))
    assert whole.net_change_13w_musd == pytest.approx(13 * 10_000.0)
    assert holed.net_change_13w_musd == whole.net_change_13w_musd


def test_quiet_market_without_ratio_is_abundant_and_says_what_is_missing() -> None:
    """No alarm, reserves not falling: abundant, by price and trend, bank assets named missing."""
    result = assess()
    assert (result.state, result.state_basis) == ("abundant", "price_and_trend")
    assert result.reserves_ratio is None
    assert result.diagnostics == ("bank_assets_missing",)
    assert {distance.unit for distance in result.distances} == {"bp", "days"}


def test_falling_reserves_without_alarm_are_ample() -> None:
    """Reserves down five per cent in thirteen weeks, prices quiet: ample, not abundant."""
    result = assess(reserves=weekly(3_300_000.0, 3_000_000.0))
    assert (result.reserves_trend, result.state) == ("falling", "ample")


def test_one_spike_is_one_alarm_and_a_persistent_excess_two() -> None:
    """Four days of +25 bp raise the tail alarm alone; fourteen days mean near-scarce."""
    spike = assess(sofr=with_spikes(4, 25.0))
    assert (spike.alarms, spike.state) == (("sofr_tail",), "ample")
    excess = assess(sofr=with_spikes(14, 25.0))
    assert (excess.alarms, excess.state) == (("sofr_tail", "sofr_days"), "near_scarce")
    assert excess.sofr is not None
    assert excess.sofr.days_above == 14
    assert excess.sofr.tail_bp == pytest.approx(25.0)


def test_exactly_ten_basis_points_is_not_above() -> None:
    """4.00 - 3.90 is ten basis points, not more, whatever floating point makes of it."""
    result = assess(sofr=daily(4.00))
    assert result.sofr is not None
    assert result.sofr.days_above == 0
    assert result.sofr.tail_bp == 10.0
    assert result.alarms == ()


def test_federal_funds_at_interest_on_reserves_is_an_alarm() -> None:
    """EFFR equal to IORB fires, one basis point below does not."""
    assert assess(effr=daily(3.90)).alarms == ("effr_at_iorb",)
    assert assess(effr=daily(3.89)).alarms == ()


@pytest.mark.parametrize(
    ("ratio", "state"),
    [
        (0.1301, "abundant"),
        (0.13, "ample"),
        (0.12, "ample"),
        (0.11, "ample"),
        (0.1099, "near_scarce"),
    ],
)
def test_state_by_share_of_bank_assets(ratio: float, state: str) -> None:
    """MODELS M8: abundant above 13 %, ample 11-13 %, near-scarce below 11 % of bank assets."""
    assert liquidity_state(ratio, (), "falling") == state


def test_two_alarms_outweigh_any_ratio() -> None:
    """MODELS M8: two price alarms mean near-scarce even at an abundant ratio; one does not."""
    assert liquidity_state(0.15, ("sofr_tail", "sofr_days"), "rising") == "near_scarce"
    assert liquidity_state(0.15, ("sofr_tail",), "rising") == "abundant"


@given(st.floats(0.01, 0.3), st.floats(0.01, 0.3))
def test_more_reserves_never_worsen_the_state(one: float, other: float) -> None:
    """The state is monotone in the ratio."""
    order = ("near_scarce", "ample", "abundant")
    low, high = sorted((one, other))
    states = [order.index(liquidity_state(ratio, (), "flat")) for ratio in (low, high)]
    assert states[0] <= states[1]


def test_ratio_is_reserves_over_bank_assets_with_distances() -> None:
    """3.3 trillion over 27.5 trillion is 12 %: ample, one point above the near-scarce bound."""
    banks = pd.Series([27_500.0], index=pd.DatetimeIndex(["2025-11-26"]))
    result = assess(bank_assets=banks)
    gaps = {distance.code: distance.gap for distance in result.distances}
    assert result.reserves_ratio == pytest.approx(0.12)
    assert (result.state, result.state_basis, result.diagnostics) == ("ample", "ratio", ())
    assert gaps["near_scarce_ratio"] == pytest.approx(0.01)
    assert gaps["scarce_slope_ratio"] == pytest.approx(0.0, abs=1e-12)
    assert gaps["abundant_ratio"] == pytest.approx(-0.01)
    assert gaps["reserves_floor"] == pytest.approx(275_000.0)


def test_bank_assets_in_millions_are_refused() -> None:
    """The ratio is checked for its unit: bank assets a thousand times too large are refused."""
    banks = pd.Series([27_500_000.0], index=pd.DatetimeIndex(["2025-11-26"]))
    with pytest.raises(DataError, match="bank assets"):
        assess(bank_assets=banks)


def test_spread_statistics_are_those_of_the_last_quarter() -> None:
    """Median, percentile and count look at the last 63 common days only."""
    early = daily(9.0).iloc[:-63]
    rate = pd.concat([early, pd.Series(3.90 + np.arange(63) / 100.0, index=DAYS[-63:])])
    spread = spread_over(rate, daily(3.90), "sofr", PriceSettings())
    assert spread.median_bp == 31.0
    assert spread.tail_bp == pytest.approx(np.percentile(np.arange(63), 95))
    assert spread.days_above == 52
    assert price_alarms(spread, replace(spread, last_bp=-1.0), PriceSettings()) == (
        "sofr_tail",
        "sofr_days",
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sofr": daily(3.9).tail(20)}, "20 days, 63 are needed"),
        ({"reserves": weekly(9_000_000.0, 9_000_000.0)}, "larger than total assets"),
        ({"reserves": weekly(3e6, 3e6).shift(1, freq="D")}, "no day in common"),
        ({"reserves": weekly(3e6, 3e6).tail(3)}, "13 weeks before"),
        ({"iorb": daily(float("nan"))}, "iorb"),
    ],
)
def test_unusable_series_are_refused(changes: dict[str, object], sentence: str) -> None:
    """Too short, out of step or without numbers: one sentence each, never a guess."""
    with pytest.raises(DataError, match=sentence):
        assess(**changes)


def test_december_2025_is_near_scarce_by_price(snapshot: Snapshot) -> None:
    """5 December 2025: SOFR more than ten points over IORB on 14 of 63 days, reserves -10 %.

    Source: H.4.1 of 4 December 2025; New York Fed (SOFR) and Federal Reserve (IORB) daily.
    """
    result = assess_liquidity(
        LiquidityInputs(
            total_assets=snapshot.values("fed_total_assets"),
            reserves=snapshot.values("reserve_balances"),
            treasury_account=snapshot.values("treasury_general_account"),
            reverse_repo=snapshot.values("overnight_reverse_repo"),
            sofr=snapshot.values("sofr"),
            effr=snapshot.values("effr"),
            iorb=snapshot.values("iorb"),
        )
    )
    assert result.net_liquidity_musd == pytest.approx(5_596_100.0)
    assert (result.state, result.alarms) == ("near_scarce", ("sofr_tail", "sofr_days"))
    assert result.sofr is not None
    assert (result.sofr.last_bp, result.sofr.days_above) == (3.0, 14)
    assert result.reserves_change_13w_percent == pytest.approx(-10.2, abs=0.05)
