"""Calendar quarters from the facts a company filed: three months, and differences of year-to-date.

A fact says only what stands in it: first day, last day, value, day of filing. What period a
filing calls it is not looked at, for that describes the filing.

Source: U.S. Securities and Exchange Commission, EDGAR XBRL frames and company concepts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

ROUNDING = 2e6
"""US dollars by which a tagged quarter and a difference may part: filings round to a million,
and three rounded figures to one and a half."""

Span = tuple[date, date]


@dataclass(frozen=True)
class Fact:
    """What one filing says of one period.

    Args:
        start: first day.
        end: last day.
        value: in US dollars.
        filed: day of the filing.
    """

    start: date
    end: date
    value: float
    filed: date


@dataclass(frozen=True)
class Quarter:
    """A calendar quarter as it was known.

    Args:
        end: its last day.
        value: in US dollars.
        released: day of the filing that first gave it.
    """

    end: date
    value: float
    released: date


@dataclass(frozen=True)
class Reading:
    """One way to a quarter's value: from filings of which the last came on ``filed``."""

    value: float
    filed: date
    released: date


def quarters(facts: Iterable[Fact], last_filed: date) -> tuple[Quarter, ...]:
    """Return the calendar quarters that facts filed by a day give, in order.

    A quarter is a fact of three months or the difference of two facts with the same first day,
    three months apart; a trailing year, of which no nine months are filed, therefore gives none.
    Of the filings of one period the latest counts; where a tagged quarter and a difference part
    by more than ``ROUNDING``, the one filed later. A quarter that neither gives is what is left of
    a period when a fact with the same last day is taken off.

    Args:
        facts: in the order of the publisher; of two filed on a day the last counts.
        last_filed: later filings are left out.
    """
    filings = _by_span(fact for fact in facts if fact.filed <= last_filed)
    tagged, ended, begun = (defaultdict[date, list[Reading]](list) for _ in range(3))
    for (start, end), ways in sorted(filings.items()):
        months = _whole_months(start, end)
        if months == 3:
            tagged[end].append(Reading(ways[-1].value, ways[-1].filed, ways[0].filed))
        elif months in (6, 9, 12):
            second = _three_months_on(start)
            if before := filings.get((start, _quarter_before(end))):
                ended[end].append(_difference(ways, before))
            if after := filings.get((second, end)):
                begun[second - timedelta(days=1)].append(_difference(ways, after))
    ends = sorted(tagged.keys() | ended.keys() | begun.keys())
    return tuple(_settled(end, tagged[end] + ended[end] or begun[end]) for end in ends)


def _by_span(facts: Iterable[Fact]) -> Mapping[Span, list[Fact]]:
    """Return the filings of each period that ends with a calendar quarter, earliest first."""
    filings: dict[Span, list[Fact]] = defaultdict(list)
    for fact in facts:
        if _ends_quarter(fact.end):
            filings[fact.start, fact.end].append(fact)
    for ways in filings.values():
        ways.sort(key=lambda fact: fact.filed)
    return filings


def _difference(longer: list[Fact], shorter: list[Fact]) -> Reading:
    """Return what a period has more than a shorter one, both as one filing knew them.

    A company restates the year before quarter by quarter, as its filings of this year come. The
    shorter part is therefore taken as it stood when the longer was last filed: else, between
    two filings, a restated part would be taken from a whole that is not restated yet.
    """
    whole = longer[-1]
    stood = bisect_right([fact.filed for fact in shorter], whole.filed)
    part = shorter[max(stood - 1, 0)]
    return Reading(
        value=whole.value - part.value,
        filed=max(whole.filed, part.filed),
        released=max(longer[0].filed, shorter[0].filed),
    )


def _settled(end: date, readings: list[Reading]) -> Quarter:
    """Return one quarter from the ways to it: the first, unless a later filed one differs."""
    best = readings[0]
    for other in readings[1:]:
        if other.filed > best.filed and abs(other.value - best.value) > ROUNDING:
            best = other
    return Quarter(end, best.value, min(reading.released for reading in readings))


def _whole_months(start: date, end: date) -> int:
    """Return the length of a period in months; 0 where it is not whole months."""
    if start.day != 1 or (end + timedelta(days=1)).day != 1:
        return 0
    return 12 * (end.year - start.year) + end.month - start.month + 1


def _ends_quarter(day: date) -> bool:
    """Tell whether a day is the last of a calendar quarter."""
    return day.month % 3 == 0 and day < date.max and (day + timedelta(days=1)).day == 1


def _quarter_before(end: date) -> date:
    """Return the last day of the calendar quarter before the one that ends on a day."""
    return end.replace(month=end.month - 2, day=1) - timedelta(days=1)


def _three_months_on(start: date) -> date:
    """Return the first day of a month three months later."""
    return (start.replace(day=1) + timedelta(days=93)).replace(day=1)
