"""The risk matrix: each risk with its number, its grades, and what they rest on."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.events import DatedEvent
from reportgen.facts.probabilities import Likelihood
from reportgen.facts.quantity import Day, Quantity, Range

RiskCode = Literal[
    "yen_carry", "ai_air_pocket", "zero_dte_gamma", "volatility", "debt_limit", "tariffs"
]
ProbabilityGrade = Literal["rare", "unlikely", "possible", "likely", "almost_certain"]
ImpactGrade = Literal["negligible", "minor", "moderate", "major", "severe"]
Rating = Literal["low", "medium", "high", "critical"]
Against = Literal["above", "same", "below"]

PROBABILITY_GRADES: tuple[ProbabilityGrade, ...] = (
    "rare",
    "unlikely",
    "possible",
    "likely",
    "almost_certain",
)
IMPACT_GRADES: tuple[ImpactGrade, ...] = ("negligible", "minor", "moderate", "major", "severe")


class Chance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The probability of a risk's trigger within the window.

    Args:
        probability: the point; ``grade`` and ``word`` are those of the figure as printed.
        interval: 80 % interval or range over the model's variants; ``None`` without one.
        base_rate: share of past windows of that length with the same trigger, whatever state
            they began in; ``None`` without a history.
        cases: windows or quarters behind the point, ``None`` for simulated paths; ``since``
            the history's first day.
        hits: cases with the trigger, where they are few enough to be told one by one.
    """

    probability: Quantity
    grade: ProbabilityGrade
    word: Likelihood
    interval: Range | None
    base_rate: Quantity | None
    cases: Quantity | None
    hits: Quantity | None
    since: Day | None


class Impact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The index's move in the cases of the trigger, per cent over twenty trading days.

    Args:
        move: median, none above zero; ``grade`` is that of the figure as printed.
        median: the same before falls alone are counted.
        worse: bound of the worse quarter, the worst case, or a harder assumption.
        worse_kind: which of these it is.
        usual: the same measure's median over the whole history; ``None`` for an assumption.
        after: median of the moves over the twenty days that followed; ``None`` where not asked.
        cases: moves counted; ``episodes``: separate spells among them.
        events: the days of dated cases.
    """

    move: Quantity
    grade: ImpactGrade
    median: Quantity
    worse: Quantity
    worse_kind: Literal["quarter", "case", "assumption"]
    worse_day: Day | None
    usual: Quantity | None
    after: Quantity | None
    cases: Quantity
    episodes: Quantity
    since: Day | None
    events: tuple[Day, ...] = ()


class HouseGrade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The house's grades of a risk in its own words, as codes, and ours against them.

    The house's words have no published scale. Read here: ``low`` is rare or unlikely, negligible
    or minor; ``medium`` possible, moderate; ``medium_high`` that or the next; ``high`` likely,
    major; ``very_high`` and ``severe`` the top grades.

    Args:
        probability_against: ours against the house's; ``None`` for what is in force.
        start, end: the days the house names, if any.
    """

    stated: Day
    probability: str
    impact: str
    probability_against: Against | None
    impact_against: Against
    start: Day | None
    end: Day | None


class Risk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the matrix.

    Args:
        status: ``in_force`` for what already happens; it has no chance and is rated in the
            top row.
        trigger: size of the move, or level, that counts as the trigger; ``None`` for a date
            or a status.
        rating: by the table of model M14.
        confidence: what the row rests on.
        change: of the rating since the last edition; ``new`` without an earlier grade.
        dates: the next dated events that bear on it, earliest first.
        hard_trigger, hard_move, hard_cases: a larger move that the house names, the index's
            median move with it, and its cases; ``None`` where there is none.
    """

    code: RiskCode
    status: Literal["open", "in_force"]
    trigger: Quantity | None
    chance: Chance | None
    impact: Impact
    rating: Rating
    confidence: Literal["data_backed", "model", "judgement"]
    change: Literal["new", "up", "same", "down"]
    dates: tuple[DatedEvent, ...]
    house: HouseGrade | None
    hard_trigger: Quantity | None = None
    hard_move: Quantity | None = None
    hard_cases: Quantity | None = None

    @property
    def row(self) -> ProbabilityGrade:
        """The row of the heat map: what is in force stands in the top one."""
        return PROBABILITY_GRADES[-1] if self.chance is None else self.chance.grade


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of the heat map: its rating and the codes of the risks in it."""

    probability: ProbabilityGrade
    impact: ImpactGrade
    rating: Rating
    level: int
    risks: tuple[str, ...]


class Matrix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The risk matrix.

    Args:
        risks: the rows there are figures for; ``missing``: codes of the others that were known
            as risks at the as-of date.
        first: whether there is no earlier edition to compare with.
        cells: the heat map, row by row from the highest probability.
        by: last day of the window of the probabilities.
    """

    risks: tuple[Risk, ...]
    missing: tuple[str, ...]
    first: bool
    cells: tuple[tuple[Cell, ...], ...]
    by: Day

    def risk(self, code: str) -> Risk | None:
        """Return a row, ``None`` when there are no figures for it."""
        return next((one for one in self.risks if one.code == code), None)

    def rated(self, rating: str) -> tuple[Risk, ...]:
        """Return the rows of that rating."""
        return tuple(one for one in self.risks if one.rating == rating)

    @property
    def top(self) -> Rating | None:
        """The highest rating given; ``None`` without rows."""
        order: tuple[Rating, ...] = ("critical", "high", "medium", "low")
        return next((one for one in order if self.rated(one)), None)
