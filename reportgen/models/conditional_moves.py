"""What the index did over the weeks in which something else happened: counts, not causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard

WEEKS = 4
"""Weeks of a move: twenty trading days."""
QUIET_WEEKS = 12
"""Weeks without the condition after which its return begins a new episode."""
SPAN_DAYS = 20
WORSE_QUARTER = 0.25


@dataclass(frozen=True)
class ConditionalMove:
    """Moves of the index in the cases of a condition, per cent.

    Args:
        median: middle of the cases; ``worse``: their worse quarter's bound.
        lowest: of all cases; ``lowest_day`` the last day of that move.
        cases: number of moves; ``episodes``: separate spells of the condition among them.
        usual: the same measure's median over the whole history.
        after: median of the moves that followed over as many weeks; ``None`` without any.
        start: first day of the history.
        days: the dated events counted; empty for a condition.
    """

    median: float
    worse: float
    lowest: float
    lowest_day: date
    cases: int
    episodes: int
    usual: float
    after: float | None
    start: date
    days: tuple[date, ...] = ()


def change_over(values: pd.Series[float], weeks: int = WEEKS) -> pd.Series[float]:
    """Return the change over the last weeks, per cent, by week; earlier ones are left out."""
    levels = guard.positive_series(values, str(values.name), weeks + 1)
    change: pd.Series[float] = 100.0 * (levels / levels.shift(weeks) - 1.0)
    return change.dropna()


def onsets(condition: pd.Series[bool], quiet: int = QUIET_WEEKS) -> pd.Series[bool]:
    """Return the weeks in which a condition returns after at least ``quiet`` weeks without it.

    A history that begins less than ``quiet`` weeks before a case cannot call it new.
    """
    holds = condition.to_numpy(dtype=np.float64)
    before = pd.Series(holds, index=condition.index).shift(1).rolling(quiet).max()
    begins: pd.Series[bool] = condition.astype(bool) & (before == 0.0)
    return begins


def moves_when(
    index: pd.Series[float], condition: pd.Series[bool], *, first_only: bool = False
) -> ConditionalMove | None:
    """Return the index's moves over the four weeks that end in the weeks of a condition.

    Args:
        index: weekly closes of the index, points.
        condition: by week, whether it holds.
        first_only: count only the weeks in which it returns after a quiet spell.

    Returns:
        ``None`` when the condition never held.

    Raises:
        DataError: a malformed series, or no week in common.
    """
    moves = change_over(index)
    shared = moves.index.intersection(condition.index)
    if shared.empty:
        raise DataError(f"series {index.name} shares no week with the condition")
    begins = onsets(condition)
    counted = (begins if first_only else condition)[shared].astype(bool)
    found = moves[shared][counted.to_numpy()]
    if found.empty:
        return None
    ahead = moves.shift(-WEEKS)[shared][counted.to_numpy()].dropna()
    return ConditionalMove(
        median=float(found.median()),
        worse=float(found.quantile(WORSE_QUARTER)),
        lowest=float(found.min()),
        lowest_day=guard.day_of(found.idxmin()),
        cases=len(found),
        episodes=int(begins[shared].sum()),
        usual=float(moves[shared].median()),
        after=float(ahead.median()) if len(ahead) else None,
        start=guard.day_of(shared[0]),
    )


def worst_around(closes: pd.Series[float], days: Sequence[date]) -> ConditionalMove | None:
    """Return the worst twenty-day moves that end within twenty trading days of dated events.

    Args:
        closes: daily closes of the index, points.
        days: the events; one without twenty days on both sides is left out.

    Returns:
        ``None`` when no event is covered. ``usual`` is the median of the same measure around
        every day of the history, for any span of weeks has a worst move.

    Raises:
        DataError: a malformed or too short series.
    """
    moves = change_over(closes, SPAN_DAYS)
    reach = 2 * SPAN_DAYS + 1
    lowest = moves.rolling(reach).min().shift(-SPAN_DAYS).dropna()
    if lowest.empty:
        raise DataError(f"series {closes.name} is too short for moves around events")
    spots = [int(lowest.index.searchsorted(pd.Timestamp(day))) for day in days]
    inside = [
        (day, spot)
        for day, spot in zip(days, spots, strict=True)
        if spot < len(lowest) and pd.Timestamp(day) >= lowest.index[0]
    ]
    if not inside:
        return None
    found = lowest.iloc[[spot for _, spot in inside]]
    worst = inside[int(found.to_numpy().argmin())][1]
    around = moves.loc[: lowest.index[worst]].iloc[-1 - SPAN_DAYS :].index[0]
    span = moves.loc[around:].iloc[:reach]
    return ConditionalMove(
        median=float(found.median()),
        worse=float(found.quantile(WORSE_QUARTER)),
        lowest=float(found.min()),
        lowest_day=guard.day_of(span.idxmin()),
        cases=len(found),
        episodes=len(found),
        usual=float(lowest.median()),
        after=None,
        start=guard.day_of(closes.index[0]),
        days=tuple(day for day, _ in inside),
    )
