"""Conclusions: triggers with distance and frequency, windows of time, leverage, volatility."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from desks import desk_of, lacking, without_events
from markets import bent, calm, lead_to, shifted, stressed

from reportgen.assess.calendar_chart import calendar_chart
from reportgen.assess.fragility import fragility
from reportgen.assess.outlook import Found, outlook
from reportgen.assess.simulation import Simulation, simulate
from reportgen.assess.trigger_desk import TriggerDesk
from reportgen.facts import Assumed
from reportgen.facts.outlook import Outlook, Trigger

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

CODES = ("usdjpy", "skew", "vix", "capex", "sofr_iorb", "high_yield", "average_200_day")


@pytest.fixture(scope="module")
def december(assessment: Assessment) -> Outlook:
    """The part on the bundled figures."""
    return assessment.outlook


@pytest.fixture(scope="module")
def paths(snapshot: Snapshot) -> Simulation:
    """Few paths of the index as it stood."""
    return simulate(desk_of(snapshot))


def read(snapshot: Snapshot, paths: Simulation, house: HouseView | None = None) -> Outlook:
    """Return the part without what other sections find."""
    return outlook(TriggerDesk(desk_of(snapshot, house), paths, None, None), Found(None, None))


def trigger(found: Outlook, code: str) -> Trigger:
    """Return a trigger, which must be watched."""
    one = found.trigger(code)
    assert one is not None
    return one


def test_december_2025_watches_seven_triggers(december: Outlook) -> None:
    """All seven of the published list, none of them hit."""
    assert tuple(one.code for one in december.triggers) == CODES
    assert (december.hit.value, december.watched.value) == (0, 7)
    assert december.missing == ()


def test_distances_are_those_of_the_readings(december: Outlook) -> None:
    """145 lies 6.63 % below 155.30, 150 lies 0.79 % above 148.83, 25 is 62.2 % above 15.41."""
    gaps = {one.code: one.gap.value for one in december.triggers}
    assert gaps["usdjpy"] == pytest.approx(-6.632, abs=0.001)
    assert gaps["skew"] == pytest.approx(0.786, abs=0.001)
    assert gaps["vix"] == pytest.approx(62.23, abs=0.01)
    assert gaps["sofr_iorb"] == pytest.approx(7.0)
    assert {one.state for one in december.triggers} == {"near", "apart"}


def test_thresholds_of_the_house_are_assumed(december: Outlook) -> None:
    """Three thresholds are the house's; the others are rules of this report."""
    stated = {one.code for one in december.triggers if isinstance(one.threshold.origin, Assumed)}
    assert stated == {one.code for one in december.triggers if one.stated}
    assert stated == {"usdjpy", "skew", "vix"}


def test_base_rates_are_marked_as_such(december: Outlook) -> None:
    """What a model simulates is a forecast, the rest a frequency with its history and cases."""
    by_model = [one.code for one in december.triggers if one.basis == "model"]
    assert by_model == ["usdjpy", "average_200_day"]
    for one in december.triggers:
        if one.basis == "base_rate":
            assert one.since is not None
            assert all(chance.cases is not None for chance in one.chances)


def test_chances_rise_with_the_horizon_inside_their_intervals(december: Outlook) -> None:
    """More time never makes a hit less likely."""
    for one in december.triggers:
        points = [chance.probability.value for chance in one.chances]
        assert points == sorted(points)
        for chance in one.chances:
            bounds = chance.interval.low.value, chance.interval.high.value
            assert bounds[0] <= chance.probability.value <= bounds[1]


def test_four_years_of_sofr_say_nothing_about_a_year(december: Outlook) -> None:
    """The rate on reserves begins in July 2021: fewer than five windows of a year."""
    one = trigger(december, "sofr_iorb")
    assert [chance.code for chance in one.chances] == ["quarter"]
    assert str(one.since.day if one.since else "") == "2021-07-29"


def test_a_hit_trigger_has_no_chance_of_being_hit(
    snapshot: Snapshot, paths: Simulation, house: HouseView
) -> None:
    """With fear, dear money and wide spreads the readings stand beyond their thresholds."""
    found = read(stressed(snapshot), paths, house)
    hit = {one.code for one in found.triggers if one.state == "hit"}
    assert {"vix", "sofr_iorb", "high_yield", "average_200_day"} <= hit
    assert "skew" not in hit
    assert all(not one.chances for one in found.triggers if one.state == "hit")
    assert found.hit.value == len(hit)


def test_a_threshold_is_hit_on_itself(
    snapshot: Snapshot, paths: Simulation, house: HouseView
) -> None:
    """A SKEW of exactly 150 is a hit, one of 149.9 is near."""
    at = read(bent(snapshot, {"skew": lead_to(150.0, 3)}), paths, house)
    near = read(bent(snapshot, {"skew": lead_to(149.9, 3)}), paths, house)
    assert trigger(at, "skew").state == "hit"
    assert trigger(near, "skew").state == "near"


def test_without_a_house_view_triggers_are_the_reports_own(
    snapshot: Snapshot, paths: Simulation
) -> None:
    """No SKEW, whose threshold only the house states; the VIX keeps the layers' bound."""
    found = read(snapshot, paths)
    assert found.trigger("skew") is None
    assert not trigger(found, "vix").stated
    assert trigger(found, "vix").threshold.value == 25.0
    assert "skew" not in found.missing


