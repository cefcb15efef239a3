"""Conclusions: windows of time, triggers, and what a position has to bear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from reportgen.assess.desk import Desk, percent
from reportgen.assess.matrix_findings import BASE_RATES, chance_of
from reportgen.assess.matrix_rows import VIX_WEEKLY
from reportgen.assess.trigger_desk import QUARTER_WEEKS, TriggerDesk
from reportgen.assess.triggers import missing, triggers
from reportgen.facts import Quantity, Range, Unit
from reportgen.facts.outlook import Leverage, Outlook, TimeWindow, Timing, VolatilityCost

if TYPE_CHECKING:
    import pandas as pd

    from reportgen.assess.simulation import Simulation
    from reportgen.facts.fiscal import Fiscal
    from reportgen.facts.layers import Layers

INDEX, SP500, VIX = "nasdaq_composite", "sp500", "vix"
RATIOS = (1.5, 2.0, 3.0)
"""Exposure over capital, as margin loans and leveraged funds commonly have it."""
HALF = 0.5
CHEAP, DEAR = 0.25, 0.75
WINDOWS: tuple[tuple[Literal["spring", "autumn", "flash_crash"], str], ...] = (
    ("spring", "window.spring"),
    ("autumn", "window.autumn"),
    ("flash_crash", "window.flash_crash"),
)
FEWEST_PREMIUM_WEEKS = 260


@dataclass(frozen=True)
class Found:
    """What other sections have found; ``None`` where a series is missing."""

    layers: Layers | None
    fiscal: Fiscal | None


def outlook(study: TriggerDesk, found: Found) -> Outlook:
    """Return section 7."""
    desk = study.desk
    rows = triggers(study)
    return Outlook(
        timing=_timing(desk, found),
        triggers=rows,
        hit=_count(desk, sum(one.state == "hit" for one in rows)),
        watched=_count(desk, len(rows)),
        missing=missing(study),
        leverage=tuple(_leverage(desk, study.simulation, ratio) for ratio in RATIOS),
        volatility=_volatility(desk),
    )


def _count(desk: Desk, number: int) -> Quantity:
    return desk.computed(number, Unit.COUNT, "M2")


# -- windows of time ------------------------------------------------------------------------


def _timing(desk: Desk, found: Found) -> Timing:
    layers = found.layers
    windows = tuple(
        _window(desk, found, code, entry) for code, entry in WINDOWS if desk.holds(entry)
    )
    return Timing(
        state="unknown" if layers is None else layers.state,
        months=() if layers is None else tuple(one.month for one in layers.credible),
        windows=windows,
        agree=_agree(windows),
    )


def _window(
    desk: Desk, found: Found, code: Literal["spring", "autumn", "flash_crash"], entry: str
) -> TimeWindow:
    start, end = desk.assumed_days(entry)
    layers, fiscal = found.layers, found.fiscal
    named = (
        None if layers is None else next((one for one in layers.stated if one.code == code), None)
    )
    credible = layers is not None and any(
        start.day.replace(day=1) <= one.month.day <= end.day for one in layers.credible
    )
    house = None if fiscal is None else fiscal.house_window
    same = house is not None and (house.start.day, house.end.day) == (start.day, end.day)
    return TimeWindow(
        code=code,
        start=start,
        end=end,
        share=None if named is None else named.share,
        even=None if named is None else named.even,
        credible=credible,
        x_date=house.probability if house is not None and same else None,
    )


def _agree(windows: tuple[TimeWindow, ...]) -> bool | None:
    """Tell whether the window stated with the flash crash names the months of the other two."""
    days = {one.code: (one.start.day, one.end.day) for one in windows}
    if "flash_crash" not in days or len(days) < 2:
        return None
    named = {one for code, span in days.items() if code != "flash_crash" for one in _months(*span)}
    return named == set(_months(*days["flash_crash"]))


def _months(start: date, end: date) -> list[tuple[int, int]]:
    first, last = 12 * start.year + start.month - 1, 12 * end.year + end.month - 1
    return [divmod(month, 12) for month in range(first, last + 1)]


# -- what a position has to bear ------------------------------------------------------------


def _leverage(desk: Desk, simulation: Simulation, ratio: float) -> Leverage:
    """Return the fall that takes half the capital, with its probability in the window."""
    from reportgen.models.path_tables import level_estimate
    from reportgen.models.trigger_frequency import move_frequency

    close, fall = desk.observed(INDEX).value, -HALF / ratio
    found = level_estimate(simulation.run, close * (1.0 + fall), simulation.window_days).estimate
    past = move_frequency(desk.values(INDEX), fall, simulation.window_days)
    return Leverage(
        code=f"x{round(10 * ratio)}",
        ratio=desk.computed(ratio, Unit.TIMES, "M1"),
        fall=desk.computed(percent(fall), Unit.PERCENT, "M1", INDEX),
        level=desk.computed(close * (1.0 + fall), Unit.POINTS, "M1", INDEX),
        touch=chance_of(desk, found.point, "M1", INDEX),
        interval=Range(
            chance_of(desk, found.low, "M1", INDEX),
            chance_of(desk, found.high, "M1", INDEX),
        ),
        base_rate=None if past is None else chance_of(desk, past.share, BASE_RATES, INDEX),
    )


def _volatility(desk: Desk) -> VolatilityCost | None:
    """Return what volatility has cost; ``None`` without a long record of both series."""
    from reportgen.models.volatility_premium import premium_record

    if not desk.has(VIX_WEEKLY, SP500) or len(desk.values(VIX_WEEKLY)) < FEWEST_PREMIUM_WEEKS:
        return None
    vix = desk.values(VIX_WEEKLY)
    record = premium_record(vix, desk.values(SP500))
    reading = desk.observed(VIX if desk.has(VIX) else VIX_WEEKLY)
    share = float((vix <= reading.value).mean())
    later = _later(vix, reading.value)

    def points(value: float) -> Quantity:
        return desk.computed(value, Unit.INDEX, "M4", VIX_WEEKLY, SP500)

    def chance(value: float) -> Quantity:
        return chance_of(desk, value, "M4", VIX_WEEKLY, SP500)

    return VolatilityCost(
        reading=reading,
        state="cheap" if share < CHEAP else "dear" if share > DEAR else "usual",
        percentile=chance(share),
        since=desk.computed_day(vix.index[0].date(), "M4", VIX_WEEKLY),
        premium=points(record.median),
        premium_since=desk.computed_day(record.start, "M4", VIX_WEEKLY, SP500),
        paid=chance(record.share_paid),
        interval=Range(chance(record.low), chance(record.high)),
        readings=desk.computed(record.readings, Unit.COUNT, "M4", VIX_WEEKLY, SP500),
        worst=points(record.worst),
        worst_day=desk.computed_day(record.worst_day, "M4", VIX_WEEKLY, SP500),
        rise=points(float(later.quantile(0.9))),
        later=points(float(later.median())),
        cases=desk.computed(len(later), Unit.COUNT, "M4", VIX_WEEKLY),
    )


def _later(vix: pd.Series[float], now: float) -> pd.Series[float]:
    """Return the VIX's changes over thirteen weeks from the fifth of starts nearest to now."""
    change = (vix.shift(-QUARTER_WEEKS) - vix).dropna()
    distance = (vix[change.index] - now).abs()
    nearest: pd.Series[float] = change[distance <= distance.quantile(0.2)]
    return nearest
