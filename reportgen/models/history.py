"""A price history a model may trust: cut at the as-of date, ordered, positive, without gaps."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from reportgen.models import guard
from reportgen.models.arrays import FloatArray

TRADING_YEAR = 252
TRADING_MONTH = 21
TRADING_WEEK = 5


def name_of(values: pd.Series[float]) -> str:
    """Return the name by which a message speaks of a series."""
    return str(values.name) if values.name is not None else "without a name"


def until(values: pd.Series[float], as_of: date, *, minimum: int = 1) -> pd.Series[float]:
    """Return the values on or before ``as_of``, checked; later ones are not looked at.

    Raises:
        DataError: too few values left, days not increasing, or a value that is no number.
    """
    return guard.series(_cut(values, as_of), name_of(values), minimum)


def closes_until(closes: pd.Series[float], as_of: date, *, minimum: int = 2) -> pd.Series[float]:
    """Return the closes on or before ``as_of``, checked; later ones are not looked at.

    Args:
        closes: prices (any unit) on a DatetimeIndex.
        as_of: the last day that may be used.
        minimum: how many closes must be left.

    Raises:
        DataError: too few closes, days not increasing, or a close that is no number above zero.
    """
    return guard.positive_series(_cut(closes, as_of), name_of(closes), minimum)


def log_returns(closes: pd.Series[float]) -> FloatArray:
    """Return the daily log returns of checked closes, unit 1, one fewer than closes."""
    returns: FloatArray = np.diff(np.log(closes.to_numpy(dtype=np.float64)))
    return returns


def _cut(values: pd.Series[float], as_of: date) -> pd.Series[float]:
    if not isinstance(values.index, pd.DatetimeIndex):
        return values
    return values[values.index <= pd.Timestamp(as_of)]
