"""M5: the probability of a fast fall of USD/JPY at any time of a window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from reportgen.models import guard
from reportgen.models.carry_paths import KINDS
from reportgen.models.passage import (
    fast_fall_probabilities,
    fit_filter,
    simulate,
    trading_days_after,
)


@dataclass(frozen=True)
class FastFall:
    """What counts as one: a relative change of ``fall`` or worse over ``days`` trading days."""

    fall: float
    days: int


@dataclass(frozen=True)
class WindowChance:
    """Probability within the window, 0 to 1; ``low`` and ``high`` span both volatility filters."""

    probability: float
    low: float
    high: float


def fast_fall_in_window(
    usdjpy: pd.Series[float],
    end: date,
    event: FastFall,
    paths: int,
    random: np.random.Generator,
) -> WindowChance:
    """Return the probability of at least one fast fall between the last rate and a day.

    Args:
        usdjpy: yen per dollar, daily, ending on the as-of date.
        end: last day that counts.
        event: size and length of the fall; its first windows reach back before the as-of date.
        paths: simulated paths of each volatility filter; the first filter gives the point.
        random: generator of the draws.

    Raises:
        DataError: a malformed or too short series, or no trading day until the end.
    """
    rates = guard.positive_series(usdjpy, "usdjpy", event.days + 1)
    days = trading_days_after(guard.day_of(rates.index[-1]), end)
    recent = np.log(rates.to_numpy(dtype=np.float64)[-event.days :])
    whole = np.zeros(len(days), dtype=np.int64)
    found = [
        fast_fall_probabilities(
            simulate(fit_filter(rates, "usdjpy", kind), len(days), paths, random),
            recent - recent[-1],
            event.days,
            event.fall,
            whole,
        )[0]
        for kind in KINDS
    ]
    return WindowChance(found[0], min(found), max(found))
