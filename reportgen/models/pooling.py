"""Combining the probabilities of several windows: logit mean, and the spread between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from reportgen.models.arrays import FloatArray


@dataclass(frozen=True)
class WindowEstimate:
    """One probability from several estimation windows.

    The spread says how much the choice of the window alone moves the figure. It is a first
    interval, not a confidence interval: parameter uncertainty is not in it.

    Args:
        point: logit mean of the pooled windows, unit 1.
        pooled: the pooled windows' probabilities, in the order of the run's pooled windows.
        spread_low, spread_high: lowest and highest probability of all windows, pooled or not.
        simulation_error: Monte Carlo standard error of the point, unit 1.
    """

    point: float
    pooled: tuple[float, ...]
    spread_low: float
    spread_high: float
    simulation_error: float


def logit_mean(probabilities: FloatArray, paths: int) -> FloatArray:
    """Return the inverse logit of the mean logit over the first axis.

    A share of 0 or 1 counts as half a path away from it, unless all windows agree on it.

    Args:
        probabilities: shares of paths, shape (windows, …).
        paths: number of paths behind each share.
    """
    half = 0.5 / paths
    mean: FloatArray = expit(logit(np.clip(probabilities, half, 1.0 - half)).mean(axis=0))
    mean = np.where(np.all(probabilities <= 0.0, axis=0), 0.0, mean)
    return np.where(np.all(probabilities >= 1.0, axis=0), 1.0, mean)


def window_estimate(
    pooled: tuple[float, ...], beside: tuple[float, ...], paths: int
) -> WindowEstimate:
    """Return the estimate of pooled windows with the spread of these and the ones beside them."""
    point = float(logit_mean(np.array(pooled), paths))
    every = (*pooled, *beside)
    return WindowEstimate(
        point=point,
        pooled=pooled,
        spread_low=min(every),
        spread_high=max(every),
        simulation_error=float(np.sqrt(point * (1.0 - point) / (paths * len(pooled)))),
    )
