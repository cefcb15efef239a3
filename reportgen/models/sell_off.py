"""Did the market sell off in the month, and was it more than that?

A sell-off is a fall of seven per cent or more between closes within 21 trading days, at least
half of it in the period looked at: about one month in four on the Nasdaq Composite since 2016
(27 % of 117 months, measured). Whether it is a bear market is a matter of definition (20 per
cent from the one-year high); whether it is structural is judged by how many of the links that
break in a lasting crisis have broken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import FloatArray

Verdict = Literal["bear_market", "structural", "contained"]


@dataclass(frozen=True)
class SellOffSettings:
    """Bounds.

    Args:
        fall_percent, within_days: size of a sell-off and trading days from peak to trough.
        share_inside: part of the fall that must lie in the period.
        bear_percent: fall from the one-year high that defines a bear market.
        average_days: moving average a structural break closes below.
        credit_bp: widening of the high-yield spread over a month that counts as credit stress.
        correlation_step: rise of the mean correlation, short over long window, that counts.
        structural_tests: how many of the four tests make a fall structural.
    """

    fall_percent: float = 7.0
    within_days: int = 21
    share_inside: float = 0.5
    bear_percent: float = 20.0
    year_days: int = 252
    average_days: int = 200
    credit_bp: float = 100.0
    credit_days: int = 21
    correlation_step: float = 0.10
    still_down_percent: float = 10.0
    structural_tests: int = 3


@dataclass(frozen=True)
class SellOff:
    """The deepest fall with its trough in the period.

    Args:
        happened: whether it reached the settings' size, enough of it in the period.
        fall_percent: close to close, peak to trough, below zero.
        inside_percent: the part from the highest close since the eve of the period.
        worst_day, worst_day_percent: the largest one-day fall of the period.
        lowest_day, lowest: the lowest close from the trough to the last day: the trough itself,
            unless a lower one came too late to be within the days that count.
        recovered: share of the way down to the lowest made good by the last day, 0 to 1
            (more: a new high).
    """

    happened: bool
    peak_day: date
    peak: float
    trough_day: date
    trough: float
    fall_percent: float
    inside_percent: float
    worst_day: date
    worst_day_percent: float
    lowest_day: date
    lowest: float
    recovered: float
    last_day: date


@dataclass(frozen=True)
class StructuralTest:
    """One test: ``value`` against ``threshold`` in ``unit``; ``None`` when it cannot be made."""

    code: str
    value: float | None
    threshold: float
    unit: Literal["percent", "bp", "correlation"]
    passed: bool | None


@dataclass(frozen=True)
class StructuralVerdict:
    """Bear market by definition, structural by count of tests, else contained."""

    verdict: Verdict
    tests: tuple[StructuralTest, ...]
    broken: int
    diagnostics: tuple[str, ...]


@dataclass(frozen=True)
class StructuralInputs:
    """What the tests look at on the last day.

    Args:
        close: daily closes of the index, at least a year.
        high_yield: high-yield spread in percentage points, or ``None``.
        mean_short, mean_long: mean correlation between assets over the two windows, or ``None``.
    """

    close: pd.Series[float]
    high_yield: pd.Series[float] | None = None
    mean_short: float | None = None
    mean_long: float | None = None


def find_sell_off(
    close: pd.Series[float], start: date, end: date, settings: SellOffSettings | None = None
) -> SellOff:
    """Return the deepest fall of an index whose trough lies between two days.

    Args:
        close: daily closes, reaching back at least ``within_days`` before ``start``.
        start: first day on which a trough counts.
        end: last day looked at.
        settings: what counts as a sell-off.

    Raises:
        DataError: a malformed series, or none or too few closes around the period.
    """
    chosen = settings or SellOffSettings()
    values = guard.positive_series(close, "the index")[: pd.Timestamp(end)]
    eve = int(values.index.searchsorted(pd.Timestamp(start))) - 1
    if eve + 1 < chosen.within_days or eve + 1 >= len(values):
        raise DataError(f"the index has too few closes around {start} to look for a sell-off")
    closes: FloatArray = np.asarray(values, dtype=np.float64)
    falls = closes / _highest(closes, chosen.within_days + 1) - 1.0
    trough_at = eve + 1 + int(falls[eve + 1 :].argmin())
    reach = max(0, trough_at - chosen.within_days)
    peak_at = reach + int(closes[reach : trough_at + 1].argmax())
    peak, trough, last = (float(closes[at]) for at in (peak_at, trough_at, -1))
    lowest_at = trough_at + int(closes[trough_at:].argmin())
    lowest = float(closes[lowest_at])
    fall = _change(peak, trough)
    inside = _change(float(closes[eve : trough_at + 1].max()), trough)
    daily = closes[eve + 1 :] / closes[eve:-1] - 1.0
    worst = int(daily.argmin())
    return SellOff(
        happened=fall <= -chosen.fall_percent and inside <= chosen.share_inside * fall,
        peak_day=guard.day_of(values.index[peak_at]),
        peak=peak,
        trough_day=guard.day_of(values.index[trough_at]),
        trough=trough,
        fall_percent=fall,
        inside_percent=inside,
        worst_day=guard.day_of(values.index[eve + 1 + worst]),
        worst_day_percent=100.0 * float(daily[worst]),
        lowest_day=guard.day_of(values.index[lowest_at]),
        lowest=lowest,
        recovered=(last - lowest) / (peak - lowest) if peak > lowest else 1.0,
        last_day=guard.day_of(values.index[-1]),
    )


def _highest(closes: FloatArray, days: int) -> FloatArray:
    """Return the highest of each day's last closes, its own included; fewer at the start."""
    before = np.full(days - 1, -np.inf)
    highest: FloatArray = sliding_window_view(np.concatenate([before, closes]), days).max(axis=1)
    return highest


