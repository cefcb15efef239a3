"""Merton's jump-diffusion on daily returns, by maximum likelihood.

r = mean + deviation Z + sum of J ~ Poisson(rate) jumps, each normal with its own mean and
deviation: the density is a Poisson mixture of normals. There is no memory: every day is alike.
Sources: Merton (1976), Journal of Financial Economics 3; Honoré (1998), "Pitfalls in estimating
jump-diffusion models", for the bounds without which the likelihood has no maximum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, minimize
from scipy.special import gammaln, ndtr
from scipy.stats import norm, poisson

from reportgen.errors import DataError
from reportgen.models.arrays import FloatArray
from reportgen.models.innovations import Quantiles
from reportgen.models.volatility import MINIMUM_RETURNS

MOST_JUMPS = 10
"""At the highest rate of one a day more than ten jumps have a chance of 1e-8."""
RATE_BOUNDS = (0.001, 1.0)
"""Jumps a trading day: from one in four years to one a day."""
MEAN_BOUND = 5.0
"""Largest mean of a jump, per cent, either sign."""
SMALLEST_SHARE, LARGEST_JUMP = 0.1, 15.0
"""Deviations: of either part at least a tenth of the sample's; of a jump at most 15 per cent."""
AT_BOUND = "at_bound"
STARTS_DISAGREE = "jump_starts_disagree"
NOT_CONVERGED = "jump_fit_not_converged"
NO_JUMPS = "jumps_not_identified"
_STARTS = ((0.02, -1.0), (0.02, 1.0), (0.15, -0.3), (0.6, 0.0))
_NAMES = ("drift", "deviation", "jump_rate", "jump_mean", "jump_deviation")
_ENOUGH_ALIKE = 0.5
# Half of the 95 % quantile of chi-squared with the three parameters that jumps add.
_LEAST_GAIN = 3.91


@dataclass(frozen=True)
class JumpFit:
    """A fitted jump-diffusion; per trading day, per cent.

    Args:
        mean, deviation: of the diffusion.
        rate: mean number of jumps.
        jump_mean, jump_deviation: of a jump's size.
        likelihood: log likelihood at these parameters.
        starts: log likelihood reached from each start, best first.
        diagnostics: short codes; ``jump_rate_at_bound`` and the like name a bound reached.
    """

    mean: float
    deviation: float
    rate: float
    jump_mean: float
    jump_deviation: float
    likelihood: float
    starts: tuple[float, ...]
    diagnostics: tuple[str, ...]

    @property
    def variance(self) -> float:
        """Variance of a day's return, squared per cent."""
        return self.deviation**2 + self.rate * (self.jump_mean**2 + self.jump_deviation**2)

    @property
    def quantiles(self) -> Quantiles:
        """The law of a day's return."""
        return lambda chances: _invert(self, chances)


def fit_jumps(returns: FloatArray) -> JumpFit:
    """Fit a jump-diffusion from four starts and keep the likeliest.

    Args:
        returns: log returns in per cent, shape (n,), n >= 1,000.

    Raises:
        DataError: fewer than 1,000 returns, a value that is not finite, or no variation.
    """
    spread = _check(returns)
    bounds = _bounds(spread)
    found = [
        minimize(_minus_likelihood, start, (returns,), "L-BFGS-B", jac=True, bounds=bounds)
        for start in _start_points(returns, spread, bounds)
    ]
    found.sort(key=lambda each: float(each.fun))
    best: OptimizeResult = found[0]
    mean, deviation, rate, jump_mean, jump_deviation = _natural(best.x)
    reached = tuple(-float(each.fun) for each in found)
    codes: tuple[str, ...] = () if best.success else (NOT_CONVERGED,)
    if reached[0] - reached[1] > _ENOUGH_ALIKE:
        codes += (STARTS_DISAGREE,)
    if reached[0] - float(np.sum(norm.logpdf(returns, returns.mean(), spread))) < _LEAST_GAIN:
        codes += (NO_JUMPS,)
    return JumpFit(
        mean=mean,
        deviation=deviation,
        rate=rate,
        jump_mean=jump_mean,
        jump_deviation=jump_deviation,
        likelihood=reached[0],
        starts=reached,
        diagnostics=(*codes, *_at_bounds(best.x, bounds)),
    )


def density(fit: JumpFit, returns: FloatArray) -> FloatArray:
    """Return the density of a day's return at ``returns`` (per cent), shape kept."""
    point = np.array(
        [
            fit.mean,
            np.log(fit.deviation),
            np.log(fit.rate),
            fit.jump_mean,
            np.log(fit.jump_deviation),
        ]
    )
    parts: FloatArray = np.exp(_log_parts(point, returns)[0]).sum(axis=0)
    return parts


