"""Liquidity, carry, debt, probabilities and levels of months before, and after, December 2025."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from desks import desk_of, lacking

from reportgen.assess.build import house_day
from reportgen.assess.carry import carry, study
from reportgen.assess.carry_charts import carry_charts
from reportgen.assess.debt import study as study_debt
from reportgen.assess.desk import Desk
from reportgen.assess.events import BOJ_CHANGES, FED_CHANGES, last_move, next_decision
from reportgen.assess.layers import layers
from reportgen.assess.liquidity import liquidity
from reportgen.assess.liquidity_charts import liquidity_charts
from reportgen.assess.macro import macro
from reportgen.assess.market import market
from reportgen.assess.simulation import sessions, simulate
from reportgen.facts import Computed, Quantity, Range, Unit
from reportgen.series import spec
from reportgen.snapshot import series_data

if TYPE_CHECKING:
    from reportgen.house import HouseView
    from reportgen.snapshot import SeriesData, Snapshot

AUTUMN_2022 = date(2022, 10, 31)
SPRING_2026 = date(2026, 2, 27)


def made(series: str, days: pd.DatetimeIndex, first: float, last: float) -> SeriesData:
    """Return a straight line as the observations of a series."""
    numbers = np.linspace(first, last, len(days))
    return series_data(
        spec(series), days.to_numpy().astype("datetime64[D]"), numbers, retrieved="2026-01-01"
    )


def later(snapshot: Snapshot) -> Snapshot:
    """Return the bundled figures as they would be read, unrenewed, in February 2026."""
    known = datetime(2026, 3, 2, 23, 59, tzinfo=ZoneInfo("America/New_York"))
    return replace(snapshot, as_of=SPRING_2026, known_at=known)


@pytest.fixture(scope="module")
def autumn(snapshot: Snapshot) -> Desk:
    """The desk of October 2022, without a house view."""
    return desk_of(snapshot.cut(AUTUMN_2022), window_end=date(2023, 9, 30))


# -- carry ----------------------------------------------------------------------------------


def test_federal_funds_stand_in_before_sofr_had_a_year(snapshot: Snapshot) -> None:
    """SOFR is published since April 2018: in October 2018 the dollar leg is federal funds."""
    then = study(desk_of(snapshot.cut(date(2018, 10, 31)), window_end=date(2019, 9, 30)))
    now = study(desk_of(snapshot))
    assert then is not None
    assert now is not None
    assert (then.dollar, now.dollar) == ("effr", "sofr")
    found = carry(then)
    assert found is not None
    assert found.dollar_rate.origin.series == "effr"  # type: ignore[union-attr]
    assert min(str(x) for x in carry_charts(then)[0].lines[0].x) >= "2008"


def test_the_differential_is_that_of_the_rates_printed_beside_it(autumn: Desk) -> None:
    """Dollar rate less yen rate is the differential, though other days are known for each."""
    found = carry(study(autumn))
    assert found is not None
    apart = found.dollar_rate.value - found.yen_rate.value
    assert found.differential.value == pytest.approx(apart)


def test_no_scenario_before_the_sizes_were_estimated(autumn: Desk, snapshot: Snapshot) -> None:
    """The sizes of the positions are those of a BIS bulletin of 27 August 2024."""
    then, now = carry(study(autumn)), carry(study(desk_of(snapshot)))
    assert then is not None
    assert now is not None
    assert then.spiral is None
    assert now.spiral is not None
    assert all(one.code != "2024" for one in then.episodes)


def test_a_decision_since_the_last_change_leaves_it_unknown(snapshot: Snapshot) -> None:
    """A decision was due on 10 December 2025: in February 2026 its outcome is not in the list."""
    now, then = desk_of(snapshot), desk_of(later(snapshot))
    assert last_move(now, "fomc_decision", *FED_CHANGES) is not None
    assert last_move(then, "fomc_decision", *FED_CHANGES) is None
    assert last_move(then, "boj_decision", *BOJ_CHANGES) is None


def test_a_decision_years_ahead_is_not_the_next(snapshot: Snapshot) -> None:
    """In August 2024 the calendar of December 2025 was public; the list holds none in between."""
    assert next_decision(desk_of(snapshot.cut(date(2024, 8, 30))), "fomc_decision") is None
    found = next_decision(desk_of(snapshot), "fomc_decision")
    assert found is not None
    assert found.day.day == date(2025, 12, 10)


# -- liquidity ------------------------------------------------------------------------------


def test_without_overnight_rates_the_balance_sheet_still_stands(snapshot: Snapshot) -> None:
    """Amounts are shown, no state is claimed, and the chart of spreads is left out."""
    desk = desk_of(lacking(snapshot, "iorb"))
    found = liquidity(desk)
    assert found is not None
    assert (found.state, found.funding, found.tests) == ("unknown", "unknown", ())
    assert found.sofr_spread is None
    assert [one.code for one in liquidity_charts(desk)] == ["liquidity"]


def test_no_reverse_repo_facility_before_there_was_one(snapshot: Snapshot) -> None:
    """The facility is of September 2013: in 2010 net liquidity is assets less the Treasury's."""
    weeks = pd.date_range("2008-01-02", "2010-10-27", freq="7D")
    amounts = {"fed_total_assets": 2.3e6, "reserve_balances": 1e6, "treasury_general_account": 2e5}
    old = snapshot.cut(date(2010, 10, 29)).with_series(
        *(made(name, weeks, amount, amount) for name, amount in amounts.items()),
        made("overnight_reverse_repo", weeks[:3], 9.0, 9.0),
    )
    desk = desk_of(old, window_end=date(2011, 9, 30))
    found = liquidity(desk)
    assert found is not None
    assert found.buffer == "not_yet"
    assert found.holding("net_liquidity").amount.value == pytest.approx(2.1e12)
    assert "reverse_repo" not in {line.code for line in liquidity_charts(desk)[0].lines}


