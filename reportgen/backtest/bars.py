"""The bars a model has to clear before its probabilities are printed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from reportgen.backtest.scoring import Coverage, Scorecard

OFFLINE_NAME = "arch data sets"
OFFLINE = {("F1", 21): 0.15, ("F1", 63): 0.08, ("F1", 252): -0.05, ("B1", 21): 0.20}
"""Least Brier skill of the pool on the data that come with the ``arch`` package."""
LONG_YEARS = 30
FEWEST_MONTHS = 120
"""Month ends a bar on monthly distributions needs: with fewer, chance decides."""


@dataclass(frozen=True)
class Bar:
    """One bar: what was measured, what was asked, and whether it holds.

    Args:
        name: what is asked, in a few words.
        value: as measured; not a number where it could not be measured.
        bound: the least (or, where ``at_most``, the greatest) value that clears the bar.
    """

    name: str
    value: float
    bound: float
    at_most: bool = False

    @property
    def holds(self) -> bool:
        """Whether the bar is cleared; what cannot be measured does not clear it."""
        return self.value <= self.bound if self.at_most else self.value >= self.bound


def bars(card: Scorecard) -> tuple[Bar, ...]:
    """Return the bars that a scorecard of this length can be held to."""
    found = [*_offline(card)] if card.name == OFFLINE_NAME else []
    if (card.last - card.first).days > 365 * LONG_YEARS:
        found += [*_long(card), *_intervals(card)]
        found += [*_coverage(card)]
    return tuple(found)


def _offline(card: Scorecard) -> Iterable[Bar]:
    for (event, horizon), bound in OFFLINE.items():
        yield Bar(f"{event} {horizon} d: skill of the pool", _skill(card, event, horizon), bound)


def _long(card: Scorecard) -> Iterable[Bar]:
    for one in card.events:
        what, year = f"{one.event} {one.horizon} d", one.horizon > 126
        low = _number(one.skill["pool"].low)
        yield Bar(f"{what}: lower bound of the pool's skill", low, -0.05 if year else 0.0)
        beyond = _number(one.beyond_conditional.skill)
        yield Bar(f"{what}: pool less conditional climatology", beyond, 0.0)
        gap = abs(one.mean_pool - one.base_rate)
        yield Bar(f"{what}: mean forecast off the base rate", gap, 0.15 if year else 0.06, True)
    flash = card.event("F1", 252)
    if flash is not None:
        gap = _number(flash.skill["all"].skill) - _number(flash.skill["normal"].skill)
        yield Bar("F1 252 d: paths less independent normal returns", gap, 0.0)


def _intervals(card: Scorecard) -> Iterable[Bar]:
    for one in card.intervals:
        if one.horizon == 252:
            yield Bar("252 d: editions whose interval holds every window", one.holds, 0.70)
            yield Bar("252 d: mean width of the interval", one.width, 0.12)


def _coverage(card: Scorecard) -> Iterable[Bar]:
    for one in card.month_tails:
        if one.window == "10y" and one.days >= FEWEST_MONTHS:
            yield Bar(f"20 d at {_level(one)}: Kupiec p", one.kupiec_p, 0.05)
    for one in card.day_tails:
        if one.window == "10y":
            most = 0.015 if one.stated == 0.01 else 0.062
            yield Bar(f"1 d at {_level(one)}: share of violations", one.share, most, True)
            independent = _number(one.independence_p)
            yield Bar(f"1 d at {_level(one)}: independence p", independent, 0.05)


def _level(one: Coverage) -> str:
    return f"{100 * (1 - one.stated):.0f} %"


def _skill(card: Scorecard, event: str, horizon: int) -> float:
    found = card.event(event, horizon)
    return math.nan if found is None else _number(found.skill["pool"].skill)


def _number(value: float | None) -> float:
    return math.nan if value is None else value
