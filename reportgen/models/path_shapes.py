"""Distributions read from a run of M1a: fan, troughs, terminal returns, drawdowns, averages.

The pooled windows count equally: their paths are taken together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reportgen.models.arrays import CountArray, FloatArray, SingleArray
from reportgen.models.path_events import PathEvents
from reportgen.models.path_summary import PathSummary, quantiles_of_counts

FAN_PROBABILITIES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
TROUGH_PROBABILITIES = (0.10, 0.25, 0.50, 0.75, 0.90)
DRAWDOWN_EDGES = (0.0, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.50, 1.0)
RETURN_EDGES = (-1.0, -0.5, -0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, np.inf)


@dataclass(frozen=True)
class Fan:
    """Quantiles of the simulated closes by day.

    Args:
        probabilities: increasing, unit 1.
        closes: shape (days + 1, probabilities), in the unit of the series; row 0 is the start.
    """

    probabilities: tuple[float, ...]
    closes: FloatArray


@dataclass(frozen=True)
class TroughDistribution:
    """The lowest close from the bear's first day to the horizon, on paths with a bear market.

    A bear that has not ended by the horizon may go deeper: the figure is cut there.

    Args:
        horizon: trading days.
        probabilities: increasing, unit 1.
        closes: pooled quantiles in the unit of the series.
        by_window: the same quantiles of each pooled window; empty where it has no bear.
        paths: number of pooled paths with a bear.
    """

    horizon: int
    probabilities: tuple[float, ...]
    closes: tuple[float, ...]
    by_window: tuple[tuple[float, ...], ...]
    paths: int


@dataclass(frozen=True)
class Histogram:
    """Shares of paths between edges; bin i holds edges[i] <= x < edges[i + 1], all sum to one.

    Args:
        edges: shape (n + 1,), unit 1.
        shares: shape (n,), unit 1.
    """

    edges: tuple[float, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class AverageSums:
    """Quantiles of the sum of the next weekly closes, for averages that run into the future.

    Args:
        probabilities: increasing, unit 1.
        sums: shape (weeks, probabilities); row k - 1 is the sum of k weekly closes, in the
            unit of the series. A week is five trading days.
    """

    probabilities: tuple[float, ...]
    sums: FloatArray


def fan(run: PathEvents, probabilities: tuple[float, ...] = FAN_PROBABILITIES) -> Fan:
    """Return quantiles of the close on every simulated day, start day included."""
    quantiles = quantiles_of_counts(
        _added([each.summary.close_counts for each in run.pooled]), probabilities
    )
    start = np.zeros((1, len(probabilities)))
    return Fan(probabilities, run.start.close * np.exp(np.vstack([start, quantiles])))


def average_sums(
    run: PathEvents, probabilities: tuple[float, ...] = FAN_PROBABILITIES
) -> AverageSums:
    """Return quantiles of the sums of the next 1, 2, … weekly closes."""
    counts = _added([each.summary.mean_counts for each in run.pooled])
    means = run.start.close * np.exp(quantiles_of_counts(counts, probabilities))
    weeks = np.arange(1, means.shape[0] + 1, dtype=np.float64)[:, None]
    return AverageSums(probabilities, means * weeks)


def trough(
    run: PathEvents, horizon: int, probabilities: tuple[float, ...] = TROUGH_PROBABILITIES
) -> TroughDistribution | None:
    """Return the distribution of the bear's lowest close, or None when no path has a bear.

    When the bear has begun before the start, every path counts, from day 1 on.
    """
    lows = [_bear_lows(each.summary, horizon) for each in run.pooled]
    together = np.concatenate(lows)
    if together.size == 0:
        return None
    return TroughDistribution(
        horizon=horizon,
        probabilities=probabilities,
        closes=_closes(run, together, probabilities),
        by_window=tuple(_closes(run, low, probabilities) for low in lows),
        paths=int(together.size),
    )


def pooled_troughs(run: PathEvents, horizon: int) -> FloatArray:
    """Return the pooled troughs behind ``trough``, in the unit of the series, shape (n,)."""
    lows = np.concatenate([_bear_lows(each.summary, horizon) for each in run.pooled])
    closes: FloatArray = run.start.close * np.exp(lows.astype(np.float64))
    return closes


def terminal_returns(
    run: PathEvents, horizon: int, edges: tuple[float, ...] = RETURN_EDGES
) -> Histogram:
    """Return the distribution of close(horizon) / close(start) - 1."""
    values = [each.summary.closing[each.summary.position(horizon)] for each in run.pooled]
    return _histogram(np.expm1(np.concatenate(values)), edges)


def deepest_drawdowns(
    run: PathEvents, horizon: int, edges: tuple[float, ...] = DRAWDOWN_EDGES
) -> Histogram:
    """Return the distribution of the deepest drawdown from the trailing peak, zero or more."""
    values = [each.summary.drawdown[each.summary.position(horizon)] for each in run.pooled]
    return _histogram(-np.expm1(np.concatenate(values)), edges)


def _added(counts: list[CountArray]) -> CountArray:
    """Return the sum of counts; pooled windows have the same number of paths."""
    total: CountArray = np.sum(counts, axis=0)
    return total


def _bear_lows(paths: PathSummary, horizon: int) -> SingleArray:
    lows = paths.trough[paths.position(horizon)]
    found: SingleArray = lows[np.isfinite(lows)]
    return found


def _closes(
    run: PathEvents, lows: SingleArray, probabilities: tuple[float, ...]
) -> tuple[float, ...]:
    if lows.size == 0:
        return ()
    quantiles = np.quantile(lows.astype(np.float64), probabilities)
    return tuple(float(value) for value in run.start.close * np.exp(quantiles))


def _histogram(values: FloatArray | SingleArray, edges: tuple[float, ...]) -> Histogram:
    counts, _ = np.histogram(values, bins=np.array(edges))
    return Histogram(edges, tuple(float(count) for count in counts / values.size))
