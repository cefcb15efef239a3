"""A distribution over days: what a simulation says about a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from reportgen.errors import DataError


@dataclass(frozen=True)
class DateDistribution:
    """Probability by day.

    Args:
        code: which date this is.
        p10, p50, p90: first day by which a tenth, half, nine tenths of the mass has come;
            ``None`` where that lies beyond the simulated horizon.
        days, mass: the days that carry mass, ascending, and their probability.
        beyond: probability that the date does not come within the horizon.
        horizon_end: last simulated day.
    """

    code: str
    p10: date | None
    p50: date | None
    p90: date | None
    days: tuple[date, ...]
    mass: tuple[float, ...]
    beyond: float
    horizon_end: date

    def probability_before(self, day: date) -> float:
        """Return the probability that the date comes before a day.

        Raises:
            DataError: the day lies beyond the simulated horizon.
        """
        if day > self.horizon_end:
            raise DataError(f"{self.code} is simulated to {self.horizon_end}, not to {day}")
        return float(sum(m for d, m in zip(self.days, self.mass, strict=True) if d < day))

    def probability_between(self, first: date, last: date) -> float:
        """Return the probability that the date falls on one of the days, ends included."""
        pairs = zip(self.days, self.mass, strict=True)
        return float(sum(mass for day, mass in pairs if first <= day <= last))

    def by_month(self) -> tuple[tuple[date, float], ...]:
        """Return (first day of month, probability) from the first to the last month with mass."""
        if not self.days:
            return ()
        totals: dict[date, float] = {}
        for day, mass in zip(self.days, self.mass, strict=True):
            first = day.replace(day=1)
            totals[first] = totals.get(first, 0.0) + mass
        return tuple((month, totals.get(month, 0.0)) for month in _months(min(totals), max(totals)))


def distribution_of(
    code: str, indices: NDArray[np.int64], days: NDArray[np.datetime64]
) -> DateDistribution:
    """Return the distribution of simulated day indices; a negative index means "not reached".

    Args:
        code: which date this is.
        indices: by path the position of its day in ``days``.
        days: all simulated days, ascending.
    """
    counts = np.bincount(indices[indices >= 0], minlength=len(days)) / len(indices)
    used = np.flatnonzero(counts)
    dates = days.astype("datetime64[D]").astype(object)
    low, middle, high = (_quantile(counts, dates, share) for share in (0.1, 0.5, 0.9))
    return DateDistribution(
        code=code,
        p10=low,
        p50=middle,
        p90=high,
        days=tuple(dates[used]),
        mass=tuple(float(value) for value in counts[used]),
        beyond=float((indices < 0).mean()),
        horizon_end=dates[-1],
    )


def _quantile(counts: NDArray[np.float64], dates: NDArray[np.object_], share: float) -> date | None:
    """Return the first day with at least the share of the mass behind it, if there is one."""
    reached = np.cumsum(counts) >= share - 1e-12
    if not reached.any():
        return None
    found = dates[int(reached.argmax())]
    return found if isinstance(found, date) else None


def _months(first: date, last: date) -> tuple[date, ...]:
    """Return the first days of all months from one to the other."""
    span = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)
    return tuple(span.astype("datetime64[D]").astype(object))
