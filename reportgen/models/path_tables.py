"""Probabilities read from a run of M1a: events, partition, cross table, levels, curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reportgen.models import guard
from reportgen.models.arrays import FloatArray
from reportgen.models.events import BEAR, CORRECTION, EVENTS, FLASH, SEVERE, happened_by
from reportgen.models.path_events import PathEvents
from reportgen.models.path_summary import PathSummary
from reportgen.models.pooling import WindowEstimate, logit_mean, window_estimate


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
    estimate: WindowEstimate | None

    @property
    def already(self) -> bool:
        """Whether the event holds at the start."""
        return self.estimate is None


@dataclass(frozen=True)
class LevelEstimate:
    """The probability that a close reaches a level within one horizon.

    Args:
        level: in the unit of the series; below the start close a fall to it, above it a rise.
        distance: level / start close - 1, unit 1.
    """

    level: float
    distance: float
    horizon: int
    estimate: WindowEstimate


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
        point: shape (days + 1,), 0 on day 0; the logit mean of the pooled windows.
        spread_low, spread_high: lowest and highest of all windows by day, same shape.
    """

    event: str
    point: FloatArray
    spread_low: FloatArray
    spread_high: FloatArray


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

    def touched(paths: PathSummary) -> float:
        row = paths.position(horizon)
        if bound > 0:
            return float(np.mean(paths.highest[row] >= bound))
        return float(np.mean(paths.lowest[row] <= bound))

    return LevelEstimate(level, level / start - 1.0, horizon, _estimate(run, touched))


def partition(run: PathEvents, horizon: int) -> Partition:
    """Return the exclusive classes of the deepest drawdown within a horizon.

    They are differences of the nested pooled probabilities, so they agree with the event table.
    """
    ten, twenty, thirty_five = (
        _chance(run, event.id, horizon).point for event in (CORRECTION, BEAR, SEVERE)
    )
    return Partition(horizon, 1.0 - ten, ten - twenty, twenty - thirty_five, thirty_five)


def cross_table(run: PathEvents, horizon: int) -> CrossTable:
    """Return F1 against B1 within a horizon, with the margins of the event table."""
    flash = _chance(run, FLASH.id, horizon).point
    bear = _chance(run, BEAR.id, horizon).point
    joint = _estimate(run, lambda paths: _joint_share(paths, horizon)).point
    # The logit mean keeps joint <= margins; the other bound (Fréchet) must be asked for.
    both = max(joint, flash + bear - 1.0)
    return CrossTable(horizon, both, flash - both, bear - both, 1.0 - flash - bear + both)


def survival_curve(run: PathEvents, event: str) -> SurvivalCurve:
    """Return the cumulative probability of an event by day, for every simulated day."""
    pooled = np.array([_cumulated(each.summary, event) for each in run.pooled])
    beside = [_cumulated(each.summary, event) for each in run.beside]
    every = np.array([*pooled, *beside])
    point = logit_mean(pooled, run.pooled[0].summary.paths)
    return SurvivalCurve(event, point, every.min(axis=0), every.max(axis=0))


def _estimate(run: PathEvents, share: Callable[[PathSummary], float]) -> WindowEstimate:
    return window_estimate(
        tuple(share(each.summary) for each in run.pooled),
        tuple(share(each.summary) for each in run.beside),
        run.pooled[0].summary.paths,
    )


def _chance(run: PathEvents, event: str, horizon: int) -> WindowEstimate:
    return _estimate(run, lambda paths: _share(paths, event, horizon))


def _share(paths: PathSummary, event: str, horizon: int) -> float:
    paths.position(horizon)
    return float(np.mean(happened_by(paths.first_day[event], horizon)))


def _joint_share(paths: PathSummary, horizon: int) -> float:
    flash = happened_by(paths.first_day[FLASH.id], horizon)
    bear = happened_by(paths.first_day[BEAR.id], horizon)
    return float(np.mean(flash & bear))


def _cumulated(paths: PathSummary, event: str) -> FloatArray:
    counts = np.bincount(paths.first_day[event], minlength=paths.days + 1)[: paths.days + 1]
    cumulated: FloatArray = np.cumsum(counts) / paths.paths
    return cumulated
