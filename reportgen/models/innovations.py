"""Laws of the daily shock: a quantile function each, turned into a pool that paths draw from.

The cross-checks of M1 differ in this law alone. A pool of equally likely quantiles lets every
law use the same simulation as the residuals of filtered historical simulation.
Sources: Bollerslev (1987), Review of Economics and Statistics 69; Hansen (1994), International
Economic Review 35 (skewed Student t, as the ``arch`` package defines it).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from arch.univariate import SkewStudent, StudentsT
from scipy.special import ndtri

from reportgen.errors import DataError
from reportgen.models.arrays import FloatArray
from reportgen.models.volatility import standardise

POOL = 65_535
"""Largest pool whose positions still fit two bytes: draws stay as quick as from residuals."""
SMALLEST_DEGREES = 2.05
"""Below two degrees of freedom a Student t has no variance to standardise."""

Quantiles = Callable[[FloatArray], FloatArray]
"""Maps probabilities in (0, 1), increasing, to quantiles, shape kept."""


def pool_of(quantiles: Quantiles, size: int = POOL) -> FloatArray:
    """Return a pool of mean 0 and variance 1, increasing, shape (size,).

    Args:
        quantiles: the law's quantile function.
        size: number of equally likely values; their probabilities are the midpoints
            (i - 1/2) / size, so the law is cut at a chance of 1 / (2 size).

    Raises:
        DataError: a quantile that is no number, or a law without variation.
    """
    values = np.asarray(quantiles((np.arange(size) + 0.5) / size), dtype=np.float64)
    if not np.all(np.isfinite(values)) or float(values.std()) <= 0.0:
        raise DataError("A law of daily shocks has a quantile that is no number, or no variation.")
    return standardise(values)


def normal() -> Quantiles:
    """Return the standard normal law."""
    return lambda chances: np.asarray(ndtri(chances), dtype=np.float64)


def student(degrees: float) -> Quantiles:
    """Return the symmetric Student t with the given degrees of freedom."""
    law = StudentsT()
    return lambda chances: np.asarray(law.ppf(chances, [_degrees(degrees)]), dtype=np.float64)


def skew_student(degrees: float, skewness: float) -> Quantiles:
    """Return Hansen's skewed Student t.

    Args:
        degrees: degrees of freedom, above two.
        skewness: Hansen's lambda in (-1, 1); below zero the lower tail is the longer one.
    """
    law = SkewStudent()
    parameters = [_degrees(degrees), skewness]
    return lambda chances: np.asarray(law.ppf(chances, parameters), dtype=np.float64)


def empirical(residuals: FloatArray) -> Quantiles:
    """Return the law of observed residuals: any of them, equally likely (M1a itself)."""
    ordered = np.sort(residuals)
    return lambda chances: ordered[(chances * ordered.size).astype(np.int64)]


def _degrees(degrees: float) -> float:
    return max(degrees, SMALLEST_DEGREES)
