"""The probabilities of the assessment: events, base rates, house view, outcomes, verdict."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from desks import desk_of, lacking
from markets import stressed

from reportgen.assess.levels import levels
from reportgen.assess.probabilities import probabilities, standing
from reportgen.assess.probability_charts import (
    drawdowns_chart,
    events_chart,
    fan_chart,
    level_marks,
)
from reportgen.assess.simulation import Simulation, sessions, simulate
from reportgen.assess.summary import verdict
from reportgen.facts import Assumed, Computed
from reportgen.facts.summary import Verdict

if TYPE_CHECKING:
    from reportgen.assess.desk import Desk
    from reportgen.facts.assessment import Assessment
    from reportgen.facts.probabilities import Probabilities
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

HORIZONS = ("d21", "d63", "d126", "d252")


@pytest.fixture(scope="module")
def desk(snapshot: Snapshot, house: HouseView) -> Desk:
    """The bundled figures."""
    return desk_of(snapshot, house)


@pytest.fixture(scope="module")
def simulation(desk: Desk) -> Simulation:
    """Paths of the bundled figures."""
    return simulate(desk)


@pytest.fixture(scope="module")
def december(desk: Desk, simulation: Simulation) -> Probabilities:
    """The part on the bundled figures."""
    return probabilities(desk, simulation, None)


@pytest.fixture(scope="module")
def fallen(snapshot: Snapshot, house: HouseView) -> tuple[Desk, Simulation]:
    """A market that has fallen far enough to be in a bear market."""
    desk = desk_of(stressed(snapshot), house)
    return desk, simulate(desk)


# -- events -----------------------------------------------------------------------------------


def test_sessions_are_those_of_the_exchange() -> None:
    """After Friday 5 December 2025 comes Monday; Christmas is no session; 252 days are there."""
    days = sessions(date(2025, 12, 5), date(2026, 11, 30))
    assert days[0] == date(2025, 12, 8)
    assert date(2025, 12, 25) not in days
    assert len(days) == 252


def test_probabilities_rise_with_the_horizon(december: Probabilities) -> None:
    """No event is less likely within a longer horizon."""
    for event in december.events:
        if event.forecasts:
            chances = [event.at(code).probability.value for code in HORIZONS]
            assert chances == sorted(chances)


def test_a_narrower_event_is_never_likelier(december: Probabilities) -> None:
    """Ten per cent within five days is a case of ten days; 35 % below the high one of 20 %."""
    flash, swift = (december.event(code).at("d252").probability for code in ("flash", "swift"))
    bear, severe = (december.event(code).at("d252").probability for code in ("bear", "severe"))
    assert swift.value <= flash.value
    assert severe.value <= bear.value


def test_the_point_is_pooled_from_four_windows_and_like_month_ends(
    december: Probabilities,
) -> None:
    """Four of six windows make the paths' figure; with the rate of history it is the point."""
    pooled = [one for one in december.windows if one.pooled]
    assert [one.code for one in december.windows] == [
        *("y5", "y10", "y20", "all", "y10_vix", "all_vix")
    ]
    assert [one.code for one in pooled] == ["y10", "all", "y10_vix", "all_vix"]
    assert december.implied
    flash = december.event("flash").at("d252")
    values = [one.flash.value for one in pooled]
    assert min(values) <= flash.paths.value <= max(values)
    assert flash.conditional is not None
    ends = sorted((flash.paths.value, flash.conditional.rate.value))
    assert ends[0] <= flash.probability.value <= ends[1]
    assert (flash.conditional.bucket, flash.conditional.volatile) == (0, False)


def test_the_headline_intervals_are_at_least_twelve_points_wide(december: Probabilities) -> None:
    """A narrower one would claim more than models and data can know."""
    for code in ("flash", "bear"):
        interval = december.event(code).at("d252").interval
        assert interval.high.value - interval.low.value >= 0.12


def test_without_the_vix_the_section_stands_on_two_windows(snapshot: Snapshot) -> None:
    """No VIX leaves the model's own volatility, and the facts say so."""
    bare = desk_of(lacking(snapshot, "vix", "vix_weekly"))
    found = probabilities(bare, simulate(bare), None)
    assert not found.implied
    assert [one.code for one in found.windows if one.pooled] == ["y10", "all"]


def test_every_probability_names_its_origin(december: Probabilities) -> None:
    """The model's figures are computed, the house's assumed."""
    flash = december.event("flash")
    assert isinstance(flash.at("window").probability.origin, Computed)
    assert flash.house is not None
    assert isinstance(flash.house.stated.low.origin, Assumed)


def test_state_is_near_a_high_with_a_calm_vix(december: Probabilities) -> None:
    """5 December 2025: 1.6 % below the record, VIX 15.41."""
    assert december.state == "near_high_calm"
    assert not december.in_bear


def test_disorderly_falls_have_base_rates_only(december: Probabilities) -> None:
    """There is no path of the VIX, so F2 has no forecast; its daily VIX begins in 2015."""
    disorderly = december.event("disorderly")
    assert disorderly.forecasts == ()
    assert disorderly.base_rates[0].first.day.year == 2015


def test_without_the_vix_the_rest_stands(snapshot: Snapshot) -> None:
    """No VIX: no disorderly event, no calm state, everything else."""
    desk = desk_of(lacking(snapshot, "vix", "vix_weekly"))
    found = probabilities(desk, simulate(desk), None)
    assert found.event("disorderly").base_rates == ()
    assert found.state == "near_high"
    assert {base.code for base in found.event("flash").base_rates} == {"all", "near_high"}


