"""Probabilities read from a run of M1a: events, partition, cross table, levels, curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import DayArray, FloatArray
from reportgen.models.events import BEAR, CORRECTION, EVENTS, FLASH, SEVERE, happened_by
from reportgen.models.parameter_draws import DrawnPaths
from reportgen.models.path_events import PathEvents
from reportgen.models.path_shapes import deepest_drawdowns
from reportgen.models.path_summary import PathSummary
from reportgen.models.pooling import (
    INTERVAL,
    PathEstimate,
    PooledEstimate,
    logit_mean,
    path_estimate,
    pooled_estimate,
)


@dataclass(frozen=True)
class EventEstimate:
    """The probability of one event within one horizon.

    Args:
        event: id of the event.
        horizon: trading days.
        estimate: None when the event holds at the start, so that there is no onset to forecast.
    """

    event: str
    horizon: int
    estimate: PooledEstimate | None

    @property
    def already(self) -> bool:
        """Whether the event holds at the start."""
        return self.estimate is None


@dataclass(frozen=True)
class LevelEstimate:
    """The probability that a close reaches a level within one horizon, from the paths alone.

    Args:
        level: in the unit of the series; below the start close a fall to it, above it a rise.
        distance: level / start close - 1, unit 1.
    """

    level: float
    distance: float
    horizon: int
    estimate: PathEstimate


@dataclass(frozen=True)
class Partition:
    """Exclusive classes of the deepest drawdown from the trailing peak; they sum to one.

    Args:
        none: never 10 % below the peak. correction: 10 % reached, 20 % not.
        bear: 20 % reached, 35 % not. severe: 35 % reached.
    """

    horizon: int
    none: float
    correction: float
    bear: float
    severe: float


@dataclass(frozen=True)
class CrossTable:
    """The flash fall F1 against the bear market B1; the four cells sum to one."""

    horizon: int
    both: float
    flash_only: float
    bear_only: float
    neither: float


@dataclass(frozen=True)
class SurvivalCurve:
    """Cumulative probability of an event by day.

    Args:
        event: id of the event.
        point: shape (days + 1,), 0 on day 0.
        low, high: its interval by day, same shape.
    """

    event: str
    point: FloatArray
    low: FloatArray
    high: FloatArray


def event_estimate(run: PathEvents, event: str, horizon: int) -> EventEstimate:
    """Return the probability of an event within a horizon that was simulated."""
    if run.start.already(event):
        return EventEstimate(event, horizon, None)
    return EventEstimate(event, horizon, _chance(run, event, horizon))


def event_table(run: PathEvents) -> tuple[EventEstimate, ...]:
    """Return every event at every horizon, events first."""
    return tuple(
        event_estimate(run, event.id, horizon) for event in EVENTS for horizon in run.horizons
    )


def level_estimate(run: PathEvents, level: float, horizon: int) -> LevelEstimate:
    """Return the probability that a close touches a level within a horizon.

    A level at the start close counts as a fall to it: it is reached by the first lower close.

    Raises:
        DataError: the level is no number above zero, or the horizon was not simulated.
    """
    start = run.start.close
    bound = float(np.log(guard.positive(level, "The level") / start))

    def touched(paths: PathSummary | DrawnPaths) -> float:
        row = run.horizons.index(horizon)
        if bound > 0:
            return float(np.mean(paths.highest[row] >= bound))
        return float(np.mean(paths.lowest[row] <= bound))

    run.pooled[0].summary.position(horizon)
    return LevelEstimate(level, level / start - 1.0, horizon, _estimate(run, touched))


def partition(run: PathEvents, horizon: int) -> Partition:
    """Return the exclusive classes of the deepest drawdown within a horizon.

    They are differences of the nested pooled probabilities, so they agree with the event table.
    A depth that is reached at the start keeps the paths' own share, in the pool's place.
    """
    ten, twenty, thirty_five = (
        _reached(run, event.id, horizon) for event in (CORRECTION, BEAR, SEVERE)
    )
    return Partition(horizon, 1.0 - ten, ten - twenty, twenty - thirty_five, thirty_five)


def cross_table(run: PathEvents, horizon: int) -> CrossTable:
    """Return F1 against B1 within a horizon, with the margins of the event table.

    The paths say how the two go together (their odds ratio), the pool how likely each is.
    """
    flash, bear = (_reached(run, event.id, horizon) for event in (FLASH, BEAR))
    shares = np.array([_cells(each.summary, horizon) for each in run.pooled])
    both = joint_probability(flash, bear, shares.mean(axis=0))
    return CrossTable(horizon, both, flash - both, bear - both, 1.0 - flash - bear + both)


def pooled_drawdowns(run: PathEvents, horizon: int, edges: tuple[float, ...]) -> tuple[float, ...]:
    """Return the probability of each interval of the deepest drawdown, summing to one.

    The classes of the partition keep their probability; within a class the paths say how it is
    divided, and where no path lies in it, its first interval holds it all.

    Args:
        run: the run.
        horizon: trading days, among the simulated ones.
        edges: increasing, unit 1, from 0 to 1, the depths of the partition among them.

    Raises:
        DataError: a depth of the partition is no edge.
    """
    shares = np.array(deepest_drawdowns(run, horizon, edges).shares)
    classes = partition(run, horizon)
    depths = [0.0, *(event.depth for event in (CORRECTION, BEAR, SEVERE))]
    if not set(depths) <= set(edges):
        raise DataError("The depths of the partition must be edges of the histogram.")
    starts = [edges.index(depth) for depth in depths]
    wanted = (classes.none, classes.correction, classes.bear, classes.severe)
    for first, last, weight in zip(starts, [*starts[1:], len(shares)], wanted, strict=True):
        held = shares[first:last].sum()
        if held > 0.0:
            shares[first:last] *= weight / held
        else:
            shares[first] = weight
    return tuple(float(share) for share in shares)


def joint_probability(first: float, second: float, shares: FloatArray) -> float:
    """Return P(both) of two events with given margins and the odds ratio of a table of shares.

    Args:
        first: margin of the one, unit 1.
        second: margin of the other, unit 1.
        shares: shares of both, first only, second only and neither, shape (4,).

    Source:
        Plackett (1965), Journal of the American Statistical Association 60.
    """
    both, alone, other, neither = np.maximum(shares, 1e-9)
    odds = float(both * neither / (alone * other))
    if abs(odds - 1.0) < 1e-9:
        return first * second
    total = 1.0 + (odds - 1.0) * (first + second)
    root = np.sqrt(total**2 - 4.0 * odds * (odds - 1.0) * first * second)
    joint = float((total - root) / (2.0 * (odds - 1.0)))
    return min(max(joint, first + second - 1.0, 0.0), first, second)


def survival_curve(run: PathEvents, event: str) -> SurvivalCurve:
    """Return the cumulative probability of an event by day, for every simulated day.

    The paths give the shape between the horizons, the table what holds at them.
    """
    curves = np.array([_cumulated(each.summary.first_day[event], run) for each in run.pooled])
    beside = np.array([_cumulated(each.summary.first_day[event], run) for each in run.beside])
    middle = logit_mean(curves, run.pooled[0].summary.paths)
    every = np.concatenate([curves, beside]) if len(beside) else curves
    low, high = every.min(axis=0), every.max(axis=0)
    if run.drawn:
        drawn = np.array([_cumulated(each.first_day[event], run) for each in run.drawn])
        low, high = np.quantile(drawn, INTERVAL, axis=0)
    at = [_chance(run, event, horizon) for horizon in run.horizons]
    points = _through(middle, run.horizons, [one.point for one in at])
    return SurvivalCurve(
        event,
        points,
        np.minimum(_through(low, run.horizons, [one.low for one in at]), points),
        np.maximum(_through(high, run.horizons, [one.high for one in at]), points),
    )


def _through(curve: FloatArray, horizons: tuple[int, ...], targets: list[float]) -> FloatArray:
    """Return an increasing curve through the targets, 0 on day 0.

    Between two horizons it rises by the days' shares of the given curve's rise, evenly where
    that does not rise at all.
    """
    found = np.zeros(curve.size)
    ends = (0, *horizons)
    heights = np.maximum.accumulate([0.0, *targets])
    for number, (first, last) in enumerate(pairwise(ends)):
        days = np.arange(first, last + 1)
        rise = curve[days] - curve[first]
        share = rise / rise[-1] if rise[-1] > 0.0 else (days - first) / (last - first)
        found[days] = heights[number] + share * (heights[number + 1] - heights[number])
    return found


def _estimate(run: PathEvents, share: Callable[[PathSummary | DrawnPaths], float]) -> PathEstimate:
    return path_estimate(
        tuple(share(each.summary) for each in run.pooled),
        tuple(share(each.summary) for each in run.beside),
        np.array([share(each) for each in run.drawn]),
        run.pooled[0].summary.paths,
    )


def path_chance(run: PathEvents, event: str, horizon: int) -> PathEstimate:
    """Return the probability of an event by the paths alone; ``DataError`` off the horizons."""
    run.pooled[0].summary.position(horizon)
    return _estimate(run, lambda paths: _share(paths, event, horizon))


def _chance(run: PathEvents, event: str, horizon: int) -> PooledEstimate:
    return pooled_estimate(path_chance(run, event, horizon), run.conditional.get((event, horizon)))


def _reached(run: PathEvents, event: str, horizon: int) -> float:
    if run.start.already(event):
        return path_chance(run, event, horizon).point
    return _chance(run, event, horizon).point


def _share(paths: PathSummary | DrawnPaths, event: str, horizon: int) -> float:
    return float(np.mean(happened_by(paths.first_day[event], horizon)))


def _cells(paths: PathSummary, horizon: int) -> tuple[float, float, float, float]:
    """Return the shares of both F1 and B1, F1 only, B1 only, and neither."""
    flash = happened_by(paths.first_day[FLASH.id], horizon)
    bear = happened_by(paths.first_day[BEAR.id], horizon)
    both, first, second = (float(np.mean(one)) for one in (flash & bear, flash, bear))
    return both, first - both, second - both, 1.0 - first - second + both


def _cumulated(first_day: DayArray, run: PathEvents) -> FloatArray:
    days = run.horizons[-1]
    counts = np.bincount(first_day, minlength=days + 1)[: days + 1]
    cumulated: FloatArray = np.cumsum(counts) / first_day.size
    return cumulated
