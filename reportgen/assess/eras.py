"""From which day a subject of the report exists: nothing is told of before its time.

Publishers carry new indices back into the past. An edition of a month before the first
publication must not show what nobody could read then.
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from collections.abc import Mapping
from datetime import date

from reportgen.models.known import unknown
from reportgen.series import catalogue

FIRST_PUBLISHED: Mapping[str, date] = {
    "skew": date(2011, 2, 23),
    "skew_weekly": date(2011, 2, 23),
    "vvix": date(2012, 3, 14),
    "nfci": date(2011, 1, 1),
    "overnight_reverse_repo": date(2013, 9, 23),
}
"""First day on which a series with a history computed backwards could be read (Cboe, SKEW and
VVIX white papers; Federal Reserve Bank of Chicago: 2011), or from which it means what it does
(Federal Reserve Bank of New York: the facility for overnight reverse repos is of 2013)."""

SAME_DAY_OPTIONS = date(2022, 5, 11)
"""Since then options on the S&P 500 expire on every trading day (Cboe)."""

AI_SPENDING = date(2022, 11, 30)
"""Since the release of ChatGPT the large cloud companies' spending is read as spending on AI."""

TARIFFS = date(2018, 3, 22)
"""Memorandum on tariffs on goods from China: the first on most goods of a large partner."""


MONTHS = tuple(month_name[1:])

SUBJECTS: Mapping[str, date] = {
    "ai_spending": AI_SPENDING,
    "same_day_options": SAME_DAY_OPTIONS,
    "tariffs": TARIFFS,
}
"""Subjects that are no series, by the first day on which they existed."""


def not_yet(on: date) -> tuple[str, ...]:
    """Return the codes of series, subjects and assumed figures that were not there on a day."""
    series = (name for name in catalogue() if not existed(name, on))
    return (*series, *(name for name, first in SUBJECTS.items() if on < first), *unknown(on))


def existed(series: str, on: date) -> bool:
    """Tell whether a series can have been in anybody's data on a day."""
    return published(series, on) and catalogue()[series].since <= on


def published(series: str, on: date) -> bool:
    """Tell whether a series was published at all on a day."""
    return FIRST_PUBLISHED.get(series, date.min) <= on


def appeared(reference: str, on: date) -> bool:
    """Tell whether a work had appeared; a work without a year counts as one that had.

    Where it names no month of its year, it counts from the next year on.
    """
    years = [int(year) for year in re.findall(r"(?:\(|:)[^()]*?((?:19|20)\d\d)", reference)]
    if not years or max(years) < on.year:
        return True
    months = re.findall(rf"(\d{{1,2}} )?({'|'.join(MONTHS)}) {on.year}", reference)
    return max(years) == on.year and any(_by(day, month, on) for day, month in months)


def _by(day: str, month: str, on: date) -> bool:
    """Tell whether a day of this year had come; without one, the end of its month."""
    number = MONTHS.index(month) + 1
    last = monthrange(on.year, number)[1]
    return date(on.year, number, int(day or last)) <= on
