"""Cross-checks of the event probabilities: other laws of the shock, options, unemployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.assess.assumptions import assumed_by_method
from reportgen.assess.desk import Desk
from reportgen.assess.option_check import option_absent, option_check
from reportgen.assess.simulation import HORIZONS, INDEX
from reportgen.facts import Day, Quantity, Range, Unit
from reportgen.facts.cross_checks import (
    Beside,
    CheckFigure,
    CrossChecks,
    LawCheck,
    Tail,
    Unemployment,
)
from reportgen.models import cross_checks as laws_model
from reportgen.models import macro_severe as macro_model
from reportgen.models.shock_laws import FILTERED

if TYPE_CHECKING:
    from reportgen.models.published import Published

EVENTS = {"flash": "F1", "bear": "B1", "severe": "B2"}
IN_LINE = 0.10
"""A figure within a tenth of the model's own is called in line with it."""
FEWEST_PATHS = 1_000


def cross_checks(desk: Desk) -> CrossChecks:
    """Return the cross-checks of an edition.

    Raises:
        DataError: the index's history carries no model.
    """
    settings = laws_model.CheckSettings(paths=max(desk.paths // 4, FEWEST_PATHS), horizons=HORIZONS)
    run = laws_model.cross_checks(desk.values(INDEX), desk.as_of, settings)
    unemployment = macro_model.macro_severe(_predictors(desk), desk.snapshot.known_at.date())
    return CrossChecks(
        laws=tuple(_law(desk, run, law) for law in settings.laws),
        tail=_tail(desk, run),
        paths=desk.computed(settings.paths, Unit.COUNT, laws_model.SPEC),
        option=option_check(desk),
        option_absent=option_absent(desk),
        unemployment=_unemployment(desk, unemployment),
        codes=run.diagnostics,
    )


# -- laws of the daily shock ----------------------------------------------------------------


def _law(desk: Desk, run: laws_model.CrossChecks, law: str) -> LawCheck:
    figures = tuple(
        CheckFigure(
            event=event,  # type: ignore[arg-type]
            code=f"d{days}",  # type: ignore[arg-type]
            probability=desk.computed(found.point, Unit.PROBABILITY, laws_model.SPEC, INDEX),
        )
        for event, number in EVENTS.items()
        for days in HORIZONS
        if (found := run.at(law, number, days)) is not None
    )
    own, other = (_flash(run, one) for one in (law, FILTERED))
    return LawCheck(law=law, figures=figures, flash=beside(own, other))  # type: ignore[arg-type]


def _flash(run: laws_model.CrossChecks, law: str) -> float:
    found = run.at(law, EVENTS["flash"], HORIZONS[-1])
    if found is None:
        raise AssertionError("a fall from the closes to come holds at no start")
    return found.point


def beside(figure: float, other: float) -> Beside:
    """Return whether a probability lies above, in line with or below another."""
    if figure > (1 + IN_LINE) * other:
        return "above"
    return "below" if figure < (1 - IN_LINE) * other else "in_line"


def _tail(desk: Desk, run: laws_model.CrossChecks) -> Tail:
    found = run.fits[-1].tail

    def plain(value: float) -> Quantity:
        return desk.computed(value, Unit.RATIO, laws_model.SPEC, INDEX)

    return Tail(
        threshold=plain(found.threshold),
        shape=plain(found.shape.value),
        interval=Range(plain(found.shape.low), plain(found.shape.high)),
        hill=None if found.hill is None else plain(found.hill.value),
        excesses=desk.computed(found.excesses, Unit.COUNT, laws_model.SPEC, INDEX),
    )


# -- unemployment ---------------------------------------------------------------------------


def _predictors(desk: Desk) -> macro_model.Predictors:
    return macro_model.Predictors(
        *(_published(desk, name) for name in macro_model.SPEC.inputs),
    )


def _published(desk: Desk, series: str) -> Published | None:
    from reportgen.models.published import Published

    if not desk.has(series):
        return None
    held = desk.snapshot.data(series)
    return Published(series, held.dates, held.released, held.numbers)


def _unemployment(desk: Desk, found: macro_model.MacroSevere) -> Unemployment | None:
    series = macro_model.SPEC.inputs[0]
    if found.last_month is None or found.target_month is None:
        return None

    def chance(value: float) -> Quantity:
        return desk.computed(value, Unit.PROBABILITY, macro_model.SPEC)

    def interval(estimate: macro_model.ShareEstimate | None) -> Range | None:
        return None if estimate is None else Range(chance(estimate.low), chance(estimate.high))

    probability, base = found.probability, found.base_rate_below
    return Unemployment(
        threshold=assumed_by_method(desk, macro_model.THRESHOLD, Unit.PERCENT),
        rate=desk.observed(series),
        month=desk.observed_day(series),
        target=desk.computed_day(found.target_month, macro_model.SPEC),
        probability=None if probability is None else chance(probability.value),
        interval=interval(probability),
        base_rate=None if base is None else chance(base.value),
        base_interval=interval(base),
        months=desk.computed(found.months_below, Unit.COUNT, macro_model.SPEC, series),
        first=Day(desk.values(series).index[0].date(), desk.origin(series)),
        episodes=desk.computed(found.episodes, Unit.COUNT, macro_model.SPEC, series),
        absent=found.diagnostics,
    )
