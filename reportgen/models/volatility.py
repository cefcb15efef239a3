"""GJR-GARCH(1,1) by quasi maximum likelihood: the volatility model under every simulated path.

h[t] = omega + (alpha + gamma 1[e[t-1] < 0]) e[t-1]^2 + beta h[t-1], in squared per cent.
Sources: Glosten, Jagannathan and Runkle (1993), Journal of Finance 48; Bollerslev (1987) for
the Student-t likelihood; estimation by the ``arch`` package.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from arch import arch_model
from scipy.signal import lfilter

from reportgen.errors import DataError
from reportgen.models.arrays import FloatArray

if TYPE_CHECKING:
    from arch.univariate.base import ARCHModelResult

MINIMUM_RETURNS = 1_000
PERSISTENCE_CAP = 0.9995
HEAVY_TAIL_DEGREES = 2.6
CAPPED = "persistence_capped"
HEAVY_TAILS = "heavy_tails"
NOT_CONVERGED = "fit_not_converged"
_SMALLEST_DEVIATION = 1e-6


@dataclass(frozen=True)
class VolatilityFit:
    """A fitted GJR-GARCH(1,1) and the standardised residuals it leaves.

    Args:
        mean: constant of the window's mean equation, per cent a day.
        omega, alpha, gamma, beta: the variance recursion, squared per cent.
        degrees: degrees of freedom of the Student-t likelihood.
        next_variance: h for the day after the last return, squared per cent.
        residuals: standardised residuals, shape (n,), mean 0 and variance 1.
        variances: h of every return and of the day after the last, shape (n + 1,), squared
            per cent.
        covariance: robust covariance of mean, omega, alpha, gamma, beta and degrees in this
            order, shape (6, 6); None when the fit gives none.
        diagnostics: short codes of what is unusual about the fit.
    """

    mean: float
    omega: float
    alpha: float
    gamma: float
    beta: float
    degrees: float
    next_variance: float
    residuals: FloatArray
    variances: FloatArray
    covariance: FloatArray | None = None
    diagnostics: tuple[str, ...] = ()

    @property
    def observations(self) -> int:
        """Number of returns in the window."""
        return int(self.residuals.size)

    @property
    def persistence(self) -> float:
        """Sum of alpha, gamma E[z^2 1(z<0)] and beta, the expectation over the residual pool."""
        return self.alpha + self.gamma * lower_moment(self.residuals) + self.beta


def lower_moment(residuals: FloatArray) -> float:
    """Return E[z^2 1(z<0)], one half for a symmetric pool."""
    return float(np.mean(np.minimum(residuals, 0.0) ** 2))


def standardise(residuals: FloatArray) -> FloatArray:
    """Return residuals centred to mean 0 and scaled to variance 1 (divisor n)."""
    centred = residuals - residuals.mean()
    scaled: FloatArray = centred / np.sqrt(np.mean(centred**2))
    return scaled


def fit_gjr(returns: FloatArray) -> VolatilityFit:
    """Fit a GJR-GARCH(1,1) with constant mean and Student-t likelihood.

    Args:
        returns: log returns in per cent, shape (n,), oldest first, n >= 1,000.

    Raises:
        DataError: fewer than 1,000 returns, a value that is not finite, or no variation.
    """
    _check(returns)
    model = arch_model(returns, p=1, o=1, q=1, mean="Constant", dist="t", rescale=False)
    result = model.fit(disp="off", show_warning=False)
    mean, omega, alpha, gamma, beta, degrees = (float(value) for value in result.params)
    variance = np.asarray(result.conditional_volatility, dtype=np.float64) ** 2
    errors = returns - mean
    codes: tuple[str, ...] = () if result.convergence_flag == 0 else (NOT_CONVERGED,)
    codes += (HEAVY_TAILS,) if degrees < HEAVY_TAIL_DEGREES else ()
    next_variance = (
        omega + (alpha + gamma * (errors[-1] < 0)) * errors[-1] ** 2 + beta * variance[-1]
    )
    fit = VolatilityFit(
        mean=mean,
        omega=omega,
        alpha=alpha,
        gamma=gamma,
        beta=beta,
        degrees=degrees,
        next_variance=float(next_variance),
        residuals=standardise(errors / np.sqrt(variance)),
        variances=np.append(variance, next_variance),
        covariance=_covariance(result),
        diagnostics=codes,
    )
    return fit if fit.persistence <= PERSISTENCE_CAP else _target_variance(fit, errors)


def _check(returns: FloatArray) -> None:
    if returns.ndim != 1 or returns.size < MINIMUM_RETURNS:
        raise DataError(
            f"The volatility fit has {returns.size} returns, {MINIMUM_RETURNS} are needed."
        )
    if not np.all(np.isfinite(returns)):
        raise DataError("The volatility fit was given a return that is not a finite number.")
    if float(np.std(returns)) < _SMALLEST_DEVIATION:
        raise DataError("The volatility fit was given returns that do not vary.")


def _covariance(result: ARCHModelResult) -> FloatArray | None:
    """Return the robust covariance of the parameters (Bollerslev and Wooldridge 1992)."""
    try:
        found = np.asarray(result.param_cov, dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    return found if np.all(np.isfinite(found)) else None


def _target_variance(fit: VolatilityFit, errors: FloatArray) -> VolatilityFit:
    """Return the fit with persistence at the cap and the sample variance as its long-run level.

    Without it the variance of a simulated path would grow without bound.
    """
    target = float(np.mean(errors**2))
    capped = fit
    # The pool depends on the parameters through the filter, so the scale is settled in rounds.
    for _ in range(5):
        shrink = PERSISTENCE_CAP / capped.persistence
        capped = replace(
            capped,
            omega=target * (1.0 - PERSISTENCE_CAP),
            alpha=capped.alpha * shrink,
            gamma=capped.gamma * shrink,
            beta=capped.beta * shrink,
        )
        variance = filter_variance(capped, errors)
        capped = replace(
            capped,
            residuals=standardise(errors / np.sqrt(variance[:-1])),
            variances=variance,
            next_variance=float(variance[-1]),
        )
        if capped.persistence <= PERSISTENCE_CAP:
            break
    return replace(capped, diagnostics=(*fit.diagnostics, CAPPED))


def filter_variance(fit: VolatilityFit, errors: FloatArray) -> FloatArray:
    """Return h for every error and for the day after the last, shape (n + 1,), squared per cent.

    The recursion starts at the sample variance.
    """
    weight = fit.alpha + fit.gamma * (errors < 0)
    fed = np.concatenate(([np.mean(errors**2)], fit.omega + weight * errors**2))
    variance: FloatArray = lfilter([1.0], [1.0, -fit.beta], fed)
    return variance
