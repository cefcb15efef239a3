"""How far: levels by method, each with its distance and its probability of being touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportgen.assess.desk import Desk, percent
from reportgen.assess.simulation import INDEX, Simulation
from reportgen.errors import DataError
from reportgen.facts import Day, Origin, Quantity, Range, Unit
from reportgen.facts.levels import Levels, PastTrough, PriceLevel
from reportgen.models.levels import SPEC

if TYPE_CHECKING:
    from reportgen.models.levels import Level, ZoneAgreement
    from reportgen.models.zigzag import Swing

PROJECTION_WEEKS = 30
RETRACEMENT_CODES = ("382", "500", "618")
ZONE = "level.floor_zone"


@dataclass(frozen=True)
class Surveyor:
    """Measures levels from the as-of close."""

    desk: Desk
    simulation: Simulation

    @property
    def zone(self) -> Range | None:
        """The house's floor zone."""
        return self.desk.maybe_range(ZONE)

    def by_model(self, code: str, level: float) -> PriceLevel:
        """Return a level that the model computed."""
        return self.place(code, level, self.desk.by_model(SPEC))

    def stated(self, code: str, entry: str) -> PriceLevel | None:
        """Return a level of the house view, ``None`` when there is none."""
        found = self.desk.maybe(entry)
        return None if found is None else self.place(code, found.value, found.origin)

    def place(self, code: str, level: float, origin: Origin) -> PriceLevel:
        """Return a level with distance and P(touch)."""
        from reportgen.models.path_tables import level_estimate

        found = level_estimate(self.simulation.run, level, self.simulation.window_days)
        zone = self.zone

        def chance(value: float) -> Quantity:
            return self.desk.computed(value, Unit.PROBABILITY, "M1", INDEX)

        return PriceLevel(
            code=code,
            level=Quantity(level, Unit.POINTS, origin),
            distance=self.desk.computed(percent(found.distance), Unit.PERCENT, SPEC),
            touch=chance(found.estimate.point),
            touch_interval=Range(
                chance(found.estimate.spread_low), chance(found.estimate.spread_high)
            ),
            in_zone=None if zone is None else zone.low.value <= level <= zone.high.value,
        )


def levels(desk: Desk, simulation: Simulation) -> Levels:
    """Return the levels of every method.

    Raises:
        DataError: the history is too short for a method.
    """
    from reportgen.models import averages, path_shapes, zigzag

    survey, closes = Surveyor(desk, simulation), desk.values(INDEX)
    sums = path_shapes.average_sums(simulation.run)
    projected = averages.projected_average(closes, desk.as_of, sums)
    quantiles = dict(
        zip(projected.probabilities, projected.quantiles[PROJECTION_WEEKS - 1], strict=True)
    )
    months = averages.month_end_closes(closes, desk.as_of)
    swing = zigzag.last_swing(zigzag.pivots(closes, desk.as_of))
    flat = float(projected.flat[PROJECTION_WEEKS - 1])

    def points(value: float) -> Quantity:
        return desk.computed(value, Unit.POINTS, SPEC)

    monthly = averages.long_monthly_average(closes, desk.as_of)
    house, rule = _house_fibonacci(survey), _rule_fibonacci(survey, swing)
    agreed = _agreement(survey, (house or rule), flat, monthly)
    return Levels(
        average_200_week=points(projected.now),
        average_projected=points(flat),
        average_span=Range(points(quantiles[0.05]), points(quantiles[0.95])),
        average_50_month=points(monthly),
        average_50_month_end=desk.computed_day(months.index[-1].date(), SPEC),
        house_fibonacci=house,
        rule_fibonacci=rule,
        **_valuation(survey),
        **_troughs(survey),
        house_zone=_house_zone(survey),
        house_main=survey.stated("house_main", "level.main"),
        house_extreme=survey.stated("house_extreme", "level.extreme"),
        troughs=_past_troughs(desk),
        agreeing=None if agreed is None else _count(desk, len(agreed.methods)),
        methods=_count(desk, len({level.method for level in _methods(house or rule, flat, monthly)}) + 1),
        confluence=None if agreed is None else agreed.confluence,
        rule_high=desk.observed(INDEX, swing.high.day),
        rule_high_day=Day(swing.high.day, desk.origin(INDEX, swing.high.day)),
        rule_low=desk.observed(INDEX, swing.low.day),
        rule_low_day=Day(swing.low.day, desk.origin(INDEX, swing.low.day)),
    )


def _count(desk: Desk, number: int) -> Quantity:
    return desk.computed(number, Unit.COUNT, SPEC)


