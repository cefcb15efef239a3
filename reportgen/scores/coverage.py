"""Whether a bound was broken as often as stated, and whether breaks come in rows.

Sources: Kupiec (1995), Journal of Derivatives 3 (unconditional coverage); Christoffersen (1998),
International Economic Review 39 (independence, conditional coverage).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import xlog1py, xlogy
from scipy.stats import binomtest, chi2

from reportgen.errors import DataError
from reportgen.scores import checks
from reportgen.scores.diagnostics import (
    ALL_VIOLATIONS,
    FEW_EXPECTED,
    FEW_TRANSITIONS,
    NO_VIOLATIONS,
)


@dataclass(frozen=True)
class LikelihoodRatio:
    """A likelihood ratio statistic and the chance of one at least as great.

    Args:
        statistic: -2 ln of the likelihood ratio, not negative.
        freedom: degrees of freedom of its limiting chi-square distribution.
        p_value: 0 to 1.
    """

    statistic: float
    freedom: int
    p_value: float


@dataclass(frozen=True)
class UnconditionalCoverage:
    """Kupiec's test: were there as many violations as stated?

    Args:
        days: number of outcomes.
        violations: outcomes beyond the bound.
        stated: stated share of violations.
        share: violations / days.
        test: likelihood ratio, one degree of freedom; 0 when share = stated.
        exact_p: two-sided exact binomial probability, for few violations.
        diagnostics: codes of ``diagnostics``.
    """

    days: int
    violations: int
    stated: float
    share: float
    test: LikelihoodRatio
    exact_p: float
    diagnostics: tuple[str, ...]


@dataclass(frozen=True)
class ConditionalCoverage:
    """Christoffersen's tests: do violations follow each other, and both questions at once.

    Args:
        unconditional: Kupiec's test of the same row.
        transitions: days after none without and with a violation, then days after a violation
            without and with one.
        independence: likelihood ratio, one degree of freedom; None when it cannot be tested.
        conditional: sum of both statistics, two degrees of freedom; None like ``independence``.
        diagnostics: codes of ``diagnostics``.
    """

    unconditional: UnconditionalCoverage
    transitions: tuple[int, int, int, int]
    independence: LikelihoodRatio | None
    conditional: LikelihoodRatio | None
    diagnostics: tuple[str, ...]


def kupiec(violations: int, days: int, stated: float) -> UnconditionalCoverage:
    """Return Kupiec's test of a count of violations.

    Args:
        violations: outcomes beyond the bound, 0 to ``days``.
        days: number of outcomes, at least 1.
        stated: stated share of violations, strictly between 0 and 1; .05 for a 95 % bound.

    Raises:
        DataError: a figure outside its range.
    """
    share = checks.share(stated, "The stated share of violations")
    count = checks.at_least(days, 1, "The number of outcomes")
    broken = checks.at_least(violations, 0, "The number of violations")
    if broken > count:
        raise DataError(f"There are {broken} violations in {count} outcomes.")
    seen = broken / count
    statistic = 2.0 * (_likelihood(broken, count, seen) - _likelihood(broken, count, share))
    return UnconditionalCoverage(
        days=count,
        violations=broken,
        stated=share,
        share=seen,
        test=_ratio(statistic, 1),
        exact_p=float(binomtest(broken, count, share).pvalue),
        diagnostics=_codes(broken, count, share),
    )


def christoffersen(violated: npt.ArrayLike, stated: float) -> ConditionalCoverage:
    """Return Kupiec's and Christoffersen's tests of a row of days.

    Args:
        violated: 1 where the outcome lay beyond the bound, else 0, in the order of time and for
            windows side by side, shape (n,).
        stated: stated share of violations, strictly between 0 and 1.

    Raises:
        DataError: no day, a value that is neither 0 nor 1, a share outside its range.
    """
    row = checks.numbers(violated, "The violations")
    broken = checks.outcomes(row, row.size)
    whole = kupiec(int(broken.sum()), broken.size, stated)
    pairs = 2 * broken[:-1].astype(np.int64) + broken[1:]
    counts = np.bincount(pairs, minlength=4)
    transitions = (int(counts[0]), int(counts[1]), int(counts[2]), int(counts[3]))
    codes = whole.diagnostics + (FEW_TRANSITIONS,) * bool(broken.size < 2)
    if {NO_VIOLATIONS, ALL_VIOLATIONS, FEW_TRANSITIONS} & set(codes):
        return ConditionalCoverage(whole, transitions, None, None, codes)
    independence = _ratio(_dependence(transitions), 1)
    both = _ratio(whole.test.statistic + independence.statistic, 2)
    return ConditionalCoverage(whole, transitions, independence, both, codes)


def _dependence(transitions: tuple[int, int, int, int]) -> float:
    calm, begun, ended, went_on = transitions
    first, second = calm + begun, ended + went_on
    days, broken = first + second, begun + went_on
    apart = _likelihood(begun, first, begun / max(first, 1))
    apart += _likelihood(went_on, second, went_on / max(second, 1))
    return 2.0 * (apart - _likelihood(broken, days, broken / days))


def _likelihood(broken: int, days: int, share: float) -> float:
    """Return the log-likelihood of a count; 0 ln 0 is 0."""
    return float(xlogy(broken, share) + xlog1py(days - broken, -share))


def _ratio(statistic: float, freedom: int) -> LikelihoodRatio:
    held = max(statistic, 0.0)
    return LikelihoodRatio(held, freedom, float(chi2.sf(held, freedom)))


def _codes(broken: int, days: int, stated: float) -> tuple[str, ...]:
    codes: list[str] = []
    if broken == 0:
        codes.append(NO_VIOLATIONS)
    if broken == days:
        codes.append(ALL_VIOLATIONS)
    if days * min(stated, 1.0 - stated) < 5.0:
        codes.append(FEW_EXPECTED)
    return tuple(codes)
