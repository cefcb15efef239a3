"""Where the index stands: the figures behind the first page."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The change of the index over a named stretch, in per cent."""

    code: Literal["day", "week", "month", "year"]
    change: Quantity


class Market(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The Nasdaq Composite at the as-of close.

    ``distance`` to a moving average is positive when the index stands above it.
    ``state``: ``record`` at the record close itself, ``near_high`` within 5 % of it,
    ``pullback`` to 10 %,
    ``correction`` to 20 %, ``bear`` beyond (all by closes).
    Where the record is older than 252 trading days (``record_old``), the state is measured from
    the highest close of those days instead, and is never ``record``.
    ``nasdaq_100``, ``sp500``, ``vix``: ``None`` without a series.
    """

    state: Literal["record", "near_high", "pullback", "correction", "bear"]
    trend: Literal["above", "below"]
    close: Quantity
    close_day: Day
    record: Quantity
    record_day: Day
    drawdown: Quantity
    record_old: bool
    year_drawdown: Quantity
    changes: tuple[Change, ...]
    average_200_day: Quantity
    distance_200_day: Quantity
    average_200_week: Quantity
    distance_200_week: Quantity
    nasdaq_100: Quantity | None
    sp500: Quantity | None
    vix: Quantity | None
    volatility: Quantity
