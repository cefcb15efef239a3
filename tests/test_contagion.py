"""M11: cross-asset table, clocks, correlations and absorption."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr

from reportgen.errors import DataError
from reportgen.models.absorption import absorption_ratio
from reportgen.models.assets import (
    ASSETS,
    NEW_YORK,
    Asset,
    AssetSeries,
    by_code,
    session_clocks,
    synchronous,
)
from reportgen.models.contagion import ContagionSettings, assess_contagion, asset_row
from reportgen.models.correlation import correlation_matrix, forbes_rigobon, mean_correlation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reportgen.snapshot import Snapshot

DAYS = pd.bdate_range("2023-01-02", "2025-12-05")
INDEX = Asset("nasdaq_composite", "price", NEW_YORK, time(16, 0))
OTHER = Asset("sp500", "price", NEW_YORK, time(16, 0))
TOKYO = Asset("nikkei_225", "price", "Asia/Tokyo", time(15, 30))
YIELD = Asset("treasury_10y", "rate", NEW_YORK, time(15, 30))


def draws(columns: int, seed: int = 1, rows: int = len(DAYS) - 1) -> NDArray[np.float64]:
    """Return independent normal draws."""
    return np.random.Generator(np.random.PCG64(seed)).standard_normal((rows, columns))


def price(asset: Asset, returns: NDArray[np.float64]) -> AssetSeries:
    """Return a price series moved by log returns in per cent."""
    line = np.concatenate([[0.0], np.cumsum(returns)]) / 100.0
    return AssetSeries(asset, pd.Series(100.0 * np.exp(line), index=DAYS[: len(line)]))


def bundled(snapshot: Snapshot) -> tuple[AssetSeries, ...]:
    """Return the bundled series of all assets."""
    return tuple(AssetSeries(asset, snapshot.values(asset.code)) for asset in ASSETS)


def test_table_of_5_december_2025(snapshot: Snapshot) -> None:
    """Drawdown -1.6 % from the record close of 29 October 2025; bitcoin -28.3 % from its high.

    Source: REPORT.md section 1 (23,578.13 and 23,958.47); bitcoin 124,752.53 on 6 October.
    """
    end = date(2025, 12, 5)
    result = assess_contagion(bundled(snapshot), date(2025, 11, 5), end)
    rows = {row.code: row for row in result.table}
    index, coin = rows["nasdaq_composite"], rows["bitcoin"]
    assert (index.last, index.high_52w, index.high_day) == (23578.13, 23958.47, date(2025, 10, 29))
    assert index.from_high == pytest.approx(-1.587, abs=0.001)
    assert coin.from_high == pytest.approx(-28.35, abs=0.01)
    assert all(row.day <= end for row in result.table)
    assert result.diagnostics == ()


def test_november_fall_of_the_nasdaq(snapshot: Snapshot) -> None:
    """20 November 2025: Composite -7.85 % from its high, Nasdaq-100 -2.4 % on the day (B1)."""
    end = date(2025, 11, 20)
    rows = {
        item.asset.code: asset_row(
            AssetSeries(item.asset, item.values[: pd.Timestamp(end)]), date(2025, 10, 31)
        )
        for item in bundled(snapshot)[:2]
    }
    assert rows["nasdaq_composite"].from_high == pytest.approx(-7.85, abs=0.005)
    assert rows["nasdaq_100"].change_1d == pytest.approx(-2.4, abs=0.05)


def test_changes_are_per_cent_for_prices_and_points_for_rates() -> None:
    """From 100 to 110 is ten per cent; from 4.00 to 4.14 is fourteen basis points."""
    days = DAYS[:30]
    flat, step = np.full(29, 100.0), np.append(np.full(29, 100.0), 110.0)
    row = asset_row(AssetSeries(INDEX, pd.Series(step, index=days)), days[0].date())
    assert (row.change_1d, row.change_5d, row.change_21d) == pytest.approx((10.0,) * 3)
    rate = pd.Series(np.append(flat * 0.04, 4.14), index=days)
    assert asset_row(AssetSeries(YIELD, rate), days[0].date()).change_1d == pytest.approx(14.0)


def test_range_starts_at_the_last_value_before_it() -> None:
    """A range that begins on a holiday starts from the close before."""
    values = pd.Series(np.arange(100.0, 130.0), index=DAYS[:30])
    row = asset_row(AssetSeries(INDEX, values), date(2023, 1, 8))
    assert row.range_from == date(2023, 1, 6)
    assert row.change_range == pytest.approx(100.0 * (129.0 / 104.0 - 1.0))
    with pytest.raises(DataError, match="2022-12-30"):
        asset_row(AssetSeries(INDEX, values), date(2022, 12, 30))


def test_session_of_20_november_is_friday_morning_in_asia() -> None:
    """MODELS B1: the New York session of 20 November 2025 ended on the 21st in Asia."""
    clocks = session_clocks(date(2025, 11, 20))
    assert clocks.asia_day == date(2025, 11, 21)
    assert clocks.close_utc == datetime(2025, 11, 20, 21, 0, tzinfo=UTC)
    assert [moment.strftime("%d %H:%M") for _, moment in clocks.local] == [
        "20 16:00",
        "21 06:00",
        "21 05:00",
    ]


def test_closes_far_apart_are_compared_over_two_days() -> None:
    """New York and Tokyo do not close together, New York and Wall Street's yields do."""
    assert not synchronous(INDEX, TOKYO)
    assert synchronous(INDEX, YIELD)
    moved = draws(3)
    series = tuple(price(a, moved[:, k]) for k, a in enumerate((INDEX, OTHER, TOKYO)))
    spans = correlation_matrix(series, 60).spans
    assert spans == ((1, 1, 2), (1, 1, 2), (2, 2, 1))


