"""The risk matrix of the assessment: numbers, grades, house view, heat map, state changes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from desks import desk_of, lacking
from markets import bent, lead_to, shifted

from reportgen.assess.fragility import fragility
from reportgen.assess.matrix import matrix
from reportgen.assess.matrix_findings import Sources, dates_of
from reportgen.facts import Assumed, Quantity, Unit
from reportgen.facts.matrix import Matrix, Risk
from reportgen.i18n.numbers import rounded
from reportgen.models.risk_matrix import (
    IMPACT_BOUNDS,
    IMPACT_GRADES,
    PROBABILITY_BOUNDS,
    PROBABILITY_GRADES,
)

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.facts.matrix import Rating, RiskCode
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

CODES = ("yen_carry", "ai_air_pocket", "zero_dte_gamma", "debt_limit", "tariffs")


@pytest.fixture(scope="module")
def december(assessment: Assessment) -> Matrix:
    """The matrix of the bundled figures."""
    return assessment.matrix


def read(snapshot: Snapshot, house: HouseView | None = None) -> Matrix:
    """Return the matrix without debt and, where it is not asked for, without spending."""
    return matrix(desk_of(snapshot, house), Sources(None, None))


def risk(found: Matrix, code: str) -> Risk:
    """Return a row, which must be there."""
    row = found.risk(code)
    assert row is not None
    return row


def test_december_2025_grades_all_five_rows(december: Matrix) -> None:
    """Every row of the published matrix has its figures, in its order."""
    assert tuple(one.code for one in december.risks) == CODES
    assert december.missing == ()
    assert december.first
    assert {one.change for one in december.risks} == {"new"}


@pytest.mark.parametrize("code", CODES)
def test_grades_are_those_of_the_printed_figures(december: Matrix, code: str) -> None:
    """The class of each printed figure by the published bounds; a bound is the higher class."""
    row = risk(december, code)
    size = abs(rounded(row.impact.move))
    assert row.impact.grade == IMPACT_GRADES[sum(size >= bound for bound in IMPACT_BOUNDS)]
    if row.chance:
        shown = rounded(row.chance.probability)
        place = sum(shown >= bound for bound in PROBABILITY_BOUNDS)
        assert row.chance.grade == PROBABILITY_GRADES[place]


def test_weeks_of_a_fast_fall_of_the_dollar_since_1990(december: Matrix) -> None:
    """142 weeks with a fall of 4 % or more in four weeks; the Nasdaq's median is -0.2 %.

    Counted from the weekly rates (FRED DEXJPUS) and closes of the snapshot with a spreadsheet.
    """
    impact = risk(december, "yen_carry").impact
    assert impact.cases.value == 142
    assert impact.median.value == pytest.approx(-0.20, abs=0.01)
    assert impact.worse.value == pytest.approx(-5.28, abs=0.01)


def test_impact_of_semiconductors_is_that_of_the_chain(december: Matrix) -> None:
    """20 % off semiconductors at a pass-through of 0.43 takes 8.6 % off the index (model M7)."""
    assert risk(december, "ai_air_pocket").impact.move.value == pytest.approx(-8.6)
    assert risk(december, "ai_air_pocket").confidence == "judgement"


def test_debt_limit_is_remote_within_the_window(december: Matrix) -> None:
    """P(X-date before December 2026) as of 5 December 2025 is at most 1 % (model M9)."""
    row = risk(december, "debt_limit")
    assert row.chance is not None
    assert row.chance.probability.value <= 0.01
    assert (row.chance.grade, row.chance.word) == ("rare", "remote")


def test_dated_cases_are_those_of_the_treasury(december: Matrix) -> None:
    """The worst 20 days around the Treasury's dates ended on 19 August 2011, 18.1 % lower."""
    impact = risk(december, "debt_limit").impact
    assert [str(one.day) for one in impact.events] == ["2011-08-02", "2013-10-17", "2023-06-05"]
    assert impact.worse.value == pytest.approx(-18.1, abs=0.05)
    assert impact.worse_day is not None
    assert str(impact.worse_day.day) == "2011-08-19"


def test_what_is_in_force_has_no_probability(december: Matrix) -> None:
    """Tariffs are a status: no chance, no word, and the top row of the heat map."""
    row = risk(december, "tariffs")
    assert (row.status, row.chance, row.row) == ("in_force", None, "almost_certain")


