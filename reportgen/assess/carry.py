"""The yen carry trade: state, positions, levels, scenario."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import pandas as pd

from reportgen.assess.boj_rate import last_change
from reportgen.assess.carry_levels import (
    DollarLeg,
    base_from,
    breakevens,
    dollar_leg,
    end_dates,
    fast_fall_base,
    levels,
    touches,
)
from reportgen.assess.carry_record import episodes, positions, speculators
from reportgen.assess.desk import Desk, percent
from reportgen.assess.events import FED_CHANGES, last_move, next_decision
from reportgen.assess.priced_path import priced_path
from reportgen.facts import Day, Quantity, Range, Unit
from reportgen.facts.carry import Carry, RatePath, Spiral
from reportgen.models.carry import (
    SPEC,
    CarryInputs,
    CarryResult,
    CarrySettings,
    assess_carry,
)
from reportgen.models.carry_paths import MonthlyBreach

if TYPE_CHECKING:
    from reportgen.models.margin_spiral import SpiralScenario

PAIR, YEN = "usdjpy", "japan_3m_rate"
MOST_PATHS = 20_000
RULES = CarrySettings()
DIFFERENTIAL_STEP = 0.10
LOW, HIGH = 25.0, 75.0
"""Percentiles between which carry-to-volatility counts as middling."""


@dataclass(frozen=True)
class CarryDesk:
    """The desk with the model's answer, computed once for section and charts."""

    desk: Desk
    result: CarryResult
    dollar: DollarLeg

    def computed(self, value: float, unit: Unit, *inputs: str) -> Quantity:
        """Return a figure of the model."""
        return self.desk.computed(value, unit, SPEC, *(inputs or self.needed))

    @property
    def needed(self) -> tuple[str, ...]:
        """The series the terms of the trade rest on."""
        return (PAIR, self.dollar, YEN)


def study(desk: Desk) -> CarryDesk | None:
    """Run the model; ``None`` when one of its series is missing."""
    dollar = dollar_leg(desk)
    if dollar is None or not desk.has(PAIR, YEN):
        return None
    result = assess_carry(
        CarryInputs(
            as_of=desk.as_of,
            usdjpy=desk.values(PAIR),
            dollar_rate=desk.values(dollar),
            yen_rate=desk.values(YEN),
            positions=speculators(desk),
            levels=tuple(level.value for _, level in levels(desk)),
            end_dates=tuple(day for _, day in end_dates(desk)),
        ),
        CarrySettings(paths=min(desk.paths, MOST_PATHS)),
    )
    return CarryDesk(desk, result, dollar)


