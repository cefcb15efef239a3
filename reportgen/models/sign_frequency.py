"""How often a quantity rose over a stretch of time, given how it moved over the stretch before.

A base rate, no forecast model: stretches overlap, so the interval counts only as many as fit
side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from reportgen.models import guard
from reportgen.models.proportions import share_interval

FEWEST_STRETCHES = 10
"""A history must hold so many stretches side by side; a shorter one gives no frequency."""


@dataclass(frozen=True)
class SignFrequency:
    """Share of past stretches with a rise (or no change).

    Args:
        share: of the stretches that followed a move in the present direction, 0 to 1; ``low``
            and ``high`` its 80 % interval.
        overall: of all stretches.
        windows: stretches behind ``share``, overlapping.
        rising: whether the last stretch was a rise.
        start: first day of the history.
    """

    share: float
    low: float
    high: float
    overall: float
    windows: int
    rising: bool
    start: date


def sign_frequency(values: pd.Series[float], steps: int) -> SignFrequency | None:
    """Return how often a series rose over ``steps`` observations.

    Args:
        values: readings in equal steps, on increasing days.
        steps: length of a stretch, at least 1.

    Returns:
        ``None`` when the history is too short, or none of its stretches followed a like move.

    Raises:
        DataError: a malformed series, or a length below 1.
    """
    guard.positive(steps, "The length of a stretch")
    readings = guard.series(values, str(values.name), 2).to_numpy(dtype=np.float64)
    if readings.size < FEWEST_STRETCHES * steps + 1:
        return None
    rose = readings[steps:] - readings[:-steps] >= 0.0
    before, after = rose[:-steps], rose[steps:]
    alike = after[before == rose[-1]]
    if alike.size < steps:
        return None
    share = float(alike.mean())
    low, high = share_interval(int(alike.sum()), alike.size, 1.0 / steps)
    return SignFrequency(
        share=share,
        low=min(low, share),
        high=max(high, share),
        overall=float(rose.mean()),
        windows=int(alike.size),
        rising=bool(rose[-1]),
        start=guard.day_of(values.index[0]),
    )
