"""Made-up price histories for the tests of the models."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from reportgen.models.arrays import FloatArray
from reportgen.models.simulation import PathProcess


def dated(values: FloatArray | list[float], start: str = "2000-01-03") -> pd.Series[float]:
    """Return values on consecutive weekdays."""
    days = pd.bdate_range(start, periods=len(values))
    return pd.Series(np.asarray(values, dtype=np.float64), index=days, name="made_up")


def wandering(count: int, seed: int = 1, deviation: float = 0.012) -> pd.Series[float]:
    """Return closes of a random walk with clustered volatility, from 1,000 on."""
    random = np.random.Generator(np.random.PCG64(seed))
    shocks = random.standard_t(6, count - 1) * np.sqrt(4 / 6)
    returns, variance = np.empty(count - 1), 1.0
    for day, shock in enumerate(shocks):
        returns[day] = deviation * np.sqrt(variance) * shock
        leverage = 0.15 if shock < 0 else 0.02
        variance = 0.05 + 0.86 * variance + leverage * variance * shock**2
    return dated(1_000.0 * np.exp(np.concatenate(([0.0], np.cumsum(0.0003 + returns)))))


def gaussian_process(deviation: float, drift: float = 0.0) -> PathProcess:
    """Return a process of constant volatility whose pool is the normal distribution.

    Args:
        deviation: standard deviation of a step's log return, unit 1.
        drift: mean log return of a step, unit 1.
    """
    pool = norm.ppf((np.arange(60_000) + 0.5) / 60_000)
    variance = (100.0 * deviation) ** 2
    return PathProcess(
        omega=variance,
        alpha=0.0,
        gamma=0.0,
        beta=0.0,
        start_variance=variance,
        drift=drift,
        residuals=pool / pool.std(),
    )
