"""Two sources of one series held against each other; pure.

Both sides are examined observations: in the same unit, in order, one a day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from reportgen.gather.checks import selected
from reportgen.gather.findings import Finding, Unsound, found, groups
from reportgen.series import Days
from reportgen.sources.base import Observations

FEWEST = 3
"""Breaches that make a cluster."""

FARTHEST = 10
"""Common days from one breach of a cluster to the next, at most.

Between the closes of January 2003 to August 2004 that are highs or lows of their day, 277 of
389, lie 6 days at most; 30 days instead would join the single differences of the 1980s.
"""

LARGEST_SHARE = 1 / 3
"""Share of the common days that may differ before the two are not the same thing."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """How two sources of one series agree.

    Args:
        common: number of days both have.
        breaches: days on which they differ by more than the tolerance, in order.
        spans: first and last day of every cluster of breaches; condemned.
    """

    common: int
    breaches: Days
    spans: tuple[tuple[date, date], ...] = ()

    def condemned(self, days: Days) -> npt.NDArray[np.bool_]:
        """Tell for each day whether it lies in a condemned span."""
        inside = np.zeros(days.size, dtype=np.bool_)
        for first, last in self.spans:
            inside |= (days >= np.datetime64(first, "D")) & (days <= np.datetime64(last, "D"))
        return inside

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The breaches outside the condemned spans."""
        return found("differs", self.breaches[~self.condemned(self.breaches)])


def compared(primary: Observations, second: Observations, tolerance: float) -> Comparison:
    """Return where two sources differ by more than a ratio, and the spans this condemns.

    Without a common day there is nothing to say, and the comparison is empty.

    Raises:
        Unsound: more than a third of the common days differ.
    """
    days, left, right = np.intersect1d(
        primary.dates, second.dates, assume_unique=True, return_indices=True
    )
    gap = np.abs(primary.numbers[left] - second.numbers[right])
    breaches = np.flatnonzero(gap > tolerance * np.abs(second.numbers[right]))
    if breaches.size > days.size * LARGEST_SHARE:
        first = days[breaches[0]].item()
        raise Unsound(
            "disagree",
            f"The two sources differ on {breaches.size} of their {days.size} common days, first "
            f"on {first}.",
            first,
        )
    clusters = [group for group in groups(breaches, FARTHEST) if group.size >= FEWEST]
    spans = tuple((days[one[0]].item(), days[one[-1]].item()) for one in clusters)
    return Comparison(int(days.size), days[breaches], spans)


def repaired(
    primary: Observations, second: Observations, comparison: Comparison
) -> tuple[Observations, tuple[Finding, ...]]:
    """Return the primary observations with every condemned span taken from the second source.

    A day of the span that only one of them has stays as it is. Every span is one finding and
    counts the days taken over; single breaches are another finding and stay.
    """
    days, left, right = np.intersect1d(
        primary.dates, second.dates, assume_unique=True, return_indices=True
    )
    taken = comparison.condemned(days)
    numbers = primary.numbers.copy()
    numbers[left[taken]] = second.numbers[right[taken]]
    spans = [replace(comparison, spans=(span,)).condemned(days) for span in comparison.spans]
    notes = tuple(one for span in spans for one in found("repaired", days[span]))
    return replace(primary, numbers=numbers), notes + comparison.findings


def joined(
    earlier: Observations, later: Observations, tolerance: float
) -> tuple[Observations, tuple[Finding, ...]]:
    """Return ``earlier`` up to the day before ``later`` begins, then ``later``.

    Single differences on the common days are a finding; ``later`` is believed.

    Raises:
        Unsound: the two have no day in common, a cluster of common days differs by more
            than the tolerance, or more than a third of them do.
    """
    comparison = compared(earlier, later, tolerance)
    if not comparison.common:
        raise Unsound(
            "no_common_day",
            f"The observations to {earlier.dates[-1]} and those from {later.dates[0]} have no "
            "day in common to be compared on.",
        )
    if comparison.spans:
        first, last = comparison.spans[0]
        raise Unsound("disagree", f"The two stretches differ between {first} and {last}.", first)
    before = selected(earlier, earlier.dates < later.dates[0])
    whole = replace(
        later,
        dates=np.concatenate([before.dates, later.dates]),
        numbers=np.concatenate([before.numbers, later.numbers]),
        released=_released(before, later),
        notes=before.notes + later.notes,
    )
    return whole, comparison.findings


def _released(before: Observations, later: Observations) -> Days | None:
    if before.released is None and later.released is None:
        return None
    if before.released is None or later.released is None:
        raise ValueError("Days of publication are stated for one stretch and not for the other.")
    return np.concatenate([before.released, later.released])
