"""How far the index may fall: levels by method, each with base, distance and P(touch)."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity, Range


class PriceLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A level with its distance and the probability of a close at or below it in the window.

    Args:
        code: name of the level (``house_main``, ``fibonacci_618``, ``trough_median`` …).
        level: index points.
        distance: from the as-of close, per cent (negative below it).
        touch: P(touch) until the window's end, mean of the ten-year and the all-history window
            in log-odds; one for a level at or above the as-of close, which is ``reached``.
        touch_interval: lowest and highest estimate of the history windows.
        reached: whether the as-of close stands at or below the level.
        in_zone: whether the level lies in the house's floor zone; ``None`` without a house view.
    """

    code: str
    level: Quantity
    distance: Quantity
    touch: Quantity
    touch_interval: Range
    reached: bool = False
    in_zone: bool | None = None


class LongTrough(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The trough of the same bear markets when they are followed for longer.

    Args:
        months: months from the as-of date.
        median: half of the troughs lie below; quartiles: 25 and 75 per cent.
    """

    months: Quantity
    median: Quantity
    quartiles: Range


class DrawnTrough(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The median trough when the methods' levels are given a weight, for display alone."""

    weight: Quantity
    median: Quantity


class PastTrough(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The trough of a past bear market against the 200-week average of its day.

    ``fall`` is the whole fall from the peak, per cent. ``place``: ``at`` the average within 5 %,
    else ``above``, ``below`` or, from 10 % under it on, ``far_below``.
    """

    code: str
    day: Day
    close: Quantity
    fall: Quantity
    average: Quantity
    distance: Quantity
    place: Literal["above", "at", "below", "far_below"]


class Troughs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The record of the 200-week average as a floor: how many troughs lay where.

    ``verdict``: ``rejected`` when fewer than half of the troughs lay at the average or above it.
    """

    verdict: Literal["rejected", "supported"]
    troughs: tuple[PastTrough, ...]
    count: Quantity
    at: Quantity
    above: Quantity
    below: Quantity
    far_below: Quantity
    deepest: Quantity


class Method(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a method has a level in the house's floor zone.

    ``stated``: on the house's inputs; ``by_rule``: on observed closes. Without a house view
    nothing lies in a zone.
    """

    code: Literal["fibonacci", "valuation", "average_200_week", "average_50_month"]
    stated: bool
    by_rule: bool


class Agreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many methods have a level in the house's floor zone; three make a confluence.

    ``state``: ``observed`` when three do on observed closes, ``stated_only`` when they do on the
    house's inputs alone, else ``none``.
    """

    state: Literal["observed", "stated_only", "none"]
    stated: Quantity
    by_rule: Quantity
    methods: Quantity


class Fall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A house level as a fall from each base; ``stated`` is the fall the house names for it."""

    level: PriceLevel
    changes: tuple[Quantity, ...]
    stated: Range | None


class Falls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """House levels against the bases they may be measured from, in the order of ``changes``."""

    bases: tuple[Quantity, ...]
    falls: tuple[Fall, ...]


class HouseAverage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The house's projection of the 200-week average.

    Args:
        stated: its range.
        holds: whether our projection with a flat price lies in it.
        fall: the fall it states for the range.
        implied: the fall that range means from the house's own base.
        fits: whether stated and implied fall agree to the half point.
    """

    stated: Range
    holds: bool
    fall: Range | None
    implied: Range | None
    fits: bool


class Valuation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A compression of the multiple: what it means, and where it leads.

    Args:
        now: the house's multiple. then: the one it falls to.
        change: the fall it means at unchanged earnings, per cent.
        base: the level the house starts from.
        stated: from the house's base. by_rule: from the as-of close.
        growth: an illustrative growth of earnings over the window.
        grown: the level with it, from the as-of close.
    """

    now: Quantity
    then: Quantity
    change: Quantity
    base: Quantity
    stated: PriceLevel
    by_rule: PriceLevel
    growth: Quantity
    grown: PriceLevel


class Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Levels by method.

    Args:
        average_200_week: on the as-of date.
        average_projected: thirty weeks on with a flat price; ``projected_day`` that day.
        average_span: 10-90 % of the same along simulated paths.
        average_50_month: of the last 50 complete months, and the month it ends with.
        averages: the three as levels: ``average_now``, ``average_projected``, ``average_50_month``.
        house_average: the house's projection of the 200-week average.
        house_fibonacci: 38.2, 50, 61.8 % of the house's low and high.
        rule_fibonacci: the same by the stated rule on observed closes.
        valuation: the house's compression of the multiple.
        trough_median: median trough given a bear market.
        trough_zone: its 25 % and 75 %.
        trough_extreme: its 10 %.
        trough_paths: share of the paths that hold the bear market behind them.
        trough_later: the same bear markets followed for two years; ``None`` without any.
        trough_drawn: the median trough drawn towards the methods' levels; ``None`` where no
            level lies within reach.
        house_zone: the house's floor zone as two levels; empty without a house view.
        house_main: the house's main level.
        house_mean: mean of the 61.8 % retracement and the valuation level, both as stated.
        house_extreme: the house's extreme; ``extreme_is_average`` when it says that this is
            where the 50-month average stands.
        falls: house levels by base.
        record: past troughs against the 200-week average.
        methods: which methods have a level in the house's zone.
        agreement: which of them meet in the house's zone; ``None`` without a house view.
        rule_high: the high the rule found; ``rule_low`` the low.
        house_high: the high and the low of the house's retracement.
    """

    average_200_week: Quantity
    average_projected: Quantity
    projected_day: Day
    average_span: Range
    average_50_month: Quantity
    average_50_month_end: Day
    averages: tuple[PriceLevel, ...]
    house_average: HouseAverage | None
    house_fibonacci: tuple[PriceLevel, ...]
    rule_fibonacci: tuple[PriceLevel, ...]
    valuation: Valuation | None
    trough_median: PriceLevel
    trough_zone: tuple[PriceLevel, PriceLevel]
    trough_extreme: PriceLevel
    trough_paths: Quantity
    trough_later: LongTrough | None
    trough_drawn: DrawnTrough | None
    house_zone: tuple[PriceLevel, ...]
    house_main: PriceLevel | None
    house_mean: Quantity | None
    house_extreme: PriceLevel | None
    extreme_is_average: bool
    falls: Falls | None
    record: Troughs
    methods: tuple[Method, ...]
    agreement: Agreement | None
    rule_high: Quantity
    rule_high_day: Day
    rule_low: Quantity
    rule_low_day: Day
    house_high: Quantity | None
    house_low: Quantity | None
