"""M3: how deep a bear market goes when it is followed for two years, not to the horizon alone.

A bear that begins within the forecast window may not have ended by its end, so the trough there
is cut off. The same windows' paths are therefore carried on to two years from the start; what is
kept are the paths whose bear began within the window.
"""

from __future__ import annotations

import numpy as np

from reportgen.models import guard
from reportgen.models.arrays import FloatArray
from reportgen.models.events import BEAR
from reportgen.models.history import TRADING_YEAR
from reportgen.models.onset_scan import first_days
from reportgen.models.path_events import PathEvents, WindowRun
from reportgen.models.path_shapes import TROUGH_PROBABILITIES, TroughDistribution
from reportgen.models.simulation import path_chunks, process_of
from reportgen.models.spec import ModelSpec, generator

DRAWS = ModelSpec(
    id="M3-long",
    version="1",
    inputs=("nasdaq_composite", "nasdaq_composite_weekly"),
    references=(),
)
"""The seed of the longer paths; figures are those of M3."""
MONTHS = 24
PATHS = 20_000


def long_trough(
    run: PathEvents, horizon: int, months: int = MONTHS, paths: int = PATHS
) -> TroughDistribution | None:
    """Return the lowest close until ``months`` after the start, of bears begun by ``horizon``.

    Args:
        run: paths of M1, for their fits and start state; new paths are drawn under this
            model's own seed.
        horizon: trading days within which the bear has to begin.
        months: months of 21 trading days to follow, at least the horizon.
        paths: paths of all pooled windows together.

    Returns:
        Quantiles in the unit of the series; None when no path has a bear.

    Raises:
        DataError: a horizon of no day, or one beyond the months.
    """
    days = round(months * TRADING_YEAR / 12)
    guard.within(horizon, 1, days, "The days within which a bear market has to begin")
    random = generator(run.start.as_of, DRAWS).spawn(len(run.pooled))
    share = max(1, paths // len(run.pooled))
    lows = [
        _lows(run, window, horizon, days, share, child)
        for window, child in zip(run.pooled, random, strict=True)
    ]
    together = np.concatenate(lows)
    if together.size == 0:
        return None
    return TroughDistribution(
        horizon=days,
        probabilities=TROUGH_PROBABILITIES,
        closes=_closes(run, together),
        by_window=tuple(_closes(run, low) for low in lows),
        paths=int(together.size),
    )


def _lows(
    run: PathEvents,
    window: WindowRun,
    horizon: int,
    days: int,
    paths: int,
    random: np.random.Generator,
) -> FloatArray:
    """Return the lowest log price from the bear's first day on, of the paths that have one."""
    found: list[FloatArray] = []
    for log_price in path_chunks(process_of(window.fit, run.start.drift), days, paths, random):
        first = first_days(log_price, run.start.log_peak)[BEAR.id].astype(np.int64)
        if run.start.in_bear:
            first = np.ones_like(first)
        begun = (first >= 1) & (first <= horizon)
        # The lowest of the days from each to the last: the trough from any first day on.
        lowest = np.minimum.accumulate(log_price[::-1], axis=0)[::-1]
        found.append(lowest[first[begun], np.flatnonzero(begun)])
    return np.concatenate(found)


def _closes(run: PathEvents, lows: FloatArray) -> tuple[float, ...]:
    if lows.size == 0:
        return ()
    quantiles = np.quantile(lows, TROUGH_PROBABILITIES)
    return tuple(float(value) for value in run.start.close * np.exp(quantiles))
