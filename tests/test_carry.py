"""M5: the terms of the yen carry trade, its state, and speculators' positions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.models.carry import (
    CarryInputs,
    CarryResult,
    CarrySettings,
    assess_carry,
    carry_state,
)
from reportgen.models.carry_terms import breakeven, carry_table, months_before, weekly_points
from reportgen.models.yen_positions import yen_positions

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

AS_OF = date(2025, 12, 5)
DAYS = pd.bdate_range("2021-01-04", "2025-12-05")
SMALL = CarrySettings(paths=2_000)


def yen_price() -> pd.Series[float]:
    """Return a made-up USDJPY at 155.30 on the last day, nine per cent a year."""
    draws = np.random.Generator(np.random.PCG64(11)).standard_normal(len(DAYS) - 1)
    line = np.concatenate([[0.0], np.cumsum(0.0057 * draws)])
    return pd.Series(155.30 * np.exp(line - line[-1]), index=DAYS)


def dollar_rate(before: float = 4.20, after: float = 3.93) -> pd.Series[float]:
    """Return a dollar rate with a step in autumn 2025."""
    rate = pd.Series(before, index=DAYS)
    rate["2025-09-18":] = after
    return rate


def yen_rate(value: float = 0.80909) -> pd.Series[float]:
    """Return a yen rate by month, the last one October 2025."""
    months = pd.date_range("2020-10-01", "2025-10-01", freq="MS")
    return pd.Series(value, index=months)


def carry_inputs() -> CarryInputs:
    """Return a whole set of inputs for 5 December 2025."""
    ends = (date(2026, 3, 5), date(2026, 11, 30))
    return CarryInputs(AS_OF, yen_price(), dollar_rate(), yen_rate(), None, (148.0, 145.0), ends)


@pytest.fixture(scope="module")
def result() -> CarryResult:
    """Return the assessment of the made-up inputs."""
    return assess_carry(carry_inputs(), SMALL)


def positions(net: list[float]) -> pd.DataFrame:
    """Return long and short contracts with a given net, by weeks ending 25 November 2025."""
    days = pd.date_range(end="2025-11-25", periods=len(net), freq="7D")
    short = np.full(len(net), 300_000.0)
    return pd.DataFrame({"long": short + np.array(net), "short": short}, index=days)


def test_differential_of_5_december_2025(result: CarryResult) -> None:
    """SOFR 3.93 less Japan's three-month rate of October 0.80909: 3.12 points, both dated."""
    assert result.differential_points == pytest.approx(3.12091)
    assert (result.dollar_day, result.yen_month) == (AS_OF, date(2025, 10, 1))
    assert result.differential_change == pytest.approx(-0.27)


def test_carry_to_volatility_is_their_ratio(result: CarryResult) -> None:
    """Carry-to-volatility is points of carry per point of annual volatility."""
    ratio = result.differential_points / result.volatility_percent
    assert result.carry_to_volatility == pytest.approx(ratio)
    assert 0.0 < result.percentile <= 100.0


def test_constant_move_has_the_volatility_of_its_size() -> None:
    """Daily moves of one per cent up and down are 15.87 % a year: sqrt(252)."""
    moves = np.where(np.arange(400) % 2 == 0, 1.0, -1.0)
    days = pd.bdate_range("2024-01-01", periods=401)
    price = pd.Series(100.0 * np.exp(np.concatenate([[0.0], np.cumsum(moves)]) / 100.0), days)
    dollar = pd.Series(4.0, index=days)
    table = carry_table(price, dollar, yen_rate(), 2)
    assert table["volatility"].to_numpy() == pytest.approx(np.sqrt(252.0))
    assert table["ratio"].iloc[-1] == pytest.approx((4.0 - 0.80909) / np.sqrt(252.0))


def test_yen_rate_is_used_only_once_public() -> None:
    """October's rate stands in the table from 1 December, September's on the day before."""
    rate = yen_rate()
    rate.iloc[-1] = 0.99
    table = carry_table(yen_price(), dollar_rate(), rate, 2)
    assert table.loc["2025-12-01", "yen"] == 0.99
    assert table.loc["2025-11-28", "yen"] == 0.80909


def test_cutting_later_days_changes_no_earlier_terms() -> None:
    """The table of an earlier day is the same whether or not later days are known."""
    whole = carry_table(yen_price(), dollar_rate(), yen_rate(), 2)
    cut = carry_table(yen_price()[:"2025-03-31"], dollar_rate()[:"2025-03-31"], yen_rate(), 2)
    pd.testing.assert_frame_equal(whole[:"2025-03-31"], cut)


