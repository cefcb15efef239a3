"""What an edition puts on record: thirty statements and more, each decided by a rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import msgspec
import pytest
from desks import lacking
from forecasts import HASH, rows

from reportgen.errors import DataError
from reportgen.facts import Computed, Day, Quantity, Unit
from reportgen.facts.policy import MeetingChance, PolicyOdds
from reportgen.record.events import Decision, Drawdown, Fall, Touch, Value, series_of
from reportgen.record.issuing import issue
from reportgen.record.issuing.index import INDEX
from reportgen.record.resolving import settle
from reportgen.record.rows import Issued
from reportgen.record.sessions import session_by
from reportgen.record.statement import Statement
from reportgen.series import catalogue

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot


@pytest.fixture(scope="module")
def made(assessment: Assessment, snapshot: Snapshot) -> tuple[Statement, ...]:
    """The statements of December 2025."""
    return issue(assessment, snapshot, HASH).statements


def _of(made: tuple[Statement, ...], forecaster: str) -> list[Statement]:
    return [one for one in made if one.forecaster == forecaster]


def _flash(made: tuple[Statement, ...], forecaster: str, horizon: int) -> Statement:
    return next(
        one
        for one in _of(made, forecaster)
        if isinstance(one.event, Fall) and one.horizon == horizon and one.start == one.as_of
    )


def test_an_edition_states_at_least_thirty_things(made: tuple[Statement, ...]) -> None:
    """The model alone makes thirty and more, most of them over a quarter at most."""
    model = _of(made, "model")
    assert len(model) >= 30
    assert sum(one.horizon <= 63 for one in model) > len(model) / 2


def test_every_statement_can_be_decided(made: tuple[Statement, ...]) -> None:
    """Its series are of the catalogue, its last day is a trading day ahead, its id its own."""
    assert len({one.id for one in made}) == len(made)
    for one in made:
        assert set(series_of(one.event)) <= set(catalogue())
        assert one.horizon_end > one.as_of
        assert session_by(one.horizon_end) == one.horizon_end


def test_nothing_is_decided_by_the_figures_it_is_made_from(
    made: tuple[Statement, ...], snapshot: Snapshot
) -> None:
    """Every statement is about days to come: its own snapshot resolves and voids none."""
    settlement = settle(rows(*map(Issued, made)), snapshot)
    assert (settlement.resolved, settlement.overdue) == ((), ())


def test_figures_are_those_of_the_assessment(
    made: tuple[Statement, ...], assessment: Assessment
) -> None:
    """The flash crash over 21 days: point, interval, base rates and versions as printed."""
    stated = _flash(made, "model", 21)
    printed = assessment.probabilities.event("flash").at("d21")
    assert stated.p == printed.probability.value
    assert (stated.p_lo, stated.p_hi) == (printed.interval.low.value, printed.interval.high.value)
    assert stated.climatology_p == printed.base_rate.rate.value
    assert printed.conditional is not None
    assert stated.conditional_p == printed.conditional.rate.value
    assert "M1a=" in stated.model_version
    assert (stated.data_hash, stated.edition) == (assessment.edition.snapshot, "2025-12")
    assert stated.horizon_end == date(2026, 1, 7)


def test_climatology_stands_beside_the_model(made: tuple[Statement, ...]) -> None:
    """Whatever the model says, history says too, on the same event and days."""
    keys = {one.key for one in _of(made, "climatology")}
    alone = [one for one in _of(made, "model") if one.key not in keys]
    assert {one.model for one in alone} == {"M9"}  # no history of a debt limit to count
    for one in _of(made, "climatology"):
        assert one.p == one.climatology_p
        assert one.quantiles == one.climatology_quantiles


def test_what_the_method_asks_for_is_stated(made: tuple[Statement, ...]) -> None:
    """F1 and B1 at four horizons, six levels, eighteen distributions, and the rest of the list."""
    model = _of(made, "model")
    count = Counter(type(one.event).__name__ for one in model)
    falls = {one.horizon for one in model if isinstance(one.event, Fall)}
    bears = {
        one.horizon for one in model if isinstance(one.event, Drawdown) and one.event.depth == 0.2
    }
    assert falls == bears == {21, 63, 126, 246, 252}
    assert count["Value"] == 18
    levels = [one for one in model if isinstance(one.event, Touch) and one.event.series == INDEX]
    assert len(levels) == 6
    watched = {(one.event.series, one.event.level) for one in model if isinstance(one.event, Touch)}
    assert {("vix", 25.0), ("vix", 35.0), ("usdjpy", 145.0)} <= watched
    assert {"Move", "DateIn"} <= set(count)


def test_the_house_enters_as_it_said(made: tuple[Statement, ...]) -> None:
    """25 to 30 % is its middle with both bounds; 45 % is 45 %; less than 10 % is up to 10 %."""
    house = {
        (type(one.event).__name__, getattr(one.event, "depth", 0.0)): one
        for one in _of(made, "house")
        if one.p is not None
    }
    flash, bear, severe = house["Fall", 0.1], house["Drawdown", 0.2], house["Drawdown", 0.35]
    assert flash.p == pytest.approx(0.275)
    assert (flash.p_lo, flash.p_hi) == (0.25, 0.30)
    assert bear.p == pytest.approx(0.45)
    assert (severe.p, severe.p_lo, severe.p_hi) == (0.05, 0.0, 0.1)
    model = next(one for one in _of(made, "model") if one.key == flash.key)
    assert flash.climatology_p == model.climatology_p
    assert all(one.horizon_end <= date(2026, 11, 30) for one in _of(made, "house"))


def test_the_house_has_levels_and_windows_without_a_probability(
    made: tuple[Statement, ...],
) -> None:
    """15,200 and 12,800, March, August and September 2026, USD/JPY 148: told, not scored."""
    bare = [one for one in _of(made, "house") if one.p is None]
    levels = {one.event.level for one in bare if isinstance(one.event, Touch)}
    assert {15_200.0, 12_800.0, 148.0} <= levels
    starts = {one.start for one in bare if isinstance(one.event, Fall)}
    assert starts == {date(2026, 2, 28), date(2026, 7, 31)}


def test_a_quoted_chance_is_its_authors(made: tuple[Statement, ...]) -> None:
    """The chance of a cut on 10 December is CME FedWatch's, of the month it was quoted."""
    (quoted,) = _of(made, "quoted")
    assert quoted.event == Decision("effr", date(2025, 12, 10), "cut")
    assert (quoted.model, quoted.edition, quoted.p) == ("CME FedWatch", "2025-11", 0.429)


