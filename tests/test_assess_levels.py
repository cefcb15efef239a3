"""The levels of the assessment, against the figures that the method's description states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desks import desk_of, lacking
from markets import stressed

from reportgen.assess.levels import levels
from reportgen.assess.simulation import simulate
from reportgen.facts import Assumed, Computed, Observed

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.facts.levels import Levels
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot


@pytest.fixture(scope="module")
def december(assessment: Assessment) -> Levels:
    """The part on the bundled figures."""
    return assessment.levels


def read(snapshot: Snapshot, house: HouseView | None = None) -> Levels:
    """Return the part on other figures."""
    desk = desk_of(snapshot, house)
    return levels(desk, simulate(desk))


def test_retracements_on_the_houses_inputs(december: Levels) -> None:
    """24,000 and 10,300 give 18,766.6, 17,150.0 and 15,533.4 (method M3, known answer)."""
    found = [round(one.level.value, 1) for one in december.house_fibonacci]
    assert found == [18_766.6, 17_150.0, 15_533.4]
    assert isinstance(december.house_fibonacci[0].level.origin, Computed)
    assert december.house_fibonacci[0].level.origin.inputs == ("house",)


def test_retracements_by_the_rule_on_observed_closes(december: Levels) -> None:
    """15,267.91 of 8 April 2025 to the record give 20,638.7, 19,613.2 and 18,587.7 (M3)."""
    found = [round(one.level.value, 1) for one in december.rule_fibonacci]
    assert found == [20_638.7, 19_613.2, 18_587.7]
    assert december.rule_low.value == 15_267.91
    assert isinstance(december.rule_low.origin, Observed)


def test_compression_of_the_multiple(december: Levels) -> None:
    """28 to 18 is -35.7 %: 15,107 from 23,500 and 15,157 from the as-of close (M3)."""
    found = december.valuation
    assert found is not None
    assert found.change.value == pytest.approx(-35.714, abs=0.001)
    assert found.stated.level.value == pytest.approx(15_107.1, abs=0.1)
    assert found.by_rule.level.value == pytest.approx(15_157.4, abs=0.1)
    assert found.grown.level.value == pytest.approx(1.1 * found.by_rule.level.value)


def test_long_averages(december: Levels) -> None:
    """15,643 now, 17,302 thirty weeks on with a flat price, 15,657 over fifty months (M3)."""
    assert december.average_200_week.value == pytest.approx(15_643, abs=0.5)
    assert december.average_projected.value == pytest.approx(17_302, abs=0.5)
    assert december.average_50_month.value == pytest.approx(15_657, abs=0.5)
    assert december.average_50_month_end.day.isoformat() == "2025-11-28"
    low, high = december.average_span.low.value, december.average_span.high.value
    assert low < december.average_projected.value < high


def test_the_houses_average_holds_and_its_fall_does_not(december: Levels) -> None:
    """16,500-17,500 means -29.8 % to -25.5 % from 23,500, not -30 % to -28 %."""
    found = december.house_average
    assert found is not None
    assert found.holds
    assert found.implied is not None
    assert found.implied.low.value == pytest.approx(-29.8, abs=0.05)
    assert found.implied.high.value == pytest.approx(-25.5, abs=0.05)
    assert not found.fits


def test_a_fall_is_named_with_its_base(december: Levels) -> None:
    """The zone is -38.3 % to -32.8 % from 23,500 and -39.6 % to -34.2 % from 24,000."""
    assert december.falls is not None
    assert [base.value for base in december.falls.bases] == [23_500, 24_000, 23_578.13]
    falls = {one.level.code: one for one in december.falls.falls}
    low, high = falls["house_zone_low"], falls["house_zone_high"]
    assert [round(change.value, 1) for change in low.changes[:2]] == [-38.3, -39.6]
    assert [round(change.value, 1) for change in high.changes[:2]] == [-32.8, -34.2]
    assert low.stated is not None
    assert low.stated.low.value == -38


def test_the_200_week_average_was_no_reliable_floor(december: Levels) -> None:
    """October 2002 lay 57 % below it, March 2009 44 %, December 2022 10 %."""
    record = december.record
    assert record.verdict == "rejected"
    found = {one.code: one.distance.value for one in record.troughs}
    assert found["2002_10"] == pytest.approx(-57, abs=0.5)
    assert found["2009_03"] == pytest.approx(-44, abs=0.5)
    assert found["2022_12"] == pytest.approx(-10, abs=0.5)
    parts = (record.at, record.above, record.below)
    assert sum(part.value for part in parts) == record.count.value == len(record.troughs)


def test_confluence_needs_three_methods_on_observed_closes(december: Levels) -> None:
    """Three methods meet on the house's inputs, two on observed closes."""
    found = december.agreement
    assert found is not None
    assert (found.stated.value, found.by_rule.value) == (3, 2)
    assert found.state == "stated_only"
    by_rule = {one.code for one in december.methods if one.by_rule}
    assert by_rule == {"valuation", "average_50_month"}


def test_the_extreme_is_not_the_average_it_names(december: Levels) -> None:
    """The house says that 12,800 is the 50-month average."""
    assert december.extreme_is_average
    assert december.house_extreme is not None
    assert isinstance(december.house_extreme.level.origin, Assumed)


def test_deeper_levels_are_less_likely_touched(december: Levels) -> None:
    """P(touch) falls with the level, and the trough's quantiles stand in order."""
    levels_down = [
        *december.rule_fibonacci,
        *december.house_fibonacci,
        december.trough_median,
        december.trough_extreme,
    ]
    ordered = sorted(levels_down, key=lambda one: one.level.value)
    touches = [one.touch.value for one in ordered]
    assert touches == sorted(touches)
    low, high = december.trough_zone
    assert low.level.value < december.trough_median.level.value < high.level.value


def test_without_a_house_view_the_methods_stand_alone(snapshot: Snapshot) -> None:
    """No house view: no zone, no valuation, no agreement; averages and rule stay."""
    found = read(snapshot)
    assert found.house_zone == ()
    assert found.house_main is None
    assert found.valuation is None
    assert found.agreement is None
    assert found.falls is None
    assert len(found.rule_fibonacci) == 3


def test_a_level_above_the_close_is_reached(snapshot: Snapshot, house: HouseView) -> None:
    """After a deep fall the upper retracements lie above the close: reached, nothing to touch."""
    found = read(stressed(snapshot), house)
    above = [one for one in found.rule_fibonacci if one.distance.value >= 0]
    assert all(one.reached for one in above)
    assert all(one.touch.value == 1.0 for one in above)
    assert all(not one.reached for one in found.house_zone if one.distance.value < 0)


def test_troughs_need_no_weekly_history(snapshot: Snapshot) -> None:
    """Without the longer weekly closes the first troughs have no average and are left out."""
    found = read(lacking(snapshot, "nasdaq_composite_weekly"))
    assert found.record.troughs[0].day.day.year > 2001
