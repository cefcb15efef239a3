"""When an observation becomes public: the rule of a series and the known exceptions to it."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]
Frequency = Literal["daily", "weekly", "monthly", "quarterly"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday"]

NEW_YORK = ZoneInfo("America/New_York")
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")
NEVER = np.datetime64("NaT", "D")
"""Release day of what was never published."""


class ReleaseRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long after the period it describes an observation is published.

    Args:
        days: days after the last day of the period.
        business: count business days of the United States instead of calendar days.
        weekday: then the first such weekday on or after, moved behind a federal holiday.
        time: hour of publication in New York, ``HH:MM``.
    """

    days: Annotated[int, msgspec.Meta(ge=0, le=400)] = 0
    business: bool = False
    weekday: Weekday | None = None
    time: Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "18:00"

    def released(self, dates: Days, frequency: Frequency) -> Days:
        """Return the day of publication of each observation, as the rule has it."""
        ends = period_ends(dates, frequency)
        if self.business:
            out = np.busday_offset(ends, self.days, roll="backward", holidays=_holidays())
        else:
            out = ends + np.timedelta64(self.days, "D")
        if self.weekday is not None:
            out = np.busday_offset(out, 0, roll="forward", weekmask=_mask(self.weekday))
            out = np.busday_offset(out, 0, roll="forward", holidays=_holidays())
        return out.astype("datetime64[D]")

    def known(self, released: Days, known_at: datetime) -> npt.NDArray[np.bool_]:
        """Tell for each day of publication whether it lies at or before ``known_at``."""
        local = known_at.astimezone(NEW_YORK)
        today = np.datetime64(local.date(), "D")
        last = today if f"{local:%H:%M}" >= self.time else today - np.timedelta64(1, "D")
        known: npt.NDArray[np.bool_] = released <= last  # NaT, never published, compares false
        return known


class ReleaseException(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Observations that were not published by the rule.

    Args:
        series: the series concerned.
        reason: code of the reason; the catalogues have the words.
        source: who says so.
        released: day of publication by day of observation.
        never: days of observation that were never published.
    """

    series: tuple[str, ...]
    reason: str
    source: str
    released: dict[date, date] = {}
    never: tuple[date, ...] = ()


def period_ends(dates: Days, frequency: Frequency) -> Days:
    """Return the last day of the period each date describes.

    A daily or weekly observation is dated by the day it describes; a monthly or quarterly one
    by any day of its month, or of the last month of its quarter.
    """
    if frequency in ("daily", "weekly"):
        return dates.astype("datetime64[D]")
    next_month = dates.astype("datetime64[M]") + np.timedelta64(1, "M")
    return (next_month.astype("datetime64[D]") - np.timedelta64(1, "D")).astype("datetime64[D]")


def _mask(weekday: Weekday) -> list[bool]:
    return [day == weekday for day in (*WEEKDAYS, "saturday", "sunday")]


@cache
def _holidays() -> Days:
    """Return the federal holidays on which nothing is published."""
    from pandas.tseries.holiday import USFederalHolidayCalendar

    days = USFederalHolidayCalendar().holidays("1970-01-01", "2100-12-31")
    return days.to_numpy().astype("datetime64[D]")