def test_what_follows_run_off_is_not_told_from_an_old_list(snapshot: Snapshot) -> None:
    """A decision since the end of run-off may have brought purchases: nothing is said of them."""
    now, then = liquidity(desk_of(snapshot)), liquidity(desk_of(later(snapshot)))
    assert now is not None
    assert then is not None
    assert (now.outcome_open, then.outcome_open) == (False, True)


# -- macro, debt ----------------------------------------------------------------------------


def test_no_goal_before_the_federal_reserve_named_one(snapshot: Snapshot) -> None:
    """The goal of two per cent was named on 25 January 2012."""
    months = pd.date_range("2006-01-01", "2012-01-01", freq="MS")
    for day, named in ((date(2010, 10, 29), False), (date(2012, 3, 30), True)):
        then = snapshot.cut(day).with_series(
            made("cpi", months[months < pd.Timestamp(day)], 200, 230)
        )
        found = macro(desk_of(then)).inflation
        assert found is not None
        assert found.goal_set is named


def test_old_debt_grows_from_its_own_day(snapshot: Snapshot) -> None:
    """Paths that set out in February from debt of December would reach the limit too late."""
    now, then = study_debt(desk_of(snapshot)), study_debt(desk_of(later(snapshot)))
    assert now is not None
    assert then is not None
    assert (now.result.as_of, then.result.as_of) == (date(2025, 12, 5), date(2025, 12, 4))
    middles = now.result.limit_date.p50, then.result.limit_date.p50
    assert middles[0] is not None
    assert middles[1] is not None
    assert abs(middles[0] - middles[1]) < timedelta(days=21)


def test_a_month_without_a_known_limit_has_no_x_date(autumn: Desk) -> None:
    """The limit of 2022 is not in the list of events, so nothing is simulated."""
    assert study_debt(autumn) is None


# -- probabilities, levels, market ----------------------------------------------------------


def test_effects_measured_later_are_not_used(autumn: Desk) -> None:
    """The layers' effects come from a history to November 2025: no layer model before its end."""
    origin = Computed("M1")
    half = Quantity(0.5, Unit.PROBABILITY, origin)
    found = layers(autumn, simulate(autumn), None, half, Range(half, half))
    assert (found.layers, found.missing) == (None, ("record",))


@pytest.mark.parametrize(
    ("day", "state", "old"),
    [
        (date(2008, 10, 31), "bear", 1),
        (date(2012, 10, 31), "pullback", 1),
        (date(2020, 3, 31), "bear", 0),
        (date(2017, 10, 31), "record", 0),
    ],
)
def test_an_old_record_makes_no_bear_market(
    snapshot: Snapshot, day: date, state: str, old: int
) -> None:
    """In October 2012 the index stood 41 % below 5,048.62 of 2000 and 6.5 % below its year's high.

    Source: closes of the Composite (Nasdaq).
    """
    found = market(desk_of(snapshot.cut(day)))
    assert (found.state, found.record_old) == (state, bool(old))


def test_sessions_of_any_year() -> None:
    """The calendar reaches back to the as-of date, however long ago that is."""
    found = sessions(date(1999, 6, 30), date(2000, 5, 31))
    assert found[0] == date(1999, 7, 1)


def test_the_last_day_of_the_house_view(snapshot: Snapshot, house: HouseView) -> None:
    """The house stated its view on 7 December 2025; quotations of others alone are none of it."""
    assert house_day(desk_of(snapshot, house)) == date(2025, 12, 7)
    assert house_day(desk_of(snapshot, house.stated_by(date(2025, 10, 1)))) is None
    assert house_day(desk_of(snapshot)) is None
