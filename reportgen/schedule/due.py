"""Which edition is due at a moment; pure."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count as counted
from itertools import islice
from typing import Literal

from reportgen.config.publishing import Schedule
from reportgen.period import following
from reportgen.schedule.rule import EditionPlan, plan, zone
from reportgen.schedule.trading import Calendars

State = Literal["not_due", "due", "late"]


@dataclass(frozen=True)
class Due:
    """Where the newest edition whose moment has passed stands.

    Args:
        period: its month.
        plan: its dates.
        state: ``not_due``: it is published, nothing is to be made before the next one;
            ``due``: it is to be made; ``late``: it was not made in time, and is no longer made
            unasked.
    """

    period: str
    plan: EditionPlan
    state: State


def due(now: datetime, published: Container[str], schedule: Schedule, calendars: Calendars) -> Due:
    """Return where the newest edition stands whose moment of publication has passed.

    Args:
        now: the moment of asking; aware.
        published: months that have an edition.
        schedule: the house's rule.
        calendars: trading days around ``now``.

    Raises:
        ConfigError: the rule or the calendar does not say; weekdays never stand in.
    """
    newest = next(one for one in _backwards(now, schedule, calendars) if one.publication <= now)
    if newest.period in published:
        return Due(newest.period, newest, "not_due")
    limit = newest.publication + timedelta(days=schedule.late_days)
    return Due(newest.period, newest, "late" if now > limit else "due")


def upcoming(
    now: datetime, count: int, schedule: Schedule, calendars: Calendars
) -> Iterator[EditionPlan]:
    """Give the next editions one by one: the first of them is the first due after ``now``.

    Raises:
        ConfigError: where the calendar ends; what it knows has been given before.
    """
    month = _month(now, schedule)
    plans = (plan(following(month, ahead), schedule, calendars) for ahead in counted())
    return islice((one for one in plans if one.publication > now), count)


def _backwards(now: datetime, schedule: Schedule, calendars: Calendars) -> Iterator[EditionPlan]:
    month = _month(now, schedule)
    return (plan(following(month, -back), schedule, calendars) for back in range(3))


def _month(now: datetime, schedule: Schedule) -> str:
    """Return the month it is in the house; no edition of a later one can have come due."""
    return f"{now.astimezone(zone(schedule)):%Y-%m}"
