"""The comparison with 2000: valuation, run-up, what is missing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from desks import desk_of, lacking
from markets import bent, lead_to, slide

from reportgen.assess import bubble as part
from reportgen.assess.bubble import likeness
from reportgen.facts import Assumed, Observed
from reportgen.facts.bubble import Bubble

if TYPE_CHECKING:
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot


def read(snapshot: Snapshot, house: HouseView | None = None) -> Bubble:
    """Return the part, which must be there."""
    found = part.bubble(part.study(desk_of(snapshot, house)))
    assert found is not None
    return found


def test_valuation_is_near_its_record_and_the_run_up_is_not(snapshot: Snapshot) -> None:
    """CAPE 39.28 is 88.9 % of 44.2 (December 1999); no rise reaches four fifths of 2000's."""
    found = read(snapshot)
    assert found.share_of_peak.value == pytest.approx(88.87, abs=0.01)
    assert found.likeness == "valuation"
    assert not found.beyond
    assert found.state == "high"
    assert isinstance(found.cape.origin, Observed)
    for name in ("cape", "vix"):
        row = found.row(name)
        assert row is not None
        assert isinstance(row.now.origin, Observed)
    rises = [row for row in found.rows if row.code in part.RUN_UP]
    assert {row.likeness for row in rises} == {"apart"}


@pytest.mark.parametrize(
    ("cape", "index", "likeness", "beyond"),
    [
        (30.0, 0.0, "neither", False),
        (45.0, 0.0, "valuation", True),
        (30.0, 2.5, "run_up", False),
        (45.0, 2.5, "both", True),
    ],
)
def test_likeness_follows_both_sides(
    snapshot: Snapshot, cape: float, index: float, likeness: str, beyond: object
) -> None:
    """A lower or higher ratio changes valuation, an index up by 250 % in a year the run-up."""
    bends = {
        "cape": lead_to(cape, 3),
        "nasdaq_composite_weekly": slide(index, 40),
        "nasdaq_composite": slide(index, 200),
    }
    found = read(bent(snapshot, bends))
    assert (found.likeness, found.beyond) == (likeness, beyond)


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [(100, 100, "beyond"), (100, 80, "near"), (100, 79.9, "apart"), (-5, 10, "apart")],
)
def test_bounds_of_likeness(then: float, now: float, expected: str) -> None:
    """Four fifths are near, the whole beyond; what was not above zero is not compared."""
    assert likeness(then, now) == expected


def test_first_passage_is_before_the_record(snapshot: Snapshot) -> None:
    """The ratio first stood at 39.28 in January 1999; by 10 March 2000 the index had doubled."""
    passage = read(snapshot).first_passage
    assert passage is not None
    assert (passage.month.day, passage.top.day) == (date(1999, 1, 31), date(2000, 3, 10))
    assert passage.months.value == 14
    assert passage.rise.value == pytest.approx(101.5, abs=0.5)


def test_record_ratio_has_no_first_passage(snapshot: Snapshot) -> None:
    """A ratio above every one before the record was never reached then."""
    assert read(bent(snapshot, {"cape": lead_to(50.0, 3)})).first_passage is None


def test_aftermath_by_daily_closes(snapshot: Snapshot) -> None:
    """5,048.62 on 10 March 2000 to 1,114.11 on 9 October 2002: -77.9 % (Nasdaq closes)."""
    after = read(snapshot).aftermath
    assert after is not None
    assert (after.peak.value, after.low.value) == (5048.62, 1114.11)
    assert (after.peak_day.day, after.low_day.day) == (date(2000, 3, 10), date(2002, 10, 9))
    assert after.fall.value == pytest.approx(-77.93, abs=0.01)


def test_lead_needs_the_sp500(snapshot: Snapshot) -> None:
    """Without the S&P 500 the lead is left out and the other rows stand."""
    assert read(snapshot).row("lead_one_year") is not None
    assert read(lacking(snapshot, "sp500")).row("lead_one_year") is None
    assert read(lacking(snapshot, "sp500")).row("rise_one_year") is not None


def test_runs_are_compared_at_the_same_week(snapshot: Snapshot) -> None:
    """Week 309: 261 now, 389 then, after a peak of 673."""
    run = read(snapshot).run_up
    assert run.ahead == "below"
    assert (run.now.value, run.then.value) == pytest.approx((261.4, 389.2), abs=0.1)
    assert read(bent(snapshot, {"nasdaq_composite_weekly": slide(0.6, 9)})).run_up.ahead == "above"


def test_quotation_keeps_its_author(snapshot: Snapshot, house: HouseView) -> None:
    """The quoted gauge is an assumption with name and day; without a house view there is none."""
    found = read(snapshot, house)
    assert found.quoted is not None
    assert isinstance(found.quoted.origin, Assumed)
    assert found.quoted.origin.by == "Ray Dalio"
    assert found.quoted_day is not None
    assert found.quoted_day.day == date(2025, 11, 20)
    assert read(snapshot).quoted is None
    assert "value" not in found.missing


def test_without_the_ratio_nothing_is_compared(snapshot: Snapshot) -> None:
    """No CAPE, no section, no chart."""
    studied = part.study(desk_of(lacking(snapshot, "cape")))
    assert part.bubble(studied) is None
    assert part.bubble_charts(studied) == ()


def test_charts_hold_the_ratio_and_both_runs(snapshot: Snapshot) -> None:
    """The first point of each run is 100; the ratio's chart marks record, median and last."""
    cape, runs, _ = part.bubble_charts(part.study(desk_of(snapshot)))
    assert {mark.code for mark in cape.marks} == {"peak", "median", "last"}
    assert [line.y[0] for line in runs.lines] == [100.0, 100.0]
    assert runs.line("now").x[-1] == 309.0
