"""What the house's narrative would make of the model's twelve-month figures."""

from __future__ import annotations

from reportgen.assess.desk import Desk
from reportgen.assess.simulation import HORIZONS, INDEX
from reportgen.facts import Quantity, Range, Unit
from reportgen.facts.probabilities import Forecast, Tilt
from reportgen.models.narrative_tilt import SPEC, narrative_tilt

TILTS = {"flash": "tilt.flash", "bear": "tilt.bear", "severe": "tilt.severe"}
"""Events and the entries of the house view that tilt them."""
HORIZON = f"d{HORIZONS[-1]}"


def tilt(desk: Desk, code: str, forecasts: tuple[Forecast, ...]) -> Tilt | None:
    """Return an event's tilted figure; ``None`` where the house states no shift, or nought.

    Args:
        desk: the desk.
        code: the event.
        forecasts: its forecasts; without any there is nothing to tilt.
    """
    stated = _stated(desk, code)
    if stated is None or not forecasts:
        return None
    model = next(one for one in forecasts if one.code == HORIZON)
    found = narrative_tilt(
        model.probability.value,
        model.interval.low.value,
        model.interval.high.value,
        stated.value,
    )

    def chance(value: float) -> Quantity:
        return desk.computed(value, Unit.PROBABILITY, SPEC, INDEX, "house")

    return Tilt(
        stated=stated,
        applied=desk.computed(found.applied, Unit.RATIO, SPEC, "house"),
        clipped=found.clipped,
        probability=chance(found.point),
        interval=Range(chance(found.low), chance(found.high)),
    )


def tilts_anything(desk: Desk) -> bool:
    """Tell whether the house states a shift for any event."""
    return any(_stated(desk, code) is not None for code in TILTS)


def _stated(desk: Desk, code: str) -> Quantity | None:
    stated = desk.maybe(TILTS[code]) if code in TILTS else None
    return stated if stated is not None and stated.value != 0.0 else None
