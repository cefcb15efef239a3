"""How often a watched figure reached its threshold in past windows: base rates, no forecasts.

Windows overlap, so the intervals count only as many cases as fit side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import beta

from reportgen.models import guard
from reportgen.models.arrays import BoolArray, FloatArray
from reportgen.models.proportions import LEVEL, share_interval

Side = Literal["above", "below"]
NEAREST = 0.2
"""Share of past windows, those begun nearest to the present reading, that are counted."""
FEWEST_WINDOWS = 5
"""A history must hold so many windows side by side; a shorter one gives no frequency."""


@dataclass(frozen=True)
class HitFrequency:
    """Share of past windows in which something happened.

    Args:
        share: 0 to 1; ``low`` and ``high`` its 80 % interval.
        windows: windows counted, overlapping; ``separate`` of them fit side by side.
        start: first day of the history.
        from_low, from_high: range of the readings the counted windows began from.
        overall: share of all windows, whatever they began from.
    """

    share: float
    low: float
    high: float
    windows: int
    separate: int
    start: date
    from_low: float
    from_high: float
    overall: float


@dataclass(frozen=True)
class SeasonFrequency:
    """Probability of at least one cut in a number of reporting seasons, from few quarters.

    Args:
        point: 1 - (1 - p)^seasons with p = (cuts + 1/2) / (quarters + 1), the mean after
            Jeffreys' prior; ``low`` and ``high`` the same at the 10 and 90 % points of p.
    """

    point: float
    low: float
    high: float
    cuts: int
    quarters: int
    seasons: int


def hit_frequency(
    values: pd.Series[float], threshold: float, side: Side, horizon: int, nearest: float = NEAREST
) -> HitFrequency | None:
    """Return how often a series reached a level within a window, begun near its last value.

    Args:
        values: readings in equal steps, on increasing days.
        threshold: the level, in the unit of the series; it counts as reached on the bound.
        side: the side on which the level lies.
        horizon: steps of a window, counted from the one after its start.
        nearest: share of all windows that is counted: those with the start nearest to the last
            reading, among the starts that had not reached the level.

    Returns:
        ``None`` when the last reading has reached the level, or the history is too short.

    Raises:
        DataError: a malformed series or a threshold that is no number.
    """
    bound = guard.finite(threshold, "The threshold")
    checked = guard.series(values, str(values.name), 2)
    readings: FloatArray = np.asarray(checked, dtype=np.float64)
    sign = 1.0 if side == "above" else -1.0
    if sign * (readings[-1] - bound) >= 0 or readings.size < FEWEST_WINDOWS * horizon:
        return None
    line: FloatArray = readings if side == "above" else -readings
    starts, extremes = _windows(line, horizon)
    open_ = starts < sign * bound
    if not open_.any():
        return None
    hit = extremes >= sign * bound
    chosen = _nearest(starts, float(line[-1]), open_, nearest)
    begun = sign * starts[chosen]
    return _frequency(hit, chosen, open_, horizon, values, (float(begun.min()), float(begun.max())))


def move_frequency(closes: pd.Series[float], change: float, horizon: int) -> HitFrequency | None:
    """Return how often a price came as far from its start within a window.

    Args:
        closes: prices above zero in equal steps.
        change: relative change against the start of the window; below zero a fall.
        horizon: steps of a window.

    Returns:
        ``None`` when the history is too short, or no change is asked for.

    Raises:
        DataError: a malformed series, or a change that is no number above -1.
    """
    ratio = guard.positive(1.0 + change, "The price ratio")
    checked = guard.positive_series(closes, str(closes.name), 2)
    prices: FloatArray = np.log(np.asarray(checked, dtype=np.float64))
    if change == 0 or prices.size < FEWEST_WINDOWS * horizon:
        return None
    sign = 1.0 if change > 0 else -1.0
    line: FloatArray = prices if change > 0 else -prices
    starts, extremes = _windows(line, horizon)
    hit = extremes - starts >= sign * np.log(ratio)
    every = np.ones(hit.size, dtype=np.bool_)
    return _frequency(hit, every, every, horizon, closes, (change, change))


def season_frequency(cuts: int, quarters: int, seasons: int) -> SeasonFrequency:
    """Return the probability of at least one cut within some reporting seasons.

    Args:
        cuts: quarters with a cut.
        quarters: quarters that could be compared with the one before, at least one.
        seasons: reporting seasons ahead, taken as independent.

    Raises:
        DataError: more cuts than quarters, or no quarter.
    """
    guard.positive(quarters, "The number of quarters")
    guard.within(cuts, 0, quarters, "The number of cuts")
    shape = cuts + 0.5, quarters - cuts + 0.5
    tail = (1.0 - LEVEL) / 2.0
    rates = (shape[0] / sum(shape), *(float(beta.ppf(at, *shape)) for at in (tail, 1.0 - tail)))
    point, low, high = (1.0 - (1.0 - rate) ** seasons for rate in rates)
    return SeasonFrequency(point, min(low, point), max(high, point), cuts, quarters, seasons)


def _windows(readings: FloatArray, horizon: int) -> tuple[FloatArray, FloatArray]:
    """Return the start of each complete window and the highest reading after it."""
    ahead = np.lib.stride_tricks.sliding_window_view(readings[1:], horizon)
    return readings[: len(ahead)], ahead.max(axis=1)


def _nearest(starts: FloatArray, last: float, open_: BoolArray, share: float) -> BoolArray:
    """Return the windows whose start lies nearest to the last reading, ties included."""
    distance = np.abs(starts - last)
    wanted = min(int(open_.sum()), max(1, round(share * starts.size)))
    bound = np.sort(distance[open_])[wanted - 1]
    chosen: BoolArray = open_ & (distance <= bound + 1e-12)
    return chosen


def _frequency(
    hit: BoolArray,
    chosen: BoolArray,
    every: BoolArray,
    horizon: int,
    values: pd.Series[float],
    begun: tuple[float, float],
) -> HitFrequency:
    windows, hits = int(chosen.sum()), int(hit[chosen].sum())
    low, high = share_interval(hits, windows, 1.0 / horizon)
    share = hits / windows
    return HitFrequency(
        share=share,
        low=min(low, share),
        high=max(high, share),
        windows=windows,
        separate=max(1, windows // horizon),
        start=guard.day_of(values.index[0]),
        from_low=begun[0],
        from_high=begun[1],
        overall=float(hit[every].mean()),
    )