@pytest.mark.parametrize(
    ("series", "code"),
    [
        ("skew", "skew"),
        ("vix_weekly", "vix"),
        ("iorb", "sofr_iorb"),
        ("high_yield_oas", "high_yield"),
    ],
)
def test_a_missing_series_is_named(
    snapshot: Snapshot, paths: Simulation, house: HouseView, series: str, code: str
) -> None:
    """The trigger is not watched, and the report can say so."""
    found = read(lacking(snapshot, series), paths, house)
    assert found.trigger(code) is None
    assert code in found.missing


def test_capex_is_watched_season_by_season(
    snapshot: Snapshot, paths: Simulation, house: HouseView
) -> None:
    """One season within a quarter, four within the window; none where no season is dated."""
    desk = desk_of(snapshot, house)
    spending = fragility(desk).capex
    known = outlook(TriggerDesk(desk, paths, None, spending), Found(None, None))
    chances = trigger(known, "capex").chances
    # Jeffreys' mean of no cut in six quarters, over one and over four seasons.
    assert [one.probability.value for one in chances] == pytest.approx(
        [0.5 / 7, 1 - (1 - 0.5 / 7) ** 4]
    )
    undated = desk_of(without_events(snapshot, "hyperscaler_reporting_season"), house)
    silent = outlook(TriggerDesk(undated, paths, None, spending), Found(None, None))
    assert trigger(silent, "capex").chances == ()


# -- windows of time ------------------------------------------------------------------------


def test_the_house_names_different_months(december: Outlook) -> None:
    """March and August to September in its conclusions, March to August beside them."""
    assert [one.code for one in december.timing.windows] == ["spring", "autumn", "flash_crash"]
    assert december.timing.agree is False


def test_windows_hold_what_their_months_would(december: Outlook) -> None:
    """No month of December 2025's window is flagged (checked with the published method)."""
    assert december.timing.state == "even"
    assert december.timing.months == ()
    shares = {one.code: one for one in december.timing.windows}
    spring = shares["spring"]
    assert spring.even is not None
    assert spring.even.value == pytest.approx(1 / 12)
    assert shares["autumn"].x_date is not None
    assert shares["autumn"].x_date.value < 0.05
    assert not any(one.credible for one in december.timing.windows)


def test_without_layers_nothing_is_said_about_timing(
    snapshot: Snapshot, paths: Simulation, house: HouseView
) -> None:
    """The state is unknown and the windows have no share."""
    found = read(snapshot, paths, house).timing
    assert (found.state, found.months) == ("unknown", ())
    assert all(one.share is None for one in found.windows)


# -- what a position has to bear ------------------------------------------------------------


def test_half_the_capital_goes_with_half_over_the_ratio(december: Outlook) -> None:
    """At 1.5, 2 and 3 times the capital: falls of 33.3, 25 and 16.7 per cent."""
    assert [one.fall.value for one in december.leverage] == pytest.approx(
        [-33.333, -25.0, -16.667], abs=0.001
    )


def test_more_leverage_is_hit_more_often(december: Outlook) -> None:
    """A nearer level is touched at least as often, in the paths and in the past."""
    touches = [one.touch.value for one in december.leverage]
    rates = [one.base_rate.value for one in december.leverage if one.base_rate]
    assert touches == sorted(touches)
    assert rates == sorted(rates)
    assert len(rates) == 3


def test_volatility_is_cheap_or_dear_by_its_history(
    snapshot: Snapshot, paths: Simulation, house: HouseView
) -> None:
    """A VIX of 15.41 is neither; 11.4 is cheap, 46 is dear."""
    states = []
    for figures in (snapshot, calm(snapshot), stressed(snapshot)):
        cost = read(figures, paths, house).volatility
        assert cost is not None
        states.append(cost.state)
    assert states == ["usual", "cheap", "dear"]


def test_a_short_history_of_volatility_is_left_out(
    snapshot: Snapshot, paths: Simulation, house: HouseView
) -> None:
    """Without the weekly VIX or the S&P 500 no cost is claimed."""
    assert read(lacking(snapshot, "vix_weekly"), paths, house).volatility is None


# -- the calendar ---------------------------------------------------------------------------


def test_the_calendar_holds_shares_and_every_dated_event(assessment: Assessment) -> None:
    """Twelve shares that sum to one, and each coming event of the window in one row."""
    chart = assessment.charts["calendar"]
    shares = [value or 0.0 for value in chart.line("share").y]
    assert sum(shares) == pytest.approx(1.0, abs=1e-4)
    days = [day for line in chart.lines if line.code in ("fomc", "boj") for day in line.x]
    assert min(str(day) for day in days) > "2025-12-05"
    named = sum(1 for line in chart.lines if line.code == "fomc" for y in line.y if y)
    assert named == 8


def test_expected_days_are_told_from_scheduled_ones(assessment: Assessment) -> None:
    """Reporting seasons are dated by custom; decisions of the Bank of Japan are published."""
    bands = {band.code for band in assessment.charts["calendar"].bands}
    assert "expected_reports" in bands
    assert "expected_boj" not in bands


def test_without_layers_and_events_there_is_no_calendar(
    snapshot: Snapshot, paths: Simulation, house: HouseView
) -> None:
    """A chart with nothing on it is not drawn."""
    past = {one.code for one in snapshot.events if one.date > date(2025, 12, 5)}
    silent = without_events(snapshot, *past)
    timing = read(silent, paths, house).timing
    assert calendar_chart(desk_of(silent, house), timing, None) == ()


def test_dear_money_is_measured_in_basis_points(snapshot: Snapshot, paths: Simulation) -> None:
    """SOFR five basis points higher stands eight over the rate on reserves."""
    found = read(bent(snapshot, {"sofr": shifted(0.05, 1)}), paths)
    assert trigger(found, "sofr_iorb").value.value == pytest.approx(8.0)
