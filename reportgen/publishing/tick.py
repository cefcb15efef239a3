"""One tick of the clock: whatever the calendar says is due, as far as it can go.

A tick that finds nothing to do loads neither the models nor the page engine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reportgen import schedule
from reportgen.errors import ConfigError
from reportgen.publishing import state

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.schedule import Due, EditionPlan

Standing = Literal["nothing", "due", "unfinished", "late"]
EDITIONS = "editions"
_PERIOD = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))(?:-r\d\d?)?")


@dataclass(frozen=True)
class Task:
    """What a tick has to do.

    Args:
        standing: ``nothing``; ``due``: an edition is to be begun; ``unfinished``: a run did not
            come to its end; ``late``: an edition did not come out in time, and a person must say
            whether it still shall.
        name: of the edition; of the next one when there is nothing to do; empty where the
            calendar does not reach to it, of which ``doctor`` warns.
        plan: its dates; ``None`` likewise.
    """

    standing: Standing
    name: str
    plan: EditionPlan | None


def task(settings: Settings, output: Path, now: datetime) -> Task:
    """Return what is to be done now.

    A house that has published nothing yet is not late with the edition before its first.

    Args:
        settings: the rule of publication.
        output: the output folder.
        now: the moment; aware.

    Raises:
        ConfigError: the rule or the calendar does not say.
    """
    days = schedule.calendars(settings, now.date())
    unfinished = state.under_way(output)
    if unfinished:
        name = unfinished[0]
        wide = schedule.calendars(settings, _first_day(name), now.date())
        return Task("unfinished", name, schedule.plan(name[:7], settings.schedule, wide))
    published = periods(output)
    found: Due = schedule.due(now, published, settings.schedule, days)
    if found.state == "due" or (found.state == "late" and published):
        return Task(found.state, found.period, found.plan)
    try:
        following = next(schedule.upcoming(now, 1, settings.schedule, days))
    except ConfigError:  # what is not yet due need not be known yet
        return Task("nothing", "", None)
    return Task("nothing", following.period, following)


def still_patient(settings: Settings, plan: EditionPlan, now: datetime) -> bool:
    """Tell whether the publishers may still be waited for before anybody is alarmed."""
    return now < plan.publication + timedelta(hours=settings.schedule.patience_hours)


def periods(output: Path) -> frozenset[str]:
    """Return the months that have an edition, by the names of the folders alone."""
    folder = output / EDITIONS
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    found = (_PERIOD.fullmatch(name) for name in names)
    return frozenset(one[1] for one in found if one)


def _first_day(name: str) -> date:
    return date(int(name[:4]), int(name[5:7]), 1)
