"""M3: the trough's distribution drawn towards the levels of the trade, for display alone.

f = (1 - w) f_trough + w f_trough x K / norm, K a kernel density of the levels in log price.
On 34 past bear markets the levels added nothing to the score of the trough (weight 0.25: 0.587
against 0.593; as a product -0.738), so a weight is for showing, and forecasts that are scored
have none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import FloatArray

DISPLAY_WEIGHT, SCORING_WEIGHT = 0.25, 0.0
BANDWIDTH = 0.03
GRID = 400
_REACH = 5.0


@dataclass(frozen=True)
class LevelDensity:
    """A density over log price, drawn towards levels.

    Args:
        closes: grid, index points, increasing, shape (n,).
        model: probability of each grid cell by the troughs alone, shape (n,), sums to one.
        combined: the same with the levels' weight, shape (n,), sums to one.
        weight: w.
        diagnostics: ``levels_out_of_reach`` when no level lies where troughs do and the
            combined density is the model's.
    """

    closes: FloatArray
    model: FloatArray
    combined: FloatArray
    weight: float
    diagnostics: tuple[str, ...] = ()

    def quantile(self, probability: float) -> float:
        """Return the close with that much of the combined probability at or below it."""
        share = guard.within(probability, 0.0, 1.0, "The probability of a quantile")
        return float(np.interp(share, np.cumsum(self.combined), self.closes))


def level_density(
    troughs: FloatArray,
    levels: tuple[float, ...],
    weight: float = DISPLAY_WEIGHT,
    bandwidth: float = BANDWIDTH,
) -> LevelDensity:
    """Return the density of the trough with and without the levels.

    Args:
        troughs: simulated troughs, index points, at least two different ones, shape (n,).
        levels: levels of the methods, index points; none leaves the model as it is.
        weight: w, 0 to 1; 0 for anything that is scored.
        bandwidth: standard deviation of a level's kernel, log price.

    Raises:
        DataError: troughs that do not vary or are no prices, a level not above zero, a weight
            outside 0 to 1, a bandwidth not above zero.
    """
    part = guard.within(weight, 0.0, 1.0, "The weight of the levels")
    width = guard.positive(bandwidth, "The bandwidth of the levels")
    marks = np.log([guard.positive(level, "A price level") for level in levels])
    if troughs.size < 2 or not np.all(np.isfinite(troughs)) or not np.all(troughs > 0.0):
        raise DataError("The troughs are not two or more prices above zero.")
    logs = np.log(troughs)
    spread = float(logs.std())
    if spread <= 1e-12:
        raise DataError("The troughs do not vary.")
    grid = np.linspace(logs.min() - _REACH * width, logs.max() + _REACH * width, GRID)
    model = _histogram(logs, grid)
    kernel = _kernel(grid, marks, width)
    drawn = model * kernel
    if part == 0.0 or not marks.size or drawn.sum() <= 1e-12:
        notes = ("levels_out_of_reach",) if marks.size and part > 0.0 else ()
        return LevelDensity(np.exp(grid), model, model.copy(), part, notes)
    combined = (1.0 - part) * model + part * drawn / drawn.sum()
    return LevelDensity(np.exp(grid), model, combined, part)


def _histogram(logs: FloatArray, grid: FloatArray) -> FloatArray:
    """Return the share of values nearest to each grid point."""
    step = grid[1] - grid[0]
    edges = np.append(grid - step / 2.0, grid[-1] + step / 2.0)
    shares: FloatArray = np.histogram(logs, bins=edges)[0] / logs.size
    return shares


def _kernel(grid: FloatArray, marks: FloatArray, width: float) -> FloatArray:
    """Return the mean of the levels' kernels on the grid."""
    if not marks.size:
        return np.zeros_like(grid)
    values: FloatArray = np.exp(-0.5 * ((grid[:, None] - marks) / width) ** 2).mean(axis=1)
    return values
