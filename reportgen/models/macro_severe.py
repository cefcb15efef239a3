"""M1i, the macro severe case: unemployment of 6 % or more twelve months on, by a probit.

Question: how likely is the unemployment rate to stand at 6 % or more twelve months after the
last published month? A probit on the slope of the yield curve, financial conditions and the gap
of unemployment to the threshold; each month's figures are those published by the day the month's
rate came out. Values are the latest vintage: revisions are not undone.
Sources: Estrella and Mishkin (1998), Review of Economics and Statistics 80; Newey and West
(1987), Econometrica 55, for errors that overlap by twelve months.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from reportgen.models.arrays import BoolArray, FloatArray
from reportgen.models.probit import probit_at
from reportgen.models.proportions import share_interval
from reportgen.models.published import Days, Published
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M1i",
    version="1",
    inputs=("unemployment_rate", "treasury_10y", "effr", "nfci"),
    references=(
        "Estrella and Mishkin (1998), Review of Economics and Statistics 80, 45-61",
        "Newey and West (1987), Econometrica 55, 703-708",
    ),
)
THRESHOLD = 6.0
AHEAD = 12
SLOPE_DAYS = 21
STALE_DAYS = 45
"""A predictor older than this has stopped; a rate of unemployment may be older, for a month's
comes out a month later and one month of 2025 three months later."""
STALE_RATE_DAYS = 150
FEWEST_MONTHS = 240
FEWEST_EPISODES = 3
EPISODE_GAP = 12
UNEMPLOYMENT_MISSING = "unemployment_missing"
SLOPE_MISSING = "slope_missing"
CONDITIONS_MISSING = "financial_conditions_missing"
SHORT_HISTORY = "short_history"
FEW_EPISODES = "few_episodes"
NO_FIT = "probit_has_no_fit"
STALE = "predictors_stale"
RATE_STALE = "unemployment_stale"


@dataclass(frozen=True)
class Predictors:
    """The published series the probit reads; ``None`` for one that is missing.

    Args:
        unemployment: monthly rate, per cent, dated by the month's first day.
        long_rate, short_rate: ten-year yield and overnight rate, daily, per cent.
        conditions: Chicago Fed index of financial conditions, weekly.
    """

    unemployment: Published | None
    long_rate: Published | None
    short_rate: Published | None
    conditions: Published | None


@dataclass(frozen=True)
class ShareEstimate:
    """A probability or share with its 80 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class MacroSevere:
    """The macro severe case.

    Args:
        probability: by the probit; ``None`` when a diagnostic says why there is none.
        base_rate: share of past months followed by the event, whatever their own rate.
        base_rate_below: the same among months that were themselves below the threshold.
        months, months_below: completed months behind the two base rates.
        fitted: months behind the probit.
        episodes: separate spells at or above the threshold, a year or more apart.
        last_month, rate: last published month and its rate, per cent.
        target_month: the month the forecast is for.
        slope, conditions: predictors now; ``None`` without the series.
        coefficients: constant, slope, conditions, gap; empty without a fit.
        diagnostics: short codes.
    """

    probability: ShareEstimate | None
    base_rate: ShareEstimate | None
    base_rate_below: ShareEstimate | None
    months: int
    months_below: int
    fitted: int
    episodes: int
    last_month: date | None
    rate: float | None
    target_month: date | None
    slope: float | None
    conditions: float | None
    coefficients: tuple[float, ...]
    diagnostics: tuple[str, ...]


NOTHING = MacroSevere(
    None, None, None, 0, 0, 0, 0, None, None, None, None, None, (), (UNEMPLOYMENT_MISSING,)
)


