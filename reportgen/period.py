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
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", name):
        raise UsageError(f"{name!r} is not a month.", "Write it as 2025-12.")
    stated = STATED.get(name)
    if stated is not None and stated.as_of == as_of:
        return stated
    dated = as_of + timedelta(days=1)
    while dated.weekday() >= 5:
        dated += timedelta(days=1)
    return EditionDates(name, as_of, dated, _window_end(name))


def _window_end(period: str) -> date:
    year, month = (int(part) for part in period.split("-"))
    year, month = (year, 12) if month == 1 else (year + 1, month - 1)
    return date(year, month, calendar.monthrange(year, month)[1])