@pytest.mark.parametrize(("years", "expected"), [(0, 155.30), (1, 150.528)])
def test_breakeven_known_answer(years: int, expected: float) -> None:
    """MODELS M5: S exp(-(i_US - i_JP) T); 155.30 exp(-0.03121) = 150.53 after a year."""
    end = date(2025 + years, 12, 5)
    assert breakeven(155.30, 3.121, AS_OF, end) == pytest.approx(expected, abs=0.005)


@given(st.floats(0.0, 8.0), st.integers(1, 700), st.integers(1, 700))
def test_breakeven_falls_with_time(points: float, one: int, other: int) -> None:
    """The longer the carry is earned, the further the yen may rise before it is lost."""
    start = date(2025, 1, 1).toordinal()
    short, long = sorted((one, other))
    values = [
        breakeven(150.0, points, date(2025, 1, 1), date.fromordinal(start + days))
        for days in (short, long)
    ]
    assert values[1] <= values[0] <= 150.0


@pytest.mark.parametrize(
    ("fast", "change", "percentile", "state", "reasons"),
    [
        (0.01, 0.0, 50.0, "calm", ()),
        (-0.039, 0.0, 50.0, "calm", ()),
        (-0.04, 0.5, 99.0, "unwinding", ("usdjpy_fast_fall",)),
        (0.01, -0.25, 50.0, "narrowing", ("differential_down",)),
        (0.01, -0.24, 24.9, "narrowing", ("carry_to_volatility_low",)),
        (0.0, -1.0, 1.0, "narrowing", ("differential_down", "carry_to_volatility_low")),
        (-0.10, -1.0, 1.0, "unwinding", ("usdjpy_fast_fall",)),
    ],
)
def test_state_by_its_rule(
    fast: float, change: float, percentile: float, state: str, reasons: tuple[str, ...]
) -> None:
    """A fast fall is unwinding before all else; a smaller or thinner carry narrows; else calm."""
    assert carry_state(fast, change, percentile, CarrySettings()) == (state, reasons)


def test_state_of_the_assessment_names_its_reason(result: CarryResult) -> None:
    """The differential fell 0.27 points in six months: narrowing, and why."""
    assert (result.state, result.reasons) == ("narrowing", ("differential_down",))


def test_touches_cover_levels_and_days(result: CarryResult) -> None:
    """Every level stands against every day; nearer and later is likelier; ranges hold points."""
    table = {(touch.level, touch.by): touch for touch in result.touches}
    assert len(table) == 4
    near, far = table[(148.0, date(2026, 11, 30))], table[(145.0, date(2026, 11, 30))]
    assert near.probability >= far.probability
    assert far.probability >= table[(145.0, date(2026, 3, 5))].probability
    assert all(t.low <= t.probability <= t.high for t in result.touches)
    assert far.distance_percent == pytest.approx(100.0 * (145.0 / 155.30 - 1.0))
    assert far.trading_days == 245


def test_breaches_name_every_month(result: CarryResult) -> None:
    """A probability of a fast fall for every calendar month from December to November."""
    months = [breach.month for breach in result.breaches]
    assert (months[0], months[-1]) == (date(2025, 12, 1), date(2026, 11, 1))
    assert len(months) == 12
    assert all(0.0 <= b.low <= b.probability <= b.high <= 1.0 for b in result.breaches)


def test_same_inputs_same_result(result: CarryResult) -> None:
    """Two runs are equal: the seed depends on date and model only."""
    assert assess_carry(carry_inputs(), SMALL) == result


def test_missing_positions_are_named(result: CarryResult) -> None:
    """Without futures data the rest stands, and what is missing is named."""
    assert result.positions is None
    assert result.diagnostics == ("positions_missing",)


def test_positions_of_25_november_2025() -> None:
    """CFTC: 169,218 long, 142,701 short: net long 26,517 contracts, 331.5 billion yen."""
    table = positions([-184_223.0, *np.linspace(0, 179_212.0, 98), 84_484.0, *[50_000.0] * 55])
    table.iloc[-1] = [169_218.0, 142_701.0]
    found = yen_positions(table["long"], table["short"])
    assert (found.net_contracts, found.side) == (26_517.0, "net_long")
    assert found.net_yen == pytest.approx(331.4625e9)
    assert (found.peak_short or (None, 0.0))[1] == -184_223.0
    assert (found.short_unwound, found.diagnostics) == (1.0, ("short_history",))
    assert found.long_unwound == pytest.approx(1.0 - 26_517.0 / 179_212.0)