def macro_severe(predictors: Predictors, known_on: date) -> MacroSevere:
    """Return the probability of high unemployment in twelve months, or why there is none.

    Args:
        predictors: published series; what came out after ``known_on`` is not looked at.
        known_on: last day of knowledge.

    Raises:
        DataError: a malformed series.
    """
    day = np.datetime64(known_on, "D")
    monthly = None if predictors.unemployment is None else predictors.unemployment.known_by(day)
    if monthly is None or monthly.values.size == 0:
        return NOTHING
    rows = _features(predictors, monthly, day)
    came, complete = outcomes(monthly)
    episodes = _episodes(monthly)
    usable = complete & np.all(np.isfinite(rows), axis=1)
    codes = _refusals(predictors, rows, usable, episodes)
    if day - monthly.days[-1] > np.timedelta64(STALE_RATE_DAYS, "D"):
        codes += (RATE_STALE,)
    fit = None if codes else probit_at(rows[usable], came[usable], rows[-1], AHEAD)
    if not codes and fit is None:
        codes = (NO_FIT,)
    below = complete & (monthly.values < THRESHOLD)
    return MacroSevere(
        probability=None if fit is None else ShareEstimate(fit.value, fit.low, fit.high),
        base_rate=_share(came[complete]),
        base_rate_below=_share(came[below]),
        months=int(complete.sum()),
        months_below=int(below.sum()),
        fitted=0 if fit is None else int(usable.sum()),
        episodes=episodes,
        last_month=_month(monthly.days[-1]),
        rate=float(monthly.values[-1]),
        target_month=_month(_months(monthly.days[-1]) + AHEAD),
        slope=_or_none(rows[-1, 0]),
        conditions=_or_none(rows[-1, 1]),
        coefficients=() if fit is None else fit.coefficients,
        diagnostics=codes,
    )


def outcomes(monthly: Published) -> tuple[BoolArray, BoolArray]:
    """Return for each month whether the rate twelve months on reached the threshold.

    Returns:
        The outcomes and which of them are known; a month whose target was never published
        (October 2025) has none. Shapes (n,).
    """
    months = _months(monthly.days).astype(np.int64)
    place = np.searchsorted(months, months + AHEAD)
    inside = np.minimum(place, months.size - 1)
    known = (place < months.size) & (months[inside] == months + AHEAD)
    return known & (monthly.values[inside] >= THRESHOLD), known


def _features(predictors: Predictors, monthly: Published, day: np.datetime64) -> FloatArray:
    """Return slope, conditions and gap as known when each month's rate came out, shape (n, 3).

    The last row is what is known on ``day`` itself.
    """
    on = np.maximum(monthly.released, monthly.days)
    on = np.append(on[:-1], day)

    def known(series: Published | None, count: int) -> FloatArray:
        if series is None:
            return np.full(on.size, np.nan)
        return series.known_by(day).mean_known(on, count, STALE_DAYS)

    slope = known(predictors.long_rate, SLOPE_DAYS) - known(predictors.short_rate, SLOPE_DAYS)
    return np.column_stack([slope, known(predictors.conditions, 1), monthly.values - THRESHOLD])


def _refusals(
    predictors: Predictors, rows: FloatArray, usable: BoolArray, episodes: int
) -> tuple[str, ...]:
    """Return why no probit can be fitted; empty when it can."""
    rates = (predictors.long_rate, predictors.short_rate)
    codes = {
        SLOPE_MISSING: None in rates,
        CONDITIONS_MISSING: predictors.conditions is None,
        FEW_EPISODES: episodes < FEWEST_EPISODES,
        SHORT_HISTORY: int(usable.sum()) < FEWEST_MONTHS,
        STALE: not np.all(np.isfinite(rows[-1])),
    }
    missing = codes[SLOPE_MISSING] or codes[CONDITIONS_MISSING]
    silent = {SHORT_HISTORY, STALE} if missing else set()
    return tuple(code for code, holds in codes.items() if holds and code not in silent)


def _episodes(monthly: Published) -> int:
    """Return the number of spells at or above the threshold, a year or more apart."""
    high = _months(monthly.days)[monthly.values >= THRESHOLD].astype(np.int64)
    return 0 if high.size == 0 else 1 + int(np.sum(np.diff(high) > EPISODE_GAP))


def _share(came: BoolArray) -> ShareEstimate | None:
    """Return a share; months overlap by a year, so each counts a twelfth."""
    if came.size == 0:
        return None
    low, high = share_interval(float(came.sum()), float(came.size), 1.0 / AHEAD)
    return ShareEstimate(float(came.mean()), low, high)


def _months(days: npt.ArrayLike) -> Days:
    return np.asarray(days).astype("datetime64[M]")


def _month(day: npt.ArrayLike) -> date:
    found: date = np.asarray(day).astype("datetime64[M]").astype("datetime64[D]").item()
    return found


def _or_none(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
