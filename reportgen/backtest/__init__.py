"""Backtest: what the published models would have said at every month end, and how it came out.

``history`` holds the figures and cuts them, ``origin`` makes one month end's forecasts by the
functions an edition is made with, ``walk`` does all of them and keeps each, ``scoring`` holds
them against what happened, ``bars`` against what is asked of them, ``report`` writes it down.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from reportgen.backtest.history import Histories
from reportgen.backtest.origin import WalkSettings
from reportgen.backtest.report import write
from reportgen.backtest.scoring import Scorecard, scorecard
from reportgen.backtest.walk import Progress, walk
from reportgen.errors import DataError
from reportgen.models.pool_members import versions

LEAST_YEARS = 4
"""Years of closes before the first origin: a thousand returns for the fit, and completed windows
of a year for the frequencies it is held against."""
FEWEST_ORIGINS = 24
LONG_ORIGINS = 360
"""From thirty years of origins on the interval is made too, each December."""


def run(
    histories: Histories,
    *,
    first: int | None,
    paths: int,
    folder: Path,
    jobs: int,
    progress: Progress,
) -> tuple[Scorecard, Path]:
    """Walk, score and write; return the scores and the folder they were written to.

    Args:
        histories: what to walk through.
        first: year of the first origin; None for the first possible one.
        paths: simulated paths a window.
        folder: where walks are kept.
        jobs: processes.
        progress: told how many month ends are done.

    Raises:
        DataError: the history is too short for two years of origins.
        CannotCreateError, DiskError: the folder cannot be written to.
    """
    begins = histories.closes.index[0].date()
    earliest = date(begins.year + LEAST_YEARS, begins.month, 1)
    wished = earliest if first is None else max(date(first, 1, 1), earliest)
    origins = histories.origins(wished)
    if len(origins) < FEWEST_ORIGINS:
        raise DataError(
            f"{histories.name}: {len(origins)} month ends from {wished.year} on, "
            f"{FEWEST_ORIGINS} are needed."
        )
    every = 12 if len(origins) >= LONG_ORIGINS else 0
    walked = walk(histories, origins, WalkSettings(paths, every), folder, jobs, progress)
    card = scorecard(walked, versions())
    target = folder / f"{histories.closes.index[-1].date()}-{walked.key}"
    write(card, target)
    return card, target
