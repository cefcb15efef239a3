"""The trading days the library knows: loaded only where no cached file answers."""

from __future__ import annotations

import warnings
from datetime import date
from typing import TYPE_CHECKING

from reportgen import sessions, toml
from reportgen.errors import ConfigError
from reportgen.schedule.trading import LIBRARY, Listed

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

ENDLESS = date(2100, 12, 31)
"""Where the library gives an exchange's rules no end; ``sessions`` reaches as far."""

BEGINNING = date(1990, 1, 1)
"""Where the library gives them no beginning; older rules were not held against anything."""


def listed(code: str, first: date, last: date, version: str) -> Listed:
    """Return the trading days of a span, cut to what the library knows.

    Args:
        code: the exchange, by the library's name or one of its other names.
        first: first day of the span.
        last: last day of the span.
        version: of the library.

    Raises:
        ConfigError: the library does not know the exchange, or cannot compute its days.
    """
    name = _resolved(code)
    begin, end = _known(name)
    first, last = max(first, begin), min(last, end)
    return Listed(
        code=code,
        version=version,
        first_known=begin,
        last_known=end,
        first=first,
        last=last,
        days=_days(name, first, last) if first <= last else (),
    )


def _resolved(code: str) -> str:
    import exchange_calendars

    known = exchange_calendars.get_calendar_names(include_aliases=True)
    if code not in known:
        raise ConfigError(
            f"[schedule] calendar: no exchange {code!r} is known.",
            toml.suggestion(code, (name for name in known if len(name) == 4)),
        )
    name: str = exchange_calendars.resolve_alias(code)
    return name


def _known(name: str) -> tuple[date, date]:
    """Return the days between which an exchange is known; ``sessions`` knows some better."""
    short = _calendar(name, date(2024, 1, 2), date(2024, 1, 12))
    begin, end = short.bound_min(), short.bound_max()
    first = sessions.BEGIN.get(name) or (BEGINNING if begin is None else begin.date())
    return first, ENDLESS if end is None else end.date()


def _days(name: str, first: date, last: date) -> tuple[date, ...]:
    if name in sessions.BEGIN:
        return tuple(sessions.sessions(name, first, last).astype(object))
    return tuple(day.date() for day in _calendar(name, first, last).sessions)


def _calendar(name: str, first: date, last: date) -> ExchangeCalendar:
    """Return a calendar; some of the library's fail with some versions of pandas."""
    import exchange_calendars

    try:
        with warnings.catch_warnings(action="ignore"):
            return exchange_calendars.get_calendar(name, start=str(first), end=str(last))
    except Exception as problem:
        raise ConfigError(
            f"[schedule] calendar: {LIBRARY} cannot compute the days of {name} ({problem}).",
            "Name another exchange, or install another version of the library.",
        ) from problem
