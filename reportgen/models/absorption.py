"""M11: the absorption ratio, the share of all variance that a few factors take up, and its shift.

Markets that hang together are fragile: a shock to one is a shock to all. The ratio's level depends
on which markets are looked at; what is compared over time is its shift, the mean of fifteen days
less that of a year in standard deviations of the year.
Source: Kritzman, Li, Page, Rigobon (2011), Principal Components as a Measure of Systemic Risk,
Journal of Portfolio Management 37.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.assets import AssetSeries, moves

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AbsorptionSettings:
    """Windows in observations and the factors' share of the assets, as in the source."""

    window: int = 500
    half_life: int = 250
    share: float = 0.2
    short: int = 15
    long: int = 250


@dataclass(frozen=True)
class Absorption:
    """Share of total variance absorbed by the largest factors, on the last common day.

    ``shift``: mean of the last 15 ratios less that of the last 250, in standard deviations of
    those; ``None`` where the history does not reach back that far.
    """

    day: date
    ratio: float
    factors: int
    assets: int
    observations: int
    shift: float | None


def absorption_ratio(standard: Floats, half_life: float, share: float = 0.2) -> tuple[float, int]:
    """Return the part of variance the largest factors absorb, and how many factors that is.

    Args:
        standard: moves, days by assets, the latest last, each column on a comparable scale.
        half_life: observations after which a weight has halved.
        share: factors as a share of assets (a fifth, at least one).

    Raises:
        DataError: fewer than two assets or days, or an asset that does not move.
    """
    if standard.ndim != 2 or min(standard.shape) < 2:
        raise DataError("the absorption ratio needs at least two assets and two days")
    ratios, factors = _ratios(standard[None], half_life, share)
    return float(ratios[0]), factors


def absorption(
    series: tuple[AssetSeries, ...], settings: AbsorptionSettings | None = None
) -> Absorption | None:
    """Return the ratio on two-day moves of common days, or ``None`` where they are too few.

    Two days, because closes far apart see different news on one date. Assets are brought to unit
    variance within each window: bitcoin would otherwise be the first factor.

    Raises:
        DataError: fewer than two assets, or one that does not move.
    """
    given = settings or AbsorptionSettings()
    common = pd.DataFrame({item.asset.code: item.values for item in series}).dropna()
    if len(common) < given.window + 2:
        return None
    table = np.column_stack(
        [moves(common[item.asset.code], item.asset.kind, 2).to_numpy() for item in series]
    )
    days = min(given.long, len(table) - given.window + 1)
    windows = np.lib.stride_tricks.sliding_window_view(table, given.window, axis=0)[-days:]
    ratios, factors = _ratios(np.swapaxes(windows, 1, 2), float(given.half_life), given.share)
    return Absorption(
        day=guard.day_of(common.index[-1]),
        ratio=float(ratios[-1]),
        factors=factors,
        assets=len(series),
        observations=given.window,
        shift=standardized_shift(ratios, given) if days == given.long else None,
    )


def standardized_shift(ratios: Floats, settings: AbsorptionSettings | None = None) -> float | None:
    """Return (mean of 15 days - mean of a year) / standard deviation of the year.

    ``None`` when the ratio has not moved over the year.

    Raises:
        DataError: fewer ratios than a year has.
    """
    given = settings or AbsorptionSettings()
    if len(ratios) < given.long:
        raise DataError(f"the absorption shift needs {given.long} days, there are {len(ratios)}")
    year = ratios[-given.long :]
    spread = float(year.std(ddof=1))
    if spread <= 1e-12:
        return None
    return float(year[-given.short :].mean() - year.mean()) / spread


def _ratios(windows: Floats, half_life: float, share: float) -> tuple[Floats, int]:
    """Return the ratio of each window (windows x days x assets), and the number of factors."""
    count, days, assets = windows.shape
    spread = windows.std(axis=1, keepdims=True)
    if (spread <= 1e-12).any():
        raise DataError("the absorption ratio has an asset that does not move")
    weights = 0.5 ** (np.arange(days)[::-1] / half_life)
    weights /= weights.sum()
    factors = max(1, round(share * assets))
    found = np.empty(count)
    for place in range(count):
        scaled = windows[place] / spread[place]
        centred = scaled - weights @ scaled
        eigenvalues = np.linalg.eigvalsh((centred * weights[:, None]).T @ centred)[::-1]
        found[place] = eigenvalues[:factors].sum() / eigenvalues.sum()
    return found, factors