def _house_fibonacci(survey: Surveyor) -> tuple[PriceLevel, ...]:
    from reportgen.models.levels import retracements

    high = survey.desk.maybe("level.retracement_high")
    low = survey.desk.maybe("level.retracement_low")
    if high is None or low is None:
        return ()
    found = retracements(high.value, low.value)
    return tuple(
        survey.place(f"house_fibonacci_{code}", level, survey.desk.by_model(SPEC, "house"))
        for code, level in zip(RETRACEMENT_CODES, found, strict=True)
    )


def _rule_fibonacci(survey: Surveyor, swing: Swing) -> tuple[PriceLevel, ...]:
    from reportgen.models.levels import retracements

    found = retracements(swing.high.close, swing.low.close)
    return tuple(
        survey.by_model(f"rule_fibonacci_{code}", level)
        for code, level in zip(RETRACEMENT_CODES, found, strict=True)
    )


def _valuation(survey: Surveyor) -> Mapping[str, PriceLevel | Quantity | None]:
    """Return the levels of the house's compression of the multiple, and the change it means."""
    from reportgen.models.levels import valuation_level

    desk = survey.desk
    now, then = desk.maybe("valuation.pe_now"), desk.maybe("valuation.pe_trough")
    base = desk.maybe("level.base")
    if now is None or then is None or base is None:
        return {"house_valuation": None, "rule_valuation": None, "valuation_change": None}
    close = desk.observed(INDEX).value
    house = valuation_level(base.value, now.value, then.value)
    return {
        "house_valuation": survey.place("house_valuation", house, desk.by_model(SPEC, "house")),
        "rule_valuation": survey.place(
            "rule_valuation",
            valuation_level(close, now.value, then.value),
            desk.by_model(SPEC, INDEX, "house"),
        ),
        "valuation_change": desk.computed(
            percent(house / base.value - 1), Unit.PERCENT, SPEC, "house"
        ),
    }


def _troughs(survey: Surveyor) -> Mapping[str, PriceLevel | tuple[PriceLevel, PriceLevel]]:
    from reportgen.models.levels import targets
    from reportgen.models.path_shapes import trough

    simulation = survey.simulation
    found = trough(simulation.run, simulation.window_days)
    if found is None:
        raise DataError("No simulated path holds a bear market, so there is no trough to show.")
    aim = targets(found, simulation.run.start.close)
    return {
        "trough_median": survey.by_model("trough_median", aim.main),
        "trough_zone": (
            survey.by_model("trough_25", aim.zone_low),
            survey.by_model("trough_75", aim.zone_high),
        ),
        "trough_extreme": survey.by_model("trough_extreme", aim.extreme),
    }


def _house_zone(survey: Surveyor) -> tuple[PriceLevel, ...]:
    zone = survey.zone
    if zone is None:
        return ()
    bounds = (("house_zone_low", zone.low), ("house_zone_high", zone.high))
    return tuple(survey.place(code, bound.value, bound.origin) for code, bound in bounds)


def _methods(fibonacci: tuple[PriceLevel, ...], average: float, monthly: float) -> list[Level]:
    from reportgen.models.levels import Level

    found = [Level(one.code, "fibonacci", one.level.value, one.level.value) for one in fibonacci]
    found.append(Level("average_200_week", "average_200_week", average, average))
    found.append(Level("average_50_month", "average_50_month", monthly, monthly))
    return found


def _agreement(
    survey: Surveyor, fibonacci: tuple[PriceLevel, ...], average: float, monthly: float
) -> ZoneAgreement | None:
    """Return which methods lie in the house's zone; ``None`` without a house view."""
    from reportgen.models.levels import Level, agreement

    zone = survey.zone
    if zone is None:
        return None
    found = _methods(fibonacci, average, monthly)
    valuation = _valuation(survey)["house_valuation"]
    if isinstance(valuation, PriceLevel):
        level = valuation.level.value
        found.append(Level("valuation", "valuation", level, level))
    close = survey.simulation.run.start.close
    return agreement(tuple(found), zone.low.value, zone.high.value, close)


def _past_troughs(desk: Desk) -> tuple[PastTrough, ...]:
    from reportgen.models.zigzag import bear_troughs

    weekly = desk.values("nasdaq_composite_weekly") if desk.has("nasdaq_composite_weekly") else None
    found = []
    for one in bear_troughs(desk.values(INDEX), desk.as_of, weekly):
        if one.average is None or one.distance is None:
            continue
        origin = desk.origin(INDEX, one.day)
        found.append(
            PastTrough(
                code=f"{one.day:%Y_%m}",
                day=Day(one.day, origin),
                close=desk.observed(INDEX, one.day),
                average=desk.computed(one.average, Unit.POINTS, SPEC),
                distance=desk.computed(percent(one.distance), Unit.PERCENT, SPEC),
            )
        )
    return tuple(found)
