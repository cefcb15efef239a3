"""The month in the markets: what fell, in which order, and which explanations bear a check."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity
from reportgen.facts.ties import Joint, Ties


class MarketRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One market on one of its days; prices change in per cent, rates in basis points.

    Args:
        code: id of its series; ``kind`` whether it is a price or a rate.
        last: value on ``day``.
        change_day, change_week, change_month: over one, five and 21 of its own trading days.
        from_high: against the highest daily value of 52 weeks, of ``high_day``.
        since: change from ``day`` to the as-of date; ``None`` for a row of that date.
    """

    code: str
    kind: Literal["price", "rate"]
    last: Quantity
    day: Day
    change_day: Quantity
    change_week: Quantity
    change_month: Quantity
    from_high: Quantity
    high_day: Day
    since: Quantity | None = None


class AbnormalMove(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a market did on the day and the day after beyond its usual tie to the S&P 500.

    ``score``: the move over its standard error; ``clear`` when that is two or more either way.
    """

    code: str
    kind: Literal["price", "rate"]
    first_day: Day
    plain: Quantity
    abnormal: Quantity
    score: Quantity
    clear: bool


class FirstFall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first close at which a market stood the given share below its high."""

    code: str
    day: Day
    fall: Quantity


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In which order prices fell by ``size`` from their high since ``start``.

    Args:
        before: falls earlier than the index's, ``same`` those by the same close, ``after``
            those later; all exclude the index.
        index: the index's own; ``None`` when it never fell so far.
    """

    size: Quantity
    start: Day
    index: FirstFall | None
    before: tuple[FirstFall, ...]
    same: tuple[FirstFall, ...]
    after: tuple[FirstFall, ...]


class Together(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How closely markets move together.

    Args:
        state: ``closer`` or ``looser`` when the mean correlation of the short window differs
            by 0.05 or more from that of the long one, else ``unchanged``.
        short, long: mean absolute correlation of all pairs; ``short_days``, ``long_days``.
        tightest: code of the price outside US shares with the strongest correlation with the
            index, with ``tightest_short`` and ``tightest_long``.
        absorption: share of variance absorbed by ``factors`` factors of ``assets`` assets;
            ``None`` with too short a history; ``absorption_before`` on the event's day.
        absorption_shift: its mean of 15 days less that of a year, in standard deviations.
        variance_ratio: variance of the index, short window over long.
    """

    state: Literal["closer", "unchanged", "looser"]
    short: Quantity
    long: Quantity
    short_days: Quantity
    long_days: Quantity
    tightest: str
    tightest_short: Quantity
    tightest_long: Quantity
    variance_ratio: Quantity
    assets: Quantity
    factors: Quantity
    absorption: Quantity | None
    absorption_before: Quantity | None
    absorption_shift: Quantity | None


class Driver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One explanation of a sell-off and what a published daily series says of it.

    ``score`` is in standard errors or deviations; without an indicator nothing can be said.
    """

    code: str
    number: int
    testable: bool
    indicator: str
    value: Quantity | None
    score: Quantity | None
    verdict: Literal["supported", "not_supported", "not_testable"]


class StructuralTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A test for a lasting break on the day of the low and on the as-of date."""

    code: Literal["still_down", "below_average", "credit_stress", "correlation_up"]
    threshold: Quantity
    at_low: Quantity | None
    at_end: Quantity | None
    broken_at_low: bool
    broken_at_end: bool


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What kind of fall it was.

    ``verdict``: ``bear_market`` from 20 % below the one-year high on, ``structural`` when
    three of the four tests are broken, else ``contained``.
    """

    verdict_at_low: Literal["bear_market", "structural", "contained"]
    verdict: Literal["bear_market", "structural", "contained"]
    broken_at_low: Quantity
    broken: Quantity
    needed: Quantity
    tests: tuple[StructuralTest, ...]


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure of the first description of the fall beside what daily closes show.

    Args:
        code: name of the entry.
        stated: the figure as stated.
        shown: the figure by closes; ``None`` when no series covers it.
        day: the day of that close.
        verdict: ``confirmed``, ``differs``, ``intraday`` when closes cannot show an extreme of
            the day, ``exceeded`` when a close went beyond a stated extreme, or ``no_series``.
    """

    code: str
    stated: Quantity
    shown: Quantity | None
    day: Day | None
    verdict: Literal["confirmed", "differs", "exceeded", "intraday", "no_series"]


class Fall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The deepest fall with its low in the month, by closes of the Nasdaq Composite.

    Args:
        peak, trough: closes; ``size`` the fall between them in per cent.
        session: the New York session looked at; ``asia_day`` the date in Tokyo and Hong Kong
            when it ended.
        session_change: of the Composite in it; ``nasdaq_100_change`` and ``nasdaq_100_size``:
            session and fall of the Nasdaq-100, ``None`` without that index.
        lowest, lowest_day: a lower close that came after the trough, too late to be within the
            days that count; ``whole`` the fall to it in per cent; ``None`` when there is none.
        recovered: part of the whole fall made good by the as-of date, per cent.
        recovery: what that comes to; ``further`` when the index stands below that low again,
            by ``beyond`` per cent.
        base_rate: share of past months since ``base_from`` with a fall of that kind.
    """

    peak: Quantity
    peak_day: Day
    trough: Quantity
    trough_day: Day
    size: Quantity
    session: Day
    asia_day: Day
    session_change: Quantity
    nasdaq_100_change: Quantity | None
    nasdaq_100_size: Quantity | None
    lowest: Quantity | None
    lowest_day: Day | None
    whole: Quantity | None
    recovered: Quantity
    recovery: Literal["whole", "most", "part", "little", "further"]
    beyond: Quantity
    base_rate: Quantity
    months: Quantity
    base_from: Day


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The market review of the month.

    Args:
        state: ``sell_off`` when the Composite fell by ``bound`` or more between closes within
            ``days`` trading days, at least half of it in the month; else ``calm``.
        start: the month looked at begins on the day after; ``end``: its last day, the as-of
            date or the last close of the index where that is old.
        rows: markets on the as-of date.
        missing: codes of the markets without a series.
        fall: the deepest fall, of whatever size.
        session_rows: markets on their first day after the session began; empty when calm.
        abnormal, order, drivers, kind, statements: empty or ``None`` when calm, or where the
            days around the session are not complete.
        clear: number of abnormal moves of two standard errors or more; ``joint``: the prices'
            reactions taken together, ``None`` with fewer than three.
        ties: spillovers between markets, and who moves first.
    """

    state: Literal["sell_off", "calm"]
    start: Day
    end: Day
    bound: Quantity
    days: Quantity
    rows: tuple[MarketRow, ...]
    missing: tuple[str, ...]
    fall: Fall
    together: Together | None
    ties: Ties | None
    session_rows: tuple[MarketRow, ...]
    abnormal: tuple[AbnormalMove, ...]
    clear: Quantity | None
    joint: Joint | None
    order: Order | None
    drivers: tuple[Driver, ...]
    supported: Quantity | None
    testable: Quantity | None
    kind: Kind | None
    statements: tuple[Statement, ...]

    def row(self, code: str) -> MarketRow | None:
        """Return a market's row on the as-of date, ``None`` when there is none."""
        return next((one for one in self.rows if one.code == code), None)

    def at_session(self, code: str) -> MarketRow | None:
        """Return a market's row on its session, ``None`` when there is none."""
        return next((one for one in self.session_rows if one.code == code), None)
