"""Rule-based followers of trends: flip levels, signal, and what a fall would make them sell."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity, Range


class TrendFlip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The close at which the price would cross an average of its last days.

    Args:
        code: ``d200`` for the average of 200 trading days.
        span: trading days.
        state: where the index stands against it.
        level: that close, index points; ``None`` where no single day can bring it.
        distance: from the as-of close, per cent.
        touch: probability of a close there within the window; ``None`` without a level.
        touch_interval: its 80 % interval.
    """

    code: str
    span: Quantity
    state: Literal["above", "below"]
    level: Quantity | None
    distance: Quantity | None
    touch: Quantity | None
    touch_interval: Range | None


class TrendSale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a move of a day would make the funds trade, over the assumed range of money."""

    code: str
    fall: Quantity
    flow: Range


class TrendFollowers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules' stance.

    Args:
        state: ``long`` or ``short`` from a signal of a quarter on, else ``neutral``.
        signal: mean of the rules' signals, -1 to 1. position: over the money, ratio.
        volatility: EWMA, per cent a year. target: what the funds aim at, assumed.
        money: money that follows such rules, dollars; share: its part in the index; both assumed.
        broken: number of averages the index stands below.
        flips: the simple averages, shortest first.
        nearest: the nearest level below the close; ``None`` without one.
        crossing: whether a rule of two averages can be flipped within a day.
        sales: smallest move first.
    """

    state: Literal["long", "neutral", "short"]
    day: Day
    signal: Quantity
    position: Quantity
    volatility: Quantity
    target: Quantity
    money: Range
    share: Range
    broken: Quantity
    flips: tuple[TrendFlip, ...]
    nearest: TrendFlip | None
    crossing: bool
    sales: tuple[TrendSale, ...]
