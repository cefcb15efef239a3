"""Speculators' yen futures: how crowded the trade is, and how much of it has been given up.

Non-commercial positions are the visible tip of the carry trade: most of it is borrowed outside
futures. Net short yen is the direction of the carry trade, net long the opposite.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard

CONTRACT_YEN = 12_500_000.0
WEEKS = 156
FEWEST_WEEKS = 52
QUARTER = pd.Timedelta(weeks=13)


@dataclass(frozen=True)
class YenPositions:
    """Non-commercial yen futures on the day of the last report.

    Args:
        net_contracts: long less short; ``net_yen`` is the same in yen.
        score: standard deviations from the mean of the last three years (or what there is).
        change_13w: change of the net over thirteen weeks, in contracts.
        peak_short, peak_long: most extreme net of those years, with its day; ``None`` when the
            net was never on that side.
        short_unwound, long_unwound: share of that peak given up since, 0 to 1 (1: gone).
        history: (day, net contracts) of those years.
        diagnostics: ``short_history`` with fewer than 156 weeks, ``never_net_short``,
            ``never_net_long``.
    """

    day: date
    long_contracts: float
    short_contracts: float
    net_contracts: float
    net_yen: float
    side: Literal["net_long", "net_short", "flat"]
    score: float
    change_13w: float
    peak_short: tuple[date, float] | None
    peak_long: tuple[date, float] | None
    short_unwound: float | None
    long_unwound: float | None
    history: tuple[tuple[date, float], ...]
    diagnostics: tuple[str, ...]


def yen_positions(long: pd.Series[float], short: pd.Series[float]) -> YenPositions:
    """Return the positioning in non-commercial yen futures.

    Args:
        long: contracts held long, weekly, by the day they were held.
        short: contracts held short on the same days.

    Raises:
        DataError: a malformed or negative series, days that differ, less than a year, or a net
            that never moved.
    """
    bought = guard.series(long, "yen_noncommercial_long", FEWEST_WEEKS)
    sold = guard.series(short, "yen_noncommercial_short", FEWEST_WEEKS)
    if not bought.index.equals(sold.index):
        raise DataError("yen_noncommercial has long and short positions of different days")
    if min(float(bought.min()), float(sold.min())) < 0.0:
        raise DataError("yen_noncommercial has a negative number of contracts")
    net = (bought - sold).tail(WEEKS)
    if float(net.std()) == 0.0:
        raise DataError("yen_noncommercial has a net position that never moved")
    last = float(net.iloc[-1])
    low, high = _peak(net, -1.0), _peak(net, 1.0)
    return YenPositions(
        day=guard.day_of(net.index[-1]),
        long_contracts=float(bought.iloc[-1]),
        short_contracts=float(sold.iloc[-1]),
        net_contracts=last,
        net_yen=last * CONTRACT_YEN,
        side="net_long" if last > 0.0 else "net_short" if last < 0.0 else "flat",
        score=(last - float(net.mean())) / float(net.std()),
        change_13w=last - _quarter_ago(net),
        peak_short=low,
        peak_long=high,
        short_unwound=_unwound(last, low),
        long_unwound=_unwound(last, high),
        history=tuple((guard.day_of(day), float(value)) for day, value in net.items()),
        diagnostics=_diagnostics(len(net), low, high),
    )


def _peak(net: pd.Series[float], sign: float) -> tuple[date, float] | None:
    """Return day and size of the most extreme net on one side of zero."""
    place = int((sign * net).to_numpy().argmax())
    value = float(net.iloc[place])
    return (guard.day_of(net.index[place]), value) if sign * value > 0.0 else None


def _unwound(last: float, peak: tuple[date, float] | None) -> float | None:
    """Return what part of a peak is gone; a position on the other side leaves nothing of it."""
    return None if peak is None else 1.0 - max(0.0, last / peak[1])


def _quarter_ago(net: pd.Series[float]) -> float:
    """Return the last net reported at least thirteen weeks before the last one."""
    return float(net[net.index <= net.index[-1] - QUARTER].iloc[-1])


def _diagnostics(weeks: int, low: object, high: object) -> tuple[str, ...]:
    tests = (
        ("short_history", weeks < WEEKS),
        ("never_net_short", low is None),
        ("never_net_long", high is None),
    )
    return tuple(code for code, holds in tests if holds)