def _check(returns: FloatArray) -> float:
    if returns.ndim != 1 or returns.size < MINIMUM_RETURNS:
        raise DataError(f"The jump fit has {returns.size} returns, {MINIMUM_RETURNS} are needed.")
    if not np.all(np.isfinite(returns)):
        raise DataError("The jump fit was given a return that is not a finite number.")
    spread = float(np.std(returns))
    if spread < 1e-6:
        raise DataError("The jump fit was given returns that do not vary.")
    return spread


def _bounds(spread: float) -> tuple[tuple[float, float], ...]:
    """Return bounds of mean, log deviation, log rate, jump mean, log jump deviation."""
    least = np.log(SMALLEST_SHARE * spread)
    return (
        (-spread, spread),
        (least, np.log(2.0 * spread)),
        (np.log(RATE_BOUNDS[0]), np.log(RATE_BOUNDS[1])),
        (-MEAN_BOUND, MEAN_BOUND),
        (least, np.log(max(LARGEST_JUMP, 2.0 * spread))),
    )


def _start_points(
    returns: FloatArray, spread: float, bounds: tuple[tuple[float, float], ...]
) -> list[FloatArray]:
    low, high = np.array(bounds).T
    points = [
        (returns.mean(), np.log(0.7 * spread), np.log(rate), shift * spread, np.log(1.5 * spread))
        for rate, shift in _STARTS
    ]
    return [np.clip(np.array(point), low, high) for point in points]


def _natural(point: FloatArray) -> tuple[float, float, float, float, float]:
    mean, deviation, rate, jump_mean, jump_deviation = (float(value) for value in point)
    return mean, math.exp(deviation), math.exp(rate), jump_mean, math.exp(jump_deviation)


def _at_bounds(point: FloatArray, bounds: tuple[tuple[float, float], ...]) -> tuple[str, ...]:
    near = 1e-4
    return tuple(
        f"{name}_{AT_BOUND}"
        for name, value, (low, high) in zip(_NAMES, point, bounds, strict=True)
        if value - low < near or high - value < near
    )


def _log_parts(point: FloatArray, returns: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log weighted densities by number of jumps, errors, variances, shape (jumps + 1, n)."""
    mean, deviation, rate, jump_mean, jump_deviation = _natural(point)
    jumps = np.arange(MOST_JUMPS + 1.0)[:, None]
    variance = deviation**2 + jumps * jump_deviation**2
    errors = returns[None, :] - mean - jumps * jump_mean
    weights = jumps * np.log(rate) - rate - gammaln(jumps + 1.0)
    parts = weights - 0.5 * (np.log(2.0 * np.pi * variance) + errors**2 / variance)
    return parts, errors, variance


def _minus_likelihood(point: FloatArray, returns: FloatArray) -> tuple[float, FloatArray]:
    """Return minus the log likelihood and its gradient in the fitted parameters."""
    parts, errors, variance = _log_parts(point, returns)
    highest = parts.max(axis=0)
    shares = np.exp(parts - highest)
    total = shares.sum(axis=0)
    shares /= total
    _, deviation, rate, _, jump_deviation = _natural(point)
    jumps = np.arange(MOST_JUMPS + 1.0)[:, None]
    by_mean = shares * errors / variance
    by_variance = 0.5 * shares * (errors**2 / variance - 1.0) / variance
    slope = np.array(
        [
            by_mean.sum(),
            by_variance.sum() * 2.0 * deviation**2,
            (shares * (jumps - rate)).sum(),
            (jumps * by_mean).sum(),
            (jumps * by_variance).sum() * 2.0 * jump_deviation**2,
        ]
    )
    return -float(np.sum(highest + np.log(total))), -slope


def _invert(fit: JumpFit, chances: FloatArray) -> FloatArray:
    """Return quantiles of a day's return by interpolating its distribution on a fine grid."""
    jumps = np.arange(MOST_JUMPS + 1.0)[:, None]
    weights = poisson.pmf(jumps, fit.rate)
    means = fit.mean + jumps * fit.jump_mean
    deviations = np.sqrt(fit.deviation**2 + jumps * fit.jump_deviation**2)
    # Far enough for a chance of 1 / 131,070 from a wide jump.
    reach = 6.0 * float(deviations[3, 0]) + 6.0 * abs(fit.jump_mean)
    grid = fit.mean + np.linspace(-reach, reach, 20_001)
    below = (weights * ndtr((grid - means) / deviations)).sum(axis=0) / weights.sum()
    result: FloatArray = np.interp(chances, below, grid)
    return result
