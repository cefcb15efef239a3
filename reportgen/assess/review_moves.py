"""Moves of the markets: tables, abnormal moves, order of falls, and how closely they go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from reportgen.assess.review_desk import INDEX, MARKET, SECOND, ReviewDesk
from reportgen.facts import Day, Quantity, Unit
from reportgen.facts.review import AbnormalMove, FirstFall, MarketRow, Order, Together
from reportgen.models.assets import by_code, simple_change
from reportgen.models.contagion import ContagionResult, assess_contagion, asset_row, up_to
from reportgen.models.event_study import AbnormalReturn, abnormal_return
from reportgen.models.falls import order_of_falls

if TYPE_CHECKING:
    from datetime import date

    from reportgen.models.assets import AssetSeries

FIRST_FALL = 5.0
"""Per cent below its high at which a market counts as having fallen."""
LOOK_BACK_DAYS = 60
CLEAR = 2.0
STEP = 0.05


def rows_now(by: ReviewDesk) -> tuple[MarketRow, ...]:
    """Return the markets on the as-of date."""
    return tuple(_row(by, one) for one in by.markets)


def session_rows(by: ReviewDesk, moves: tuple[AbnormalMove, ...]) -> tuple[MarketRow, ...]:
    """Return the markets on their first day that knew of the session, and since then."""
    held = {one.asset.code: one for one in by.studied}
    return tuple(
        _row(by, up_to(held[one.code], one.first_day.day), since=held[one.code]) for one in moves
    )


def _row(by: ReviewDesk, item: AssetSeries, since: AssetSeries | None = None) -> MarketRow:
    first = item.values.index[0].date()
    found = asset_row(item, first)
    code, kind = found.code, found.kind
    later = None
    if since is not None:
        last = float(since.values.iloc[-1])
        later = by.moved(kind, simple_change(kind, found.last, last), code)
    return MarketRow(
        code=code,
        kind=kind,
        last=by.desk.observed(code, found.day),
        day=Day(found.day, by.desk.origin(code, found.day)),
        change_day=by.moved(kind, found.change_1d, code),
        change_week=by.moved(kind, found.change_5d, code),
        change_month=by.moved(kind, found.change_21d, code),
        from_high=by.moved(kind, found.from_high, code),
        high_day=by.desk.computed_day(found.high_day, "M11", code),
        since=later,
    )


def reactions(by: ReviewDesk) -> tuple[AbnormalReturn, ...]:
    """Return what each market did beyond its usual tie to the S&P 500; none without that."""
    if all(one.asset.code != MARKET for one in by.studied):
        return ()
    market = by_code(by.studied, MARKET)
    return tuple(abnormal_return(one, market, by.settings) for one in by.studied)


def abnormal_moves(by: ReviewDesk, found: tuple[AbnormalReturn, ...]) -> tuple[AbnormalMove, ...]:
    """Return the markets' reactions as facts."""
    return tuple(
        AbnormalMove(
            code=one.code,
            kind=one.kind,
            first_day=by.desk.computed_day(one.day_zero, "M11", one.code),
            plain=by.moved(one.kind, one.plain, one.code),
            abnormal=by.moved(one.kind, one.car, one.code, MARKET),
            score=by.computed(one.t, Unit.RATIO, one.code, MARKET),
            clear=abs(one.t) >= CLEAR,
        )
        for one in found
    )


def order(by: ReviewDesk) -> Order:
    """Return in which order prices fell by five per cent in the two months to the low."""
    start = by.fall.trough_day - timedelta(days=LOOK_BACK_DAYS)
    priced = tuple(
        one
        for one in by.markets
        if one.asset.code != SECOND and one.values.index[0].date() <= start
    )
    found = order_of_falls(priced, FIRST_FALL, start, by.fall.trough_day)
    own = next((one for one in found if one.code == INDEX), None)
    others = [one for one in found if one.code != INDEX]
    named = {
        one.code: FirstFall(
            one.code,
            by.desk.computed_day(one.day, "M11", one.code),
            by.computed(one.fall_percent, Unit.PERCENT, one.code),
        )
        for one in found
    }
    return Order(
        size=by.computed(FIRST_FALL, Unit.PERCENT),
        start=by.desk.computed_day(start, "M11"),
        index=None if own is None else named[INDEX],
        before=tuple(
            named[one.code] for one in others if own is None or one.taken_at < own.taken_at
        ),
        same=tuple(named[one.code] for one in others if own and one.taken_at == own.taken_at),
        after=tuple(named[one.code] for one in others if own and one.taken_at > own.taken_at),
    )


def contagion(by: ReviewDesk, end: date) -> ContagionResult | None:
    """Return correlations and absorption on a day; ``None`` with fewer than three markets."""
    cut = by.cut(end)
    if len(cut) < 3 or all(one.asset.code != INDEX for one in cut):
        return None
    first = max(one.values.index[0] for one in cut).date()
    return assess_contagion(cut, first, end)


def together(
    by: ReviewDesk, now: ContagionResult | None, then: ContagionResult | None
) -> Together | None:
    """Return how closely the markets move together now and did on the day of the low."""
    if now is None or then is None:
        return None
    prices = {row.code for row in now.table if row.kind == "price"} - {SECOND, MARKET}
    foreign = [one for one in now.shifts if one.code in prices]
    if not foreign:
        return None
    tightest = max(foreign, key=lambda one: abs(one.short))
    names = now.short.codes

    def ratio(value: float) -> Quantity:
        return by.computed(value, Unit.RATIO, *names)

    def count(value: int, unit: Unit = Unit.COUNT) -> Quantity:
        return by.computed(value, unit, *names)

    size = now.absorption
    return Together(
        state=_closeness(now.mean_short - now.mean_long),
        short=ratio(now.mean_short),
        long=ratio(now.mean_long),
        short_days=count(now.short.window, Unit.TRADING_DAYS),
        long_days=count(now.long.window, Unit.TRADING_DAYS),
        tightest=tightest.code,
        tightest_short=ratio(tightest.short),
        tightest_long=ratio(tightest.long),
        variance_ratio=ratio(tightest.variance_ratio),
        assets=count(len(names)),
        factors=count(max(1, round(0.2 * len(names)))),
        absorption=None if size is None else by.computed(100.0 * size.ratio, Unit.PERCENT, *names),
        absorption_before=None
        if then.absorption is None
        else by.computed(100.0 * then.absorption.ratio, Unit.PERCENT, *names),
        absorption_shift=None if size is None or size.shift is None else ratio(size.shift),
    )


def _closeness(step: float) -> Literal["closer", "unchanged", "looser"]:
    if abs(step) < STEP:
        return "unchanged"
    return "closer" if step > 0 else "looser"
