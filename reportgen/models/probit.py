"""A probit at one point, with an interval that knows its outcomes overlap.

P(y = 1 | x) = N(constant + b x) by maximum likelihood. Outcomes a year ahead, one a month, share
eleven months with their neighbours, so the covariance is that of Newey and West (1987),
Econometrica 55, over as many lags.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from scipy.stats import norm
from statsmodels.discrete.discrete_model import Probit
from statsmodels.tools.sm_exceptions import ModelWarning, PerfectSeparationError

from reportgen.models.arrays import BoolArray, FloatArray
from reportgen.models.proportions import LEVEL


@dataclass(frozen=True)
class ProbitPoint:
    """A fitted probability at one point.

    Args:
        value: the probability; ``low`` and ``high`` its 80 % interval.
        coefficients: the constant, then one a predictor.
    """

    value: float
    low: float
    high: float
    coefficients: tuple[float, ...]


def probit_at(
    rows: FloatArray, came: BoolArray, point: FloatArray, lags: int
) -> ProbitPoint | None:
    """Fit a probit and return the probability at a point, or ``None`` where it has no estimate.

    There is none when the outcome came never or always, when a predictor does not vary or
    repeats others, when predictors separate the outcomes, or when the fit does not converge.

    Args:
        rows: predictors without a constant, in the order of time, shape (n, k).
        came: outcomes, shape (n,).
        point: predictors at which the probability is asked, shape (k,).
        lags: rows over which errors overlap.
    """
    design = np.column_stack([np.ones(len(rows)), rows])
    if came.all() or not came.any() or np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    model = Probit(came.astype(np.float64), design)
    try:
        with warnings.catch_warnings():
            # What statsmodels only warns of leaves no estimate either.
            warnings.simplefilter("error", ModelWarning)
            result = model.fit(disp=0, maxiter=200, cov_type="HAC", cov_kwds={"maxlags": lags})
    except (ModelWarning, PerfectSeparationError, np.linalg.LinAlgError):
        return None
    at = np.append(1.0, point)
    index = float(at @ result.params)
    error = math.sqrt(max(float(at @ result.cov_params() @ at), 0.0))
    if not result.mle_retvals["converged"] or not math.isfinite(index + error):
        return None
    reach = float(norm.ppf(0.5 + LEVEL / 2)) * error
    value, low, high = (float(ndtr(each)) for each in (index, index - reach, index + reach))
    return ProbitPoint(value, low, high, tuple(float(each) for each in result.params))
