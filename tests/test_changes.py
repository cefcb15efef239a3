"""What changed since the last edition: every part by its cause, and the parts add up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from reportgen.assess import headlines, with_changes, with_corrections
from reportgen.assess.change_steps import DIGITS
from reportgen.assess.changes import Earlier, Run, changes
from reportgen.errors import DataError
from reportgen.facts import Computed, Quantity, Unit
from reportgen.facts.changes import CAUSES, Cause, Changes, CorrectionFact, HeadlineChange
from reportgen.facts.files import from_json, to_json
from reportgen.facts.headlines import Headline, Headlines
from reportgen.facts.headlines import from_json as headlines_from_json
from reportgen.facts.headlines import to_json as headlines_to_json
from reportgen.i18n.numbers import rounded
from reportgen.models.risk_matrix import RATINGS

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment

REASON = CorrectionFact("2025-12", 2, date(2025, 12, 9), date(2025, 12, 7), {"en": "One."})


def chance(code: str, value: float) -> Headline:
    """Return a probability."""
    return Headline(code=code, kind="probability", unit=Unit.PROBABILITY, value=value)


def grade(code: str, state: str) -> Headline:
    """Return a grade."""
    return Headline(code=code, kind="grade", unit=Unit.PROBABILITY, state=state)


def earlier(*found: Headline) -> Earlier:
    """Return an edition of November 2025."""
    return Earlier("2025-11", "2025-11", date(2025, 11, 3), date(2026, 10, 31), found)


def told(before: tuple[Headline, ...], *runs: Run) -> Changes:
    """Return what changed by December 2025."""
    return changes(earlier(*before), runs, "2025-12")


def of(found: Changes, code: str) -> HeadlineChange:
    """Return the change of a headline that changed."""
    change = found.change(code)
    assert change is not None
    return change


def parts(change: HeadlineChange) -> dict[str, float | None]:
    """Return the size of each step by its code."""
    return {one.code: None if one.change is None else one.change.value for one in change.steps}


def test_each_cause_has_the_change_of_its_own_run() -> None:
    """Four runs, four parts, printed in the same order whatever the order of the runs."""
    found = told(
        (chance("flash", 0.30),),
        Run(("model",), (chance("flash", 0.31),)),
        Run(("revised_data",), (chance("flash", 0.29),)),
        Run(("new_data",), (chance("flash", 0.36),)),
        Run(("house",), (chance("flash", 0.40),)),
    )
    change = of(found, "flash")
    assert parts(change) == {"new_data": 7, "revised_data": -2, "model": 1, "house": 4}
    assert [one.code for one in change.steps] == list(CAUSES) == list(found.causes)
    assert change.change == Quantity(10, Unit.PERCENTAGE_POINTS, Computed("changes"))
    assert (change.main, change.direction, found.lead) == ("new_data", "up", "flash")


@pytest.mark.parametrize("unit", list(DIGITS))
def test_the_parts_add_up_as_printed(unit: Unit) -> None:
    """A reader who adds a row up finds its change, and last and now differ by just that."""
    values = (0.30449, 0.3055001, 0.2945, 0.355, 0.40501)
    size = 1 if unit is Unit.PROBABILITY else 1000
    rows = [Headline(code="x", kind="value", unit=unit, value=size * one) for one in values]
    causes: tuple[Cause, ...] = ("model", "revised_data", "new_data", "house")
    runs = [Run((cause,), (row,)) for cause, row in zip(causes, rows[1:], strict=True)]
    change = of(told((rows[0],), *runs), "x")
    assert change.change is not None
    assert change.before is not None
    assert change.after is not None
    printed = [Decimal(repr(one.change.value)) for one in change.steps if one.change]
    first, last = change.before.figure, change.after.figure
    assert first is not None
    assert last is not None
    apart = rounded(last, change.digits) - rounded(first, change.digits)
    assert sum(printed) == Decimal(repr(change.change.value)) == apart


def test_a_headline_that_prints_as_before_is_unchanged() -> None:
    """Less than a printed digit is no change; opposite causes are told, but count as unchanged."""
    found = told(
        (chance("flash", 0.301), chance("bear", 0.20)),
        Run(("model",), (chance("flash", 0.302), chance("bear", 0.23))),
        Run(("new_data",), (chance("flash", 0.303), chance("bear", 0.20))),
    )
    assert found.unchanged == ("flash", "bear")
    assert [(one.code, one.status) for one in found.changed] == [("bear", "offset")]
    assert parts(found.changed[0]) == {"new_data": -3, "model": 3}
    assert found.lead is None


def test_a_grade_has_the_causes_at_which_it_changes() -> None:
    """A rating is not a number: the steps name the runs at which it changed."""
    found = told(
        (grade("risk_x", "low"), grade("verdict", "in_line")),
        Run(("revised_data",), (grade("risk_x", "medium"), grade("verdict", "in_line"))),
        Run(("new_data",), (grade("risk_x", "medium"), grade("verdict", "mixed"))),
        Run(("house",), (grade("risk_x", "high"), grade("verdict", "mixed"))),
    )
    risk, verdict = of(found, "risk_x"), of(found, "verdict")
    assert parts(risk) == {"revised_data": None, "house": None}
    assert (risk.direction, risk.main, risk.change) == ("up", "", None)
    assert (verdict.direction, verdict.main) == ("other", "new_data")
    assert found.lead == "risk_x"


def test_what_an_edition_lacks_is_said_and_is_no_zero() -> None:
    """A missing figure has no change; the cause at which it came or went is named."""
    found = told(
        (chance("old", 0.3), chance("both", 0.3)),
        Run(("revised_data",), (chance("both", 0.3),)),
        Run(("new_data",), (chance("both", 0.3), chance("new", 0.2))),
    )
    assert (of(found, "old").status, of(found, "new").status) == ("gone", "appeared")
    assert (of(found, "old").after, of(found, "new").before) == (None, None)
    assert of(found, "old").change is None
    assert parts(of(found, "old")) == {"revised_data": None}
    assert parts(of(found, "new")) == {"new_data": None}
    assert found.unchanged == ("both",)


def test_causes_that_cannot_be_told_apart_are_joined() -> None:
    """Where a run lacks the figure, or could not be made, its part is not made up."""
    lacking = told(
        (chance("x", 0.3),),
        Run(("model",), ()),
        Run(("revised_data",), (chance("x", 0.34),)),
        Run(("new_data",), (chance("x", 0.35),)),
    )
    assert parts(of(lacking, "x")) == {"new_data": 1, "revised_data+model": 4}
    assert of(lacking, "x").joint("model")
    assert not of(lacking, "x").joint("new_data")
    failed = told((chance("x", 0.3),), Run(("model", "revised_data"), (chance("x", 0.34),)))
    assert parts(of(failed, "x")) == {"revised_data+model": 4}


def test_a_stated_range_changes_as_a_whole() -> None:
    """The house's range has no single figure to subtract."""
    before, after = (
        Headline(code="h", kind="probability", unit=Unit.PROBABILITY, low=low, high=0.3)
        for low in (0.25, 0.2)
    )
    change = of(told((before,), Run(("new_data",), (before,)), Run(("house",), (after,))), "h")
    assert parts(change) == {"house": None}
    assert change.before is not None
    assert change.before.range is not None
    assert change.change is None