def test_every_risk_stands_once_in_the_heat_map(december: Matrix) -> None:
    """In the cell of its grades, whose rating is its own; rows fall, columns rise."""
    cells = [cell for row in december.cells for cell in row]
    assert sorted(code for cell in cells for code in cell.risks) == sorted(CODES)
    for cell in cells:
        for code in cell.risks:
            row = risk(december, code)
            place = (row.row, row.impact.grade, row.rating)
            assert place == (cell.probability, cell.impact, cell.rating)
    assert december.cells[0][0].probability == "almost_certain"
    assert december.cells[-1][-1].impact == "severe"


def test_shades_rise_with_both_grades(december: Matrix) -> None:
    """No cell is lighter than the one below it or to its left, and a rating has one shade."""
    levels = [[cell.level for cell in row] for row in december.cells]
    assert all(row == sorted(row) for row in levels)
    assert all(list(column) == sorted(column, reverse=True) for column in zip(*levels, strict=True))
    shades = {(cell.rating, cell.level) for row in december.cells for cell in row}
    assert len(shades) == len({rating for rating, _ in shades}) == 4


def test_house_grades_stand_beside_ours(december: Matrix) -> None:
    """High, very high: our trigger is almost certain, its median impact negligible."""
    house = risk(december, "yen_carry").house
    assert house is not None
    assert (house.probability, house.impact) == ("high", "very_high")
    assert (house.probability_against, house.impact_against) == ("above", "below")
    assert isinstance(house.stated.origin, Assumed)


def test_without_a_house_view_there_are_no_grades_of_it(snapshot: Snapshot) -> None:
    """No house grade, no trigger of the house's, and no tariffs that nobody states."""
    found = read(snapshot)
    assert all(one.house is None for one in found.risks)
    assert risk(found, "yen_carry").hard_trigger is None
    assert found.missing == ("ai_air_pocket", "debt_limit", "tariffs")
    assert risk(found, "zero_dte_gamma").trigger is not None


def test_a_trigger_that_holds_is_in_force(snapshot: Snapshot, house: HouseView) -> None:
    """A VIX of 46 and a dollar that fell ten per cent are no events to come."""
    changes = {
        "vix_weekly": lead_to(46.0, 4),
        "usdjpy": lead_to(139.0, 15),
        "usdjpy_weekly": lead_to(139.0, 3),
    }
    found = read(bent(snapshot, changes), house)
    assert {risk(found, code).status for code in ("yen_carry", "zero_dte_gamma")} == {"in_force"}


def test_a_cut_of_spending_is_in_force(snapshot: Snapshot) -> None:
    """After a quarter with spending sixteen billions lower the trigger of the row holds."""
    lower = bent(snapshot, {"amazon_capex": shifted(-16.0, 1)})
    desk = desk_of(lower)
    found = matrix(desk, Sources(fragility(desk).capex, None))
    assert risk(found, "ai_air_pocket").status == "in_force"


@pytest.mark.parametrize(
    ("series", "code"),
    [("usdjpy", "yen_carry"), ("vix_weekly", "zero_dte_gamma"), ("usdjpy_weekly", "yen_carry")],
)
def test_a_missing_series_takes_its_row_away(snapshot: Snapshot, series: str, code: str) -> None:
    """The row is named as missing and nothing else is claimed."""
    found = read(lacking(snapshot, series))
    assert code in found.missing
    assert found.risk(code) is None


def test_change_is_told_against_the_last_edition(snapshot: Snapshot) -> None:
    """Ratings of an earlier edition make a row go up, down or stay."""
    before: dict[RiskCode, Rating] = {"yen_carry": "critical", "zero_dte_gamma": "low"}
    found = matrix(desk_of(snapshot), Sources(None, None), before)
    assert not found.first
    assert risk(found, "yen_carry").change == "down"
    assert risk(found, "zero_dte_gamma").change == "up"


def test_probability_is_no_average_of_levels(december: Matrix) -> None:
    """Every probability lies in its interval, between 0 and 1, in the unit of probabilities."""
    for one in december.risks:
        if one.chance is None:
            continue
        point: Quantity = one.chance.probability
        assert point.unit is Unit.PROBABILITY
        assert 0.0 <= point.value <= 1.0
        if one.chance.interval:
            bounds = one.chance.interval
            assert bounds.low.value <= point.value <= bounds.high.value


def test_no_date_is_told_behind_a_hole_in_the_list(snapshot: Snapshot) -> None:
    """Half a year before its first listed decision, a central bank's next date is not known."""
    early = desk_of(snapshot.cut(date(2025, 5, 1)))
    now = desk_of(snapshot)
    told = {one.event for one in dates_of(early, "yen_carry")}
    assert not told & {"fomc_decision", "boj_decision"}
    assert {one.event for one in dates_of(now, "yen_carry")} == {"fomc_decision", "boj_decision"}
