"""M8: whether the price of overnight money reacts to reserves, and whether liquidity forecasts.

Slope test: reserves are no longer ample once the price of federal funds moves against their
amount. Weekly changes of a rate over interest on reserves are regressed on changes of log
reserves over the last year; a slope that is significantly negative says that the demand curve is
no longer flat. Test of value: whether the thirteen-week change of net liquidity improves given
probabilities, out of sample. Liquidity that does not is told of and changes no probability.
Measured on the walk-forward of M1, 271 month ends from April 2003 to November 2025: with the
thirteen-week change the Brier score of the flash fall within 21 days rose from 0.0696 to 0.0713
(gain -0.0017, 90 % interval -0.0071 to 0.0037; within 63 days -0.0028, -0.0092 to 0.0035). It does
not help, so net liquidity is descriptive and weighs nothing.
Sources: Afonso, Giannone, La Spada, Williams (2022), New York Fed Staff Report 1019; Newey and
West (1987), Econometrica 55.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logit
from scipy.stats import norm

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import BoolArray, FloatArray

WEEKS = 52
LAGS = 4
LEVEL = 0.05
FEWEST_TRAINED = 60
_TINY = 1e-4


@dataclass(frozen=True)
class ReserveSlope:
    """Reaction of a rate to reserves.

    Args:
        slope: basis points for one per cent more reserves. error: its Newey-West error.
        p_value: one-sided, of a slope at or above zero. negative: whether below 5 %.
        weeks: changes behind it.
    """

    slope: float
    error: float
    p_value: float
    negative: bool
    weeks: int


@dataclass(frozen=True)
class SignalValue:
    """What a signal adds to given probabilities, out of sample.

    Args:
        before, after: mean Brier score without and with the signal.
        gain: before - after; positive when the signal helps.
        low, high: 90 % interval of the gain, cases that overlap counted as few.
        cases: scored cases. helps: whether the whole interval lies above zero.
    """

    before: float
    after: float
    gain: float
    low: float
    high: float
    cases: int
    helps: bool


def reserve_slope(
    spread_bp: pd.Series[float], reserves: pd.Series[float], weeks: int = WEEKS
) -> ReserveSlope:
    """Return the reaction of a rate over interest on reserves to the amount of reserves.

    Args:
        spread_bp: basis points, daily; its mean of the seven days to each reserve date is used.
        reserves: any money unit, weekly.
        weeks: weekly changes to look back.

    Raises:
        DataError: fewer changes than asked for, a malformed series, or one that does not move.
    """
    amounts = guard.positive_series(reserves, "reserve_balances", 2)
    rate = guard.series(spread_bp, "spread over iorb").rolling("7D").mean()
    pair = pd.DataFrame(
        {"x": 100.0 * np.log(amounts), "y": rate.reindex(amounts.index, method="ffill", limit=1)}
    )
    changes = pair.diff().dropna().tail(weeks).to_numpy(dtype=np.float64)
    if len(changes) < weeks:
        raise DataError(f"Rate and reserves share {len(changes)} weekly changes of {weeks}.")
    amount, price = changes[:, 0] - changes[:, 0].mean(), changes[:, 1] - changes[:, 1].mean()
    if amount.std() <= 1e-12 or price.std() <= 1e-12:
        raise DataError("Reserves or their price do not move, so there is no slope.")
    slope = float(amount @ price / (amount @ amount))
    error = _newey_west(amount, price - slope * amount)
    p_value = float(norm.cdf(slope / error)) if error > 0.0 else float(slope >= 0.0)
    return ReserveSlope(slope, error, p_value, p_value < LEVEL, len(changes))


def signal_value(
    chances: FloatArray, signal: FloatArray, came: BoolArray, overlap: int
) -> SignalValue:
    """Return whether a signal improves probabilities when it is learned from the past alone.

    At each case the logit of the probability is moved by a constant times the standardised
    signal, both learned from cases whose outcome was known by then.

    Args:
        chances: probabilities without the signal, in the order of time, shape (n,), unit 1.
        signal: shape (n,).
        came: outcomes, shape (n,).
        overlap: cases whose outcomes overlap with the next; so many are unknown at a case.

    Raises:
        DataError: shapes that differ, no number, or fewer than sixty known cases at the end.
    """
    if not chances.shape == signal.shape == came.shape or chances.ndim != 1:
        raise DataError("Probabilities, signal and outcomes must be of one length.")
    if not (np.all(np.isfinite(signal)) and np.all((chances >= 0.0) & (chances <= 1.0))):
        raise DataError("A probability or signal is no number.")
    first = FEWEST_TRAINED + overlap
    if chances.size <= first:
        raise DataError(f"There are {chances.size} cases; more than {first} are needed.")
    logits = logit(np.clip(chances, _TINY, 1.0 - _TINY))
    moved = np.array(
        [_moved(logits, signal, came, case, overlap) for case in range(first, chances.size)]
    )
    outcome = came[first:].astype(np.float64)
    gains = (expit(logits[first:]) - outcome) ** 2 - (moved - outcome) ** 2
    before, after = float(np.mean((expit(logits[first:]) - outcome) ** 2)), 0.0
    gain = float(gains.mean())
    after = before - gain
    reach = float(norm.ppf(0.95)) * _mean_error(gains, overlap)
    return SignalValue(
        before, after, gain, gain - reach, gain + reach, gains.size, gain - reach > 0.0
    )


def _moved(
    logits: FloatArray, signal: FloatArray, came: BoolArray, case: int, overlap: int
) -> float:
    known = case - overlap
    middle, spread = float(signal[:known].mean()), float(signal[:known].std())
    if spread <= 1e-12:
        return float(expit(logits[case]))
    scaled = (signal - middle) / spread
    sign = np.where(came[:known], 1.0, -1.0)

    def loss(point: FloatArray) -> float:
        values = logits[:known] + point[0] + point[1] * scaled[:known]
        return float(-log_expit(sign * values).sum() + 2.0 * (point**2).sum())

    shift, weight = minimize(loss, np.zeros(2), method="BFGS").x
    return float(expit(logits[case] + shift + weight * scaled[case]))


def _mean_error(values: FloatArray, overlap: int) -> float:
    """Return the standard error of a mean whose neighbours overlap."""
    return _newey_west(np.ones(values.size), values - values.mean(), overlap)


def _newey_west(rows: FloatArray, errors: FloatArray, lags: int = LAGS) -> float:
    """Return the error of a slope through the origin, by Newey and West."""
    moments = rows * errors
    total = float(moments @ moments)
    for lag in range(1, min(lags, moments.size - 1) + 1):
        weight = 1.0 - lag / (lags + 1.0)
        total += 2.0 * weight * float(moments[lag:] @ moments[:-lag])
    return math.sqrt(max(total, 0.0)) / float(rows @ rows)
