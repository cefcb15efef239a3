"""The breach probabilities of the layers, month by month, each from data by a stated rule.

Months are blocks of 21 trading days (four weeks of weekly data) from the as-of date. Every row
comes with 10 % and 90 % points: from a Beta posterior with a Jeffreys prior where counts lie
behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.stats import beta

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import FloatArray
from reportgen.models.history import TRADING_MONTH, closes_until, log_returns
from reportgen.models.simulation import process_of, simulate
from reportgen.models.spec import ModelSpec, generator
from reportgen.models.volatility import MINIMUM_RETURNS, fit_gjr

CARRY_SPEC = ModelSpec(
    id="M2-carry",
    version="2",
    inputs=("usdjpy",),
    references=(
        "Barone-Adesi, Giannopoulos and Vosper (1999), Journal of Futures Markets 19, 583-602",
    ),
)
CARRY_FALL = 0.04
FITTED = 2_520  # returns, ten years; why not all: see passage.FITTED_RETURNS
CARRY_PATHS = 20_000
STRESS_VIX = 25.0
# 17 is the bound of the calm state of M1e; 25 is the breach itself.
VIX_BUCKETS = (13.0, 15.0, 17.0, 20.0, 25.0)
_MONTH_WEEKS = 4
_PRIOR_COUNT = 0.5


@dataclass(frozen=True)
class BreachRow:
    """One layer's breach probability by month, each array of shape (months,), unit 1.

    Args:
        middle: the estimate. low, high: its 10 % and 90 % points.
        cases: number of independent cases behind the estimate, rounded down.
        diagnostics: short codes.
    """

    middle: FloatArray
    low: FloatArray
    high: FloatArray
    cases: int
    diagnostics: tuple[str, ...] = ()


def carry_row(
    usdjpy: pd.Series[float],
    as_of: date,
    months: int = 12,
    meeting_months: tuple[int, ...] = (),
    meeting_variance: float = 0.0,
) -> BreachRow:
    """Return P(yen per dollar 4 % or more lower at a month's end than 21 days before).

    Paths by filtered historical simulation without drift; the bounds are the Beta interval of
    the model's probability with the months of the history as its cases.

    Args:
        usdjpy: daily yen per dollar, at least 1,001 values up to ``as_of``.
        as_of: last day that may be used.
        months: number of months of 21 trading days.
        meeting_months: months (1 = the first) in which the central banks of Japan or the
            United States decide.
        meeting_variance: k, by which the variance of those months is raised, zero or more.

    Raises:
        DataError: history too short or a bad value; a month outside 1 to ``months``.
    """
    history = closes_until(usdjpy, as_of, minimum=MINIMUM_RETURNS + 1).iloc[-FITTED - 1 :]
    if not all(1 <= month <= months for month in meeting_months):
        raise DataError("A meeting month of the carry layer lies outside the forecast months.")
    guard.within(meeting_variance, 0.0, 10.0, "The meeting variance of the carry layer")
    fit = fit_gjr(100.0 * log_returns(history))
    scale = np.ones(months * TRADING_MONTH)
    for month in meeting_months:
        scale[(month - 1) * TRADING_MONTH : month * TRADING_MONTH] = np.sqrt(1 + meeting_variance)
    random = generator(as_of, CARRY_SPEC)
    paths = simulate(process_of(fit, 0.0), scale.size, CARRY_PATHS, random, scale)
    change = np.diff(paths[::TRADING_MONTH], axis=0)
    share = np.mean(change <= np.log1p(-CARRY_FALL), axis=1)
    cases = (len(history) - 1) // TRADING_MONTH
    return _from_shares(share, cases, fit.diagnostics)


def reporting_row(
    cuts: int, observations: int, companies: int, reporting: tuple[bool, ...]
) -> BreachRow:
    """Return P(at least one company cuts) in reporting months, zero in the others.

    p is the Beta-smoothed frequency of cuts a company and quarter; the row is 1 - (1 - p)^n.

    Args:
        cuts: quarters in which a company spent less than in the quarter before.
        observations: company-quarters that were compared.
        companies: n, the companies that report.
        reporting: for each month whether the companies report in it.
    """
    if not 0 <= cuts <= observations or observations < 1 or companies < 1:
        raise DataError(f"{cuts} cuts in {observations} company-quarters cannot be right.")
    low, middle, high = (1.0 - (1.0 - p) ** companies for p in _beta_points(cuts, observations))
    months = np.array(reporting, dtype=np.float64)
    return BreachRow(months * middle, months * low, months * high, observations)


def volatility_row(vix: pd.Series[float], as_of: date, months: int = 12) -> BreachRow:
    """Return P(a weekly VIX above 25 in month m), given the bucket the VIX is in today.

    The frequency among all past weeks in the same bucket of a value above 25 in the four weeks
    of month m. The paths of M1 hold closes and no VIX; a rule from simulated volatility to VIX
    would be one more assumption, and the layer would count the volatility of M1 twice. Weekly
    values hide excursions inside a week, so the figure is a lower one.

    Args:
        vix: weekly or daily values on a DatetimeIndex; the last of each week is used.
        as_of: last day that may be used.
        months: number of months of four weeks.

    Raises:
        DataError: fewer weeks than ten years, a bad value, or no past week in the bucket.
    """
    known = closes_until(vix, as_of)
    weekly = guard.series(known.resample("W-FRI").last().dropna(), "vix by week", 520)
    values = weekly.to_numpy(dtype=np.float64)
    bucket = np.digitize(values, VIX_BUCKETS, right=True)
    above = np.concatenate(([0], np.cumsum(values > STRESS_VIX)))
    shares, cases = np.empty(months), values.size
    for month in range(months):
        first, last = month * _MONTH_WEEKS + 1, (month + 1) * _MONTH_WEEKS
        starts = np.flatnonzero(bucket[: values.size - last] == bucket[-1])
        if starts.size == 0:
            raise DataError("No past week of the VIX lies in the bucket of the present one.")
        shares[month] = np.mean(above[starts + last + 1] > above[starts + first])
        cases = min(cases, starts.size // _MONTH_WEEKS)
    return _from_shares(shares, cases, ("weekly_values",))


def debt_row(by_month: FloatArray, unresolved: float = 1.0) -> BreachRow:
    """Return P(the X-date falls into month m or the next and the limit is not raised by then).

    Args:
        by_month: probability that the X-date falls into month m, shape (months + 1,), unit 1,
            one month more than is returned.
        unresolved: probability that Congress has not acted by then, unit 1.
    """
    guard.within(unresolved, 0.0, 1.0, "The probability of an unresolved debt limit")
    if by_month.ndim != 1 or by_month.size < 2 or not np.all((by_month >= 0) & (by_month <= 1)):
        raise DataError("The X-date's probabilities by month are not two or more shares.")
    if by_month.sum() > 1.0 + 1e-9:
        raise DataError("The X-date's probabilities by month sum to more than one.")
    middle = np.minimum(by_month[:-1] + by_month[1:], 1.0) * unresolved
    return BreachRow(middle, middle.copy(), middle.copy(), 0)


def _from_shares(shares: FloatArray, cases: int, codes: tuple[str, ...]) -> BreachRow:
    low, high = (
        beta.ppf(point, shares * cases + _PRIOR_COUNT, (1.0 - shares) * cases + _PRIOR_COUNT)
        for point in (0.1, 0.9)
    )
    # The prior can lift the whole interval above a share of zero, or below a share of one.
    return BreachRow(shares, np.minimum(low, shares), np.maximum(high, shares), cases, codes)


def _beta_points(successes: int, trials: int) -> tuple[float, float, float]:
    """Return the 10 % point, the mean and the 90 % point of a Beta posterior."""
    a, b = successes + _PRIOR_COUNT, trials - successes + _PRIOR_COUNT
    low, high = beta.ppf([0.1, 0.9], a, b)
    middle = a / (a + b)
    return min(float(low), middle), middle, max(float(high), middle)
