"""Forecasts sorted into groups of like size, and the isotonic fit that needs no groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.stats import rankdata

from reportgen.scores import checks
from reportgen.scores.checks import BoolArray, CountArray, FloatArray

BINS = 10
THIN = 5
"""Forecasts below which a bin is called thin."""


def quantile_bins(stated: FloatArray, bins: int = BINS) -> CountArray:
    """Return the bin of each forecast, 0 to k - 1, shape (n,), k <= ``bins``.

    Bins hold like numbers of forecasts; equal forecasts share a bin, and bins that stay empty
    by that are dropped. Up to ``bins`` different forecasts, each has one of its own.
    """
    checks.at_least(bins, 1, "The number of bins")
    different, value = np.unique(stated, return_inverse=True)
    if different.size <= bins:
        return value.astype(np.int64)
    place = (rankdata(stated) - 0.5) / stated.size
    return np.unique(np.floor(bins * place), return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class IsotonicFit:
    """The rising step function nearest to the outcomes (pool adjacent violators).

    Args:
        values: different forecasts in rising order, shape (k,).
        counts: forecasts of each value, shape (k,).
        fitted: recalibrated probability of each value, never falling, shape (k,).
        place: index into ``values`` of each forecast in the order given, shape (n,).
    """

    values: FloatArray
    counts: CountArray
    fitted: FloatArray
    place: CountArray

    def each(self) -> FloatArray:
        """Return the recalibrated probability of each forecast in the order given, shape (n,)."""
        return self.fitted[self.place]


def isotonic_fit(stated: FloatArray, came: BoolArray) -> IsotonicFit:
    """Return the isotonic regression of outcomes on forecasts; equal forecasts are pooled first.

    Source: Ayer, Brunk, Ewing, Reid, Silverman (1955), Annals of Mathematical Statistics 26.
    """
    values, place, counts = np.unique(stated, return_inverse=True, return_counts=True)
    shares = np.bincount(place, weights=came) / counts
    return IsotonicFit(values, counts, isotonic(shares, counts), place)


def isotonic(shares: FloatArray, counts: CountArray) -> FloatArray:
    """Return never falling shares nearest to ``shares`` in weighted squares, 0 to 1, shape (k,)."""
    fitted: FloatArray = isotonic_regression(shares, weights=counts.astype(np.float64)).x
    return np.clip(fitted, 0.0, 1.0)