def structural_test(
    inputs: StructuralInputs, settings: SellOffSettings | None = None
) -> StructuralVerdict:
    """Return whether a fall is a bear market, structural or contained, test by test.

    Tests: still ten per cent below the one-year high; below the 200-day average; high-yield
    spread up 100 basis points in a month; mean correlation up by a tenth. A missing input leaves
    its test open and is named; an open test breaks nothing.

    Raises:
        DataError: a malformed series or less than a year of closes.
    """
    chosen = settings or SellOffSettings()
    close = guard.positive_series(inputs.close, "the index", chosen.year_days)
    last = float(close.iloc[-1])
    drawdown = _change(float(close.tail(chosen.year_days).max()), last)
    average = _change(float(close.tail(chosen.average_days).mean()), last)
    tests = (
        _test("still_down", drawdown, -chosen.still_down_percent, "percent"),
        _test("below_average", average, 0.0, "percent"),
        _test("credit_stress", _widening(inputs.high_yield, chosen), chosen.credit_bp, "bp"),
        _test("correlation_up", _step(inputs), chosen.correlation_step, "correlation"),
    )
    broken = sum(test.passed is True for test in tests)
    bear = drawdown <= -chosen.bear_percent
    structural = broken >= chosen.structural_tests
    return StructuralVerdict(
        verdict="bear_market" if bear else "structural" if structural else "contained",
        tests=tests,
        broken=broken,
        diagnostics=tuple(f"{test.code}_not_testable" for test in tests if test.passed is None),
    )


def _change(before: float, after: float) -> float:
    """Return a change in per cent, free of the noise that would blur a bound."""
    return round(100.0 * (after / before - 1.0), 9)


def _test(
    code: str,
    value: float | None,
    threshold: float,
    unit: Literal["percent", "bp", "correlation"],
) -> StructuralTest:
    """Return a test: falls break at or below their bound, rises at or above theirs."""
    if value is None:
        return StructuralTest(code, None, threshold, unit, None)
    passed = value <= threshold if unit == "percent" else value >= threshold
    return StructuralTest(code, value, threshold, unit, bool(passed))


def _widening(spread: pd.Series[float] | None, settings: SellOffSettings) -> float | None:
    """Return the change of the high-yield spread over a month, in basis points."""
    if spread is None:
        return None
    values = guard.series(spread, "high_yield_oas", settings.credit_days + 1)
    return 100.0 * float(values.iloc[-1] - values.iloc[-1 - settings.credit_days])


def _step(inputs: StructuralInputs) -> float | None:
    """Return by how much assets move together more than in the long window."""
    if inputs.mean_short is None or inputs.mean_long is None:
        return None
    short = guard.within(inputs.mean_short, -1.0, 1.0, "the short mean correlation")
    return short - guard.within(inputs.mean_long, -1.0, 1.0, "the long mean correlation")
