"""When an edition comes out, and the dates that follow from it; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reportgen import toml
from reportgen.config.publishing import Schedule
from reportgen.errors import ConfigError
from reportgen.period import STATED, EditionDates, bounds, dates_given
from reportgen.schedule.trading import Calendars, TradingDays

CLOSES_KNOWN = time(18)
"""From then on, New York time, the day's close is known: the release rule of the index."""

FORTNIGHT = timedelta(days=14)
"""New York has never been closed for longer, 1914 and 1933 apart."""


@dataclass(frozen=True)
class EditionPlan:
    """What the rule says about one edition.

    Args:
        period: month of publication, ``2026-01``.
        publication: the moment it is due; aware, in the house's zone.
        as_of: last day any observation carries.
        dated: the day printed on it: that of publication in the house's zone.
        known_at: what had been published by then counts; aware.
    """

    period: str
    publication: datetime
    as_of: date
    dated: date
    known_at: datetime

    @property
    def dates(self) -> EditionDates:
        """Return the dates of the edition, its forecast window included."""
        return dates_given(self.period, self.as_of, self.dated)


def plan(period: str, schedule: Schedule, calendars: Calendars) -> EditionPlan:
    """Return when an edition comes out and as of which day.

    An edition with stated dates keeps them, and is due when what it knows was known.

    Args:
        period: month of publication.
        schedule: the house's rule.
        calendars: trading days around the month.

    Raises:
        UsageError: the period is not a month.
        ConfigError: the calendar does not reach so far; the month has fewer trading days; there
            is no such zone.
    """
    stated = STATED.get(period)
    if stated is not None:
        return _as_stated(stated, schedule)
    moment = publication(period, schedule, calendars.house)
    as_of = last_close(moment, calendars.new_york)
    return EditionPlan(period, moment, as_of, moment.date(), moment)


def publication(period: str, schedule: Schedule, days: TradingDays) -> datetime:
    """Return the moment an edition is due, in the house's zone.

    An hour that the clocks leave out is moved on by as much as they are; of an hour they
    repeat it is the first.

    Raises:
        UsageError, ConfigError: as ``plan``.
    """
    day = trading_day(period, schedule.trading_day, days)
    hour, minute = (int(part) for part in schedule.time.split(":"))
    there = zone(schedule)
    wall = datetime.combine(day, time(hour, minute), tzinfo=there)
    return wall.astimezone(UTC).astimezone(there)


def trading_day(period: str, count: int, days: TradingDays) -> date:
    """Return the nth trading day of a month; a negative count is taken from its end.

    Raises:
        UsageError, ConfigError: as ``plan``.
    """
    first, last = bounds(period)
    found = days.between(first, last)
    if count == 0:
        raise ConfigError(
            "[schedule] trading_day is 0: there is no such day.",
            "Count from 1, or from -1 for the last of the month.",
        )
    enough = 0 < count <= len(found)
    days.refuse_unknown(first, found[count - 1] if enough else last)
    if abs(count) > len(found):
        raise ConfigError(
            f"[schedule] trading_day is {count}, and {period} has {len(found)} trading days.",
            "Name a day that every month has.",
        )
    return found[count - 1 if count > 0 else count]


def last_close(moment: datetime, new_york: TradingDays) -> date:
    """Return the last session of New York whose close was known at a moment.

    Raises:
        ConfigError: the calendar does not reach to that moment.
    """
    local = moment.astimezone(ZoneInfo("America/New_York"))
    last = local.date() if local.time() >= CLOSES_KNOWN else local.date() - timedelta(days=1)
    new_york.refuse_unknown(last - FORTNIGHT, last)
    return new_york.between(last - FORTNIGHT, last)[-1]


def zone(schedule: Schedule) -> ZoneInfo:
    """Return the house's zone.

    Raises:
        ConfigError: there is no zone of that name.
    """
    try:
        return ZoneInfo(schedule.timezone)
    except (KeyError, OSError, ValueError):
        from zoneinfo import available_timezones

        raise ConfigError(
            f"[schedule] timezone: there is no zone {schedule.timezone!r}.",
            _near(schedule.timezone, available_timezones()),
        ) from None


def _near(name: str, known: set[str]) -> str:
    """Return a hint; the hundreds of zones are not listed where none is near."""
    hint = toml.suggestion(name, known)
    return hint if len(hint) < 80 else "Zones are named like Asia/Shanghai or America/New_York."


def _as_stated(dates: EditionDates, schedule: Schedule) -> EditionPlan:
    from reportgen.snapshot import default_known_at

    known_at = default_known_at(dates.as_of)
    return EditionPlan(
        dates.period, known_at.astimezone(zone(schedule)), dates.as_of, dates.dated, known_at
    )
