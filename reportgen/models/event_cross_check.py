"""M11: whether the markets together moved abnormally, a check on their single t statistics.

Each market's t supposes that an ordinary day's variance also holds on the day of the event. The
test of Boehmer, Musumeci and Poulsen takes the variance from the markets' own scores instead; but
it supposes that they are independent, and on one common day they are not. Kolari and Pynnonen's
factor takes their mean correlation outside the event out of it.
Sources: Boehmer, Musumeci, Poulsen (1991), Event-Study Methodology under Conditions of
Event-Induced Variance, Journal of Financial Economics 30; Kolari, Pynnonen (2010), Event Study
Testing with Cross-sectional Correlation of Abnormal Returns, Review of Financial Studies 23.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from reportgen.errors import DataError
from reportgen.models.event_study import AbnormalReturn

FEWEST = 3


@dataclass(frozen=True)
class CrossCheck:
    """The markets' scores together.

    Args:
        markets: number of them; ``mean_score``: mean of their t.
        correlation: mean correlation of their unexplained moves before the event.
        independent: the statistic as if they were independent (Boehmer et al.); ``statistic``:
            corrected for that correlation (Kolari and Pynnonen); ``p``: two-sided, of the latter,
            by Student's law with one degree of freedom less than there are markets.
    """

    markets: int
    mean_score: float
    correlation: float
    independent: float
    statistic: float
    p: float


def cross_check(moves: tuple[AbnormalReturn, ...]) -> CrossCheck | None:
    """Return whether the priced markets together moved abnormally.

    Rates are left out, because a rise of a spread is the bad news that a fall of a price is; so is
    the market of the model. ``None`` with fewer than three markets left.

    Raises:
        DataError: all scores are the same.
    """
    used = [one for one in moves if one.kind == "price" and one.model == "market"]
    if len(used) < FEWEST:
        return None
    scores = np.array([one.t for one in used])
    spread = float(scores.std(ddof=1))
    if spread <= 1e-12:
        raise DataError("the markets' scores of the event are all the same")
    count, mean = len(scores), float(scores.mean())
    correlation = residual_correlation(tuple(used))
    independent = mean * float(np.sqrt(count)) / spread
    # A negative mean correlation would raise the statistic: it is taken as none.
    tied = max(correlation, 0.0)
    factor = float(np.sqrt((1.0 - tied) / (1.0 + (count - 1) * tied)))
    statistic = independent * factor
    p = 2.0 * float(student.sf(abs(statistic), count - 1))
    return CrossCheck(count, mean, correlation, independent, statistic, p)


def residual_correlation(moves: tuple[AbnormalReturn, ...]) -> float:
    """Return the mean correlation of all pairs of unexplained moves on the days a pair shares."""
    table = pd.DataFrame(
        {
            one.code: pd.Series(one.residuals, index=pd.DatetimeIndex(one.residual_days))
            for one in moves
        }
    )
    pairs = table.corr(min_periods=FEWEST).to_numpy()[np.triu_indices(len(moves), 1)]
    known = pairs[np.isfinite(pairs)]
    if known.size == 0:
        raise DataError("the markets of the event share no days before it")
    return float(known.mean())
