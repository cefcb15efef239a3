"""What S&P 500 options say of a fall of 20 %, with its label, and what that was worth before."""

from __future__ import annotations

from typing import Literal

from reportgen import scores
from reportgen.assess.assumptions import assumed_by_method, assumed_range_by_method
from reportgen.assess.desk import Desk, percent
from reportgen.assess.eras import appeared
from reportgen.errors import DataError
from reportgen.facts import Day, Quantity, Range, Unit
from reportgen.facts.cross_checks import OptionImplied, OptionRecord
from reportgen.models import option_implied as model
from reportgen.models.arrays import FloatArray
from reportgen.models.option_implied import SPEC
from reportgen.models.option_record import OptionRecord as Months
from reportgen.models.option_record import option_record
from reportgen.models.spec import generator

INDEX, VIX, WEEKLY_VIX, RATE = "sp500", "vix", "vix_weekly", "effr"
Absence = Literal["", "not_yet", "vix_missing", "vix_stale"]
MONTHS_A_BLOCK = 24
"""Twice the horizon, as the method's skill table takes its blocks."""


def option_absent(desk: Desk) -> Absence:
    """Return why there is no option-implied figure; empty when there is one.

    ``not_yet`` before the study behind the tilt had appeared, ``vix_stale`` when the last
    reading is older than the series may be.
    """
    if not appeared(SPEC.references[0], desk.as_of):
        return "not_yet"
    if not desk.has(VIX) and not desk.has(WEEKLY_VIX):
        return "vix_missing"
    return "" if _reading(desk) else "vix_stale"


def _reading(desk: Desk) -> str | None:
    """Return the series whose last reading is fresh, the daily one first."""
    held = (name for name in (VIX, WEEKLY_VIX) if desk.has(name))
    return next((name for name in held if not desk.snapshot.freshness(name).stale), None)


def option_check(desk: Desk) -> OptionImplied | None:
    """Return the option-implied figures, or ``None`` where ``option_absent`` says why."""
    reading = _reading(desk)
    if reading is None or option_absent(desk):
        return None
    rate = desk.maybe_observed(RATE)
    found = model.option_implied(desk.observed(reading).value, None if rate is None else rate.value)
    central = found.touch_tilted
    return OptionImplied(
        vix=desk.observed(reading),
        volatility=desk.computed(percent(found.volatility), Unit.PERCENT, SPEC, reading),
        touch=_priced(desk, found.touch),
        terminal=_priced(desk, found.terminal),
        tilted=_chance(desk, central.value),
        tilted_range=Range(_chance(desk, central.low), _chance(desk, central.high)),
        tilted_terminal=_chance(desk, found.terminal_tilted.value),
        aversion=assumed_by_method(desk, model.RISK_AVERSION, Unit.RATIO),
        aversion_range=assumed_range_by_method(desk, model.AVERSION_RANGE, Unit.RATIO),
        rate=rate,
        dividends=assumed_by_method(desk, model.DIVIDEND_YIELD, Unit.PERCENT),
        record=_record(desk),
        codes=found.diagnostics,
    )


def _priced(desk: Desk, figure: model.RiskNeutral) -> Quantity:
    """Return a risk-neutral figure in the unit that prints its label."""
    return desk.computed(figure.value, Unit.RISK_NEUTRAL, SPEC)


def _chance(desk: Desk, value: float) -> Quantity:
    return desk.computed(value, Unit.PROBABILITY, SPEC)


def _record(desk: Desk) -> OptionRecord | None:
    """Return what past figures were worth; ``None`` on a history too short for it."""
    readings = WEEKLY_VIX if desk.has(WEEKLY_VIX) else VIX
    if not desk.has(readings, INDEX):
        return None
    rates = desk.values(RATE) if desk.has(RATE) else None
    try:
        months = option_record(desk.values(readings), desk.values(INDEX), desk.as_of, rates)
    except DataError:  # a short history: the current figure stands without a record
        return None
    origin = desk.by_model(SPEC)
    priced, tilted = (_skill(desk, months, stated) for stated in (months.priced, months.tilted))
    return OptionRecord(
        priced=_priced(desk, model.RiskNeutral(float(months.priced.mean()))),
        tilted=_chance(desk, float(months.tilted.mean())),
        came=_chance(desk, float(months.came.mean())),
        months=desk.computed(months.count, Unit.COUNT, SPEC),
        first=Day(months.days[0].item(), origin),
        last=Day(months.days[-1].item(), origin),
        priced_skill=priced[0],
        priced_interval=priced[1],
        tilted_skill=tilted[0],
        tilted_interval=tilted[1],
    )


def _skill(desk: Desk, months: Months, stated: FloatArray) -> tuple[Quantity | None, Range | None]:
    found = scores.brier_skill_interval(
        stated,
        months.climatology,
        months.came,
        generator(desk.as_of, SPEC),
        scores.BlockPlan(MONTHS_A_BLOCK),
    )

    def plain(value: float) -> Quantity:
        return desk.computed(value, Unit.RATIO, SPEC)

    if found.skill is None:
        return None, None
    if found.low is None or found.high is None:
        return plain(found.skill), None
    return plain(found.skill), Range(plain(found.low), plain(found.high))
