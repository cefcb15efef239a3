"""M13: a formal test for explosive growth in valuation, and the episodes it dates.

A ratio that wanders has a unit root; one that feeds on its own rise has a root above one. The
backward sup ADF statistic of a month is the largest right-tailed Dickey-Fuller t over all windows
that end there, the GSADF statistic the largest of those. Both are held against what random walks
of the same length give by chance.
Source: Phillips, Shi, Yu (2015), Testing for Multiple Bubbles, International Economic Review 56.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import log
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.spec import ModelSpec, seed_of
from reportgen.models.sup_adf import (
    STILL,
    ZERO,
    Walks,
    backward_sup_adf,
    critical_values,
    minimum_window,
)

SPEC = ModelSpec(
    id="M13a",
    version="1.0",
    inputs=("cape", "nasdaq_composite_weekly"),
    references=(
        "Phillips, Shi, Yu (2015), Testing for Multiple Bubbles: Historical Episodes of Exuberance "
        "and Collapse in the S&P 500, International Economic Review 56",
    ),
)

Floats = NDArray[np.float64]
Way = Literal["rise", "fall"]

NOT_DATED = date(1, 1, 1)
"""Critical values belong to a length, not to an edition: their seed knows no as-of date."""

FEWEST = 100
"""Observations below which the simulated critical values say little about the data's own law."""


@dataclass(frozen=True)
class ExplosiveSettings:
    """How the test is run.

    Args:
        lags: lagged differences in the regression, 0 or 1; one, because a ratio of monthly mean
            prices has autocorrelated changes where the prices have none.
        draws: simulated random walks behind the critical values.
        level: quantile (0 to 1) of theirs that a statistic has to pass.
        longest: observations looked at, the latest; the work grows with the square of it.
        own_drift: whether the walks grow as the series does on average. A price does so without
            any bubble, and held against walks without drift would be called explosive too often;
            a ratio has no such trend, and its walks drift by 1/T as in the source.
    """

    lags: int = 1
    draws: int = 1_000
    level: float = 0.95
    longest: int = 480
    own_drift: bool = False


@dataclass(frozen=True)
class Episode:
    """A spell above the critical values: first and last month, and their number.

    ``way``: whether the series stood higher or lower at its end than in the month before it; the
    statistic takes a collapse for explosive as well. ``open`` when the spell has not ended.
    """

    first: date
    last: date
    months: int
    way: Way
    open: bool


@dataclass(frozen=True)
class ExplosiveResult:
    """The test's answer.

    Args:
        start, end, observations, window: what was looked at, and its shortest window.
        statistic, critical: GSADF statistic and its critical value; ``p``: share of walks (0 to
            1) with a statistic as large.
        drift: of the walks, in standard deviations of a month's change.
        latest, latest_critical: backward statistic of the last month and its own value.
        days, sequence, thresholds: backward statistics and their critical values, by month.
        episodes: spells above the values, at least log T months long.
        explosive: whether the sample as a whole holds an episode (GSADF above its value).
        now: way of the episode the last month lies in; ``None`` when it lies in none.
        seed: of the simulated walks; ``draws`` their number.
        diagnostics: ``shortened`` when older observations were left out.
    """

    start: date
    end: date
    observations: int
    window: int
    statistic: float
    critical: float
    p: float
    drift: float
    latest: float
    latest_critical: float
    days: tuple[date, ...]
    sequence: tuple[float, ...]
    thresholds: tuple[float, ...]
    episodes: tuple[Episode, ...]
    explosive: bool
    now: Way | None
    seed: int
    draws: int
    diagnostics: tuple[str, ...]


def evaluate(ratio: pd.Series[float], settings: ExplosiveSettings | None = None) -> ExplosiveResult:
    """Return whether a valuation ratio has grown explosively, and when.

    Args:
        ratio: price over earnings (or a price) by month, above zero; its logarithm is tested.
        settings: lags, draws, level.

    Raises:
        DataError: fewer than 100 observations, one not above zero, or a ratio that stands still.
    """
    given = settings or ExplosiveSettings()
    known = guard.positive_series(ratio, "cape", FEWEST)
    used = known.iloc[-given.longest :]
    line = np.log(used.to_numpy(dtype="float64"))
    window = minimum_window(len(line))
    found = backward_sup_adf(line[:, None], window, given.lags)[:, 0]
    drift = _drift(line) if given.own_drift else round(1.0 / len(line), 4)
    seed = seed_of(NOT_DATED, SPEC)
    limits = critical_values(Walks(len(line), drift, given.lags, given.draws, seed), given.level)
    days = tuple(guard.day_of(stamp) for stamp in used.index[window - 1 :])
    spells = episodes(days, line[window - 2 :], found > np.array(limits.sequence), log(len(line)))
    return ExplosiveResult(
        start=guard.day_of(used.index[0]),
        end=days[-1],
        observations=len(line),
        window=window,
        statistic=float(found.max()),
        critical=limits.gsadf,
        p=(1 + sum(value >= found.max() for value in limits.largest)) / (1 + given.draws),
        drift=drift,
        latest=float(found[-1]),
        latest_critical=limits.sequence[-1],
        days=days,
        sequence=tuple(float(value) for value in found),
        thresholds=limits.sequence,
        episodes=spells,
        explosive=bool(found.max() > limits.gsadf),
        now=spells[-1].way if spells and spells[-1].open else None,
        seed=seed,
        draws=given.draws,
        diagnostics=("shortened",) if len(known) > len(used) else (),
    )


def _drift(line: Floats) -> float:
    """Return the mean change over its standard deviation, rounded so that walks are kept."""
    changes = np.diff(line)
    spread = float(changes.std())
    if spread <= ZERO:
        raise DataError(STILL)
    return round(float(changes.mean()) / spread, 3)


def episodes(
    days: tuple[date, ...], levels: Floats, above: NDArray[np.bool_], least: float
) -> tuple[Episode, ...]:
    """Return the unbroken spells above the critical values that last long enough.

    Args:
        days: ends of the windows.
        levels: the series on those days, preceded by one value more.
        above: whether the statistic lies above its value there.
        least: shortest spell in observations (log T in the source).
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], above.astype("int8"), [0]])))
    spells = zip(edges[::2], edges[1::2], strict=True)
    return tuple(
        Episode(
            first=days[first],
            last=days[stop - 1],
            months=int(stop - first),
            way="rise" if levels[stop] > levels[first] else "fall",
            open=bool(stop == len(days)),
        )
        for first, stop in spells
        if stop - first >= least
    )
