"""M10: what prices say the Federal Reserve will decide, meeting by meeting.

Question: how likely does the money market hold a cut, a hold or a hike at each coming meeting?
M10a reads futures on the monthly average of the effective federal funds rate: a month without a
meeting gives the rate on both of its sides, a month with one the rate on its far side, and the
step between is split between the two nearest multiples of a quarter point. Such odds are
risk-neutral. Without futures ``bill_path`` (M10b) stands in, a proxy scored by itself.
Source: method of the CME Group's FedWatch tool, as in the package cme-fedwatch 0.2.1.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.spec import ModelSpec

FUTURES = tuple(f"fed_funds_future_{months}" for months in range(7))
"""Settlements of the contract of the present month, of the next one, and so on."""
BILLS = ("treasury_bill_4w", "treasury_bill_3m")

SPEC = ModelSpec(
    id="M10",
    version="1",
    inputs=("effr", *BILLS, *FUTURES),
    references=(
        "CME Group, FedWatch tool, methodology",
        "Federal Reserve, H.15 Selected Interest Rates",
    ),
)
STEP = 0.25
"""The usual size of a change of the policy rate, percentage points."""
LATE_DAYS = 3
"""Days left in the month after a meeting up to which its own contract says too little of them."""
FREE_DAYS = timedelta(days=35)
"""No meeting has followed another sooner: a later month's contract is not read without dates."""

Basis = Literal["futures", "bills"]
Odds = tuple[tuple[int, float], ...]
"""Quarter-point steps (negative: cuts) and their probability, ascending, sum one."""


@dataclass(frozen=True)
class MeetingOdds:
    """What prices hold of one meeting.

    Args:
        day: day of the decision.
        before, after: expected effective rate on either side, per cent a year.
        expected_bp: expected change at this meeting, basis points.
        cut, hold, hike: probability of each at this meeting, unit 1; they sum to one.
        total: steps from the present rate after this meeting, meetings independent; empty for
            the proxy, whose meetings share one error.
    """

    day: date
    before: float
    after: float
    expected_bp: float
    cut: float
    hold: float
    hike: float
    total: Odds = ()


@dataclass(frozen=True)
class PolicyPath:
    """The path of the policy rate that prices hold.

    Args:
        day: day of the settlements or yields. basis: ``futures``, or ``bills`` for the proxy.
        meetings: those that could be read, earliest first; ends at the first that could not.
        deviation_bp: standard deviation of a meeting's step; ``None`` for futures.
        diagnostics: ``proxy``, ``contract_missing`` (the path ends early for want of a month),
            ``late_meeting`` (a meeting in a month's last days that the next month could not
            settle), ``start_from_rate`` (no contract gave the rate before the first meeting).
    """

    day: date
    basis: Basis
    meetings: tuple[MeetingOdds, ...]
    deviation_bp: float | None = None
    diagnostics: tuple[str, ...] = ()


def split(step: float) -> Odds:
    """Return the two nearest whole steps around an expected one, with their probabilities."""
    size = guard.finite(step, "The expected step of the policy rate")
    low = math.floor(size + 1e-9)
    part = max(size - low, 0.0)
    return ((low, 1.0),) if part < 1e-9 else ((low, 1.0 - part), (low + 1, part))


def convolve(first: Odds, second: Odds) -> Odds:
    """Return the odds of the sum of two independent numbers of steps."""
    total: dict[int, float] = {}
    for here, p in first:
        for there, q in second:
            total[here + there] = total.get(here + there, 0.0) + p * q
    return tuple(sorted(total.items()))


def month_average(before: float, after: float, meeting: date) -> float:
    """Return the month's mean rate: the old rate up to and on the day of the meeting."""
    days = monthrange(meeting.year, meeting.month)[1]
    return (meeting.day * before + (days - meeting.day) * after) / days


