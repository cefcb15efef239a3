"""How far: the model's troughs, the house's levels, and the record of the 200-week average."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reportgen.assess import level_methods, troughs
from reportgen.assess.desk import Desk
from reportgen.assess.simulation import INDEX, Simulation
from reportgen.assess.surveyor import Surveyor
from reportgen.errors import DataError
from reportgen.facts import Day, Quantity, Range, Unit
from reportgen.facts.levels import (
    Fall,
    Falls,
    Levels,
    PastTrough,
    PriceLevel,
    Troughs,
    Valuation,
)
from reportgen.models.levels import SPEC

if TYPE_CHECKING:
    from reportgen.models.path_shapes import TroughDistribution
    from reportgen.models.zigzag import BearTrough

AT, FAR = 0.05, 0.10
"""A trough counts as at the average within a twentieth of it, as far below it from a tenth on."""
EXTREME = "level.extreme"
EXTREME_IS_AVERAGE = "average_50_month_differs"
"""Note of a house view that names the 50-month average as its extreme."""


def levels(desk: Desk, simulation: Simulation) -> Levels:
    """Return the levels of every method.

    Raises:
        DataError: the history is too short for a method, or no path holds a bear market.
    """
    from reportgen.models import zigzag

    survey, closes = Surveyor(desk, simulation), desk.values(INDEX)
    swing = zigzag.last_swing(zigzag.pivots(closes, desk.as_of))
    found = level_methods.long_averages(survey)
    averages = level_methods.average_levels(survey, found)
    house = level_methods.house_fibonacci(survey)
    rule = level_methods.rule_fibonacci(survey, swing)
    worth = level_methods.valuation(survey)
    every = level_methods.methods((house, rule), worth, averages)
    zone, main, extreme = _house_levels(survey)
    distribution = _distribution(survey)
    median, low, high, deep = _targets(survey, distribution)
    return Levels(
        average_200_week=survey.points(found.now),
        average_projected=survey.points(found.projected),
        projected_day=desk.computed_day(found.day, SPEC),
        average_span=Range(*(survey.points(value) for value in found.span)),
        average_50_month=survey.points(found.monthly),
        average_50_month_end=level_methods.month_end(survey, found),
        averages=averages,
        house_average=level_methods.house_average(survey, found.projected),
        house_fibonacci=house,
        rule_fibonacci=rule,
        valuation=worth,
        trough_median=median,
        trough_zone=(low, high),
        trough_extreme=deep,
        trough_paths=_share(survey, distribution),
        trough_later=troughs.later(survey),
        trough_drawn=troughs.drawn(survey, (*rule, *averages)),
        house_zone=zone,
        house_main=main,
        house_mean=_house_mean(survey, house, worth),
        house_extreme=extreme,
        extreme_is_average=_extreme_is_average(desk),
        falls=_falls(survey, zone, main, extreme),
        record=_record(desk),
        methods=every,
        agreement=level_methods.agreement(survey, every),
        rule_high=desk.observed(INDEX, swing.high.day),
        rule_high_day=Day(swing.high.day, desk.origin(INDEX, swing.high.day)),
        rule_low=desk.observed(INDEX, swing.low.day),
        rule_low_day=Day(swing.low.day, desk.origin(INDEX, swing.low.day)),
        house_high=desk.maybe("level.retracement_high"),
        house_low=desk.maybe("level.retracement_low"),
    )


# -- troughs of the paths -------------------------------------------------------------------


def _distribution(survey: Surveyor) -> TroughDistribution:
    from reportgen.models.path_shapes import trough

    found = trough(survey.simulation.run, survey.simulation.window_days)
    if found is None:
        raise DataError("No simulated path holds a bear market, so there is no trough to show.")
    return found


def _targets(
    survey: Surveyor, troughs: TroughDistribution
) -> tuple[PriceLevel, PriceLevel, PriceLevel, PriceLevel]:
    from reportgen.models.levels import targets

    aim = targets(troughs, survey.close)
    return (
        survey.by_model("trough_median", aim.main),
        survey.by_model("trough_25", aim.zone_low),
        survey.by_model("trough_75", aim.zone_high),
        survey.by_model("trough_extreme", aim.extreme),
    )


def _share(survey: Surveyor, troughs: TroughDistribution) -> Quantity:
    paths = sum(one.summary.paths for one in survey.simulation.run.pooled)
    return survey.desk.computed(troughs.paths / paths, Unit.PROBABILITY, "M1", INDEX)


# -- the house's levels ---------------------------------------------------------------------


def _house_levels(
    survey: Surveyor,
) -> tuple[tuple[PriceLevel, ...], PriceLevel | None, PriceLevel | None]:
    """Return the house's zone (two levels or none), main level and extreme."""
    zone: tuple[PriceLevel, ...] = ()
    if survey.zone is not None:
        zone = (
            survey.place("house_zone_low", survey.zone.low.value, survey.zone.low.origin),
            survey.place("house_zone_high", survey.zone.high.value, survey.zone.high.origin),
        )
    main = survey.stated("house_main", "level.main")
    return zone, main, survey.stated("house_extreme", EXTREME)


