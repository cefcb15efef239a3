"""Tests for growth that feeds on itself, and the gauge of the pillars that are measured."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity


class Spell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A spell of explosive growth (or collapse): first and last month; ``open`` at the end."""

    first: Day
    last: Day
    way: Literal["rise", "fall"]
    open: bool


class Explosive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The test on one series.

    Args:
        code: its id.
        now: whether its last month lies in a spell, and which way that goes.
        latest, bound: statistic of the last month and the value that one walk in twenty passes.
        largest: largest statistic of the sample; ``p``: share of walks (0 to 1) that reach it.
        rises, falls: spells before the present one, by their way.
        since: of the present spell; ``None`` when there is none.
        start, end: first and last month; ``walks`` behind the bound.
        drift: of the walks, as a share of the standard deviation of a month's change.
    """

    code: str
    now: Literal["rise", "fall", "none"]
    latest: Quantity
    bound: Quantity
    largest: Quantity
    p: Quantity
    rises: tuple[Spell, ...]
    falls: tuple[Spell, ...]
    since: Day | None
    start: Day
    end: Day
    walks: Quantity
    drift: Quantity


class LogPeriodic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Log-periodic fits: shown, and without weight in any probability.

    Args:
        windows, valid: fits, and those that pass the filters.
        shortest, longest: windows in weeks.
        first, last: earliest and latest critical time of the valid ones, ``None`` without one.
    """

    windows: Quantity
    valid: Quantity
    shortest: Quantity
    longest: Quantity
    first: Day | None
    last: Day | None


class Gauge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mean percentile of the pillars that a series of twenty years measures.

    Args:
        pillars: their codes; ``missing``: those of the others.
        value: mean percentile, 0 to 1.
        share_of_peak: of the same pillars' mean in March 2000, per cent; ``None`` where their
            history does not reach twenty years before that.
    """

    pillars: tuple[str, ...]
    missing: tuple[str, ...]
    value: Quantity
    share_of_peak: Quantity | None


class Exuberance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the tests say of the ratio and of the index; ``None`` with too short a history."""

    ratio: Explosive | None
    price: Explosive | None
    fits: LogPeriodic | None
