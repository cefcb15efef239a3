"""How far a counted share may be off."""

from __future__ import annotations

from scipy.stats import beta

from reportgen.models import guard

LEVEL = 0.8
"""Coverage of the report's intervals."""


def share_interval(
    hits: float, cases: float, weight: float = 1.0, level: float = LEVEL
) -> tuple[float, float]:
    """Return the interval of hits / cases after Jeffreys' prior (half a case on either side).

    Args:
        hits: cases in which it happened.
        cases: all cases.
        weight: what a case counts, 0 to 1; below one where cases overlap.
        level: coverage, 0 to 1.

    Returns:
        Lower and upper bound, 0 to 1. Source: Brown, Cai, DasGupta (2001), Statistical
        Science 16(2).

    Raises:
        DataError: more hits than cases, or a figure outside its range.
    """
    count = guard.positive(cases, "The number of cases")
    happened = guard.within(hits, 0.0, count, "The number of hits")
    part = guard.within(weight, 0.0, 1.0, "The weight of a case")
    tail = (1.0 - guard.within(level, 0.0, 1.0, "The level")) / 2.0
    shape = happened * part + 0.5, (count - happened) * part + 0.5
    return float(beta.ppf(tail, *shape)), float(beta.ppf(1.0 - tail, *shape))
