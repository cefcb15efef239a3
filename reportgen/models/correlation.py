"""Correlations of markets that do not close at the same time, plain and corrected.

The changing correlation is exponentially weighted and not a DCC model. Measured on the six markets
of the spillover (moves standardised by GJR-GARCH, parameters of 2016-2020, predictive
log-likelihood a day of 2021-2025): DCC(1,1) 0.315; weights that decay by 0.98 a day 0.348, by 0.97
0.293, by 0.94 0.079; constant correlations 0.093. DCC earns nothing that would pay for six fits and
a search of seconds, and the decay of 0.94 that is common for variances is too quick for
correlations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.assets import AssetSeries, moves, synchronous

Floats = NDArray[np.float64]
EWMA_DECAY = 0.98


@dataclass(frozen=True)
class CorrelationMatrix:
    """Correlations of moves on the days a pair has in common.

    Args:
        codes: assets in order; ``values`` is square and symmetric.
        spans: observations a move of the pair spans: 1, or 2 where their closes lie more than
            four hours apart.
        window: moves used; 0 for exponential weights over all of them.
    """

    codes: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    spans: tuple[tuple[int, ...], ...]
    window: int


@dataclass(frozen=True)
class CorrelationShift:
    """Correlation with the index over the short and the long window.

    ``adjusted`` is the short one corrected for the index's higher (or lower) variance in it.
    """

    code: str
    short: float
    long: float
    variance_ratio: float
    adjusted: float


def correlation_matrix(series: tuple[AssetSeries, ...], window: int) -> CorrelationMatrix:
    """Return pairwise correlations over the last moves, or EWMA (.98) ones for window 0.

    Raises:
        DataError: a pair with fewer common days than the window, or one that does not move.
    """
    size = len(series)
    values, spans = np.eye(size), np.ones((size, size), dtype=int)
    for row in range(size):
        for column in range(row):
            one, other, span = _pair(series[row], series[column])
            spans[row, column] = spans[column, row] = span
            found = _correlation(one, other, window, series[row], series[column])
            values[row, column] = values[column, row] = found
    return CorrelationMatrix(
        codes=tuple(item.asset.code for item in series),
        values=tuple(tuple(float(value) for value in row) for row in values),
        spans=tuple(tuple(int(span) for span in row) for row in spans),
        window=window,
    )


def mean_correlation(matrix: CorrelationMatrix) -> float:
    """Return the mean absolute correlation over all pairs: rates move against prices."""
    values = np.abs(np.array(matrix.values))
    return float(values[np.triu_indices(len(values), 1)].mean())


def forbes_rigobon(correlation: float, variance_ratio: float) -> float:
    """Return a correlation corrected for the variance of the market where the shock began.

    Args:
        correlation: measured in the turbulent window.
        variance_ratio: variance of that market there over its variance in quiet times.
    """
    excess = guard.positive(variance_ratio, "the variance ratio") - 1.0
    return correlation / float(np.sqrt(1.0 + excess * (1.0 - correlation**2)))


def _pair(one: AssetSeries, other: AssetSeries) -> tuple[Floats, Floats, int]:
    """Return the moves of two assets on their common days, and the days a move spans."""
    span = 1 if synchronous(one.asset, other.asset) else 2
    common = one.values.index.intersection(other.values.index)
    if len(common) <= span:
        codes = f"{one.asset.code} and {other.asset.code}"
        raise DataError(f"series {codes} have {len(common)} days in common")
    x = np.asarray(moves(one.values[common], one.asset.kind, span), dtype=np.float64)
    y = np.asarray(moves(other.values[common], other.asset.kind, span), dtype=np.float64)
    return x, y, span


def _correlation(
    one: Floats, other: Floats, window: int, first: AssetSeries, second: AssetSeries
) -> float:
    """Return the correlation of the last moves with equal or exponential weights."""
    codes = f"{first.asset.code} and {second.asset.code}"
    if len(one) < max(window, 2):
        raise DataError(f"series {codes} have {len(one)} common moves, {window} are needed")
    used = slice(-window, None) if window else slice(None)
    x, y = one[used], other[used]
    weights = EWMA_DECAY ** np.arange(len(x))[::-1] if window == 0 else np.ones(len(x))
    weights = weights / weights.sum()
    # Daily means are taken as zero under exponential weights, as in RiskMetrics.
    if window:
        x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((weights @ x**2) * (weights @ y**2)))
    if scale <= 1e-14:
        raise DataError(f"series {codes} do not both move in the window")
    return float(np.clip((weights @ (x * y)) / scale, -1.0, 1.0))


def correlation_shifts(
    series: tuple[AssetSeries, ...],
    short: CorrelationMatrix,
    long: CorrelationMatrix,
    index_code: str,
) -> tuple[CorrelationShift, ...]:
    """Return for each other asset how its correlation with an index has moved.

    Args:
        series: the assets of both matrices, in their order.
        short: correlations over the short window.
        long: correlations over the long window.
        index_code: the market whose variance the correction looks at.

    Raises:
        DataError: the index is not among the assets.
    """
    if index_code not in short.codes:
        raise DataError(f"the cross-asset view needs the series {index_code}")
    place = short.codes.index(index_code)
    index = series[place]
    daily = moves(index.values, index.asset.kind).to_numpy()
    ratio = float(np.var(daily[-short.window :]) / np.var(daily[-long.window :]))
    return tuple(
        CorrelationShift(
            code=code,
            short=short.values[place][column],
            long=long.values[place][column],
            variance_ratio=ratio,
            adjusted=forbes_rigobon(short.values[place][column], ratio),
        )
        for column, code in enumerate(short.codes)
        if column != place
    )
