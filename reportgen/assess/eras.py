"""From which day a subject of the report exists: nothing is told of before its time.

Publishers carry new indices back into the past. An edition of a month before the first
publication must not show what nobody could read then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

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


SUBJECTS: Mapping[str, date] = {
    "ai_spending": AI_SPENDING,
    "same_day_options": SAME_DAY_OPTIONS,
    "tariffs": TARIFFS,
}
"""Subjects that are no series, by the first day on which they existed."""


def not_yet(on: date) -> tuple[str, ...]:
    """Return the codes of series and subjects of the report that did not exist on a day."""
    series = (name for name in catalogue() if not existed(name, on))
    return (*series, *(name for name, first in SUBJECTS.items() if on < first))


def existed(series: str, on: date) -> bool:
    """Tell whether a series can have been in anybody's data on a day."""
    return published(series, on) and catalogue()[series].since <= on


def published(series: str, on: date) -> bool:
    """Tell whether a series was published at all on a day."""
    return FIRST_PUBLISHED.get(series, date.min) <= on
