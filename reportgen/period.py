"""The dates of an edition: month of publication, as-of date, day of issue, forecast window."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from reportgen.errors import UsageError


@dataclass(frozen=True)
class EditionDates:
    """The dates of one edition.

    Args:
        period: month of publication, ``2025-12``.
        as_of: last day any observation carries.
        dated: the day printed on the edition.
        window_end: last day of the forecast window.
    """

    period: str
    as_of: date
    dated: date
    window_end: date


STATED: MappingProxyType[str, EditionDates] = MappingProxyType(
    {"2025-12": EditionDates("2025-12", date(2025, 12, 5), date(2025, 12, 7), date(2026, 11, 30))}
)
"""Editions whose dates do not follow the rule."""


def edition_dates(as_of: date, period: str | None = None) -> EditionDates:
    """Return the dates of the edition with that last close; by default of its month.

    The rule: dated the next weekday; the window ends with the eleventh month after.

    Raises:
        UsageError: when the period is not a month.
    """
    name = period or f"{as_of:%Y-%m}"
    window_end = _window_end(name)
    stated = STATED.get(name)
    if stated is not None and stated.as_of == as_of:
        return stated
    dated = as_of + timedelta(days=1)
    while dated.weekday() >= 5:
        dated += timedelta(days=1)
    return EditionDates(name, as_of, dated, window_end)


def dates_given(period: str, as_of: date, dated: date) -> EditionDates:
    """Return the dates of an edition whose last close and day of issue are given.

    Raises:
        UsageError: when the period is not a month.
    """
    return EditionDates(period, as_of, dated, _window_end(period))


def bounds(period: str) -> tuple[date, date]:
    """Return the first and the last day of a month.

    Raises:
        UsageError: when the period is not a month.
    """
    found = re.fullmatch(r"(?!0000)(\d{4})-(0[1-9]|1[0-2])", period, re.ASCII)
    if found is None:
        raise UsageError(f"{period!r} is not a month.", "Write it as 2025-12.")
    year, month = int(found[1]), int(found[2])
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def following(period: str, count: int = 1) -> str:
    """Return the month ``count`` months after a month; a negative count goes back.

    Raises:
        UsageError: when the period is not a month.
    """
    first, _ = bounds(period)
    years, month = divmod(first.month - 1 + count, 12)
    return f"{first.year + years:04d}-{month + 1:02d}"


def _window_end(period: str) -> date:
    return bounds(following(period, 11))[1]