def test_half_given_up_is_half_unwound() -> None:
    """From 200,000 net short to 100,000: half of the peak is gone; a long peak never was."""
    table = positions([-200_000.0] * 80 + [-100_000.0] * 80)
    found = yen_positions(table["long"], table["short"])
    assert found.short_unwound == pytest.approx(0.5)
    assert (found.peak_long, found.long_unwound) == (None, None)
    assert found.diagnostics == ("never_net_long",)
    assert found.side == "net_short"


def test_score_looks_at_three_years() -> None:
    """The standard score is taken over the last 156 weeks; older weeks do not count."""
    recent = [float(n) for n in np.random.Generator(np.random.PCG64(2)).normal(0, 1e4, 156)]
    short = positions(recent)
    long = positions([9e5] * 40 + recent)
    one = yen_positions(short["long"], short["short"])
    other = yen_positions(long["long"], long["short"])
    assert one.score == pytest.approx(other.score)
    assert one.score == pytest.approx((recent[-1] - np.mean(recent)) / np.std(recent, ddof=1))


@pytest.mark.parametrize(
    ("net", "sentence"),
    [([0.0] * 20, "52"), ([-1.0] * 60, "never moved"), ([-400_000.0, *[1.0] * 60], "negative")],
)
def test_unusable_positions_are_refused(net: list[float], sentence: str) -> None:
    """Too few weeks, no movement, a negative count: one sentence each."""
    table = positions(net)
    with pytest.raises(DataError, match=sentence):
        yen_positions(table["long"], table["short"])


def test_positions_of_different_days_are_refused() -> None:
    """Long and short must be of the same days."""
    table = positions([float(k) for k in range(60)])
    with pytest.raises(DataError, match="different days"):
        yen_positions(table["long"], table["short"].shift(1, freq="D"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"as_of": date(2025, 12, 4)}, "after 2025-12-04"),
        ({"end_dates": ()}, "end dates"),
        ({"end_dates": (AS_OF,)}, "end dates after"),
        ({"usdjpy": pd.Series(150.0, index=DAYS)}, "does not move"),
        ({"usdjpy": yen_price().tail(30)}, "usdjpy"),
        ({"dollar_rate": dollar_rate().tail(20)}, "6 months"),
        ({"yen_rate": yen_rate()["2030":]}, "japan_3m_rate"),
        ({"levels": (-5.0,)}, "level"),
    ],
)
def test_unusable_inputs_are_refused(change: dict[str, object], sentence: str) -> None:
    """Later days, nothing to ask, motionless or short series: one sentence each."""
    with pytest.raises(DataError, match=sentence):
        assess_carry(replace(carry_inputs(), **change), SMALL)  # type: ignore[arg-type]


def test_weekly_points_are_the_last_of_each_week() -> None:
    """The chart's history has one point a week, the last day of it."""
    points = weekly_points(
        pd.Series(np.arange(10.0), index=pd.bdate_range("2025-11-24", periods=10))
    )
    assert points == ((date(2025, 11, 28), 4.0), (date(2025, 12, 5), 9.0))


def test_value_months_ago_is_found_by_date() -> None:
    """Six months before 5 December is 5 June, or the last day before it."""
    series = pd.Series(
        [1.0, 2.0, 3.0], index=pd.to_datetime(["2025-06-04", "2025-06-06", "2025-12-05"])
    )
    assert months_before(series, 6, "x") == 1.0
    with pytest.raises(DataError, match="x does not reach back 7 months"):
        months_before(series, 7, "x")


def test_december_2025_is_narrowing(snapshot: Snapshot) -> None:
    """Bundled figures: 3.11 points (yen rate of September) against 7.3 % volatility."""
    found = yen_positions(
        snapshot.values("yen_noncommercial_long"), snapshot.values("yen_noncommercial_short")
    )
    inputs = CarryInputs(
        as_of=AS_OF,
        usdjpy=snapshot.values("usdjpy"),
        dollar_rate=snapshot.values("sofr"),
        yen_rate=snapshot.values("japan_3m_rate"),
        positions=found,
        levels=(145.0,),
        end_dates=(date(2026, 11, 30),),
    )
    result = assess_carry(inputs, SMALL)
    assert (result.state, result.reasons) == ("narrowing", ("differential_down",))
    assert result.spot == 155.30
    assert result.volatility_percent == pytest.approx(7.285, abs=0.001)
    assert result.differential_points == pytest.approx(3.93 - 0.81818)
    assert result.carry_to_volatility == pytest.approx(0.427, abs=0.0005)
    assert 0.25 < result.touches[0].probability < 0.45
    # The shutdown delayed the reports: on 8 December 2025 the last one out was of 28 October.
    assert (found.net_contracts, found.day) == (68_115.0, date(2025, 10, 28))