def carry(studied: CarryDesk | None) -> Carry | None:
    """Return the state of the carry trade; ``None`` when it could not be studied."""
    if studied is None:
        return None
    desk, found, computed = studied.desk, studied.result, studied.computed
    dollar = studied.dollar
    breach = _next_whole_month(found.breaches, desk.as_of)
    return Carry(
        state=found.state,
        reasons=found.reasons,
        spot=desk.observed(PAIR),
        spot_day=desk.observed_day(PAIR),
        fast_change=computed(found.change_fast_percent, Unit.PERCENT, PAIR),
        year_change=_year_change(studied),
        dollar_leg=dollar,
        dollar_rate=desk.observed(dollar, found.spot_day),
        yen_rate=desk.observed(YEN, found.yen_month),
        yen_month=Day(found.yen_month, desk.origin(YEN, found.yen_month)),
        differential=computed(found.differential_points, Unit.PERCENTAGE_POINTS, dollar, YEN),
        differential_change=computed(
            found.differential_change, Unit.PERCENTAGE_POINTS, dollar, YEN
        ),
        differential_trend=_trend(found.differential_change),
        volatility=computed(found.volatility_percent, Unit.PERCENT, PAIR),
        ratio=computed(found.carry_to_volatility, Unit.RATIO),
        percentile=computed(found.percentile, Unit.COUNT),
        place="low" if found.percentile < LOW else "high" if found.percentile > HIGH else "middle",
        history_from=desk.computed_day(found.history[0][0], SPEC, *studied.needed),
        fed_rate=last_move(desk, "fomc_decision", *FED_CHANGES),
        boj_rate=last_change(desk),
        next_boj=next_decision(desk, "boj_decision"),
        next_fed=next_decision(desk, "fomc_decision"),
        path=_path(desk),
        breakevens=breakevens(desk, found),
        touches=touches(desk, found),
        base_from=base_from(desk),
        fast_fall=computed(percent(RULES.fast_fall), Unit.PERCENT, PAIR),
        fast_fall_next_month=computed(breach.probability, Unit.PROBABILITY, PAIR),
        fast_fall_interval=Range(
            computed(breach.low, Unit.PROBABILITY, PAIR),
            computed(breach.high, Unit.PROBABILITY, PAIR),
        ),
        fast_fall_base=fast_fall_base(desk, RULES.fast_fall, RULES.fast_days),
        fast_fall_month=desk.computed_day(breach.month, SPEC, PAIR),
        positions=positions(desk, found.positions),
        spiral=_spiral(studied, found.spiral),
        episodes=episodes(desk),
        priced=priced_path(desk),
    )


def _trend(change: float) -> Literal["wider", "unchanged", "narrower"]:
    if abs(change) < DIFFERENTIAL_STEP:
        return "unchanged"
    return "wider" if change > 0 else "narrower"


def _year_change(studied: CarryDesk) -> Quantity | None:
    rates = studied.desk.values(PAIR)
    earlier = rates[rates.index <= rates.index[-1] - pd.DateOffset(years=1)]
    if earlier.empty:
        return None
    change = float(rates.iloc[-1]) / float(earlier.iloc[-1]) - 1.0
    return studied.computed(percent(change), Unit.PERCENT, PAIR)


def _next_whole_month(breaches: tuple[MonthlyBreach, ...], as_of: date) -> MonthlyBreach:
    """Return the first month that lies wholly ahead, or the last one simulated."""
    return next((one for one in breaches if one.month > as_of), breaches[-1])


def _path(desk: Desk) -> RatePath:
    terminal, fed = desk.maybe_range("rates.boj_terminal"), desk.maybe("rates.fed_2026")
    apart = None
    if terminal is not None and fed is not None:
        ends = (fed.value - terminal.high.value, fed.value - terminal.low.value)
        low, high = (
            desk.computed(end, Unit.PERCENTAGE_POINTS, SPEC, "rates.fed_2026", "rates.boj_terminal")
            for end in ends
        )
        apart = Range(low, high)
    return RatePath(desk.maybe("rates.boj_december"), terminal, fed, apart)


def _spiral(studied: CarryDesk, found: SpiralScenario | None) -> Spiral | None:
    if found is None:
        return None

    def moves(ends: tuple[float, float]) -> Range:
        low, high = (studied.computed(percent(end), Unit.PERCENT) for end in sorted(ends))
        return Range(low, high)

    def dollars(billions: float) -> Quantity:
        return studied.computed(1e9 * billions, Unit.USD)

    middle = found.central
    return Spiral(
        shock_currency=studied.computed(percent(middle.shock.usdjpy), Unit.PERCENT),
        shock_equity=studied.computed(percent(middle.shock.equity), Unit.PERCENT),
        sold=Range(*(dollars(end) for end in found.sold_range_busd)),
        currency=moves(found.usdjpy_range),
        equity=moves(found.equity_range),
        size_central=dollars(middle.size_busd),
        sold_central=dollars(middle.sold_busd),
        currency_central=studied.computed(percent(middle.final.usdjpy), Unit.PERCENT),
        equity_central=studied.computed(percent(middle.final.equity), Unit.PERCENT),
    )
