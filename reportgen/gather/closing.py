"""The last close of New York at a moment."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from reportgen.gather.sessions import sessions
from reportgen.series import NEW_YORK

CALENDAR = "XNYS"
PUBLISHED = time(18, 0)
"""New York time by which the closes of a session are out, as the catalogue has it."""


def last_close(now: datetime) -> date:
    """Return the last session of New York whose closes were out at ``now``.

    Args:
        now: aware.
    """
    local = now.astimezone(NEW_YORK)
    newest = local.date() if local.time() >= PUBLISHED else local.date() - timedelta(days=1)
    found: date = sessions(CALENDAR, newest - timedelta(days=14), newest)[-1].item()
    return found
