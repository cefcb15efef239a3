"""The simulated paths of the index, run once and read by several sections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from reportgen.assess.desk import Desk

if TYPE_CHECKING:
    import pandas as pd

    from reportgen.models.climatology import BaseRate
    from reportgen.models.path_events import PathEvents

INDEX = "nasdaq_composite"
HORIZONS = (21, 63, 126, 252)
DRAWS = 40
"""Parameter draws a history window; a trial run on few paths makes fewer."""


@dataclass(frozen=True)
class Simulation:
    """Paths and base rates of the index.

    Args:
        run: M1a on the daily closes.
        rates: M1e for every event and horizon.
        window_days: trading days from the as-of date to the end of the forecast window.
        sessions: the trading days of the paths, day 1 first.
    """

    run: PathEvents
    rates: tuple[BaseRate, ...]
    window_days: int
    sessions: tuple[date, ...]


def simulate(desk: Desk) -> Simulation:
    """Run M1a and M1e on the closes up to the as-of date."""
    from reportgen.models.climatology import base_rates
    from reportgen.models.path_events import Implied, PathSettings, path_events

    closes, coming = desk.values(INDEX), sessions(desk.as_of, desk.window_end)
    days = sum(day <= desk.window_end for day in coming)
    settings = PathSettings(
        paths=desk.paths,
        spread_paths=max(desk.paths // 4, 1_000),
        draws=min(max(desk.paths // 250, 8), DRAWS),
        draw_paths=max(desk.paths // 100, 100),
        horizons=HORIZONS,
        end_days=days,
    )
    implied = Implied(_maybe(desk, "vix"), _maybe(desk, "vix_weekly"), _maybe(desk, "sp500"))
    rates = base_rates(
        closes,
        desk.as_of,
        tuple(sorted({*HORIZONS, days})),
        vix=implied.vix,
        weekly_vix=implied.weekly_vix,
    )
    run = path_events(closes, desk.as_of, settings, implied=implied)
    return Simulation(run, rates, days, coming)


def _maybe(desk: Desk, series: str) -> pd.Series[float] | None:
    return desk.values(series) if desk.has(series) else None


def sessions(as_of: date, window_end: date) -> tuple[date, ...]:
    """Return the coming sessions of the New York exchange, day 1 first.

    They reach to the end of the window or to the longest horizon, whichever is later.
    """
    import exchange_calendars

    last = max(window_end, as_of + timedelta(days=2 * HORIZONS[-1]))
    calendar = exchange_calendars.get_calendar(
        "XNYS", start=as_of - timedelta(days=7), end=last + timedelta(days=7)
    )
    found = [day.date() for day in calendar.sessions_in_range(as_of + timedelta(days=1), last)]
    count = max(HORIZONS[-1], sum(day <= window_end for day in found))
    return tuple(found[:count])
