"""The completed windows of a price history, and the first day of each event in each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reportgen.models.arrays import BoolArray, CountArray, FloatArray
from reportgen.models.events import (
    FLASH,
    NEVER,
    DrawdownEvent,
    FallEvent,
    log_bound,
)
from reportgen.models.market_state import StateHistory
from reportgen.models.onsets import first_onsets, may_begin

DISORDERLY = "F2"
DISORDERLY_VIX = 35.0


@dataclass(frozen=True)
class Windows:
    """All completed windows of one horizon.

    Args:
        days: the days of the history, shape (n,).
        log_close: log closes, shape (n,).
        horizon: trading days of a window.
    """

    days: pd.DatetimeIndex
    log_close: FloatArray
    horizon: int

    @classmethod
    def of(cls, history: pd.Series[float], horizon: int) -> Windows:
        """Return the windows of checked closes."""
        return cls(pd.DatetimeIndex(history.index), np.log(history.to_numpy()), horizon)

    @property
    def count(self) -> int:
        """Number of completed windows."""
        return self.log_close.size - self.horizon

    def first_days(
        self, event: FallEvent | DrawdownEvent, states: StateHistory
    ) -> tuple[CountArray, BoolArray]:
        """Return the first day of the event in each window (or NEVER), and which windows count."""
        first = first_onsets(self.log_close, states.log_peak, event, self.horizon)[: self.count]
        if isinstance(event, FallEvent):
            return first, np.ones(self.count, np.bool_)
        return first, may_begin(self.log_close, states.log_peak, event)[: self.count]

    def disorderly(self, states: StateHistory) -> tuple[CountArray, BoolArray]:
        """Return F2: the fall F1 with a VIX of 35 or more on a day of the fall itself."""
        first = np.full(self.count, NEVER, dtype=np.int64)
        lag = disorderly_lag(self.log_close, states.daily_vix)
        for day in np.flatnonzero(lag > 0):
            earliest = max(int(day) - self.horizon, 0)
            latest = min(int(day - lag[day]), self.count - 1)
            starts = np.arange(earliest, latest + 1)
            first[starts] = np.minimum(first[starts], day - starts)
        unknown = np.concatenate(([0], np.cumsum(~np.isfinite(states.daily_vix))))
        return first, unknown[self.horizon + 1 :] == unknown[: self.count]


def disorderly_lag(log_close: FloatArray, vix: FloatArray) -> CountArray:
    """Return for each day the shortest fall of F1 ending there with VIX >= 35 on one of its days.

    Args:
        log_close: shape (n,).
        vix: same shape, not a number where it is not known.

    Returns:
        The length of that fall in trading days, 0 where there is none.
    """
    high = np.nan_to_num(vix, nan=0.0) >= DISORDERLY_VIX
    result = np.zeros(log_close.size, dtype=np.int64)
    seen = high.copy()
    for lag in range(1, FLASH.days + 1):
        seen[lag:] |= high[:-lag]
        fell = log_close[lag:] - log_close[:-lag] <= log_bound(FLASH.depth)
        hit = fell & seen[lag:] & (result[lag:] == 0)
        result[lag:][hit] = lag
    return result
