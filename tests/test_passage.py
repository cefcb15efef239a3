"""First passage of a price: filters, paths and touch probabilities."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from reportgen.errors import DataError
from reportgen.models.passage import (
    Floats,
    VolatilityFilter,
    ewma_variance,
    fast_fall_probabilities,
    fit_filter,
    simulate,
    touch_probability,
    trading_days_after,
)

DAILY_PERCENT = 20.0 / np.sqrt(252.0)


def random(seed: int = 7) -> np.random.Generator:
    """Return a generator with a fixed seed."""
    return np.random.Generator(np.random.PCG64(seed))


def constant_volatility() -> VolatilityFilter:
    """Return a filter of 20 % a year for ever, with residuals from the normal's own quantiles."""
    residuals = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    residuals = residuals / residuals.std()
    return VolatilityFilter("ewma", 0.0, 0.0, 1.0, DAILY_PERCENT**2, residuals, ())


def price_of(returns: Floats, start: str = "2018-01-01") -> pd.Series[float]:
    """Return a price of 100 moved by log returns in per cent."""
    days = pd.bdate_range(start, periods=len(returns) + 1)
    return pd.Series(100.0 * np.exp(np.concatenate([[0.0], np.cumsum(returns)]) / 100.0), days)


def made_up_price(days: int = 1_500, seed: int = 3) -> pd.Series[float]:
    """Return a price with volatility that comes in clusters."""
    draws, variance, returns = random(seed).standard_normal(days), 0.3, np.empty(days)
    for day in range(days):
        returns[day] = np.sqrt(variance) * draws[day]
        variance = 0.01 + 0.06 * returns[day] ** 2 + 0.91 * variance
    return price_of(returns)


@pytest.fixture(scope="module")
def paths() -> Floats:
    """Return 40,000 paths of a year at constant volatility."""
    return simulate(constant_volatility(), 252, 40_000, random())


@pytest.mark.parametrize("level", [85.0, 90.0, 95.0])
def test_touch_agrees_with_the_barrier_formula(paths: Floats, level: float) -> None:
    """Driftless price, 20 %, one year: the lognormal barrier with the daily-watching shift.

    Source: MODELS M1 known answer 1 (Broadie, Glasserman, Kou 1997: b - 0.5826 s sqrt(dt)).
    """
    s, m = 0.20, -0.02
    b = np.log(level / 100.0) - 0.5826 * s * np.sqrt(1.0 / 252.0)
    expected = norm.cdf((b - m) / s) + np.exp(2 * m * b / s**2) * norm.cdf((b + m) / s)
    assert touch_probability(paths, 100.0, level, 252) == pytest.approx(expected, abs=0.008)


def test_price_has_no_drift(paths: Floats) -> None:
    """The mean price after a year is today's: what is taken off makes up for compounding."""
    assert float(np.exp(paths[:, -1]).mean()) == pytest.approx(1.0, abs=0.005)


def test_drift_moves_touches_the_way_it_points(paths: Floats) -> None:
    """A downward drift makes lower levels likelier and higher ones less likely."""
    for level, sign in ((90.0, 1.0), (110.0, -1.0)):
        plain = touch_probability(paths, 100.0, level, 252)
        drifted = touch_probability(paths, 100.0, level, 252, yearly_drift=-0.05)
        assert sign * (drifted - plain) > 0.0


@settings(max_examples=40, deadline=None)
@given(st.floats(60.0, 99.0), st.floats(60.0, 99.0), st.integers(1, 252), st.integers(1, 252))
def test_touch_is_monotone(paths: Floats, one: float, other: float, d1: int, d2: int) -> None:
    """A longer horizon or a nearer level never lowers the probability."""
    near, far = max(one, other), min(one, other)
    short, long = sorted((d1, d2))
    assert touch_probability(paths, 100.0, far, short) <= touch_probability(
        paths, 100.0, near, long
    )


def test_touch_at_the_edges(paths: Floats) -> None:
    """Today's price is touched already; with no day left nothing else can be."""
    assert touch_probability(paths, 100.0, 100.0, 0) == 1.0
    assert touch_probability(paths, 100.0, 99.0, 0) == 0.0


@pytest.mark.parametrize(
    ("spot", "level", "days"), [(100.0, -1.0, 5), (float("nan"), 90.0, 5), (100.0, 90.0, 999)]
)
def test_senseless_questions_are_refused(
    paths: Floats, spot: float, level: float, days: int
) -> None:
    """A level below zero, a price that is no number and days never simulated are refused."""
    with pytest.raises(DataError):
        touch_probability(paths, spot, level, days)


def test_garch_is_recovered_from_made_up_returns() -> None:
    """Simulate with known persistence .97 and volatility, fit, and find both again."""
    fitted = fit_filter(made_up_price(6_000), "made_up")
    assert (fitted.kind, fitted.diagnostics) == ("garch", ())
    assert fitted.alpha + fitted.beta == pytest.approx(0.97, abs=0.02)
    assert fitted.omega / (1.0 - fitted.alpha - fitted.beta) == pytest.approx(1 / 3, rel=0.15)


