"""Refusing what cannot be scored: one sentence naming the input, before any arithmetic."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.errors import DataError

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
CountArray = npt.NDArray[np.int64]


def numbers(values: npt.ArrayLike, name: str) -> FloatArray:
    """Return ``values`` as a row of floats, shape (n,), n >= 1; a single number becomes (1,).

    Raises:
        DataError: nothing there, more than one dimension, or a value that is no finite number.
    """
    row = np.atleast_1d(_floats(values, name))
    if row.ndim != 1 or row.size == 0:
        raise DataError(f"{name} must be a row of at least one number, not of shape {row.shape}.")
    return row


def paired(values: npt.ArrayLike, count: int, name: str) -> FloatArray:
    """Return ``values`` as ``numbers`` does; ``DataError`` when there are not ``count`` of them."""
    row = numbers(values, name)
    if row.size != count:
        raise DataError(f"{name} has {row.size} values for {count} forecasts.")
    return row


def probabilities(
    values: npt.ArrayLike, name: str = "The forecast", count: int | None = None
) -> FloatArray:
    """Return ``values`` as floats, shape (n,).

    Raises:
        DataError: one outside 0 to 1, or not ``count`` of them where that is given.
    """
    row = numbers(values, name) if count is None else paired(values, count, name)
    if row.min() < 0.0 or row.max() > 1.0:
        raise DataError(f"{name} holds a probability outside 0 to 1.")
    return row


def outcomes(values: npt.ArrayLike, count: int) -> BoolArray:
    """Return what came as booleans, shape (n,); ``DataError`` unless ``count`` of 0 and 1."""
    row = paired(values, count, "The outcome")
    if not np.isin(row, (0.0, 1.0)).all():
        raise DataError("The outcome holds a value that is neither 0 nor 1.")
    return row.astype(np.bool_)


def table(values: npt.ArrayLike, count: int, name: str) -> FloatArray:
    """Return ``values`` with a line for each of ``count`` outcomes, shape (count, m), m >= 1.

    One line, shape (m,), serves every outcome.

    Raises:
        DataError: another shape, or a value that is no finite number.
    """
    lines = np.atleast_2d(_floats(values, name))
    if lines.ndim != 2 or lines.shape[1] == 0 or lines.shape[0] not in (1, count):
        raise DataError(f"{name} of shape {lines.shape} does not fit {count} outcomes.")
    return np.broadcast_to(lines, (count, lines.shape[1]))


def levels(values: npt.ArrayLike) -> FloatArray:
    """Return quantile levels, shape (m,); ``DataError`` unless rising strictly within 0 to 1."""
    row = numbers(values, "The quantile levels")
    if row[0] <= 0.0 or row[-1] >= 1.0 or bool((np.diff(row) <= 0.0).any()):
        raise DataError("The quantile levels must rise strictly and lie between 0 and 1.")
    return row


def quantiles(values: npt.ArrayLike, wanted: FloatArray, count: int) -> FloatArray:
    """Return quantiles, shape (count, m); ``DataError`` when two cross or a level has none."""
    lines = table(values, count, "The quantiles")
    if lines.shape[1] != wanted.size:
        raise DataError(f"There are {lines.shape[1]} quantiles for {wanted.size} levels.")
    if bool((np.diff(lines, axis=1) < 0.0).any()):
        raise DataError("A quantile lies below that of a lower level.")
    return lines


def share(value: float, name: str) -> float:
    """Return ``value`` as a float; ``DataError`` unless it lies strictly between 0 and 1."""
    number = float(value)
    if not (math.isfinite(number) and 0.0 < number < 1.0):
        raise DataError(f"{name} must lie between 0 and 1, not {number!r}.")
    return number


def at_least(value: int, least: int, name: str) -> int:
    """Return ``value``; ``DataError`` when it is below ``least``."""
    if value < least:
        raise DataError(f"{name} must be at least {least}, not {value}.")
    return int(value)


def _floats(values: npt.ArrayLike, name: str) -> npt.NDArray[Any]:
    try:
        row = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} holds something that is no number.") from error
    if not np.isfinite(row).all():
        raise DataError(f"{name} holds a value that is no finite number.")
    return row
