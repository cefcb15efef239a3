"""What followed readings of SKEW and VIX, as the report prints it."""

from __future__ import annotations

from typing import Literal

from reportgen.assess.desk import Desk
from reportgen.errors import DataError
from reportgen.facts import Quantity, Range, Unit
from reportgen.facts.skew import FallRecord, Precursor, SkewBucket, SkewMap
from reportgen.models.proportions import share_interval
from reportgen.models.skew import SPEC, SkewResult
from reportgen.models.skew_history import Bucket, RealisedRecord, SkewSettings, implied_falls
from reportgen.models.skew_mapping import skew_mapping
from reportgen.models.skew_precursor import PrecursorRecord

DAILY = ("skew", "vix", "sp500")
WEEKLY = ("skew_weekly", "vix_weekly", "sp500")
OUTCOMES = ("skew_weekly", "vix_weekly", "nasdaq_composite")


def fall_record(desk: Desk, code: Literal["daily", "weekly"], found: RealisedRecord) -> FallRecord:
    """Return how often a fall beyond two implied deviations followed."""
    inputs = DAILY if code == "daily" else WEEKLY

    def number(value: float, unit: Unit = Unit.COUNT) -> Quantity:
        return desk.computed(value, unit, SPEC, *inputs)

    weight = min(1.0, found.independent / found.n)
    low, high = share_interval(found.falls, found.n, weight)
    return FallRecord(
        code=code,
        start=desk.computed_day(found.start, SPEC, *inputs),
        end=desk.computed_day(found.end, SPEC, *inputs),
        readings=number(found.n),
        windows=number(found.independent),
        falls=number(found.falls),
        share=number(found.share, Unit.PROBABILITY),
        interval=Range(number(low, Unit.PROBABILITY), number(high, Unit.PROBABILITY)),
    )


def buckets(desk: Desk, found: SkewResult) -> tuple[SkewBucket, ...]:
    """Return both records by height of SKEW, the lowest first."""
    pairs = zip(found.record_daily.buckets, found.record_weekly.buckets, strict=True)
    return tuple(_bucket(desk, found.skew, daily, weekly) for daily, weekly in pairs)


def _bucket(desk: Desk, skew: float, daily: Bucket, weekly: Bucket) -> SkewBucket:
    def number(value: float, unit: Unit = Unit.COUNT) -> Quantity:
        return desk.computed(value, unit, SPEC)

    def edge(value: float | None) -> Quantity | None:
        return None if value is None else number(value, Unit.INDEX)

    def share(value: float | None) -> Quantity | None:
        return None if value is None else number(value, Unit.PROBABILITY)

    low, high = daily.lower, daily.upper
    return SkewBucket(
        code=f"from{low:.0f}" if low is not None else f"below{high:.0f}",
        here=(low is None or skew >= low) and (high is None or skew < high),
        lower=edge(low),
        upper=edge(high),
        daily=number(daily.n),
        daily_falls=number(daily.falls),
        daily_share=share(daily.share),
        weekly=number(weekly.n),
        weekly_falls=number(weekly.falls),
        weekly_share=share(weekly.share),
    )


def share_from(desk: Desk, found: RealisedRecord, edge: float, *, above: bool) -> Quantity | None:
    """Return the share of falls after readings at or above an edge of the buckets, or below."""
    chosen = [
        one for one in found.buckets if (one.lower is not None and one.lower >= edge) is above
    ]
    readings, falls = sum(one.n for one in chosen), sum(one.falls for one in chosen)
    if readings == 0:
        return None
    return desk.computed(falls / readings, Unit.PROBABILITY, SPEC, *DAILY)


def mapped(desk: Desk, settings: SkewSettings) -> SkewMap | None:
    """Return what readings like the last one were followed by; ``None`` where it has no fit."""
    skew, vix, closes = (desk.values(name) for name in DAILY)
    fell = implied_falls(closes, vix, settings.window)
    try:
        found = skew_mapping(skew, fell, float(skew.iloc[-1]), desk.as_of, settings.window)
    except DataError:
        return None
    if found.isotonic is None or found.fitted is None:
        return None

    def chance(value: float) -> Quantity:
        return desk.computed(value, Unit.PROBABILITY, SPEC, *DAILY)

    fit = found.fitted
    return SkewMap(
        isotonic=chance(found.isotonic),
        fitted=chance(fit.value),
        interval=Range(chance(fit.low), chance(fit.high)),
        overall=chance(found.overall),
    )


def precursor(
    desk: Desk, found: PrecursorRecord | None, settings: SkewSettings
) -> Precursor | None:
    """Return how often a flash crash followed a divergence; ``None`` without outcomes."""
    if found is None:
        return None

    def number(value: float, unit: Unit = Unit.COUNT) -> Quantity:
        return desk.computed(value, unit, SPEC, *OUTCOMES)

    def chance(value: float | None) -> Quantity | None:
        return None if value is None else number(value, Unit.PROBABILITY)

    low, high = chance(found.low), chance(found.high)
    return Precursor(
        verdict=found.verdict,
        start=desk.computed_day(found.start, SPEC, *OUTCOMES),
        end=desk.computed_day(found.end, SPEC, *OUTCOMES),
        horizon=number(settings.outcome_window, Unit.TRADING_DAYS),
        months=number(found.n),
        base=number(found.base, Unit.PROBABILITY),
        calm_months=number(found.calm_n),
        calm=chance(found.calm_share),
        diverging_months=number(found.diverging_n),
        diverging=chance(found.diverging_share),
        interval=None if low is None or high is None else Range(low, high),
    )
