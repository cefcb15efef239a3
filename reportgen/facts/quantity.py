"""Quantities: a number or a day with its unit and its origin, until it meets a reader."""

from __future__ import annotations

import math
from datetime import date
from enum import StrEnum

import msgspec


class Unit(StrEnum):
    """What a number counts. The value's scale is given behind each unit."""

    POINTS = "points"  # index level, points
    INDEX = "index"  # dimensionless gauge (VIX, SKEW, NFCI, CAPE)
    PERCENT = "percent"  # 4.14 means 4.14 %
    PERCENTAGE_POINTS = "percentage_points"  # difference of two per cents
    BASIS_POINTS = "basis_points"
    PROBABILITY = "probability"  # 0 to 1, printed in per cent
    RISK_NEUTRAL = "risk_neutral"  # the same read from prices; printed with its label, always
    USD = "usd"  # amount, dollars
    USD_PRICE = "usd_price"  # price of one unit, dollars
    JPY = "jpy"  # amount, yen
    YEN_PER_DOLLAR = "yen_per_dollar"
    RATIO = "ratio"  # plain number
    TIMES = "times"  # multiple: 28.0 times
    COUNT = "count"  # plain whole number
    CONTRACTS = "contracts"
    DAYS = "days"  # calendar days
    TRADING_DAYS = "trading_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class Observed(msgspec.Struct, frozen=True, tag="observed", forbid_unknown_fields=True):
    """Read from a publisher's series: which one, whose, and for which day."""

    series: str
    publisher: str
    on: date


class Computed(msgspec.Struct, frozen=True, tag="computed", forbid_unknown_fields=True):
    """Calculated by a model (its id, for example ``M4``) from named inputs."""

    model: str
    inputs: tuple[str, ...] = ()


class Assumed(msgspec.Struct, frozen=True, tag="assumed", forbid_unknown_fields=True):
    """Taken from somebody's stated view: who said so, when, and until when it stands."""

    by: str
    stated: date
    valid_until: date | None = None
    source: str = ""


Origin = Observed | Computed | Assumed


class Quantity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number with unit and origin.

    Args:
        value: finite number on the unit's scale.
        unit: what the number counts.
        origin: where it comes from.
        key: the figure's name in the assessment (dotted path), set once by ``keyed``.
    """

    value: float
    unit: Unit
    origin: Origin
    key: str = ""

    def __post_init__(self) -> None:
        """Refuse what is not a number: nothing downstream may meet a NaN."""
        if not math.isfinite(self.value):
            raise ValueError(f"not a finite number: {self.value!r} ({self.unit}, {self.origin})")


class Day(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar day with its origin, for example a date at which a limit is reached."""

    day: date
    origin: Origin
    key: str = ""


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lower and an upper bound of one unit: an interval, a zone, a stated range."""

    low: Quantity
    high: Quantity
