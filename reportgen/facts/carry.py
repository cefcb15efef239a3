"""The yen carry trade: rates, volatility, positions, levels, and a scenario of its unwinding."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.events import DatedEvent
from reportgen.facts.quantity import Day, Quantity, Range


class Touch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The probability that USD/JPY touches a level by a day.

    Args:
        code: ``trigger`` or ``forecast`` for a level of the house view, else ``round`` and number.
        level: the level; assumed when the house states it.
        distance: of the level from the last rate, in per cent.
        chances: by day, each with the range over the model's variants.
    """

    code: str
    level: Quantity
    distance: Quantity
    chances: tuple[TouchChance, ...]


class TouchChance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A probability of touching by a named horizon (``quarter``, ``half``, ``window``).

    ``base_rate``: how often the rate touched a level as far away over past stretches as long;
    ``None`` without a long history.
    """

    code: Literal["quarter", "half", "window"]
    by: Day
    probability: Quantity
    interval: Range
    base_rate: Quantity | None


class Breakeven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The USD/JPY rate at which the carry earned by then is lost, and how far it is."""

    code: Literal["quarter", "half", "window"]
    by: Day
    rate: Quantity
    distance: Quantity


class Positions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Non-commercial positions in yen futures.

    Args:
        side: net ``long`` or ``short`` the yen, ``neutral`` within half a standard deviation of
            none (of the last three years).
        crowded: whether the net lies more than 1.5 standard deviations from its mean.
        score: standard deviations from the mean of three years.
        age: days from the position to the as-of date.
        peak_short: most extreme net short of those years; ``short_unwound`` the part of it
            given up since, in per cent.
    """

    side: Literal["long", "neutral", "short"]
    crowded: bool
    day: Day
    net: Quantity
    net_yen: Quantity
    long: Quantity
    short: Quantity
    score: Quantity
    change_quarter: Quantity
    age: Quantity
    peak_short: Quantity | None
    peak_short_day: Day | None
    short_unwound: Quantity | None


class Spiral(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The margin spiral scenario: what comes from outside, and where the cases end."""

    shock_currency: Quantity
    shock_equity: Quantity
    sold: Range
    currency: Range
    equity: Range
    size_central: Quantity
    sold_central: Quantity
    currency_central: Quantity
    equity_central: Quantity


class RatePath(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the house assumes of the policy rates; a part it does not state is ``None``.

    Args:
        boj_next: rate after the next decision.
        boj_terminal: end of the tightening.
        fed: lower end of the path over the forecast window.
        differential: policy rates at the end of that path, in percentage points.
    """

    boj_next: Quantity | None
    boj_terminal: Range | None
    fed: Quantity | None
    differential: Range | None


class PricedPath(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The policy rates after the last meeting prices tell of, and the difference between them.

    Args:
        basis: whether futures or the proxy from bills stand behind the dollar's path.
        day: that meeting. dollar, yen: expected policy rates; differential: between them.
        deviation: its standard deviation from the meetings in Japan.
        chance: of a quarter point at each of those, by the three-month yen rate.
    """

    basis: Literal["futures", "bills"]
    day: Day
    dollar: Quantity
    yen: Quantity
    differential: Quantity
    deviation: Quantity
    chance: Quantity


class Carry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """State of the yen carry trade.

    Args:
        state: ``unwinding`` when the yen has risen fast, ``narrowing`` when differential or
            pay has shrunk, else ``calm``.
        reasons: codes of the rules behind the state.
        dollar_leg: the dollar rate of the trade; ``effr`` (the effective federal funds rate)
            before the secured overnight rate had been published for a year.
        percentile: of carry-to-volatility in its own history, 0 to 100.
        history_from: first day of that history.
        fast_change: change of USD/JPY over twenty-one trading days.
        fast_fall_next_month: probability that such a change of ``fast_fall`` or worse ends in
            ``fast_fall_month``; ``fast_fall_base`` is the share of past months that saw one.
        spiral: ``None`` before the sizes of the positions had been estimated.
        base_from: first day of the history behind the base rates of touching.
        priced: both policy rates as prices hold them; ``None`` without such prices.
    """

    state: Literal["calm", "narrowing", "unwinding"]
    reasons: tuple[str, ...]
    spot: Quantity
    spot_day: Day
    fast_change: Quantity
    year_change: Quantity | None
    dollar_leg: Literal["sofr", "effr"]
    dollar_rate: Quantity
    yen_rate: Quantity
    yen_month: Day
    differential: Quantity
    differential_change: Quantity
    differential_trend: Literal["wider", "unchanged", "narrower"]
    volatility: Quantity
    ratio: Quantity
    percentile: Quantity
    place: Literal["low", "middle", "high"]
    history_from: Day
    fed_rate: DatedEvent | None
    boj_rate: DatedEvent | None
    next_boj: DatedEvent | None
    next_fed: DatedEvent | None
    path: RatePath
    breakevens: tuple[Breakeven, ...]
    touches: tuple[Touch, ...]
    base_from: Day | None
    fast_fall: Quantity
    fast_fall_next_month: Quantity
    fast_fall_interval: Range
    fast_fall_base: Quantity
    fast_fall_month: Day
    positions: Positions | None
    spiral: Spiral | None
    episodes: tuple[Episode, ...]
    priced: PricedPath | None = None

    def touch(self, code: str) -> Touch | None:
        """Return the level of that name, if it is asked about."""
        return next((one for one in self.touches if one.code == code), None)


class Episode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A past unwinding, read from weekly rates: how far USD/JPY and the index fell, and when.

    Args:
        code: ``1998``, ``2008`` or ``2024``.
        start: week of the high in USD/JPY; ``end`` of the low that followed.
        currency: change of USD/JPY between them.
        index: change of the Nasdaq Composite between the same two weeks.
    """

    code: str
    start: Day
    end: Day
    currency: Quantity
    index: Quantity | None