def _house_mean(
    survey: Surveyor, fibonacci: tuple[PriceLevel, ...], worth: Valuation | None
) -> Quantity | None:
    if not fibonacci or worth is None:
        return None
    mean = (fibonacci[-1].level.value + worth.stated.level.value) / 2.0
    return survey.points(mean, "house")


def _extreme_is_average(desk: Desk) -> bool:
    house = desk.house
    return (
        house is not None and desk.holds(EXTREME) and house.get(EXTREME).note == EXTREME_IS_AVERAGE
    )


def _falls(
    survey: Surveyor,
    zone: tuple[PriceLevel, ...],
    main: PriceLevel | None,
    extreme: PriceLevel | None,
) -> Falls | None:
    """Return the house's levels as falls from each base; ``None`` without levels or a base."""
    desk = survey.desk
    stated = (desk.maybe("level.base"), desk.maybe("level.retracement_high"))
    bases = (*(base for base in stated if base is not None), desk.observed(INDEX))
    zone_fall = desk.maybe_range("drawdown.floor_zone")
    rows: list[tuple[PriceLevel | None, Range | None]] = []
    if zone:
        low, high = zone
        rows.append((high, None if zone_fall is None else Range(zone_fall.high, zone_fall.high)))
        rows.append((main, None))
        rows.append((low, None if zone_fall is None else Range(zone_fall.low, zone_fall.low)))
    else:
        rows.append((main, None))
    rows.append((extreme, desk.maybe_range("drawdown.extreme")))
    falls = tuple(_fall(survey, one, bases, fall) for one, fall in rows if one is not None)
    return Falls(bases, falls) if falls and len(bases) > 1 else None


def _fall(
    survey: Surveyor, level: PriceLevel, bases: tuple[Quantity, ...], stated: Range | None
) -> Fall:
    changes = tuple(survey.change(level.level.value / base.value - 1.0) for base in bases)
    return Fall(level, changes, stated)


# -- past troughs ---------------------------------------------------------------------------


def _record(desk: Desk) -> Troughs:
    """Return past troughs against the 200-week average of their day.

    Raises:
        DataError: no bear market of the history has 200 weeks before it.
    """
    from reportgen.models.zigzag import bear_troughs

    weekly = desk.values("nasdaq_composite_weekly") if desk.has("nasdaq_composite_weekly") else None
    found = bear_troughs(desk.values(INDEX), desk.as_of, weekly)
    troughs = tuple(_past_trough(desk, one) for one in found if one.average is not None)
    if not troughs:
        raise DataError("No trough of nasdaq_composite has a 200-week average to compare with.")
    places = [one.place for one in troughs]
    held = sum(places.count(place) for place in ("at", "above"))

    def count(*names: str) -> Quantity:
        return desk.computed(sum(one in names for one in places), Unit.COUNT, SPEC)

    return Troughs(
        verdict="rejected" if 2 * held < len(troughs) else "supported",
        troughs=troughs,
        count=desk.computed(len(troughs), Unit.COUNT, SPEC),
        at=count("at"),
        above=count("above"),
        below=count("below", "far_below"),
        far_below=count("far_below"),
        deepest=min((one.distance for one in troughs), key=lambda distance: distance.value),
    )


def _past_trough(desk: Desk, one: BearTrough) -> PastTrough:
    if one.average is None or one.distance is None:
        raise AssertionError("a trough without an average is filtered out before")

    def share(value: float) -> Quantity:
        return desk.computed(100.0 * value, Unit.PERCENT, SPEC)

    return PastTrough(
        code=f"{one.day:%Y_%m}",
        day=Day(one.day, desk.origin(INDEX, one.day)),
        close=desk.observed(INDEX, one.day),
        fall=share(one.fall),
        average=desk.computed(one.average, Unit.POINTS, SPEC),
        distance=share(one.distance),
        place=_place(one.distance),
    )


def _place(distance: float) -> Literal["above", "at", "below", "far_below"]:
    if abs(distance) <= AT:
        return "at"
    if distance > 0:
        return "above"
    return "far_below" if distance <= -FAR else "below"