def test_long_run_variance_is_that_of_the_sample() -> None:
    """Variance targeting: the level the paths return to is the one that was observed."""
    price = made_up_price()
    fitted = fit_filter(price, "made_up")
    observed = float(np.var(100.0 * np.diff(np.log(price.to_numpy()))))
    assert fitted.omega / (1.0 - fitted.alpha - fitted.beta) == pytest.approx(observed)


@pytest.mark.parametrize("kind", ["garch", "ewma"])
def test_residuals_have_mean_zero_and_variance_one(kind: str) -> None:
    """Whatever the filter, the pool of residuals is standardised."""
    fitted = fit_filter(made_up_price(), "made_up", "garch" if kind == "garch" else "ewma")
    assert fitted.kind == kind
    assert float(fitted.residuals.mean()) == pytest.approx(0.0, abs=1e-12)
    assert float(fitted.residuals.var()) == pytest.approx(1.0)


def test_ewma_variance_by_hand() -> None:
    """Variance .94 h + .06 r^2, from the mean of the first sixty squares; one is for tomorrow."""
    returns = np.full(60, 1.0)
    assert ewma_variance(returns) == pytest.approx(np.ones(61))
    jump = np.append(returns, 3.0)
    assert ewma_variance(jump)[-1] == pytest.approx(0.94 * 1.0 + 0.06 * 9.0)


def test_variance_of_a_day_knows_nothing_of_it() -> None:
    """Changing a return changes the variance from the next day on, not before (after the start)."""
    returns = random().standard_normal(200)
    changed = returns.copy()
    changed[150] = 9.0
    one, other = ewma_variance(returns), ewma_variance(changed)
    assert np.array_equal(one[:151], other[:151])
    assert (one[151:] != other[151:]).all()


def test_explosive_variance_falls_back_to_ewma_by_name() -> None:
    """A volatility that only grows is no stationary GARCH: EWMA takes over and it is said."""
    growth = np.linspace(0.05, 3.0, 1_200) * np.where(np.arange(1_200) % 2 == 0, 1.0, -1.0)
    fitted = fit_filter(price_of(growth), "made_up")
    assert fitted.kind == "ewma"
    assert set(fitted.diagnostics) <= {"garch_not_stationary", "garch_not_converged"}
    assert fitted.diagnostics


def test_short_history_is_named() -> None:
    """Fewer than a thousand returns still give a filter, with a diagnostic."""
    assert fit_filter(made_up_price(400), "made_up").diagnostics[:1] == ("short_history",)


def test_unusable_prices_are_refused() -> None:
    """Too short, motionless and below zero: one sentence each, naming the series."""
    with pytest.raises(DataError, match="made_up"):
        fit_filter(made_up_price(200), "made_up")
    with pytest.raises(DataError, match="does not move"):
        fit_filter(price_of(np.zeros(400)), "made_up")
    with pytest.raises(DataError, match="above zero"):
        fit_filter(-made_up_price(400), "made_up")


def test_fast_falls_by_hand() -> None:
    """Two paths, a window of two days that reaches back into the past, two months."""
    past = np.array([0.02, 0.0])
    cumulative = np.array([[-0.02, -0.02, -0.02, -0.02], [0.0, 0.0, 0.0, -0.05]])
    month = np.array([0, 0, 1, 1])
    falls = fast_fall_probabilities(cumulative, past, 2, -0.035, month)
    # Path one: 0.02 -> -0.02 over the first window. Path two: 0 -> -0.05 on the last day.
    assert falls == (0.5, 0.5)
    assert fast_fall_probabilities(cumulative, past, 2, -0.10, month) == (0.0, 0.0)


def test_fast_falls_need_their_past() -> None:
    """A past of another length than the window, or a fall that is a rise, is refused."""
    flat = np.zeros((1, 4))
    with pytest.raises(DataError, match="past days"):
        fast_fall_probabilities(flat, np.zeros(3), 2, -0.04, np.zeros(4, dtype=np.int64))
    with pytest.raises(DataError, match="below zero"):
        fast_fall_probabilities(flat, np.zeros(2), 2, 0.04, np.zeros(4, dtype=np.int64))


def test_same_seed_same_paths() -> None:
    """Two runs with the same generator state give the same bytes."""
    one = simulate(constant_volatility(), 20, 100, random(5))
    other = simulate(constant_volatility(), 20, 100, random(5))
    assert one.tobytes() == other.tobytes()


def test_trading_days_leave_out_weekends_and_federal_holidays() -> None:
    """From 5 December 2025 to the end of the year: 18 weekdays less Christmas Day."""
    days = trading_days_after(date(2025, 12, 5), date(2025, 12, 31))
    assert len(days) == 17
    assert pd.Timestamp("2025-12-25") not in days
    assert days[0] == pd.Timestamp("2025-12-08")
