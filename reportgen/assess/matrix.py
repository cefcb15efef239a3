"""The risk matrix: rows graded, held against the house's grades, and set into the heat map."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from reportgen.assess.desk import Desk
from reportgen.assess.matrix_findings import Finding, Sources
from reportgen.assess.matrix_rows import ROWS, known
from reportgen.facts import Assumed, Computed, Day
from reportgen.facts.matrix import (
    IMPACT_GRADES,
    PROBABILITY_GRADES,
    Against,
    Cell,
    HouseGrade,
    ImpactGrade,
    Matrix,
    ProbabilityGrade,
    Rating,
    Risk,
    RiskCode,
)
from reportgen.models.risk_matrix import change_of, grade_risk, rating

HOUSE_RANKS: Mapping[str, tuple[int, int]] = {
    "low": (0, 1),
    "medium": (2, 2),
    "medium_high": (2, 3),
    "high": (3, 3),
    "very_high": (4, 4),
    "severe": (4, 4),
}
"""Where the house's words lie on the scale of five grades, lowest to highest rank."""

SHADES: Mapping[Rating, int] = {"low": 1, "medium": 3, "high": 4, "critical": 5}
"""Shade of the heat map for each rating, so that one word never stands on two shades."""


def matrix(
    desk: Desk, sources: Sources, previous: Mapping[RiskCode, Rating] | None = None
) -> Matrix:
    """Return the risk matrix.

    Args:
        desk: the desk.
        sources: what other sections have found already.
        previous: ratings of the last edition; ``None`` when this is the first.
    """
    found = {code: row(desk, sources) for code, row in ROWS.items()}
    graded = tuple(
        _risk(desk, one, (previous or {}).get(one.code)) for one in found.values() if one
    )
    return Matrix(
        risks=graded,
        missing=tuple(code for code, one in found.items() if one is None and known(desk, code)),
        first=previous is None,
        cells=_cells(graded),
        by=Day(desk.window_end, Computed("calendar")),
    )


def _risk(desk: Desk, found: Finding, previous: Rating | None) -> Risk:
    """Return a finding with its grades; they are those of the figures as printed."""
    grades = grade_risk(
        found.code,
        None if found.chance is None else found.chance.probability.value,
        found.impact.move.value,
        found.confidence,
        in_force=found.chance is None,
    )
    chance = found.chance
    if chance is not None:
        chance = msgspec.structs.replace(chance, grade=grades.probability_grade, word=grades.word)
    impact = msgspec.structs.replace(found.impact, grade=grades.impact_grade)
    return Risk(
        code=found.code,
        status=grades.status,
        trigger=found.trigger,
        chance=chance,
        impact=impact,
        rating=grades.rating,
        confidence=grades.confidence,
        change=change_of(previous, grades.rating),
        dates=found.dates,
        house=_house(desk, found, grades.probability_grade, grades.impact_grade),
        hard_trigger=found.hard_trigger,
        hard_move=found.hard_move,
        hard_cases=found.hard_cases,
    )


def _house(
    desk: Desk, found: Finding, probability: ProbabilityGrade | None, impact: ImpactGrade
) -> HouseGrade | None:
    """Return the house's grades of a risk beside ours, ``None`` when it has none."""
    entry = f"matrix.{found.code}"
    if desk.house is None or not desk.holds(entry):
        return None
    stated = desk.house.get(entry)
    origin = Assumed(stated.by, stated.stated, stated.valid_until, stated.source)
    likely, size = stated.probability or "", stated.impact or ""
    place = None if probability is None else PROBABILITY_GRADES.index(probability)
    return HouseGrade(
        stated=Day(stated.stated, origin),
        probability=likely,
        impact=size,
        probability_against=None if place is None else _against(place, likely),
        impact_against=_against(IMPACT_GRADES.index(impact), size) or "same",
        start=None if stated.start is None else Day(stated.start, origin),
        end=None if stated.end is None else Day(stated.end, origin),
    )


def _against(rank: int, word: str) -> Against | None:
    """Return where our rank lies against the house's word; ``None`` for a word without rank."""
    if word not in HOUSE_RANKS:
        return None
    low, high = HOUSE_RANKS[word]
    if low <= rank <= high:
        return "same"
    return "above" if rank > high else "below"


def _cells(risks: tuple[Risk, ...]) -> tuple[tuple[Cell, ...], ...]:
    """Return the heat map row by row, the highest probability first."""
    return tuple(
        tuple(
            Cell(
                probability=likely,
                impact=size,
                rating=rating(likely, size),
                level=SHADES[rating(likely, size)],
                risks=tuple(
                    one.code for one in risks if one.row == likely and one.impact.grade == size
                ),
            )
            for size in IMPACT_GRADES
        )
        for likely in reversed(PROBABILITY_GRADES)
    )
