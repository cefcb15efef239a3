"""The liquidity part of the assessment: states, amounts, tests, charts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from desks import desk_of, lacking, without_events
from markets import bent, calm, shifted, slide

from reportgen.assess.liquidity import liquidity
from reportgen.assess.liquidity_charts import liquidity_charts
from reportgen.facts import Observed
from reportgen.facts.liquidity import Liquidity

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot


def read(snapshot: Snapshot) -> Liquidity:
    """Return the part, which must be there."""
    found = liquidity(desk_of(snapshot))
    assert found is not None
    return found


def test_december_2025_is_near_scarce_by_price(snapshot: Snapshot) -> None:
    """Two of three price tests fire, bank assets are unknown: near scarce, by price and trend."""
    found = read(snapshot)
    assert (found.state, found.basis, found.funding) == ("near_scarce", "price_and_trend", "tight")
    assert found.fired.value == 2
    assert found.reserves_ratio is None
    assert found.holding("reserves").trend == "falling"
    assert found.buffer == "empty"


def test_net_liquidity_is_assets_less_treasury_account_and_repo(snapshot: Snapshot) -> None:
    """H.4.1 of 4 December 2025: 6,535,781 - 937,167 - 2,514 USD millions make 5,596,100."""
    found = read(snapshot)
    assert found.holding("net_liquidity").amount.value == pytest.approx(5_596_100e6)
    assert isinstance(found.holding("total_assets").amount.origin, Observed)
    assert found.day.day == date(2025, 12, 3)


def test_changes_run_over_weeks_by_date(snapshot: Snapshot) -> None:
    """Reserves of 3 September 2025 (3,181,701 USD millions) stand thirteen weeks before."""
    holding = read(snapshot).holding("reserves")
    assert holding.change_quarter.value == pytest.approx(2_858_284e6 - 3_181_701e6)


def test_run_off_and_purchases_follow_the_list_of_events(snapshot: Snapshot) -> None:
    """Run-off ended on 1 December; purchases were not announced; without events neither is said."""
    found = read(snapshot)
    assert found.runoff == "ended"
    assert found.runoff_end is not None
    assert found.runoff_end.day.day == date(2025, 12, 1)
    assert found.purchases is None
    assert found.next_decision is not None
    assert found.next_decision.day.day == date(2025, 12, 10)
    codes = ("balance_sheet_runoff_ends", "balance_sheet_runoff_end_announced")
    assert read(without_events(snapshot, *codes)).runoff == "unknown"


def test_calm_market_has_calm_funding(snapshot: Snapshot) -> None:
    """Cheap overnight money and reserves that do not fall: no test fires, reserves are abundant."""
    found = read(calm(snapshot))
    assert (found.state, found.funding) == ("abundant", "calm")
    assert found.fired.value == 0
    assert found.holding("reserves").trend != "falling"


def test_lasting_pressure_is_not_called_eased(snapshot: Snapshot) -> None:
    """With a spread that widens to the last day the pressure has not let up."""
    found = read(bent(snapshot, {"sofr": shifted(0.25, 10)}))
    assert found.funding == "tight"
    assert not found.eased


def test_a_lasting_level_is_no_episode(snapshot: Snapshot) -> None:
    """A whole quarter thirty points dearer ends at its median and is still not eased."""
    assert not read(bent(snapshot, {"sofr": shifted(0.3, 60)})).eased
    assert read(snapshot).eased


def test_falling_reserves_in_calm_funding_are_ample(snapshot: Snapshot) -> None:
    """No test fires but reserves fall: ample, no longer abundant."""
    quiet = {"sofr": shifted(-0.2, 130), "effr": shifted(-0.05, 130)}
    found = read(bent(snapshot, {**quiet, "reserve_balances": slide(-0.1, 10)}))
    assert found.state == "ample"


def test_what_net_liquidity_was_worth_is_not_oversold(snapshot: Snapshot) -> None:
    """Seventeen quarters cannot tell a correlation of a third from none."""
    record = read(snapshot).record
    assert record is not None
    assert record.quarters.value == 17
    assert not record.distinct


@pytest.mark.parametrize("series", ["reserve_balances", "overnight_reverse_repo"])
def test_without_a_series_nothing_is_claimed(snapshot: Snapshot, series: str) -> None:
    """One missing series empties the part and its charts instead of breaking the edition."""
    desk = desk_of(lacking(snapshot, series))
    assert liquidity(desk) is None
    assert liquidity_charts(desk) == ()


def test_charts_end_where_the_table_does(snapshot: Snapshot) -> None:
    """The last values drawn are the amounts of the table; SOFR keeps each week's highest day."""
    stack, funding = liquidity_charts(desk_of(snapshot))
    found = read(snapshot)
    for code in ("reserves", "treasury_account", "reverse_repo", "net_liquidity"):
        assert stack.line(code).y[-1] == pytest.approx(found.holding(code).amount.value)
    spikes = [value for value in funding.line("sofr_spread").y if value is not None]
    assert max(spikes) == pytest.approx(32.0)  # SOFR 4.22, interest on reserves 3.90
    assert funding.marks[0].value.value == found.test("sofr_tail").bound.value
