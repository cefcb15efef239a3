"""Levels by the methods of the trade, and which of them meet in the house's floor zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from reportgen.assess.simulation import INDEX
from reportgen.assess.surveyor import Surveyor
from reportgen.facts import Computed, Day, Quantity, Range, Unit
from reportgen.facts.levels import Agreement, HouseAverage, Method, PriceLevel, Valuation
from reportgen.models.levels import METHODS_FOR_CONFLUENCE, SPEC

if TYPE_CHECKING:
    from reportgen.models.zigzag import Swing

PROJECTION_WEEKS = 30
RETRACEMENT_CODES = ("382", "500", "618")
EARNINGS_GROWTH = 10.0
"""Illustrative growth of earnings over the window, per cent: what a tenth moves the level by."""
HALF_POINT = 0.5


@dataclass(frozen=True)
class Averages:
    """The long averages in index points; ``span`` is the 10-90 % of the projection."""

    now: float
    projected: float
    span: tuple[float, float]
    day: date
    monthly: float
    month_end: date


def long_averages(survey: Surveyor) -> Averages:
    """Return the long averages now and, for the weekly one, thirty weeks on."""
    from reportgen.models import averages, path_shapes

    desk, closes = survey.desk, survey.desk.values(INDEX)
    sums = path_shapes.average_sums(survey.simulation.run)
    found = averages.projected_average(closes, desk.as_of, sums)
    row = PROJECTION_WEEKS - 1
    quantiles = dict(zip(found.probabilities, found.quantiles[row].tolist(), strict=True))
    months = averages.month_end_closes(closes, desk.as_of)
    return Averages(
        now=found.now,
        projected=float(found.flat[row]),
        span=(quantiles[0.10], quantiles[0.90]),
        day=desk.as_of + timedelta(weeks=PROJECTION_WEEKS),
        monthly=averages.long_monthly_average(closes, desk.as_of),
        month_end=months.index[-1].date(),
    )


def average_levels(survey: Surveyor, found: Averages) -> tuple[PriceLevel, ...]:
    """Return the averages as levels: the weekly one now and projected, and the monthly one."""
    return (
        survey.by_model("average_now", found.now),
        survey.by_model("average_projected", found.projected),
        survey.by_model("average_50_month", found.monthly),
    )


def house_average(survey: Surveyor, projected: float) -> HouseAverage | None:
    """Return the house's projection of the 200-week average against ours and its own fall."""
    desk = survey.desk
    stated, base = desk.maybe_range("level.average_200_week"), desk.maybe("level.base")
    if stated is None:
        return None
    fall, implied = desk.maybe_range("drawdown.average_200_week"), None
    if base is not None:
        implied = Range(
            *(
                survey.change(one.value / base.value - 1.0, "house")
                for one in (stated.low, stated.high)
            )
        )
    return HouseAverage(
        stated=stated,
        holds=stated.low.value <= projected <= stated.high.value,
        fall=fall,
        implied=implied,
        fits=fall is None or implied is None or _alike(fall, implied),
    )


def house_fibonacci(survey: Surveyor) -> tuple[PriceLevel, ...]:
    """Return the retracements of the house's high and low; nothing without them."""
    high = survey.desk.maybe("level.retracement_high")
    low = survey.desk.maybe("level.retracement_low")
    if high is None or low is None:
        return ()
    return _retracements(survey, "house_fibonacci", high.value, low.value, "house")


def rule_fibonacci(survey: Surveyor, swing: Swing) -> tuple[PriceLevel, ...]:
    """Return the retracements of the last rise that the 20 % rule finds on observed closes."""
    return _retracements(survey, "rule_fibonacci", swing.high.close, swing.low.close, INDEX)


def _retracements(
    survey: Surveyor, name: str, high: float, low: float, source: str
) -> tuple[PriceLevel, ...]:
    from reportgen.models.levels import retracements

    return tuple(
        survey.by_model(f"{name}_{code}", level, source)
        for code, level in zip(RETRACEMENT_CODES, retracements(high, low), strict=True)
    )


def valuation(survey: Surveyor) -> Valuation | None:
    """Return the house's compression of the multiple; ``None`` when an input of it is missing."""
    from reportgen.models.levels import valuation_level

    desk = survey.desk
    now, then = desk.maybe("valuation.pe_now"), desk.maybe("valuation.pe_trough")
    base = desk.maybe("level.base")
    if now is None or then is None or base is None:
        return None
    multiples = now.value, then.value
    grown = valuation_level(survey.close, *multiples, growth=EARNINGS_GROWTH / 100.0, years=1.0)
    return Valuation(
        now=now,
        then=then,
        change=survey.change(then.value / now.value - 1.0, "house"),
        base=base,
        stated=survey.by_model("house_valuation", valuation_level(base.value, *multiples), "house"),
        by_rule=survey.by_model(
            "rule_valuation", valuation_level(survey.close, *multiples), INDEX, "house"
        ),
        growth=Quantity(EARNINGS_GROWTH, Unit.PERCENT, Computed(SPEC.id, ("illustration",))),
        grown=survey.by_model("grown_valuation", grown, INDEX, "house"),
    )


def methods(
    fibonacci: tuple[tuple[PriceLevel, ...], tuple[PriceLevel, ...]],
    worth: Valuation | None,
    averages: tuple[PriceLevel, ...],
) -> tuple[Method, ...]:
    """Return which methods have a level in the house's floor zone.

    Args:
        fibonacci: on the house's inputs and by the rule.
        worth: the compression of the multiple.
        averages: from ``average_levels``; the weekly one counts as projected.
    """
    _, projected, monthly = averages
    stated, by_rule = fibonacci
    found = [Method("fibonacci", _inside(*stated), _inside(*by_rule))]
    if worth is not None:
        found.append(Method("valuation", _inside(worth.stated), _inside(worth.by_rule)))
    found.append(Method("average_200_week", _inside(projected), _inside(projected)))
    found.append(Method("average_50_month", _inside(monthly), _inside(monthly)))
    return tuple(found)


def agreement(survey: Surveyor, found: tuple[Method, ...]) -> Agreement | None:
    """Return how many methods meet in the house's floor zone; ``None`` without one."""
    if survey.zone is None:
        return None
    stated = sum(one.stated for one in found)
    by_rule = sum(one.by_rule for one in found)
    state: Literal["observed", "stated_only", "none"] = "none"
    if by_rule >= METHODS_FOR_CONFLUENCE:
        state = "observed"
    elif stated >= METHODS_FOR_CONFLUENCE:
        state = "stated_only"

    def count(number: int) -> Quantity:
        return survey.desk.computed(number, Unit.COUNT, SPEC)

    return Agreement(state, count(stated), count(by_rule), count(len(found)))


def month_end(survey: Surveyor, found: Averages) -> Day:
    """Return the last month that the 50-month average counts."""
    return survey.desk.computed_day(found.month_end, SPEC)


def _inside(*levels: PriceLevel) -> bool:
    return any(level.in_zone for level in levels)


def _alike(stated: Range, implied: Range) -> bool:
    """Tell whether two falls agree to the half point at both ends."""
    pairs = ((stated.low, implied.low), (stated.high, implied.high))
    return all(abs(one.value - other.value) <= HALF_POINT for one, other in pairs)
