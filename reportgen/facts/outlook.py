"""Conclusions: windows of time, triggers with their distance, and what a position has to bear."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity, Range

TriggerCode = Literal[
    "usdjpy", "skew", "vix", "capex", "sofr_iorb", "high_yield", "average_200_day"
]


class HitChance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The probability that a trigger is hit by a day.

    Args:
        code: ``quarter`` or ``window``.
        by: last day that counts.
        probability: a model's, or the share of past windows of that length.
        interval: 80 % interval or range over the model's variants.
        base_rate: the same in all past windows, whatever they began from.
        cases: windows counted, or quarters; ``None`` for simulated paths.
    """

    code: Literal["quarter", "window"]
    by: Day
    probability: Quantity
    interval: Range
    base_rate: Quantity | None
    cases: Quantity | None


class Trigger(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A watched figure against its threshold.

    Args:
        state: ``hit`` when the threshold is reached; else ``near`` within a tenth of the
            threshold's size, ``apart`` beyond.
        side: the side on which the threshold lies.
        value, day: last reading.
        gap: threshold less value, in the unit of the gap: per cent of the value, or its own
            unit where a percentage says nothing.
        basis: ``model`` for a forecast, ``base_rate`` for a frequency of the past.
        since: first day of the history behind a base rate.
        chances: none for a trigger that is hit, or has too short a history.
        stated: whether the threshold is the house's.
    """

    code: TriggerCode
    state: Literal["hit", "near", "apart"]
    side: Literal["above", "below"]
    value: Quantity
    day: Day
    threshold: Quantity
    gap: Quantity
    basis: Literal["model", "base_rate"]
    since: Day | None
    chances: tuple[HitChance, ...]
    stated: bool

    def chance(self, code: str) -> HitChance | None:
        """Return the chance by that horizon, if there is one."""
        return next((one for one in self.chances if one.code == code), None)


class TimeWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Months the house names, against what the models give them.

    Args:
        code: ``spring``, ``autumn`` or ``flash_crash``.
        share: of the window's hazard that the layer model gives these months; ``even`` what an
            even spread would give; ``None`` without that model.
        credible: whether one of the months is credibly above an even spread.
        x_date: probability that the X-date falls into these days; ``None`` where the house
            does not name them for it, or without the model.
    """

    code: Literal["spring", "autumn", "flash_crash"]
    start: Day
    end: Day
    share: Quantity | None
    even: Quantity | None
    credible: bool
    x_date: Quantity | None


class Timing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When: months by share of hazard, and the house's windows.

    Args:
        state: ``even`` when no month stands out credibly, ``peaked`` when one does, ``unknown``
            without the layer model.
        months: the credible ones, by first day.
        agree: whether the house's windows name the same months; ``None`` with fewer than two
            statements.
    """

    state: Literal["even", "peaked", "unknown"]
    months: tuple[Day, ...]
    windows: tuple[TimeWindow, ...]
    agree: bool | None


class Leverage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a leveraged position has to bear.

    Args:
        ratio: exposure over capital.
        fall: of the index that takes half the capital, per cent; ``level`` what it means in
            points.
        touch: probability of a close at or below the level in the window.
        interval: over the history windows.
        base_rate: share of past windows of that length with such a fall.
    """

    code: str
    ratio: Quantity
    fall: Quantity
    level: Quantity
    touch: Quantity
    interval: Range
    base_rate: Quantity | None


class VolatilityCost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What volatility has cost its buyers, in points of the VIX.

    Args:
        reading: the VIX, daily where there is one, else weekly.
        state: ``cheap`` in the lowest quarter of the VIX's history, ``dear`` in the highest,
            else ``usual``.
        percentile: share of weeks since ``since`` with a VIX at or below the present one.
        premium: median of VIX less the volatility of the following 21 trading days.
        paid: share of readings in which that was above zero; ``interval`` its 80 % interval.
        readings: number; ``worst`` and ``worst_day``: the reading that paid a buyer most.
        rise, later: upper decile and median of the VIX's change over thirteen weeks from starts
            like the present one, points; ``cases`` of them.
    """

    reading: Quantity
    state: Literal["cheap", "usual", "dear"]
    percentile: Quantity
    since: Day
    premium: Quantity
    premium_since: Day
    paid: Quantity
    interval: Range
    readings: Quantity
    worst: Quantity
    worst_day: Day
    rise: Quantity
    later: Quantity
    cases: Quantity


class Outlook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Section 7.

    Args:
        hit: triggers that are hit; ``watched`` all of them.
        missing: codes of triggers that lack a series which was published by then.
        volatility: ``None`` when a series for it is missing or too short.
    """

    timing: Timing
    triggers: tuple[Trigger, ...]
    hit: Quantity
    watched: Quantity
    missing: tuple[TriggerCode, ...]
    leverage: tuple[Leverage, ...]
    volatility: VolatilityCost | None

    def trigger(self, code: str) -> Trigger | None:
        """Return a trigger, ``None`` when its series is missing."""
        return next((one for one in self.triggers if one.code == code), None)
