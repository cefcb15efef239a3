"""Depth of the market, as far as closes and indices of volatility show it (S&P 500)."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity
from reportgen.facts.skew import Place


class Gauge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure of strain with its place in history.

    Args:
        code: ``term`` (VIX over VIX3M), ``vvix``, ``realised`` (volatility of the S&P 500 over
            21 days, per cent a year), ``premium`` (VIX less that, points).
        place: share of its history at or below the value.
        threshold: from where on it counts as a sign of strain: upwards, for ``premium`` down.
        strained: whether it does.
    """

    code: Literal["term", "vvix", "realised", "premium"]
    value: Quantity
    place: Place
    threshold: Quantity
    strained: bool


class Moves(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Daily changes of the S&P 500 by closes.

    Args:
        large: change that counts as large, either way, per cent.
        days: large ones within the last year; ``usual``: the yearly mean since ``since``.
        clustered: the largest number of large ones within any 21 trading days of that year.
        worst, worst_day: largest fall of the last year.
        last_large: day of the latest large change; ``None`` when there is none.
    """

    large: Quantity
    days: Quantity
    usual: Quantity
    clustered: Quantity
    since: Day
    worst: Quantity
    worst_day: Day
    last_large: Day | None


class Inversion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days on which VIX stood at or above VIX3M: their share, and the latest of them."""

    share: Quantity
    since: Day
    last: Day | None


class Depth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can be measured of depth without an order book.

    ``state``: ``calm`` without a sign of strain, ``strained`` with one, ``stressed`` with
    more. ``missing``: codes of gauges whose series are published, but not there. ``moves``:
    ``None`` without the S&P 500.
    """

    state: Literal["calm", "strained", "stressed"]
    signs: Quantity
    gauges: tuple[Gauge, ...]
    missing: tuple[str, ...]
    inversion: Inversion | None
    moves: Moves | None

    def gauge(self, code: str) -> Gauge | None:
        """Return a gauge, ``None`` when its series is not there."""
        return next((one for one in self.gauges if one.code == code), None)
