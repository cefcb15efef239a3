"""First passage of a price by filtered historical simulation.

Daily log returns are divided by their conditional volatility; paths are drawn from those
residuals, with replacement, and multiplied by a volatility that runs on from today's. A level
counts as touched on the days of the series only: what happens within a day is not seen.
Source: Barone-Adesi, Giannopoulos, Vosper (1999), VaR without Correlations for Portfolios of
Derivative Securities.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from arch import arch_model
from numpy.typing import NDArray
from pandas.tseries.holiday import USFederalHolidayCalendar

from reportgen.errors import DataError
from reportgen.models import guard

Floats = NDArray[np.float64]
FilterKind = Literal["garch", "ewma"]
EWMA_DECAY = 0.94
EWMA_START_DAYS = 60
FEWEST_RETURNS = 250
ENOUGH_RETURNS = 1_000
FITTED_RETURNS = 2_520
"""Ten years, as the shorter window of M1: an exchange rate that was pegged once says little of one
that floats, and with the years before 1973 in it the variance dies out within months."""
MAX_PERSISTENCE = 0.9999


@dataclass(frozen=True, eq=False)
class VolatilityFilter:
    """A fitted variance recursion h' = omega + alpha e^2 + beta h, returns in per cent.

    Args:
        kind: what was fitted; ``diagnostics`` says when it is not what was asked for.
        next_variance: variance of the day after the last observation, per cent squared.
        residuals: returns over their volatility, centred, with variance one.
    """

    kind: FilterKind
    omega: float
    alpha: float
    beta: float
    next_variance: float
    residuals: Floats
    diagnostics: tuple[str, ...]


def fit_filter(price: pd.Series[float], name: str, kind: FilterKind = "garch") -> VolatilityFilter:
    """Return the volatility filter of a daily price.

    Args:
        price: daily prices above zero; at least 251, of which the last 2,521 are used.
        name: id of the series, for the sentence of an error.
        kind: ``garch`` is GARCH(1,1) by t quasi-likelihood with the long-run variance set to the
            sample's; where it does not converge or is not stationary, EWMA takes its place and the
            diagnostics say so.

    Raises:
        DataError: a malformed or too short series, or one that does not move.
    """
    values = guard.positive_series(price, name, FEWEST_RETURNS + 1).iloc[-FITTED_RETURNS - 1 :]
    returns = 100.0 * np.diff(np.log(values.to_numpy()))
    if float(np.std(returns)) < 1e-8:
        raise DataError(f"series {name} does not move: there is no volatility to filter")
    short = ("short_history",) if len(returns) < ENOUGH_RETURNS else ()
    if kind == "garch":
        fitted, failure = _fit_garch(returns)
        if fitted is not None:
            return _filtered("garch", returns, fitted, short)
        short = (*short, failure)
    return _filtered("ewma", returns, (0.0, 1.0 - EWMA_DECAY, EWMA_DECAY), short)


def ewma_variance(returns: Floats, decay: float = EWMA_DECAY) -> Floats:
    """Return the exponentially weighted variance of each day and of the day after the last.

    Args:
        returns: daily returns; the first ``EWMA_START_DAYS`` squares give the start value.
        decay: weight of yesterday's variance.

    Returns:
        One value more than there are returns; element t uses returns before t only, but for
        the start value.
    """
    return _variances(returns, (0.0, 1.0 - decay, decay))


def simulate(
    volatility: VolatilityFilter, days: int, paths: int, random: np.random.Generator
) -> Floats:
    """Return cumulative log returns, paths by days, as fractions and without drift.

    The mean of each day's gross return is one before compounding noise: half the conditional
    variance is taken off, so that the price itself, not its logarithm, has no drift.
    """
    variance = np.full(paths, volatility.next_variance)
    total = np.zeros(paths)
    out = np.empty((paths, days))
    for day in range(days):
        draw = volatility.residuals[random.integers(0, len(volatility.residuals), paths)]
        shock = np.sqrt(variance) * draw
        total += shock / 100.0 - variance / 20_000.0
        out[:, day] = total
        variance = volatility.omega + volatility.alpha * shock**2 + volatility.beta * variance
    return out


def touch_probability(
    cumulative: Floats, spot: float, level: float, days: int, yearly_drift: float = 0.0
) -> float:
    """Return the share of paths that touch a level on one of the first days.

    Args:
        cumulative: cumulative log returns, paths by days, as ``simulate`` returns them.
        spot: today's price; a level below it is touched from above, one above from below.
        level: the price asked about, in the unit of ``spot``.
        days: trading days counted, at most as many as were simulated.
        yearly_drift: continuous drift a year added to the paths.

    Raises:
        DataError: a level or spot that is not above zero, or more days than were simulated.
    """
    guard.positive(level, "the level")
    guard.positive(spot, "the spot price")
    if not 0 <= days <= cumulative.shape[1]:
        raise DataError(f"{cumulative.shape[1]} days are simulated, not {days}")
    if level == spot:
        return 1.0
    if days == 0:
        return 0.0
    distance = float(np.log(level / spot))
    moved = cumulative[:, :days] + yearly_drift * np.arange(1, days + 1) / 252.0
    reached = moved.min(axis=1) <= distance if distance < 0 else moved.max(axis=1) >= distance
    return float(reached.mean())


def fast_fall_probabilities(
    cumulative: Floats, past: Floats, window: int, fall: float, month_of_day: NDArray[np.int64]
) -> tuple[float, ...]:
    """Return by month the share of paths with a fall of the given size over the window.

    Args:
        cumulative: cumulative log returns, paths by days.
        past: log price of the last ``window`` days relative to today's, oldest first, the last
            being zero: the first simulated windows reach back into them.
        window: trading days over which the change is measured.
        fall: relative change, below zero; -0.04 asks for falls of four per cent or more.
        month_of_day: number from zero of the month each simulated day belongs to.
    """
    if len(past) != window or not -1.0 < fall < 0.0:
        raise DataError("a fast fall needs as many past days as its window, and a fall below zero")
    history = np.broadcast_to(past, (len(cumulative), window))
    line = np.concatenate([history, cumulative], axis=1)
    # The change over the window ending on simulated day j starts window days earlier.
    change = line[:, window:] - line[:, : cumulative.shape[1]]
    hit = change <= np.log1p(fall)
    months = range(int(month_of_day.max()) + 1)
    return tuple(float(hit[:, month_of_day == month].any(axis=1).mean()) for month in months)


def trading_days_after(start: date, end: date) -> pd.DatetimeIndex:
    """Return the weekdays after ``start`` to ``end`` that are no US federal holiday."""
    holidays = USFederalHolidayCalendar().holidays(start, end)
    days = pd.bdate_range(pd.Timestamp(start) + pd.Timedelta(days=1), end)
    return days.difference(holidays)


def _fit_garch(returns: Floats) -> tuple[tuple[float, float, float] | None, str]:
    """Return omega, alpha and beta, or nothing and the code of the reason."""
    model = arch_model(returns, mean="Constant", vol="GARCH", p=1, q=1, dist="t", rescale=False)
    fitted = model.fit(disp="off", show_warning=False)
    omega, alpha, beta = (float(fitted.params[key]) for key in ("omega", "alpha[1]", "beta[1]"))
    if fitted.convergence_flag != 0 or not np.isfinite([omega, alpha, beta]).all():
        return None, "garch_not_converged"
    if alpha + beta >= MAX_PERSISTENCE:
        return None, "garch_not_stationary"
    # Variance targeting (Engle, Mezrich 1996): a year out, the long-run level decides, and the
    # fitted one strays (USDJPY 2015-2025: 11.0 % a year against 9.4 % observed).
    return ((1.0 - alpha - beta) * float(np.var(returns)), alpha, beta), ""


def _filtered(
    kind: FilterKind,
    returns: Floats,
    parameters: tuple[float, float, float],
    diagnostics: tuple[str, ...],
) -> VolatilityFilter:
    """Return the filter with residuals brought to mean zero and variance one."""
    centred = returns - returns.mean()
    variance = _variances(centred, parameters)
    residuals = centred / np.sqrt(variance[:-1])
    residuals = (residuals - residuals.mean()) / residuals.std()
    return VolatilityFilter(kind, *parameters, float(variance[-1]), residuals, diagnostics)


def _variances(returns: Floats, parameters: tuple[float, float, float]) -> Floats:
    """Return the variance of each day and of the next by the recursion."""
    omega, alpha, beta = parameters
    variance = np.empty(len(returns) + 1)
    variance[0] = float(np.mean(returns[:EWMA_START_DAYS] ** 2))
    for day, value in enumerate(returns):
        variance[day + 1] = omega + alpha * value * value + beta * variance[day]
    return variance