@pytest.mark.parametrize(
    ("point", "base", "expected"),
    [(0.5, 0.4, "in_line"), (0.51, 0.4, "above"), (0.29, 0.4, "below"), (0.1, 0.0, "above")],
)
def test_standing_allows_a_quarter(point: float, base: float, expected: str) -> None:
    """A point within a quarter of its base rate is in line with history."""
    assert standing(point, base) == expected


# -- house view -------------------------------------------------------------------------------


def test_house_views_are_set_against_model_and_history(december: Probabilities) -> None:
    """25-30 % for the flash lies below model and base rate, 45 % for the bear above both."""
    flash, bear = december.event("flash").house, december.event("bear").house
    assert flash is not None
    assert bear is not None
    assert (flash.against, flash.history) == ("above", "above")
    assert (bear.against, bear.history) == ("below", "below")
    severe = december.event("severe").house
    assert severe is not None
    assert severe.upper_bound


def test_the_house_contradicts_itself(december: Probabilities) -> None:
    """Nearly every simulated bear market holds the fast fall, so 45 % implies more than 30 %."""
    cross = {one.code: one.probability.value for one in december.crossing}
    given = cross["both"] / (cross["both"] + cross["bear_only"])
    assert december.flash_in_bear is not None
    assert december.flash_in_bear.value == pytest.approx(given)
    assert given > 0.8
    assert december.implied_flash is not None
    assert december.implied_flash.value == pytest.approx(0.45 * given)
    assert december.implied_flash.value > 0.30


def test_without_a_house_view_nothing_is_compared(snapshot: Snapshot) -> None:
    """No house view: no event carries one, and nothing is implied."""
    desk = desk_of(snapshot)
    found = probabilities(desk, simulate(desk), None)
    assert [event.code for event in found.events if event.house] == []
    assert found.implied_flash is None


# -- outcomes ---------------------------------------------------------------------------------


def test_outcomes_exclude_each_other(december: Probabilities) -> None:
    """Partition and cross table each add to one and agree with the events."""
    part = {one.code: one.probability.value for one in december.partition}
    cross = {one.code: one.probability.value for one in december.crossing}
    assert sum(part.values()) == pytest.approx(1.0)
    assert sum(cross.values()) == pytest.approx(1.0)
    bear = december.event("bear").at("window").probability.value
    assert part["bear"] + part["severe"] == pytest.approx(bear)
    assert cross["both"] + cross["bear_only"] == pytest.approx(bear)


# -- in a bear market -------------------------------------------------------------------------


def test_in_a_bear_market_its_onset_is_not_forecast(fallen: tuple[Desk, Simulation]) -> None:
    """The bear has no forecast and no house comparison; the flash has both."""
    desk, simulation = fallen
    found = probabilities(desk, simulation, None)
    assert found.in_bear
    assert found.event("bear").forecasts == ()
    assert found.event("bear").house is None
    assert found.event("flash").forecasts != ()
    assert found.flash_in_bear is None
    assert [one.bear for one in found.windows] == [None] * len(found.windows)


def test_the_verdict_stands_in_a_bear_market(fallen: tuple[Desk, Simulation]) -> None:
    """It rests on the flash alone, for the bear's own onset is past."""
    desk, simulation = fallen
    found = verdict(probabilities(desk, simulation, None))
    assert found.bear is None
    assert found.state == found.flash


def test_verdict_follows_the_forecasts(december: Probabilities) -> None:
    """The verdict's states are those of the twelve-month forecasts."""
    found = verdict(december)
    flash, bear = (december.event(code).at("d252").standing for code in ("flash", "bear"))
    assert (found.flash, found.bear) == (flash, bear)
    assert isinstance(found, Verdict)


def test_charts_are_drawn_from_a_bear_market_too(fallen: tuple[Desk, Simulation]) -> None:
    """The events chart leaves out what has no forecast; levels above the close are not marked."""
    desk, simulation = fallen
    found, reach = probabilities(desk, simulation, None), levels(desk, simulation)
    lines = {line.code for line in events_chart(desk, simulation, found).lines}
    assert "flash_model" in lines
    assert "bear_model" not in lines
    close = simulation.run.start.close
    assert all(mark.value.value < close for mark in level_marks(reach))


# -- chart data -------------------------------------------------------------------------------


def test_fan_starts_at_the_close_and_opens(
    desk: Desk, simulation: Simulation, assessment: Assessment
) -> None:
    """All quantiles start at the as-of close; on every later day they stand in order."""
    chart = fan_chart(desk, simulation, assessment.levels)
    codes = ("p05", "p25", "p50", "p75", "p95")
    lines = [chart.line(code) for code in codes]
    assert {line.y[0] for line in lines} == {23_578.13}
    assert lines[0].x[-1] == "2026-11-30"
    for values in zip(*(line.y[1:] for line in lines), strict=True):
        assert list(values) == sorted(values, key=lambda value: value or 0.0)


def test_drawdown_shares_add_to_one(desk: Desk, simulation: Simulation) -> None:
    """Every path falls into one bucket."""
    shares = drawdowns_chart(desk, simulation).line("share").y
    assert sum(value or 0.0 for value in shares) == pytest.approx(1.0, abs=1e-5)


def test_event_curves_pass_through_the_printed_figures(
    desk: Desk, simulation: Simulation, december: Probabilities
) -> None:
    """The curve at 252 days is the printed twelve-month probability."""
    chart = events_chart(desk, simulation, december)
    line = chart.line("flash_model")
    assert line.x[-1] == 252
    assert line.y[-1] == pytest.approx(
        december.event("flash").at("d252").probability.value, abs=1e-6
    )