def futures_path(
    day: date,
    prices: Mapping[date, float],
    meetings: tuple[date, ...],
    rate: float | None = None,
) -> PolicyPath:
    """Return the odds of each meeting from settlements of federal funds futures (M10a).

    Args:
        day: day of the settlements.
        prices: settlement by first day of the contract's month, 100 less per cent a year.
        meetings: days of decisions, also one of this month that has passed; increasing.
        rate: present effective rate, for a first meeting no contract gives the rate before.

    Raises:
        DataError: no meeting to come, days out of order, or a settlement that is no price.
    """
    coming = tuple(one for one in meetings if one > day)
    if not coming:
        raise DataError("There is no coming meeting to read futures for.")
    if list(meetings) != sorted(set(meetings)) or len({one.replace(day=1) for one in meetings}) < (
        len(meetings)
    ):
        raise DataError("Meetings of the Federal Reserve must rise, at most one a month.")
    curve = _Curve(_averages(prices), {one.replace(day=1): one for one in meetings}, meetings[-1])
    found: list[MeetingOdds] = []
    notes: list[str] = []
    total: Odds = ((0, 1.0),)
    last: float | None = None
    for meeting in coming:
        sides = curve.sides(meeting, last)
        if sides is None and last is None and rate is not None:
            sides = curve.sides(meeting, guard.finite(rate, "The present rate"))
            notes.append("start_from_rate")
        if sides is None:
            late = _days_left(meeting) <= LATE_DAYS and meeting.replace(day=1) in curve.averages
            notes.append("late_meeting" if late else "contract_missing")
            break
        before, last = sides
        odds = split((last - before) / STEP)
        total = convolve(total, odds)
        found.append(_meeting(meeting, before, last, odds, total))
    return PolicyPath(day, "futures", tuple(found), diagnostics=tuple(dict.fromkeys(notes)))


@dataclass(frozen=True)
class _Curve:
    """Mean rates by month, the meeting of each month that has one, and the last known meeting."""

    averages: Mapping[date, float]
    meetings: Mapping[date, date]
    last: date

    def sides(self, meeting: date, before: float | None) -> tuple[float, float] | None:
        """Return the rate before and after a meeting; ``None`` where it cannot be read.

        The month before, if free, and else the meeting before it, give the rate before; the
        month after, or the meeting in it, gives the rate after. What one side leaves open the
        month's own mean settles, but not the few days after a late meeting.
        """
        month = meeting.replace(day=1)
        own, after = self.averages.get(month), self._after(month)
        earlier = self._free(_previous(month))
        start = earlier if earlier is not None else before
        if start is None:
            start = self._start(month)
        if after is None and own is not None and start is not None:
            left = _days_left(meeting)
            days = left + meeting.day
            after = None if left <= LATE_DAYS else (days * own - meeting.day * start) / left
        return None if start is None or after is None else (start, after)

    def _after(self, month: date) -> float | None:
        """Return the rate after the meeting of a month, from the months that follow."""
        following = _next(month)
        return self._start(following) if following in self.meetings else self._free(following)

    def _start(self, month: date) -> float | None:
        """Return the rate before the meeting of a month, from its mean and the rate after."""
        own, after = self.averages.get(month), self._after(month)
        meeting = self.meetings[month]
        if own is None or after is None or meeting.day <= LATE_DAYS:
            return None
        left = _days_left(meeting)
        return ((left + meeting.day) * own - left * after) / meeting.day

    def _free(self, month: date) -> float | None:
        """Return the mean of a month without a meeting; ``None`` where that is not known."""
        if month in self.meetings or _next(month) - timedelta(days=1) >= self.last + FREE_DAYS:
            return None
        return self.averages.get(month)


def _meeting(day: date, before: float, after: float, odds: Odds, total: Odds) -> MeetingOdds:
    return MeetingOdds(
        day=day,
        before=before,
        after=after,
        expected_bp=100.0 * (after - before),
        cut=sum(p for steps, p in odds if steps < 0),
        hold=sum(p for steps, p in odds if steps == 0),
        hike=sum(p for steps, p in odds if steps > 0),
        total=total,
    )


def _averages(prices: Mapping[date, float]) -> dict[date, float]:
    if any(month.day != 1 for month in prices):
        raise DataError("A federal funds contract is named by the first day of its month.")
    return {
        month: 100.0 - guard.within(price, 70.0, 105.0, f"The settlement for {month:%Y-%m}")
        for month, price in prices.items()
    }


def _days_left(meeting: date) -> int:
    return monthrange(meeting.year, meeting.month)[1] - meeting.day


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _previous(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)
