"""Refusing what a model cannot use: one sentence naming the input, before any arithmetic."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd

from reportgen.errors import DataError


def finite(value: float, name: str) -> float:
    """Return ``value`` as a float; ``DataError`` naming it when it is not a finite number."""
    number = float(value)
    if not math.isfinite(number):
        raise DataError(f"{name} is not a finite number: {number!r}.")
    return number


def positive(value: float, name: str) -> float:
    """Return ``value`` as a float; ``DataError`` when it is not finite and above zero."""
    number = finite(value, name)
    if number <= 0:
        raise DataError(f"{name} must be above zero, not {number:g}.")
    return number


def within(value: float, low: float, high: float, name: str) -> float:
    """Return ``value`` as a float; ``DataError`` when it lies outside ``low`` to ``high``."""
    number = finite(value, name)
    if not low <= number <= high:
        raise DataError(f"{name} must lie between {low:g} and {high:g}, not {number:g}.")
    return number


def series(values: pd.Series[float], name: str, minimum: int = 1) -> pd.Series[float]:
    """Return ``values`` as floats when they can carry a model.

    Args:
        values: numbers on strictly increasing days, without gaps.
        name: id of the series, for the sentence of the error.
        minimum: least number of values the model needs.

    Raises:
        DataError: no days as index, days not increasing, a value that is no finite number,
            or fewer than ``minimum`` values.
    """
    if len(values) < minimum:
        raise DataError(f"Series {name} has {len(values)} values; the model needs {minimum}.")
    if not isinstance(values.index, pd.DatetimeIndex):
        raise DataError(f"Series {name} is not indexed by days.")
    if not (values.index.is_monotonic_increasing and values.index.is_unique):
        raise DataError(f"The days of series {name} are not strictly increasing.")
    numbers = values.astype(float)
    bad = ~np.isfinite(numbers.to_numpy())
    if bad.any():
        raise DataError(
            f"Series {name} holds no number on {day_of(numbers.index[int(bad.argmax())])}."
        )
    return numbers


def positive_series(values: pd.Series[float], name: str, minimum: int = 1) -> pd.Series[float]:
    """Return ``values`` as ``series`` does; ``DataError`` also for a value not above zero."""
    numbers = series(values, name, minimum)
    bad = numbers.to_numpy() <= 0
    if bad.any():
        day = day_of(numbers.index[int(bad.argmax())])
        raise DataError(f"Series {name} holds a value that is not above zero on {day}.")
    return numbers


def day_of(stamp: object) -> date:
    """Return the calendar day of an index entry."""
    return pd.Timestamp(stamp).date()  # type: ignore[arg-type]