def test_what_prices_hold_of_meetings_is_the_markets(
    assessment: Assessment, snapshot: Snapshot
) -> None:
    """Cut, hold and raise of the next two meetings, apart from the models and marked as proxy."""

    def meeting(day: date) -> MeetingChance:
        cut, hold, hike, expected = (
            Quantity(value, unit, Computed("M10"))
            for value, unit in (
                (0.7, Unit.PROBABILITY),
                (0.3, Unit.PROBABILITY),
                (0.0, Unit.PROBABILITY),
                (-17.5, Unit.BASIS_POINTS),
            )
        )
        held = Day(day, Computed("M10"))
        return MeetingChance(f"{day:%Y_%m}", held, cut, hold, hike, "cut", expected)

    days = (date(2025, 12, 10), date(2026, 1, 28), date(2026, 3, 18))
    odds = PolicyOdds(
        basis="bills",
        day=Day(date(2025, 12, 5), Computed("M10")),
        present=Quantity(3.89, Unit.PERCENT, Computed("M10")),
        meetings=tuple(meeting(day) for day in days),
    )
    policy = msgspec.structs.replace(assessment.policy, odds=odds)
    priced = msgspec.structs.replace(assessment, policy=policy)
    found = _of(issue(priced, snapshot, HASH).statements, "market")
    assert [one.p for one in found] == [0.7, 0.3, 0.0] * 2
    assert {one.horizon_end for one in found} == set(days[:2])
    assert {one.diagnostics for one in found} == {("proxy",)}


def test_without_a_house_view_nothing_is_its(snapshot: Snapshot) -> None:
    """An edition without views states its own figures, thirty and more all the same."""
    from reportgen.assess import assess
    from reportgen.period import edition_dates

    earlier = snapshot.cut(date(2025, 8, 29))
    found = assess(earlier, None, edition_dates(earlier.as_of), 1_000)
    made = issue(found, earlier, HASH).statements
    assert {one.forecaster for one in made} == {"model", "climatology"}
    assert sum(one.forecaster == "model" for one in made) >= 30


def test_a_standing_view_has_the_same_id_in_a_later_edition(
    snapshot: Snapshot, house: HouseView, assessment: Assessment
) -> None:
    """What the house stated in December is December's statement, whichever edition repeats it."""
    made = issue(assessment, snapshot, HASH).statements
    edition = msgspec.structs.replace(assessment.edition, period="2026-01")
    later = issue(msgspec.structs.replace(assessment, edition=edition), snapshot, HASH).statements
    assert [one.id for one in _of(later, "house")] == [one.id for one in _of(made, "house")]
    assert not {one.id for one in _of(later, "model")} & {one.id for one in _of(made, "model")}


def test_no_onset_is_stated_within_a_bear_market(
    assessment: Assessment, snapshot: Snapshot
) -> None:
    """An event that holds on the as-of date has no forecast, and no statement of anybody."""
    events = tuple(
        msgspec.structs.replace(one, forecasts=()) if one.code == "bear" else one
        for one in assessment.probabilities.events
    )
    inside = msgspec.structs.replace(
        assessment, probabilities=msgspec.structs.replace(assessment.probabilities, events=events)
    )
    made = issue(inside, snapshot, HASH).statements
    onsets = [one for one in made if isinstance(one.event, Drawdown) and one.event.depth == 0.2]
    assert onsets == []
    assert sum(one.forecaster == "model" for one in made) >= 30


def test_a_market_without_figures_is_named(assessment: Assessment, snapshot: Snapshot) -> None:
    """A missing series takes its own statements away and is told; the others stay."""
    poor = lacking(snapshot, "bitcoin", "skew")
    edition = msgspec.structs.replace(assessment.edition, snapshot=poor.hash)
    found = issue(msgspec.structs.replace(assessment, edition=edition), poor, HASH)
    assert any("bitcoin" in sentence for sentence in found.omitted)
    series = {name for one in found.statements for name in series_of(one.event)}
    assert not {"bitcoin", "skew"} & series
    values = [one for one in found.statements if isinstance(one.event, Value)]
    assert len(values) == 2 * 15


def test_figures_of_another_assessment_are_refused(
    assessment: Assessment, snapshot: Snapshot
) -> None:
    """Statements carry the hash of what they were made from, so it must be that."""
    with pytest.raises(DataError, match="not the figures"):
        issue(assessment, replace(snapshot, events=()), HASH)
