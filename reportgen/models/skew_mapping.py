"""M4, the physical side: how likely a fall beyond two implied deviations was, given SKEW.

The table of the index is risk-neutral. Here past readings are set against what followed them: an
isotonic fit (no shape but "never less likely at a higher SKEW") and a logit, both expanding, so
that only windows complete by the as-of date count. Measured since 1990 the map is almost flat.
Sources: Barlow et al. (1972), Statistical Inference under Order Restrictions; Newey and West
(1987), Econometrica 55.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import BoolArray, FloatArray
from reportgen.models.probit import ProbitPoint, probit_at
from reportgen.scores import auc
from reportgen.scores.bins import isotonic_fit

FEWEST_FALLS = 5
FEWEST_READINGS = 100


@dataclass(frozen=True)
class SkewMapping:
    """What followed readings of SKEW, and what that says of the present one; shares 0 to 1.

    Args:
        readings, falls: origins with a complete window, and those followed by a fall.
        overall: falls / readings.
        isotonic: increasing fit at the present reading; ``None`` with too few falls.
        fitted: probit in SKEW at the present reading, with its 80 % interval; ``None`` where
            it has no estimate.
        area: probability that a reading before a fall was higher than one before none (AUC);
            ``None`` without both kinds.
        diagnostics: ``few_falls``, ``no_fit``.
    """

    readings: int
    falls: int
    overall: float
    isotonic: float | None
    fitted: ProbitPoint | None
    area: float | None
    diagnostics: tuple[str, ...]


def skew_mapping(
    skew: pd.Series[float], fell: pd.Series[bool], value: float, as_of: date, lags: int
) -> SkewMapping:
    """Return the realised frequency of falls as a function of SKEW, at one reading.

    Args:
        skew: readings, index points, daily or weekly.
        fell: by origin whether the fall came within its window; days on which the window was
            complete by ``as_of`` only, later ones are not looked at.
        value: the present reading, index points.
        as_of: last day that may be used.
        lags: readings whose windows overlap.

    Raises:
        DataError: fewer than a hundred readings with a complete window, or a malformed series.
    """
    reading = guard.positive(value, "SKEW")
    last = pd.Timestamp(as_of)
    pair = pd.DataFrame({"skew": guard.series(skew, "skew"), "fell": fell}).dropna()
    pair = pair[pair.index <= last]
    if len(pair) < FEWEST_READINGS:
        raise DataError(
            f"SKEW has {len(pair)} readings with a complete window; {FEWEST_READINGS} are needed."
        )
    rows = pair["skew"].to_numpy(dtype=np.float64)
    came = pair["fell"].to_numpy(dtype=np.bool_)
    falls = int(came.sum())
    few = falls < FEWEST_FALLS
    fit = None if few else probit_at(rows[:, None], came, np.array([reading]), lags)
    notes = (("few_falls", few), ("no_fit", fit is None and not few))
    return SkewMapping(
        readings=len(pair),
        falls=falls,
        overall=falls / len(pair),
        isotonic=None if few else _isotonic(rows, came, reading),
        fitted=fit,
        area=area_of(rows, came),
        diagnostics=tuple(code for code, holds in notes if holds),
    )


def area_of(readings: FloatArray, came: BoolArray) -> float | None:
    """Return the AUC of readings of any size; None without both outcomes.

    Args:
        readings: shape (n,); their order alone counts.
        came: outcomes, shape (n,).
    """
    return auc(rankdata(readings) / readings.size, came)


def _isotonic(rows: FloatArray, came: BoolArray, value: float) -> float:
    fit = isotonic_fit(rows, came)
    return float(np.interp(value, fit.values, fit.fitted))
