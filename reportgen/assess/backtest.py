"""What a backtest of the published models found, where the edition may know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.assess.desk import Desk
from reportgen.assess.simulation import INDEX
from reportgen.facts import Day, Quantity, Range, Unit
from reportgen.facts.backtest import Backtest, SkillRow

if TYPE_CHECKING:
    from reportgen.facts.evidence import Evidence, SkillFigure

EVENTS = {"F1": "flash", "B1": "bear"}
CODES = {21: "d21", 63: "d63", 126: "d126", 252: "d252"}
MODEL = "M1"


def backtest(desk: Desk, evidence: Evidence | None) -> Backtest | None:
    """Return the backtest; ``None`` without one, or where it was scored after the as-of date.

    Args:
        desk: the desk.
        evidence: the backtest's figures, or ``None``.
    """
    if evidence is None or evidence.known > desk.as_of:
        return None
    from reportgen.models.pool_members import versions

    rows = tuple(
        _row(desk, one) for one in evidence.skills if one.event in EVENTS and one.horizon in CODES
    )
    if not rows:
        return None
    made = desk.by_model(MODEL, INDEX)
    return Backtest(
        first=Day(evidence.first, made),
        last=Day(evidence.last, made),
        origins=_figure(desk, max(one.origins for one in evidence.skills), Unit.COUNT),
        rows=rows,
        longest=_longest(rows),  # type: ignore[arg-type]
        days=_figure(desk, evidence.days, Unit.COUNT),
        below_1=_figure(desk, evidence.below_1, Unit.PROBABILITY),
        below_5=_figure(desk, evidence.below_5, Unit.PROBABILITY),
        current=evidence.versions == versions(),
    )


def _row(desk: Desk, one: SkillFigure) -> SkillRow:
    return SkillRow(
        event=EVENTS[one.event],  # type: ignore[arg-type]
        code=CODES[one.horizon],  # type: ignore[arg-type]
        origins=_figure(desk, one.origins, Unit.COUNT),
        came=_figure(desk, one.came / one.origins, Unit.PROBABILITY),
        stated=_figure(desk, one.stated, Unit.PROBABILITY),
        skill=_figure(desk, one.skill, Unit.RATIO),
        interval=Range(_figure(desk, one.low, Unit.RATIO), _figure(desk, one.high, Unit.RATIO)),
        reading="better" if one.low > 0 else "worse" if one.high < 0 else "open",
    )


def _figure(desk: Desk, value: float, unit: Unit) -> Quantity:
    return desk.computed(value, unit, MODEL, INDEX)


def _longest(rows: tuple[SkillRow, ...]) -> str | None:
    """Return the longest horizon with nothing but skill up to it."""
    found = None
    for code in CODES.values():
        if not all(one.reading == "better" for one in rows if one.code == code):
            break
        found = code
    return found
