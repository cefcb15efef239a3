"""Event probabilities with base rates, the partition of what may happen, and the layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reportgen.assess.desk import Desk
from reportgen.assess.simulation import HORIZONS, INDEX, Simulation
from reportgen.facts import Day, Quantity, Range, Unit
from reportgen.facts.probabilities import (
    BaseRate,
    Event,
    Forecast,
    HouseView,
    Probabilities,
    Share,
)
from reportgen.models.risk_matrix import probability_word

if TYPE_CHECKING:
    from reportgen.facts.probabilities import Layers
    from reportgen.models import climatology

EVENTS = {"flash": "F1", "swift": "F3", "slide": "F4", "bear": "B1", "severe": "B2"}
"""Events of the report and their ids in the models."""
DISORDERLY = "F2"
HOUSE = {
    "flash": "probability.flash_crash",
    "bear": "probability.bear_market",
    "severe": "probability.severe_case",
}


def probabilities(desk: Desk, simulation: Simulation, layers: Layers | None) -> Probabilities:
    """Return every event at every horizon, with base rates and house views."""
    from reportgen.models.path_tables import cross_table, partition

    run, days = simulation.run, simulation.window_days
    parts, cross = partition(run, days), cross_table(run, days)

    def share(code: str, value: float) -> Share:
        return Share(code, desk.computed(value, Unit.PROBABILITY, "M1", INDEX))

    events = [_event(desk, simulation, code) for code in EVENTS]
    return Probabilities(
        in_bear=run.start.in_bear,
        events=(*events, _disorderly(desk, simulation)),
        partition=(
            share("calm", parts.none),
            share("correction", parts.correction),
            share("bear", parts.bear),
            share("severe", parts.severe),
        ),
        crossing=(
            share("both", cross.both),
            share("flash_only", cross.flash_only),
            share("bear_only", cross.bear_only),
            share("neither", cross.neither),
        ),
        layers=layers,
        paths=desk.computed(desk.paths, Unit.COUNT, "M1"),
    )


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
    )


def _disorderly(desk: Desk, simulation: Simulation) -> Event:
    return Event("disorderly", (), _rates(desk, simulation, DISORDERLY, HORIZONS[-1]))


def _horizons(simulation: Simulation) -> tuple[tuple[str, int], ...]:
    return (*((f"d{days}", days) for days in HORIZONS), ("window", simulation.window_days))


def _forecast(
    desk: Desk, simulation: Simulation, event: str, name: str, days: int
) -> Forecast | None:
    from reportgen.models.path_tables import event_estimate

    found = event_estimate(simulation.run, event, days).estimate
    if found is None:  # the event holds already: there is no onset to forecast
        return None

    def chance(value: float) -> Quantity:
        return desk.computed(value, Unit.PROBABILITY, "M1", INDEX)

    return Forecast(
        code=name,  # type: ignore[arg-type]
        trading_days=desk.computed(days, Unit.TRADING_DAYS, "calendar"),
        probability=chance(found.point),
        interval=Range(chance(found.spread_low), chance(found.spread_high)),
        ten_year=chance(found.pooled[0]),
        all_history=chance(found.pooled[-1]),
        base_rates=_rates(desk, simulation, event, days),
        word=probability_word(found.point, 0),
    )


def _rates(
    desk: Desk, simulation: Simulation, event: str, days: int
) -> tuple[BaseRate, ...]:
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


def _house(desk: Desk, code: str, forecasts: tuple[Forecast, ...]) -> HouseView | None:
    stated = desk.maybe_range(HOUSE[code]) if code in HOUSE else None
    if stated is None or not forecasts:
        return None
    window = next(one for one in forecasts if one.code == "window")
    return HouseView(stated, _against(window.probability, stated), stated.low.value == 0)


def _against(model: Quantity, stated: Range) -> Literal["above", "within", "below"]:
    """Compare as printed: in whole per cent, so that text and figures cannot disagree."""
    point, low, high = (round(100 * q.value) for q in (model, stated.low, stated.high))
    if point > high:
        return "above"
    return "below" if point < low else "within"
