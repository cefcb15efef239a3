"""Charts of the probabilities: the fan, events by horizon, drawdowns, layers, tornado."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.assess.desk import Desk
from reportgen.assess.simulation import HORIZONS, INDEX, Simulation
from reportgen.facts import Abscissa, Chart, Line, Mark, Origin, Quantity, Unit
from reportgen.facts.layers import Layers
from reportgen.facts.levels import Levels, PriceLevel
from reportgen.facts.probabilities import Event, Probabilities

FAN = {"p05": 0.05, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p95": 0.95}
FAN_STEP = 5
"""Every fifth trading day is drawn, and the last."""
PAST_DAYS = 126
EVENTS = {"flash": "F1", "bear": "B1", "severe": "B2"}
CURVE_STEP = 3
BUCKETS = (0.0, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.50, 1.0)


def probability_charts(
    desk: Desk, simulation: Simulation, chances: Probabilities, levels: Levels
) -> tuple[Chart, ...]:
    """Return the charts of the section, those without data left out."""
    found = (
        fan_chart(desk, simulation, levels),
        events_chart(desk, simulation, chances),
        drawdowns_chart(desk, simulation),
        layers_chart(desk, chances.layers),
        tornado_chart(desk, chances.layers),
    )
    return tuple(chart for chart in found if chart is not None)


def level_marks(levels: Levels) -> tuple[Mark, ...]:
    """Return the levels that stand in the charts of the index, those above the close left out."""
    shown = (levels.trough_median, *levels.house_zone, levels.house_main)
    return _marks(*shown)


def _marks(*levels: PriceLevel | None) -> tuple[Mark, ...]:
    below = (one for one in levels if one is not None and not one.reached)
    return tuple(Mark(one.code, one.level) for one in below)


# -- fan ------------------------------------------------------------------------------------


def fan_chart(desk: Desk, simulation: Simulation, levels: Levels) -> Chart:
    """Return the last half-year of closes, the fan of the simulated ones, and the levels."""
    from reportgen.models.path_shapes import fan

    found = fan(simulation.run, tuple(FAN.values()))
    end = simulation.window_days
    shown = sorted({*range(0, end + 1, FAN_STEP), end})
    days = (desk.as_of, *simulation.sessions)
    places = tuple(days[number].isoformat() for number in shown)
    computed = desk.by_model("M1", INDEX)
    past = desk.values(INDEX).iloc[-PAST_DAYS:]
    seen = tuple(day.date().isoformat() for day in past.index)
    closes = tuple(round(float(value), 2) for value in past)
    bands = (
        Line(
            code,
            Unit.POINTS,
            computed,
            places,
            tuple(round(float(found.closes[number, column]), 2) for number in shown),
        )
        for column, code in enumerate(FAN)
    )
    marks = (*level_marks(levels), *_marks(levels.house_extreme))
    return Chart(
        code="fan",
        axis="date",
        lines=(Line("close", Unit.POINTS, desk.origin(INDEX), seen, closes), *bands),
        marks=marks,
        as_of=desk.as_of,
        sources=("Nasdaq", "M1"),
    )


# -- events by horizon ----------------------------------------------------------------------


def events_chart(desk: Desk, simulation: Simulation, chances: Probabilities) -> Chart:
    """Return by event the probability by day with its range, base rates and the house view."""
    events = [one for one in chances.events if one.code in EVENTS and one.forecasts]
    return Chart(
        code="events",
        axis="number",
        lines=tuple(line for event in events for line in _event_lines(desk, simulation, event)),
        marks=tuple(mark for event in events for mark in _house_marks(event, simulation)),
        as_of=desk.as_of,
        sources=("M1",) if not any(event.house for event in events) else ("M1", "House view"),
    )


def _event_lines(desk: Desk, simulation: Simulation, event: Event) -> Iterator[Line]:
    from reportgen.models.path_tables import survival_curve

    curve = survival_curve(simulation.run, EVENTS[event.code])
    shown = sorted({*range(0, HORIZONS[-1], CURVE_STEP), *HORIZONS})
    days = tuple(float(day) for day in shown)
    computed = desk.by_model("M1", INDEX)
    parts = (("model", curve.point), ("low", curve.low), ("high", curve.high))
    for part, values in parts:
        heights = tuple(round(float(values[day]), 6) for day in shown)
        yield Line(f"{event.code}_{part}", Unit.PROBABILITY, computed, days, heights)
    horizons = tuple(float(days) for days in HORIZONS)
    for state in ("all", "near_high", "near_high_calm"):
        rates = tuple(
            None if base is None else round(base.rate.value, 6)
            for base in (event.at(f"d{days}").base(state) for days in HORIZONS)
        )
        if any(rate is not None for rate in rates):
            yield Line(f"{event.code}_{state}", Unit.PROBABILITY, computed, horizons, rates)


def _house_marks(event: Event, simulation: Simulation) -> Iterator[Mark]:
    if event.house is not None:
        at = float(simulation.window_days)
        yield Mark(f"{event.code}_house_low", event.house.stated.low, at)
        yield Mark(f"{event.code}_house_high", event.house.stated.high, at)


# -- drawdowns ------------------------------------------------------------------------------


def drawdowns_chart(desk: Desk, simulation: Simulation) -> Chart:
    """Return the probability of each interval of the window's deepest drawdown."""
    from reportgen.models.path_tables import pooled_drawdowns

    found = pooled_drawdowns(simulation.run, simulation.window_days, BUCKETS)
    codes = tuple(f"d{round(100 * edge):02}" for edge in BUCKETS[:-1])
    shares = tuple(round(share, 6) for share in found)
    computed = desk.by_model("M1", INDEX)
    return Chart(
        code="drawdowns",
        axis="category",
        lines=(Line("share", Unit.PROBABILITY, computed, codes, shares),),
        as_of=desk.as_of,
        sources=("M1",),
    )


# -- layers ---------------------------------------------------------------------------------


def layers_chart(desk: Desk, layers: Layers | None) -> Chart | None:
    """Return the months' shares of the hazard and the breach probabilities of each layer."""
    if layers is None:
        return None
    months = layers.months
    places = tuple(month.month.day.isoformat() for month in months)
    computed = months[0].share.origin
    columns: dict[str, list[Quantity]] = {
        "share": [month.share for month in months],
        "low": [month.spread.low for month in months],
        "high": [month.spread.high for month in months],
        "even": [layers.even_share for _ in months],
        **{layer: [getattr(month, layer) for month in months] for layer in layers.layers},
    }
    return Chart(
        code="layers",
        axis="month",
        lines=tuple(_line(code, values, places, computed) for code, values in columns.items()),
        as_of=desk.as_of,
        sources=("M2",),
    )


def tornado_chart(desk: Desk, layers: Layers | None) -> Chart | None:
    """Return the twelve-month probability at both ends of every input that moves it."""
    if layers is None or not layers.tornado:
        return None
    bars = layers.tornado
    places = tuple(bar.code for bar in bars)
    computed = bars[0].ends.low.origin
    return Chart(
        code="tornado",
        axis="category",
        lines=(
            _line("low", [bar.ends.low for bar in bars], places, computed),
            _line("high", [bar.ends.high for bar in bars], places, computed),
        ),
        marks=(Mark("total", layers.total),),
        as_of=desk.as_of,
        sources=("M2",),
    )


def _line(code: str, values: list[Quantity], places: tuple[Abscissa, ...], origin: Origin) -> Line:
    heights = tuple(round(value.value, 6) for value in values)
    return Line(code, values[0].unit, origin, places, heights)
