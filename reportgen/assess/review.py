"""The market review: the month across markets, and the sell-off where there was one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import pandas as pd

from reportgen.assess.review_checks import kind_of_fall, statements, tested_drivers
from reportgen.assess.review_desk import INDEX, SECOND, ReviewDesk, study
from reportgen.assess.review_moves import (
    abnormal_moves,
    contagion,
    order,
    reactions,
    rows_now,
    session_rows,
    together,
)
from reportgen.assess.ties import joint, ties
from reportgen.facts import Day, Quantity, Unit
from reportgen.facts.review import Fall, Review
from reportgen.models.assets import session_clocks, simple_change
from reportgen.models.guard import day_of
from reportgen.models.sell_off import SellOffSettings, find_sell_off

if TYPE_CHECKING:
    from reportgen.models.contagion import ContagionResult

__all__ = ["Month", "ReviewDesk", "review", "study"]

RULE = SellOffSettings()
WHOLE, MOST, PART = 1.0, 0.5, 0.2


@dataclass(frozen=True)
class Month:
    """The review, and the correlations behind it for its chart."""

    facts: Review
    together: ContagionResult | None


def review(by: ReviewDesk) -> Month:
    """Return the market review of the month that ends with the as-of date.

    Raises:
        DataError: a series is malformed.
    """
    sold_off = by.fall.happened
    desk = by.desk
    now, then = contagion(by, by.end), contagion(by, by.fall.trough_day)
    reacted = reactions(by) if sold_off else ()
    moves = abnormal_moves(by, reacted)
    rows = session_rows(by, moves)
    drivers = tested_drivers(by) if sold_off else ()
    facts = Review(
        state="sell_off" if sold_off else "calm",
        start=desk.computed_day(by.start, "calendar"),
        end=desk.computed_day(by.end, "calendar"),
        bound=by.computed(RULE.fall_percent, Unit.PERCENT),
        days=by.computed(RULE.within_days, Unit.TRADING_DAYS),
        rows=rows_now(by),
        missing=by.missing,
        fall=_fall(by),
        together=together(by, now, then),
        ties=ties(by),
        session_rows=rows,
        abnormal=moves,
        clear=_count(by, sum(one.clear for one in moves)) if moves else None,
        joint=joint(by, reacted),
        order=order(by) if sold_off else None,
        drivers=drivers,
        supported=_count(by, sum(one.verdict == "supported" for one in drivers))
        if drivers
        else None,
        testable=_count(by, sum(one.verdict != "not_testable" for one in drivers))
        if drivers
        else None,
        kind=kind_of_fall(by, then, now) if sold_off else None,
        statements=statements(by, rows),
    )
    return Month(facts, now)


def _count(by: ReviewDesk, number: int) -> Quantity:
    return by.computed(number, Unit.COUNT)


def _fall(by: ReviewDesk) -> Fall:
    """Return the deepest fall of the month, and how common one of that kind is."""
    desk, found = by.desk, by.fall
    months, share, first = _record(desk.values(INDEX))
    second = _second_change(by)
    later = found.lowest < found.trough
    whole = simple_change("price", found.peak, found.lowest)
    return Fall(
        peak=desk.observed(INDEX, found.peak_day),
        peak_day=Day(found.peak_day, desk.origin(INDEX, found.peak_day)),
        trough=desk.observed(INDEX, found.trough_day),
        trough_day=Day(found.trough_day, desk.origin(INDEX, found.trough_day)),
        size=by.computed(found.fall_percent, Unit.PERCENT, INDEX),
        session=desk.computed_day(by.session, "calendar"),
        asia_day=desk.computed_day(session_clocks(by.session).asia_day, "calendar"),
        session_change=by.computed(_session_change(by, INDEX), Unit.PERCENT, INDEX),
        nasdaq_100_change=second[0],
        nasdaq_100_size=second[1],
        lowest=desk.observed(INDEX, found.lowest_day) if later else None,
        lowest_day=Day(found.lowest_day, desk.origin(INDEX, found.lowest_day)) if later else None,
        whole=by.computed(whole, Unit.PERCENT, INDEX) if later else None,
        recovered=by.computed(100.0 * found.recovered, Unit.PERCENT, INDEX),
        recovery="further" if _beyond(by) < 0 else _recovery(found.recovered),
        beyond=by.computed(_beyond(by), Unit.PERCENT, INDEX),
        base_rate=by.computed(share, Unit.PROBABILITY, INDEX),
        months=_count(by, months),
        base_from=desk.computed_day(first, "M11", INDEX),
    )


def _session_change(by: ReviewDesk, series: str) -> float:
    closes = by.desk.values(series)[: pd.Timestamp(by.session)]
    return simple_change("price", float(closes.iloc[-2]), float(closes.iloc[-1]))


def _second_change(by: ReviewDesk) -> tuple[Quantity | None, Quantity | None]:
    """Return the Nasdaq-100's change in the session and from its high to the index's low."""
    held = {one.asset.code for one in by.markets}
    if SECOND not in held:
        return None, None
    closes = by.desk.values(SECOND)[: pd.Timestamp(by.fall.trough_day)]
    high = float(closes.iloc[-1 - RULE.within_days :].max())
    size = simple_change("price", high, float(closes.iloc[-1]))
    return (
        by.computed(_session_change(by, SECOND), Unit.PERCENT, SECOND),
        by.computed(size, Unit.PERCENT, SECOND),
    )


def _beyond(by: ReviewDesk) -> float:
    """Return the change from the low of the fall to the as-of close, per cent."""
    last = float(by.desk.values(INDEX).iloc[-1])
    return simple_change("price", by.fall.trough, last)


def _recovery(share: float) -> Literal["whole", "most", "part", "little"]:
    if share >= WHOLE:
        return "whole"
    if share >= MOST:
        return "most"
    return "part" if share >= PART else "little"


def _record(closes: pd.Series[float]) -> tuple[int, float, date]:
    """Return whole past months, the share of them with a sell-off, and the first of them."""
    months = pd.DatetimeIndex(closes.index).to_period("M").unique()[2:-1]
    spans = [(day_of(one.start_time), day_of(one.end_time)) for one in months]
    hits = [_sold_off(closes, *span) for span in spans]
    return len(hits), sum(hits) / len(hits), spans[0][0]


def _sold_off(closes: pd.Series[float], first: date, last: date) -> bool:
    """Tell whether a month saw a sell-off; only the closes it needs are looked at."""
    begin = int(closes.index.searchsorted(pd.Timestamp(first))) - RULE.within_days - 2
    end = int(closes.index.searchsorted(pd.Timestamp(last), side="right"))
    return find_sell_off(closes.iloc[max(0, begin) : end], first, last).happened