# -- of an edition ----------------------------------------------------------------------------


def test_the_headlines_are_those_of_the_assessment(assessment: Assessment) -> None:
    """About two dozen, each once, with the figures the report prints."""
    found = headlines(assessment)
    table = {one.code: one for one in found}
    flash = assessment.probabilities.event("flash")
    assert len(table) == len(found)
    assert 20 <= len(found) <= 32
    assert table["flash"].value == flash.at("window").probability.value
    assert table["flash_21"].value == flash.at("d21").probability.value
    assert flash.house is not None
    assert table["house_flash"].low == table["flash"].house_low == flash.house.stated.low.value
    assert table["close"].value == assessment.market.close.value
    assert table["touch_trough_median"].value == assessment.levels.trough_median.touch.value
    assert {one.state for one in found if one.code.startswith("risk_")} <= set(RATINGS)


def test_figures_are_printed_with_the_digits_they_are_compared_with(
    assessment: Assessment,
) -> None:
    """Every unit among the headlines has its number of decimals in the table."""
    figured = [one for one in headlines(assessment) if one.kind != "grade"]
    assert {one.unit for one in figured} <= DIGITS.keys()


def test_an_edition_tells_its_changes(assessment: Assessment) -> None:
    """Changes enter the assessment and its risk matrix, and are read back as written."""
    now = headlines(assessment)
    risks = [one for one in now if one.code.startswith("risk_")]
    lower = {
        one.code: grade(one.code, "low" if one.state != "low" else "critical") for one in risks[:1]
    }
    before = [lower.get(one.code, one) for one in now if one.code != risks[1].code]
    found = with_changes(
        assessment, changes(earlier(*before), [Run(("new_data",), now)], "2025-12")
    )
    assert not found.matrix.first
    assert found.matrix.risks[0].change == ("up" if risks[0].state != "low" else "down")
    assert [one.change for one in found.matrix.risks[1:3]] == ["new", "same"]
    assert found.changes is not None
    assert found.changes.as_of.key == "changes.as_of"
    assert from_json(to_json(found)) == found


def test_a_correction_is_told_by_its_revision(assessment: Assessment) -> None:
    """The revision has a name and a reason of its own; without a reason there is none."""
    found = with_corrections(assessment, 2, (REASON,))
    assert found.edition.name == "2025-12-r2"
    assert found.correction == REASON
    assert with_corrections(assessment, 1, (REASON,)).correction is None
    assert assessment.edition.name == "2025-12"
    with pytest.raises(DataError, match="2025-12-r2"):
        with_corrections(assessment, 2, ())


def test_a_reason_is_told_in_the_language_there_is() -> None:
    """A reason given in one language alone is printed in it and marked so."""
    assert REASON.said("ja") == ("One.", "en")
    assert CorrectionFact("2025-12", 2, date.min, date.min, {"zh": "一"}).said("ja") == ("一", "zh")


def test_headlines_are_read_across_versions() -> None:
    """What a later version adds is passed over; what is broken is refused with its field."""
    whole = Headlines(
        name="2025-12",
        period="2025-12",
        revision=1,
        as_of=date(2025, 12, 5),
        dated=date(2025, 12, 7),
        window_end=date(2026, 11, 30),
        state="in_line",
        verdict={"en": "In line."},
        headlines=(chance("flash", 0.3),),
        record={"rows": 3},
    )
    written = headlines_to_json(whole)
    assert headlines_from_json(written) == whole
    later = written.replace(b'"name":', b'"mood": ["new"],\n "name":')
    assert headlines_from_json(later) == whole
    with pytest.raises(DataError, match="value"):
        headlines_from_json(written.replace(b"0.3", b'"0.3"'))
    with pytest.raises(ValueError, match="flash"):
        chance("flash", float("nan"))
