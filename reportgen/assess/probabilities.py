"""Event probabilities with base rates, and the partition of what may happen."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from reportgen import bundled
from reportgen.assess.backtest import backtest
from reportgen.assess.desk import Desk
from reportgen.assess.history_windows import history_windows
from reportgen.assess.layers import layers
from reportgen.assess.simulation import HORIZONS, INDEX, Simulation
from reportgen.assess.tilt import tilt
from reportgen.facts import Day, Quantity, Range, Unit
from reportgen.facts.probabilities import (
    Against,
    BaseRate,
    ConditionalRate,
    Event,
    Forecast,
    HouseView,
    Probabilities,
    Share,
    Standing,
    StartState,
)
from reportgen.models.risk_matrix import probability_word

if TYPE_CHECKING:
    from reportgen.assess.debt import DebtDesk
    from reportgen.models import climatology
    from reportgen.models.conditional_climatology import ConditionalRate as Conditional

EVENTS = {"flash": "F1", "swift": "F3", "slide": "F4", "bear": "B1", "severe": "B2"}
"""Events of the report and their ids in the models."""
DISORDERLY = "F2"
HOUSE = {
    "flash": "probability.flash_crash",
    "bear": "probability.bear_market",
    "severe": "probability.severe_case",
}
IN_LINE = 0.25
"""A probability within this share of its base rate is called in line with history."""


def probabilities(desk: Desk, simulation: Simulation, debt: DebtDesk | None) -> Probabilities:
    """Return every event at every horizon, with base rates, house views and layers.

    Args:
        desk: the desk.
        simulation: paths and base rates.
        debt: the debt-limit model's answer, for its layer; ``None`` when there is none.
    """
    events = (
        *(_event(desk, simulation, code) for code in EVENTS),
        Event("disorderly", (), _rates(desk, simulation, DISORDERLY, HORIZONS[-1])),
    )
    flash = events[0].at(f"d{HORIZONS[-1]}")
    study = layers(desk, simulation, debt, flash.probability, flash.interval)
    crossing = _crossing(desk, simulation)
    in_bear = simulation.run.start.in_bear
    given = None if in_bear else _flash_in_bear(desk, crossing)
    return Probabilities(
        in_bear=in_bear,
        state=_state(desk),
        events=events,
        windows=history_windows(desk, simulation),
        implied=simulation.run.blend is not None,
        draws=desk.computed(len(simulation.run.drawn), Unit.COUNT, "M1"),
        partition=_partition(desk, simulation),
        crossing=crossing,
        flash_in_bear=given,
        implied_flash=_implied(desk, given),
        layers=study.layers,
        layers_missing=study.missing,
        paths=desk.computed(desk.paths, Unit.COUNT, "M1"),
        backtest=backtest(desk, bundled.evidence()),
    )


# -- events ---------------------------------------------------------------------------------


def _event(desk: Desk, simulation: Simulation, code: str) -> Event:
    forecasts = tuple(
        forecast
        for name, days in _horizons(simulation)
        if (forecast := _forecast(desk, simulation, EVENTS[code], name, days)) is not None
    )
    return Event(
        code=code,  # type: ignore[arg-type]
        forecasts=forecasts,
        base_rates=_rates(desk, simulation, EVENTS[code], HORIZONS[-1]),
        house=_house(desk, code, forecasts),
        tilt=tilt(desk, code, forecasts),
    )


def _horizons(simulation: Simulation) -> tuple[tuple[str, int], ...]:
    return (*((f"d{days}", days) for days in HORIZONS), ("window", simulation.window_days))


def _forecast(
    desk: Desk, simulation: Simulation, event: str, name: str, days: int
) -> Forecast | None:
    from reportgen.models.path_tables import event_estimate

    found = event_estimate(simulation.run, event, days).estimate
    if found is None:  # the event holds already: there is no onset to forecast
        return None
    rates = _rates(desk, simulation, event, days)

    def chance(value: float) -> Quantity:
        return desk.computed(value, Unit.PROBABILITY, "M1", INDEX)

    return Forecast(
        code=name,  # type: ignore[arg-type]
        trading_days=desk.computed(days, Unit.TRADING_DAYS, "calendar"),
        probability=chance(found.point),
        interval=Range(chance(found.low), chance(found.high)),
        paths=chance(found.paths.point),
        conditional=_conditional(desk, found.conditional),
        base_rates=rates,
        word=probability_word(found.point, 0),
        standing=standing(found.point, rates[0].rate.value),
    )


def _conditional(desk: Desk, found: Conditional | None) -> ConditionalRate | None:
    if found is None:
        return None
    return ConditionalRate(
        rate=desk.computed(found.rate, Unit.PROBABILITY, "M1", INDEX),
        hits=desk.computed(found.hits, Unit.COUNT, "M1", INDEX),
        months=desk.computed(found.months, Unit.COUNT, "M1", INDEX),
        bucket=found.bucket,  # type: ignore[arg-type]
        volatile=found.volatile,
    )


def standing(point: float, base: float) -> Standing:
    """Return whether a probability lies above, in line with or below its base rate."""
    if point > (1 + IN_LINE) * base:
        return "above"
    return "below" if point < (1 - IN_LINE) * base else "in_line"


# -- base rates -----------------------------------------------------------------------------


def _rates(desk: Desk, simulation: Simulation, event: str, days: int) -> tuple[BaseRate, ...]:
    found = (
        rate
        for rate in simulation.rates
        if (rate.event, rate.horizon) == (event, days) and rate.frequency is not None
    )
    return tuple(_rate(desk, rate) for rate in found)


def _rate(desk: Desk, rate: climatology.BaseRate) -> BaseRate:
    counted = desk.by_model("M1", INDEX)
    if rate.frequency is None or rate.first_start is None or rate.last_start is None:
        raise AssertionError("a base rate without windows is filtered out before")
    return BaseRate(
        code=rate.state,  # type: ignore[arg-type]
        rate=desk.computed(rate.frequency, Unit.PROBABILITY, "M1", INDEX),
        windows=desk.computed(rate.windows, Unit.COUNT, "M1", INDEX),
        clusters=desk.computed(rate.clusters, Unit.COUNT, "M1", INDEX),
        first=Day(rate.first_start, counted),
        last=Day(rate.last_start, counted),
    )


def _state(desk: Desk) -> StartState:
    """Return the narrowest state that holds on the as-of date."""
    from reportgen.models.history import closes_until
    from reportgen.models.market_state import state_history, states_now

    history = closes_until(desk.values(INDEX), desk.as_of)
    vix = desk.values("vix") if desk.has("vix") else None
    weekly = desk.values("vix_weekly") if desk.has("vix_weekly") else None
    return states_now(state_history(history, desk.as_of, vix, weekly))[-1]  # type: ignore[return-value]


# -- house view -----------------------------------------------------------------------------


def _house(desk: Desk, code: str, forecasts: tuple[Forecast, ...]) -> HouseView | None:
    stated = desk.maybe_range(HOUSE[code]) if code in HOUSE else None
    if stated is None or not forecasts:
        return None
    window = next(one for one in forecasts if one.code == "window")
    bound = stated.low.value == 0
    rates = window.base_rates
    return HouseView(
        stated=stated,
        against=_against(window.probability, stated, excluded=bound),
        history=_against(rates[0].rate, stated, excluded=bound) if rates else None,
        upper_bound=bound,
    )


def _against(figure: Quantity, stated: Range, *, excluded: bool) -> Against:
    """Compare as printed, in whole per cent, so that text and figures cannot disagree."""
    point, low, high = (_printed(one) for one in (figure, stated.low, stated.high))
    if point > high:
        return "above"
    if excluded and point == high:
        return "at"
    return "below" if point < low else "within"


def _printed(chance: Quantity) -> Decimal:
    exact = 100 * Decimal(repr(chance.value))
    return exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)


# -- exclusive outcomes ---------------------------------------------------------------------


def _share(desk: Desk, code: str, value: float) -> Share:
    return Share(code, desk.computed(value, Unit.PROBABILITY, "M1", INDEX))


def _partition(desk: Desk, simulation: Simulation) -> tuple[Share, ...]:
    from reportgen.models.path_tables import partition

    parts = partition(simulation.run, simulation.window_days)
    return (
        _share(desk, "calm", parts.none),
        _share(desk, "correction", parts.correction),
        _share(desk, "bear", parts.bear),
        _share(desk, "severe", parts.severe),
    )


def _crossing(desk: Desk, simulation: Simulation) -> tuple[Share, ...]:
    from reportgen.models.path_tables import cross_table

    cross = cross_table(simulation.run, simulation.window_days)
    return (
        _share(desk, "both", cross.both),
        _share(desk, "flash_only", cross.flash_only),
        _share(desk, "bear_only", cross.bear_only),
        _share(desk, "neither", cross.neither),
    )


def _flash_in_bear(desk: Desk, crossing: tuple[Share, ...]) -> Quantity | None:
    both, _, alone, _ = (share.probability.value for share in crossing)
    if both + alone <= 0:
        return None
    return desk.computed(both / (both + alone), Unit.PROBABILITY, "M1", INDEX)


def _implied(desk: Desk, given: Quantity | None) -> Quantity | None:
    """Return the probability of F1 that the stated bear market would mean by itself."""
    stated = desk.maybe_range(HOUSE["bear"])
    if stated is None or given is None:
        return None
    return desk.computed(stated.low.value * given.value, Unit.PROBABILITY, "M1", INDEX, "house")
