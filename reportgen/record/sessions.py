"""Trading days of the New York exchange, past and to come; no clock is asked."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np

CALENDAR = "XNYS"


def sessions_between(after: date, last: date) -> tuple[date, ...]:
    """Return the sessions later than ``after`` up to ``last``, in order."""
    first, end = np.datetime64(after, "D"), np.datetime64(last, "D")
    days = np.arange(first, max(first, end), dtype="datetime64[D]") + np.timedelta64(1, "D")
    open_days = days[np.is_busday(days, busdaycal=_rhythm())]
    return tuple(open_days.astype(object))


def session_after(day: date, count: int) -> date:
    """Return the session ``count`` sessions after a day, at least 1; 1 is the next one."""
    span = timedelta(days=2 * count + 14)  # more than two of three days are weekdays
    return sessions_between(day, day + span)[count - 1]


def session_by(day: date) -> date:
    """Return the last session on or before a day."""
    return sessions_between(day - timedelta(days=14), day)[-1]


@cache
def _rhythm() -> np.busdaycalendar:
    """Return weekdays and holidays of all years; a calendar over years takes seconds to make."""
    import exchange_calendars

    short = exchange_calendars.get_calendar(CALENDAR, start="2024-01-02", end="2024-01-12")
    known: np.busdaycalendar = short.day.calendar
    return known
