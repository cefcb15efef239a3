"""The daily shocks of one estimation window under each law of M1c, ready to be simulated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from arch.univariate import SkewStudent
from scipy.optimize import minimize

from reportgen.models.arrays import FloatArray
from reportgen.models.extreme_tail import LowerTail, extended, lower_tail
from reportgen.models.innovations import (
    Quantiles,
    empirical,
    normal,
    pool_of,
    skew_student,
    student,
)
from reportgen.models.jump_diffusion import JumpFit, fit_jumps
from reportgen.models.simulation import PathProcess, process_of
from reportgen.models.volatility import VolatilityFit, fit_gjr

FILTERED = "filtered"
STUDENT = "student"
SKEW_STUDENT = "skew_student"
EXTREME = "extreme_tail"
JUMPS = "jumps"
NORMAL = "normal"
LAWS = (FILTERED, STUDENT, SKEW_STUDENT, EXTREME, JUMPS, NORMAL)
"""``filtered`` is M1a itself through the same draws: what the others are measured against."""
SKEW_NOT_CONVERGED = "skew_fit_not_converged"
_SKEW_BOUNDS = ((2.1, 300.0), (-0.95, 0.95))


@dataclass(frozen=True)
class WindowLaws:
    """What was fitted on one window, and the process of each law.

    Args:
        fit: the GJR-GARCH, shared by the first four laws.
        skew_degrees, skewness: of the skewed Student t on the residuals.
        tail: the generalised Pareto tail of the residuals.
        jumps: the jump-diffusion, fitted on the returns themselves.
        deviation: standard deviation of the returns, per cent a day, for the normal law.
        processes: by law.
        diagnostics: short codes.
    """

    fit: VolatilityFit = field(repr=False)
    skew_degrees: float
    skewness: float
    tail: LowerTail
    jumps: JumpFit
    deviation: float
    processes: Mapping[str, PathProcess] = field(repr=False)
    diagnostics: tuple[str, ...]


def window_laws(returns: FloatArray, drift: float) -> WindowLaws:
    """Fit every law on a window's returns.

    Args:
        returns: log returns in per cent, shape (n,), n >= 1,000.
        drift: mean log return a day of the simulated paths, unit 1.

    Raises:
        DataError: too few returns, a value that is not finite, or no variation.
    """
    fit = fit_gjr(returns)
    degrees, skewness, codes = fit_skew(fit.residuals)
    tail, jumps = lower_tail(fit.residuals), fit_jumps(returns)
    deviation = float(np.std(returns))
    pools: dict[str, Quantiles] = {
        FILTERED: empirical(fit.residuals),
        STUDENT: student(fit.degrees),
        SKEW_STUDENT: skew_student(degrees, skewness),
        EXTREME: extended(fit.residuals, tail),
    }
    clustered = process_of(fit, drift)
    processes = {
        law: replace(clustered, residuals=pool_of(quantiles)) for law, quantiles in pools.items()
    }
    processes[JUMPS] = alike(jumps.variance, drift, jumps.quantiles)
    processes[NORMAL] = alike(deviation**2, drift, normal())
    return WindowLaws(
        fit=fit,
        skew_degrees=degrees,
        skewness=skewness,
        tail=tail,
        jumps=jumps,
        deviation=deviation,
        processes=processes,
        diagnostics=(*fit.diagnostics, *codes, *tail.diagnostics, *jumps.diagnostics),
    )


def fit_skew(residuals: FloatArray) -> tuple[float, float, tuple[str, ...]]:
    """Return degrees of freedom and skewness of Hansen's t on residuals, and diagnostics.

    The variance recursion stays that of the symmetric fit, so that a difference between the
    two laws is the skewness alone.
    """
    law, ones = SkewStudent(), np.ones(residuals.size)
    found = minimize(
        lambda point: -float(law.loglikelihood(point, residuals, ones)),
        np.array([8.0, -0.1]),
        method="L-BFGS-B",
        bounds=_SKEW_BOUNDS,
    )
    codes = () if found.success else (SKEW_NOT_CONVERGED,)
    return float(found.x[0]), float(found.x[1]), codes


def alike(variance: float, drift: float, law: Quantiles) -> PathProcess:
    """Return a process in which every day is alike: constant variance, squared per cent."""
    return PathProcess(
        omega=variance,
        alpha=0.0,
        gamma=0.0,
        beta=0.0,
        start_variance=variance,
        drift=drift,
        residuals=pool_of(law),
    )