def test_two_day_moves_find_a_link_that_one_day_moves_miss() -> None:
    """Tokyo repeating New York a day later: half of every two-day move is common."""
    moved = draws(1)[:, 0]
    series = (price(INDEX, moved), price(TOKYO, np.roll(moved, 1)))
    assert correlation_matrix(series, 600).values[0][1] == pytest.approx(0.5, abs=0.08)
    same_clock = (series[0], AssetSeries(OTHER, series[1].values))
    assert correlation_matrix(same_clock, 600).values[0][1] == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("window", [60, 250])
def test_correlation_is_the_textbook_one_on_the_window(window: int) -> None:
    """Equal weights give the textbook correlation (SciPy's) of the last moves."""
    moved = draws(2)
    moved[:, 1] += 0.7 * moved[:, 0]
    found = correlation_matrix((price(INDEX, moved[:, 0]), price(OTHER, moved[:, 1])), window)
    expected = pearsonr(moved[-window:, 0], moved[-window:, 1])[0]
    assert found.values[0][1] == pytest.approx(expected)


def test_ewma_correlation_by_recursion() -> None:
    """Window 0 is RiskMetrics': the recursion c' = .98 c + .02 xy on moves gives the same."""
    moved = draws(2)
    products = np.column_stack([moved[:, 0] ** 2, moved[:, 1] ** 2, moved[:, 0] * moved[:, 1]])
    state = products[0]
    for row in products[1:]:
        state = 0.98 * state + 0.02 * row
    found = correlation_matrix((price(INDEX, moved[:, 0]), price(OTHER, moved[:, 1])), 0)
    assert found.values[0][1] == pytest.approx(state[2] / np.sqrt(state[0] * state[1]), abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_matrix_is_symmetric_with_ones(seed: int) -> None:
    """Any data: ones on the diagonal, symmetric, nothing beyond one."""
    moved = draws(3, seed, 99)
    series = tuple(price(a, moved[:, k]) for k, a in enumerate((INDEX, YIELD, TOKYO)))
    values = np.array(correlation_matrix(series, 60).values)
    assert np.array_equal(values, values.T)
    assert (np.diag(values) == 1.0).all()
    assert (np.abs(values) <= 1.0).all()


def test_mean_correlation_counts_pairs_once_and_without_sign() -> None:
    """Correlations of .5 and -.5 are equally strong links."""
    moved = draws(1)[:, 0]
    series = (price(INDEX, moved), price(OTHER, -moved))
    assert mean_correlation(correlation_matrix(series, 60)) == pytest.approx(1.0)


def test_forbes_rigobon_undoes_what_variance_does() -> None:
    """Same link, quadruple variance of the source: the correction gives the quiet correlation.

    Closed form: y = b x + e, corr^2 = b^2 v / (b^2 v + s^2).
    """
    quiet = 0.5 / np.sqrt(0.5**2 + 1.0)
    loud = 0.5 * 2.0 / np.sqrt(0.5**2 * 4.0 + 1.0)
    assert loud > quiet
    assert forbes_rigobon(loud, 4.0) == pytest.approx(quiet)
    assert forbes_rigobon(0.3, 1.0) == 0.3


def test_absorption_of_identical_series_is_one() -> None:
    """MODELS M11 known answer: identical series are absorbed by one factor."""
    moved = np.tile(draws(1), (1, 5))
    ratio, factors = absorption_ratio(moved, 250.0)
    assert ratio == pytest.approx(1.0)
    assert factors == 1


def test_absorption_of_independent_series_is_their_share() -> None:
    """MODELS M11 known answer: independent series give k/N (.202 against .200)."""
    moved = draws(10, seed=4, rows=60_000)
    ratio, factors = absorption_ratio(moved, 60_000.0)
    assert factors == 2
    assert ratio == pytest.approx(0.200, abs=0.006)


def test_absorption_weights_halve_with_the_half_life() -> None:
    """Old days count less: a link of the distant past is forgotten."""
    linked = np.tile(draws(1, 2, 1_000), (1, 5))
    free = draws(5, 3, 1_000)
    past = absorption_ratio(np.vstack([linked, free]), 100.0)[0]
    recent = absorption_ratio(np.vstack([free, linked]), 100.0)[0]
    assert recent > 0.9 > past


def test_later_days_change_nothing(snapshot: Snapshot) -> None:
    """The view of 21 November is the same whether or not later days are known."""
    series, end = bundled(snapshot), date(2025, 11, 21)
    cut = tuple(AssetSeries(s.asset, s.values[: pd.Timestamp(end)]) for s in series)
    start = date(2025, 10, 21)
    assert assess_contagion(series, start, end) == assess_contagion(cut, start, end)


def test_shifts_compare_short_and_long_window(snapshot: Snapshot) -> None:
    """Every other asset has its correlation with the index in both windows."""
    result = assess_contagion(bundled(snapshot), date(2025, 11, 5), date(2025, 12, 5))
    assert {shift.code for shift in result.shifts} == {a.code for a in ASSETS} - {INDEX.code}
    for shift in result.shifts:
        calmer = shift.variance_ratio < 1.0
        assert (abs(shift.adjusted) >= abs(shift.short)) is calmer


def test_short_history_has_no_absorption_ratio_and_says_so() -> None:
    """With fewer than 502 common days the ratio is left out by name."""
    moved = draws(2, rows=400)
    series = (price(INDEX, moved[:, 0]), price(OTHER, moved[:, 1]))
    result = assess_contagion(series, DAYS[300].date(), DAYS[400].date())
    assert result.absorption is None
    assert result.diagnostics == ("absorption_history_short",)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (np.zeros((50, 3)), "does not move"),
        (np.ones((1, 3)), "two assets and two days"),
        (np.ones((50, 1)), "two assets and two days"),
    ],
)
def test_absorption_of_nothing_is_refused(columns: NDArray[np.float64], sentence: str) -> None:
    """No movement, one day or one asset: one sentence."""
    with pytest.raises(DataError, match=sentence):
        absorption_ratio(columns, 250.0)


def test_unusable_views_are_refused() -> None:
    """One asset, no index, too few common days, a price below zero: one sentence each."""
    moved = draws(2, rows=100)
    series = (price(INDEX, moved[:, 0]), price(OTHER, moved[:, 1]))
    start, end = DAYS[50].date(), DAYS[100].date()
    small = ContagionSettings(short_window=20, long_window=40)
    with pytest.raises(DataError, match="at least two"):
        assess_contagion(series[:1], start, end, small)
    with pytest.raises(DataError, match="250 are needed"):
        assess_contagion(series, start, end)
    with pytest.raises(DataError, match="needs the series vix"):
        assess_contagion(series, start, end, replace(small, index_code="vix"))
    with pytest.raises(DataError, match="sp500"):
        assess_contagion((series[0], AssetSeries(OTHER, -series[1].values)), start, end, small)
    with pytest.raises(DataError, match="gold"):
        by_code(series, "gold")


def test_series_that_stand_still_have_no_correlation() -> None:
    """A constant price has no correlation: refused by name."""
    series = (price(INDEX, draws(1, rows=99)[:, 0]), price(OTHER, np.zeros(99)))
    with pytest.raises(DataError, match="nasdaq_composite"):
        correlation_matrix(series, 60)
