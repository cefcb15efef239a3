"""M1g: how far the paths' probabilities move when windows and parameters are not known.

Question: which probabilities are compatible with the data once the choice of the history window
and the error of the fitted parameters are admitted? Parameters are drawn from the normal
distribution of their estimate for each window, the residuals filtered anew under every draw, and
a small run of paths made from each.
Sources: Pascual, Romo and Ruiz (2006), Computational Statistics and Data Analysis 50; the robust
covariance of Bollerslev and Wooldridge (1992), Econometric Reviews 11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from reportgen.models.arrays import DayArray, FloatArray, SingleArray
from reportgen.models.onset_scan import first_days
from reportgen.models.path_summary import highest_by, lowest_by
from reportgen.models.simulation import process_of, simulate
from reportgen.models.spec import ModelSpec
from reportgen.models.volatility import PERSISTENCE_CAP, VolatilityFit, filter_variance, standardise

SPEC = ModelSpec(
    id="M1g",
    version="1",
    inputs=("nasdaq_composite", "vix", "vix_weekly", "sp500"),
    references=(
        "Pascual, Romo and Ruiz (2006), Computational Statistics and Data Analysis 50, 2293-2312",
        "Bollerslev and Wooldridge (1992), Econometric Reviews 11, 143-172",
    ),
)
NO_COVARIANCE = "no_parameter_covariance"
FEW_DRAWS = "parameter_draws_rejected"
_TRIES = 25


@dataclass(frozen=True)
class DrawnPaths:
    """What is kept of the paths of one draw.

    Args:
        window: id of the history window.
        first_day: for each event the first day it came, shape (paths,).
        lowest, highest: extreme log price from day 1 to each horizon, shape (horizons, paths).
    """

    window: str
    first_day: Mapping[str, DayArray] = field(repr=False)
    lowest: SingleArray = field(repr=False)
    highest: SingleArray = field(repr=False)


def drawn_fits(
    fit: VolatilityFit, returns: FloatArray, count: int, random: np.random.Generator
) -> tuple[tuple[VolatilityFit, ...], tuple[str, ...]]:
    """Return fits with drawn parameters and re-filtered residuals, and codes of what went wrong.

    Inadmissible draws (a negative weight, persistence above the cap) are drawn again. Where the
    fit has no covariance, or so few draws are admissible that the tries run out, the point
    estimate stands in for the rest.

    Args:
        fit: the fitted window.
        returns: its log returns, per cent, shape (n,).
        count: how many fits.
        random: the only source of randomness.
    """
    if fit.covariance is None:
        return (fit,) * count, (NO_COVARIANCE,)
    centre = np.array([fit.mean, fit.omega, fit.alpha, fit.gamma, fit.beta, fit.degrees])
    found: list[VolatilityFit] = []
    for _ in range(_TRIES * count):
        drawn = random.multivariate_normal(centre, fit.covariance, method="eigh")
        made = _admissible(fit, returns, drawn)
        if made is not None:
            found.append(made)
        if len(found) == count:
            return tuple(found), ()
    return (*found, *((fit,) * (count - len(found)))), (FEW_DRAWS,)


def _admissible(fit: VolatilityFit, returns: FloatArray, drawn: FloatArray) -> VolatilityFit | None:
    mean, omega, alpha, gamma, beta, degrees = (float(value) for value in drawn)
    if min(omega, alpha + gamma, beta, 1.0 - beta) <= 0.0 or alpha < 0.0 or degrees <= 2.0:
        return None
    if alpha + 0.5 * gamma + beta >= 1.0:
        return None
    made = replace(
        fit, mean=mean, omega=omega, alpha=alpha, gamma=gamma, beta=beta, degrees=degrees
    )
    errors = returns - mean
    variances = filter_variance(made, errors)
    made = replace(
        made,
        variances=variances,
        next_variance=float(variances[-1]),
        residuals=standardise(errors / np.sqrt(variances[:-1])),
    )
    return made if made.persistence <= PERSISTENCE_CAP else None


def drawn_paths(
    window: str,
    fits: tuple[VolatilityFit, ...],
    drift: float,
    horizons: tuple[int, ...],
    start_peak: float,
    paths: int,
    random: np.random.Generator,
) -> Iterator[DrawnPaths]:
    """Yield the paths of each fit, as many of each.

    Args:
        window: id of the history window.
        fits: one a draw.
        drift: mean log return a day, unit 1.
        horizons: increasing trading days.
        start_peak: log ratio of trailing peak to close.
        paths: paths a draw.
        random: the only source of randomness.
    """
    for fit, child in zip(fits, random.spawn(len(fits)), strict=True):
        log_price = simulate(process_of(fit, drift), horizons[-1], paths, child)
        rows = list(horizons)
        yield DrawnPaths(
            window=window,
            first_day=first_days(log_price, start_peak),
            lowest=lowest_by(log_price, rows),
            highest=highest_by(log_price, rows),
        )
