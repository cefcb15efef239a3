"""M3: price levels by several methods, and which of them agree.

Question: how far could a fall go? Retracements, valuation and averages are conventions of the
trade: measured on 34 bear markets they did not improve a forecast of the trough, so they are
shown beside the model's own distribution and never change it.
Sources: Fibonacci retracement and price-earnings arithmetic as commonly used; troughs from M1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.history import closes_until
from reportgen.models.path_shapes import TroughDistribution
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M3",
    version="1.1",
    inputs=("nasdaq_composite", "nasdaq_composite_weekly"),
    references=(),
)
RETRACEMENTS = (0.382, 0.5, 0.618)
METHODS_FOR_CONFLUENCE = 3


@dataclass(frozen=True)
class Level:
    """A price level or range by one method.

    Args:
        key: unique name, for example ``"fibonacci_rule_618"``.
        method: the method it comes from; several levels of a method count once.
        low, high: the range, equal for a single level, in index points.
    """

    key: str
    method: str
    low: float
    high: float


@dataclass(frozen=True)
class PlacedLevel:
    """A level against a zone.

    Args:
        inside: whether the whole of it lies within the zone, bounds included.
        distance_low, distance_high: low and high / base - 1, unit 1.
    """

    level: Level
    inside: bool
    distance_low: float
    distance_high: float


@dataclass(frozen=True)
class ZoneAgreement:
    """Which methods agree on a zone.

    Args:
        low, high: the zone in index points. base: the close distances refer to.
        levels: every level, in the order given.
        methods: the distinct methods with a level inside, in that order.
        confluence: whether three methods or more have one.
    """

    low: float
    high: float
    base: float
    levels: tuple[PlacedLevel, ...]
    methods: tuple[str, ...]
    confluence: bool


@dataclass(frozen=True)
class Targets:
    """The levels the model's troughs give, with drawdowns from the base.

    Args:
        base: the close the drawdowns refer to.
        main: median trough given a bear market. zone_low, zone_high: its 25 % and 75 %.
        extreme: its 10 %.
    """

    base: float
    main: float
    zone_low: float
    zone_high: float
    extreme: float

    def drawdown(self, level: float) -> float:
        """Return level / base - 1, unit 1."""
        return level / self.base - 1.0


def retracements(high: float, low: float) -> tuple[float, ...]:
    """Return high - q (high - low) for q = 38.2, 50 and 61.8 %, in the unit of the prices.

    Raises:
        DataError: a price that is no number above zero, or a high at or below the low.
    """
    top, bottom = guard.positive(high, "The high"), guard.positive(low, "The low")
    if top <= bottom:
        raise DataError(f"The high {top:g} of a retracement is not above its low {bottom:g}.")
    return tuple(top - share * (top - bottom) for share in RETRACEMENTS)


def valuation_level(
    price: float, multiple_now: float, multiple_then: float, growth: float = 0.0, years: float = 0.0
) -> float:
    """Return price x (multiple_then / multiple_now) x (1 + growth)^years.

    Args:
        price: close, index points.
        multiple_now: present price-earnings ratio, above zero.
        multiple_then: the ratio it falls to, above zero.
        growth: growth of earnings a year, unit 1, above -1.
        years: time over which earnings grow, zero or more.
    """
    now = guard.positive(multiple_now, "The present price-earnings ratio")
    then = guard.positive(multiple_then, "The lower price-earnings ratio")
    factor = guard.positive(1.0 + growth, "One plus the growth of earnings")
    span = guard.within(years, 0.0, 50.0, "The years of earnings growth")
    return guard.positive(price, "The price") * (then / now) * float(factor**span)


def close_range(closes: pd.Series[float], first: date, last: date) -> tuple[float, float]:
    """Return the lowest and highest close from ``first`` to ``last``, both included.

    Raises:
        DataError: no close between the two days.
    """
    known = closes_until(closes, last)
    inside = known[known.index >= pd.Timestamp(first)]
    if inside.empty:
        raise DataError(f"There is no close between {first.isoformat()} and {last.isoformat()}.")
    return float(inside.min()), float(inside.max())


def agreement(levels: tuple[Level, ...], low: float, high: float, base: float) -> ZoneAgreement:
    """Return which levels lie inside a zone and whether three methods agree on it.

    Args:
        levels: the levels of all methods, with distinct keys.
        low: lower bound of the zone, index points.
        high: upper bound of the zone, index points.
        base: the close to which distances refer.

    Raises:
        DataError: a zone upside down, two levels of one key, or a bad number.
    """
    guard.positive(base, "The base of the levels")
    if not guard.positive(low, "The lower bound of the zone") <= high:
        raise DataError(f"The zone from {low:g} to {high:g} is upside down.")
    if len({level.key for level in levels}) < len(levels):
        raise DataError("Two price levels have the same key.")
    placed = tuple(
        PlacedLevel(
            level=level,
            inside=low <= level.low <= level.high <= high,
            distance_low=level.low / base - 1.0,
            distance_high=level.high / base - 1.0,
        )
        for level in levels
    )
    methods = tuple(dict.fromkeys(each.level.method for each in placed if each.inside))
    return ZoneAgreement(
        low, high, base, placed, methods, confluence=len(methods) >= METHODS_FOR_CONFLUENCE
    )


def targets(troughs: TroughDistribution, base: float) -> Targets:
    """Return main level, zone and extreme from the distribution of troughs.

    Raises:
        DataError: the distribution lacks one of the 10, 25, 50 and 75 % points.
    """
    found = dict(zip(troughs.probabilities, troughs.closes, strict=True))
    try:
        return Targets(base, found[0.50], found[0.25], found[0.75], found[0.10])
    except KeyError as error:
        raise DataError(f"The trough distribution has no {error.args[0]:.0%} point.") from error
