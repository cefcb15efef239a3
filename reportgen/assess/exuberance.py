"""Tests for growth that feeds on itself: what they find on the ratio and on the index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportgen.assess.lines import dated_line
from reportgen.facts import Band, Chart, Quantity, Unit
from reportgen.facts.exuberance import Explosive, Exuberance, Gauge, LogPeriodic, Spell
from reportgen.models import explosive, log_periodic
from reportgen.models.averages import month_end_closes
from reportgen.models.explosive import ExplosiveResult, ExplosiveSettings
from reportgen.models.log_periodic import LogPeriodicResult, LogPeriodicSettings

if TYPE_CHECKING:
    import pandas as pd

    from reportgen.assess.desk import Desk
    from reportgen.models.pillars import Gauge as PillarGauge

SPEC_ID = "M13"
RATIO, PRICE = "cape", "nasdaq_composite_weekly"


@dataclass(frozen=True)
class Findings:
    """The models' answers, computed once for section and chart; ``None`` where not asked."""

    ratio: ExplosiveResult | None
    price: ExplosiveResult | None
    fits: LogPeriodicResult | None


def study(desk: Desk) -> Findings:
    """Run the tests on the ratio and the index of the snapshot."""
    weekly = desk.values(PRICE) if desk.has(PRICE) else None
    months = None if weekly is None else month_end_closes(weekly, desk.as_of)
    return Findings(
        ratio=_explosive(desk.values(RATIO), ExplosiveSettings()) if desk.has(RATIO) else None,
        price=None if months is None else _explosive(months, ExplosiveSettings(own_drift=True)),
        fits=None if weekly is None else _fits(weekly),
    )


def _explosive(values: pd.Series[float], settings: ExplosiveSettings) -> ExplosiveResult | None:
    return explosive.evaluate(values, settings) if len(values) >= explosive.FEWEST else None


def _fits(weekly: pd.Series[float]) -> LogPeriodicResult | None:
    shortest = min(LogPeriodicSettings().windows)
    return log_periodic.evaluate(weekly) if len(weekly) >= shortest else None


def exuberance(desk: Desk, tests: Findings) -> Exuberance | None:
    """Return what the tests found; ``None`` when there was nothing to test."""
    if tests.ratio is None and tests.price is None and tests.fits is None:
        return None
    return Exuberance(
        ratio=None if tests.ratio is None else _test(desk, RATIO, tests.ratio),
        price=None if tests.price is None else _test(desk, PRICE, tests.price),
        fits=None if tests.fits is None else _diagnostic(desk, tests.fits),
    )


def gauge(desk: Desk, found: PillarGauge) -> Gauge | None:
    """Return the gauge of the pillars there are; ``None`` without any."""
    if found.value is None:
        return None
    share = found.percent_of_peak
    return Gauge(
        pillars=tuple(code for code, _ in found.pillars),
        missing=found.missing,
        value=desk.computed(found.value, Unit.PROBABILITY, SPEC_ID, RATIO),
        share_of_peak=None if share is None else desk.computed(share, Unit.PERCENT, SPEC_ID, RATIO),
    )


def _test(desk: Desk, code: str, found: ExplosiveResult) -> Explosive:
    """Return one series' test as facts."""

    def figure(value: float, unit: Unit = Unit.RATIO) -> Quantity:
        return desk.computed(value, unit, explosive.SPEC, code)

    spells = tuple(
        Spell(
            first=desk.computed_day(one.first, explosive.SPEC, code),
            last=desk.computed_day(one.last, explosive.SPEC, code),
            way=one.way,
            open=one.open,
        )
        for one in found.episodes
    )
    closed = [one for one in spells if not one.open]
    return Explosive(
        code=code,
        now=found.now or "none",
        latest=figure(found.latest),
        bound=figure(found.latest_critical),
        largest=figure(found.statistic),
        p=figure(found.p, Unit.PROBABILITY),
        rises=tuple(one for one in closed if one.way == "rise"),
        falls=tuple(one for one in closed if one.way == "fall"),
        since=next((one.first for one in spells if one.open), None),
        start=desk.computed_day(found.start, explosive.SPEC, code),
        end=desk.computed_day(found.end, explosive.SPEC, code),
        walks=figure(found.draws, Unit.COUNT),
        drift=figure(found.drift),
    )


def _diagnostic(desk: Desk, found: LogPeriodicResult) -> LogPeriodic:
    """Return the log-periodic fits as facts: dates only of valid ones."""
    windows = [one.window for one in found.fits]

    def figure(value: float, unit: Unit) -> Quantity:
        return desk.computed(value, unit, log_periodic.SPEC)

    return LogPeriodic(
        windows=figure(len(windows), Unit.COUNT),
        valid=figure(found.valid, Unit.COUNT),
        shortest=figure(min(windows), Unit.WEEKS),
        longest=figure(max(windows), Unit.WEEKS),
        first=None if found.first is None else desk.computed_day(found.first, log_periodic.SPEC),
        last=None if found.last is None else desk.computed_day(found.last, log_periodic.SPEC),
    )


def explosive_chart(desk: Desk, tests: Findings) -> tuple[Chart, ...]:
    """Return the index's statistics beside the bound, with the spells; nothing without a test."""
    found = tests.price
    if found is None:
        return ()
    import pandas as pd

    days = pd.DatetimeIndex(found.days)
    origin = desk.by_model(explosive.SPEC, PRICE)
    lines = (
        dated_line("statistic", pd.Series(found.sequence, index=days), Unit.RATIO, origin),
        dated_line("bound", pd.Series(found.thresholds, index=days), Unit.RATIO, origin),
    )
    return (
        Chart(
            code="explosive",
            axis="date",
            lines=lines,
            bands=tuple(
                Band(one.way, one.first.isoformat(), one.last.isoformat()) for one in found.episodes
            ),
            as_of=found.end,
            sources=(desk.origin(PRICE).publisher, explosive.SPEC.id),
        ),
    )
