"""The backtest beside the forecast record: what the same models would have said before."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity, Range


class SkillRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One event over one horizon.

    Args:
        event: ``flash`` or ``bear``.
        code: the horizon.
        origins: month ends with an outcome.
        came: share of them after which the event came.
        stated: mean of the probabilities.
        skill: Brier skill against the frequency of history, a ratio.
        interval: its 90 % interval.
        reading: ``better`` or ``worse`` than the frequency where the interval leaves out zero.
    """

    event: Literal["flash", "bear"]
    code: Literal["d21", "d63", "d126", "d252"]
    origins: Quantity
    came: Quantity
    stated: Quantity
    skill: Quantity
    interval: Range
    reading: Literal["better", "open", "worse"]


class Backtest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The walk of the published models through history.

    Args:
        first: first month end.
        last: the last one.
        origins: their number.
        rows: by event and horizon.
        longest: the longest horizon up to which every skill is ``better``; ``None`` where not
            even the shortest is.
        days: one-day returns held against their quantiles.
        below_1: share of them below the 1 % quantile.
        below_5: share below the 5 % quantile.
        current: whether the models are still of the versions that were walked.
    """

    first: Day
    last: Day
    origins: Quantity
    rows: tuple[SkillRow, ...]
    longest: Literal["d21", "d63", "d126", "d252"] | None
    days: Quantity
    below_1: Quantity
    below_5: Quantity
    current: bool
