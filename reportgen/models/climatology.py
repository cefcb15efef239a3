"""M1e: how often each event happened in the completed windows of history.

Question: in what share of all past windows of a horizon did the event come, in all of them and
in those that began in the present state? Windows begin on every trading day and overlap; the
number of separate onsets and of windows side by side says how little they are worth.
Source: the event definitions of ``events``; expanding frequencies, no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models.arrays import BoolArray, CountArray
from reportgen.models.events import EVENTS, DrawdownEvent, FallEvent
from reportgen.models.history import TRADING_YEAR, closes_until
from reportgen.models.market_state import (
    ALL,
    NEAR_HIGH,
    NEAR_HIGH_CALM,
    StateHistory,
    state_history,
)
from reportgen.models.spec import ModelSpec
from reportgen.models.windows import DISORDERLY, Windows

SPEC = ModelSpec(
    id="M1e",
    version="1",
    inputs=(
        "nasdaq_composite",
        "vix",
        "vix_weekly",
        "skew",
        "usdjpy_weekly",
        "sofr",
        "iorb",
        "high_yield_oas",
    ),
    references=(),
)
# Measured on 2000-2025: this gap gives the eighteen separate ten-day falls the method counts.
CLUSTER_GAP_DAYS = 42
FEW_WINDOWS = "few_windows"
WEEKLY_VIX = "vix_weekly_before_daily"
_FEW_INDEPENDENT = 10


@dataclass(frozen=True)
class BaseRate:
    """The frequency of an event in completed windows of history.

    Args:
        event: id of the event.
        horizon: length of the windows in trading days.
        state: which windows count: ``all``, ``near_high``, ``near_high_calm``.
        frequency: hits / windows, unit 1; None when there is no window.
        windows: number of windows; they overlap.
        hits: windows in which the event came.
        side_by_side: windows of this horizon that fit into the counted days without overlap.
        clusters: separate onsets behind the hits (more than 42 trading days apart).
        first_start, last_start: first and last day on which a counted window begins.
        last_day: last day of the last counted window.
        filled: windows whose state rests on a weekly value of the VIX.
        diagnostics: short codes.
    """

    event: str
    horizon: int
    state: str
    frequency: float | None
    windows: int
    hits: int
    side_by_side: float
    clusters: int
    first_start: date | None
    last_start: date | None
    last_day: date | None
    filled: int
    diagnostics: tuple[str, ...]


def base_rates(
    closes: pd.Series[float],
    as_of: date,
    horizons: tuple[int, ...],
    vix: pd.Series[float] | None = None,
    weekly_vix: pd.Series[float] | None = None,
    events: tuple[FallEvent | DrawdownEvent, ...] = EVENTS,
) -> tuple[BaseRate, ...]:
    """Return the base rate of every event at every horizon in every state that is known.

    Args:
        closes: daily closes on a DatetimeIndex; those after ``as_of`` are not looked at.
        as_of: last day that may be used; a window counts when it ends on or before it.
        horizons: trading days.
        vix: daily closes of the VIX, or None; gives the calm state and the event F2.
        weekly_vix: last VIX of each week for the time before the daily ones, or None.
        events: events to count. Onsets of drawdowns count windows that do not begin in one.

    Raises:
        DataError: fewer closes than one window and the trailing year, or a bad value.
    """
    history = closes_until(closes, as_of, minimum=TRADING_YEAR + max(horizons) + 1)
    states = state_history(history, as_of, vix, weekly_vix)
    rates: list[BaseRate] = []
    for horizon in horizons:
        windows = Windows.of(history, horizon)
        for event in events:
            first, eligible = windows.first_days(event, states)
            rates += _rates_by_state(event.id, windows, states, first, eligible)
        if vix is not None:
            first, eligible = windows.disorderly(states)
            rates += _rates_by_state(DISORDERLY, windows, states, first, eligible)
    return tuple(rates)


def base_rate(rates: tuple[BaseRate, ...], event: str, horizon: int, state: str = ALL) -> BaseRate:
    """Return one base rate of a table; ``DataError`` when it is not there."""
    for rate in rates:
        if (rate.event, rate.horizon, rate.state) == (event, horizon, state):
            return rate
    raise DataError(f"There is no base rate of {event} at {horizon} days in the state {state}.")


def clusters(days: CountArray) -> int:
    """Return the number of groups of days more than 42 trading days apart."""
    if days.size == 0:
        return 0
    return 1 + int(np.sum(np.diff(np.unique(days)) > CLUSTER_GAP_DAYS))


def _rates_by_state(
    event: str,
    windows: Windows,
    states: StateHistory,
    first: CountArray,
    eligible: BoolArray,
) -> list[BaseRate]:
    filters: list[tuple[str, BoolArray]] = [
        (ALL, eligible),
        (NEAR_HIGH, eligible & states.near_high[: windows.count]),
    ]
    if states.calm is not None:
        filters.append((NEAR_HIGH_CALM, filters[1][1] & states.calm[: windows.count]))
    return [_rate(event, name, windows, states, first, chosen) for name, chosen in filters]


def _rate(
    event: str,
    state: str,
    windows: Windows,
    states: StateHistory,
    first: CountArray,
    chosen: BoolArray,
) -> BaseRate:
    starts = np.flatnonzero(chosen)
    hit = starts[first[starts] <= windows.horizon]
    side_by_side = starts.size / windows.horizon
    filled = int(states.filled[starts].sum()) if state == NEAR_HIGH_CALM else 0
    codes: tuple[str, ...] = (FEW_WINDOWS,) if side_by_side < _FEW_INDEPENDENT else ()
    codes += (WEEKLY_VIX,) if filled else ()

    def day(position: int) -> date | None:
        return windows.days[position].date() if starts.size else None

    return BaseRate(
        event=event,
        horizon=windows.horizon,
        state=state,
        frequency=hit.size / starts.size if starts.size else None,
        windows=int(starts.size),
        hits=int(hit.size),
        side_by_side=side_by_side,
        clusters=clusters(hit + first[hit]),
        first_start=day(int(starts[0]) if starts.size else 0),
        last_start=day(int(starts[-1]) if starts.size else 0),
        last_day=day(int(starts[-1]) + windows.horizon if starts.size else 0),
        filled=filled,
        diagnostics=codes,
    )
