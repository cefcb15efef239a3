"""The state a window of history begins in: near the one-year high, and with a calm VIX or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from reportgen.models.arrays import BoolArray, FloatArray
from reportgen.models.history import TRADING_YEAR, until

ALL = "all"
NEAR_HIGH = "near_high"
NEAR_HIGH_CALM = "near_high_calm"
NEAR_HIGH_SHARE = 0.95
CALM_VIX = 17.0
_WEEK = pd.Timedelta(days=7)


@dataclass(frozen=True)
class StateHistory:
    """The state on each day of a price history; all arrays of shape (n,).

    Args:
        log_peak: log of the highest close of the trailing 252 days, not a number before them.
        near_high: close within 5 % of that peak.
        calm: VIX of 17 or less; None when no VIX was given.
        filled: whether the VIX of that day is the last one of a week, carried forward.
        daily_vix: VIX where daily values exist, not a number elsewhere.
        vix: VIX known on the day, daily or weekly, no older than a week, else not a number.
    """

    log_peak: FloatArray
    near_high: BoolArray
    calm: BoolArray | None
    filled: BoolArray
    daily_vix: FloatArray
    vix: FloatArray


def state_history(
    history: pd.Series[float],
    as_of: date,
    vix: pd.Series[float] | None,
    weekly_vix: pd.Series[float] | None,
) -> StateHistory:
    """Return the state on each day of checked closes.

    Args:
        history: closes up to ``as_of``.
        as_of: last day of the VIX that may be used.
        vix: daily VIX, or None.
        weekly_vix: last VIX of each week, used before the daily ones, at most seven days long.
    """
    days = pd.DatetimeIndex(history.index)
    peak = history.rolling(TRADING_YEAR + 1).max().to_numpy(dtype=np.float64)
    near_high = history.to_numpy(dtype=np.float64) >= NEAR_HIGH_SHARE * peak
    daily = _carried(vix, as_of, days)
    weekly = _carried(weekly_vix, as_of, days)
    known = np.where(np.isfinite(daily), daily, weekly)
    return StateHistory(
        log_peak=np.log(peak),
        near_high=near_high,
        calm=known <= CALM_VIX if np.isfinite(known).any() else None,
        filled=~np.isfinite(daily) & np.isfinite(weekly),
        daily_vix=daily,
        vix=known,
    )


def states_now(states: StateHistory) -> tuple[str, ...]:
    """Return the names of the states that hold on the last day of the history."""
    names = [ALL]
    if states.near_high[-1]:
        names.append(NEAR_HIGH)
        if states.calm is not None and states.calm[-1]:
            names.append(NEAR_HIGH_CALM)
    return tuple(names)


def _carried(values: pd.Series[float] | None, as_of: date, days: pd.DatetimeIndex) -> FloatArray:
    """Return the last value on or before each day, no older than a week, else not a number."""
    known = None if values is None else until(values, as_of, minimum=0)
    if known is None or known.empty:
        return np.full(len(days), np.nan)
    carried = known.reindex(days, method="ffill", tolerance=_WEEK)
    return np.asarray(carried, dtype=np.float64)
