"""M11: in which order markets fell, by the moments at which their closes were taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from reportgen.models import guard
from reportgen.models.assets import AssetSeries


@dataclass(frozen=True)
class FirstFall:
    """The first close at which an asset stood a given share below its high since a day.

    ``taken_at`` is the moment of that close in UTC.
    """

    code: str
    day: date
    taken_at: datetime
    close: float
    high: float
    high_day: date
    fall_percent: float


def order_of_falls(
    series: tuple[AssetSeries, ...], fall_percent: float, start: date, end: date
) -> tuple[FirstFall, ...]:
    """Return in order of time the first close of each price that far below its high.

    Args:
        series: assets; rates are left out.
        fall_percent: size of the fall, above zero.
        start: first day looked at, from which the high is taken.
        end: last day looked at.

    Raises:
        DataError: a malformed series or a fall that is not between 0 and 100.
    """
    guard.within(fall_percent, 0.01, 99.0, "the fall that counts as one")
    found = (
        _first_fall(item, fall_percent, start, end) for item in series if item.asset.kind == "price"
    )
    return tuple(sorted((row for row in found if row), key=lambda row: row.taken_at))


def first_close_below(
    item: AssetSeries, level: float, start: date, end: date
) -> tuple[date, float] | None:
    """Return the first day and value below a level between two days, if there is one."""
    values = item.checked()[pd.Timestamp(start) : pd.Timestamp(end)]
    below = values[values < level]
    return (guard.day_of(below.index[0]), float(below.iloc[0])) if len(below) else None


def _first_fall(item: AssetSeries, fall_percent: float, start: date, end: date) -> FirstFall | None:
    """Return one asset's first close far enough below its high so far, if there is one."""
    values = item.checked()[pd.Timestamp(start) : pd.Timestamp(end)]
    fall = 100.0 * (values / values.cummax() - 1.0)
    hit = fall[fall <= -fall_percent]
    if hit.empty:
        return None
    day = guard.day_of(hit.index[0])
    before = values[: hit.index[0]]
    place = int(before.to_numpy().argmax())
    return FirstFall(
        code=item.asset.code,
        day=day,
        taken_at=item.asset.instant(day),
        close=float(before.iloc[-1]),
        high=float(before.iloc[place]),
        high_day=guard.day_of(before.index[place]),
        fall_percent=float(hit.iloc[0]),
    )
