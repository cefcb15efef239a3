"""The days an exchange traded, as far as they are known for certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from reportgen.series import NEW_YORK, Days, spec


def _days(*days: str) -> Days:
    return np.array(days, dtype="datetime64[D]")


BEGIN: Mapping[str, date] = MappingProxyType(
    {
        "XNYS": date(1971, 1, 1),  # the first series begin here
        "XTKS": date(1997, 1, 6),  # the library knows no earlier day
        "XHKG": date(1999, 1, 1),  # before, it has Buddha's birthday closed, which it was not
        "XSHG": date(1990, 12, 19),  # the exchange opened
    }
)
"""First day from which the library's sessions are those of the exchange.

Held against the closes of Nasdaq Composite, Nikkei 225, Hang Seng and Shanghai Composite.
"""

OPENED: Mapping[str, Days] = MappingProxyType(
    {
        # The library carries the holiday of Sunday 3 May 1998 over to the 6th; the law that
        # did so is of 2007.
        "XTKS": _days("1998-05-06"),
    }
)
"""Sessions the library does not have."""

CLOSED: Mapping[str, Days] = MappingProxyType(
    {
        # Typhoon Saola and the black rainstorm a week later: no trading all day.
        "XHKG": _days("2023-09-01", "2023-09-08"),
    }
)
"""Days the library has as sessions, though the exchange stayed closed."""


@dataclass(frozen=True, eq=False)
class _Calendar:
    first: np.datetime64
    last: np.datetime64
    days: np.busdaycalendar


def sessions(calendar: str, first: date, last: date) -> Days:
    """Return the sessions of an exchange from ``first`` to ``last``, both included, in order.

    Days outside the span in which the exchange's sessions are known are left out.

    Args:
        calendar: ``XNYS``, ``XTKS``, ``XHKG`` or ``XSHG``.
        first: first day.
        last: last day.
    """
    known = _calendar(calendar)
    begin = max(np.datetime64(first, "D"), known.first)
    end = min(np.datetime64(last, "D"), known.last)
    days = np.arange(begin, max(begin, end + np.timedelta64(1, "D")), dtype="datetime64[D]")
    open_days = np.is_busday(days, busdaycal=known.days)
    open_days |= np.isin(days, OPENED.get(calendar, _days()))
    open_days &= ~np.isin(days, CLOSED.get(calendar, _days()))
    return days[open_days]


def last_close(now: datetime) -> date:
    """Return the last session of New York whose closes were published at a moment.

    Args:
        now: the moment; aware.
    """
    today = now.astimezone(NEW_YORK).date()
    recent = sessions("XNYS", today - timedelta(days=21), today)
    published = recent[spec("nasdaq_composite").release.known(recent, now)]
    day: date = published[-1].item()
    return day


def within_knowledge(calendar: str, days: Days) -> npt.NDArray[np.bool_]:
    """Tell for each day whether it is known if the exchange traded on it."""
    known = _calendar(calendar)
    inside: npt.NDArray[np.bool_] = (days >= known.first) & (days <= known.last)
    return inside


@cache
def _calendar(name: str) -> _Calendar:
    """Return the weekly rhythm and all holidays of an exchange.

    A calendar of the library computes hours for every session it is asked for and knows twenty
    years unless told otherwise; its ``day`` has the holidays of all years, so a fortnight of it
    is enough: 0.1 s a calendar measured, once a process.
    """
    import exchange_calendars

    short = exchange_calendars.get_calendar(name, start="2024-01-02", end="2024-01-12")
    last = short.bound_max()
    return _Calendar(
        first=np.datetime64(BEGIN[name], "D"),
        last=np.datetime64("2100-12-31" if last is None else last.date(), "D"),
        days=short.day.calendar,
    )
