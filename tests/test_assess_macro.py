"""The macro part of the assessment: arithmetic by date, states, holes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from desks import desk_of, lacking, without_day
from markets import bent, lead_to, shifted, slide

from reportgen.assess.macro import macro, macro_charts
from reportgen.facts.macro import Employment, Inflation, Yields

if TYPE_CHECKING:
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot


def prices(snapshot: Snapshot, house: HouseView | None = None) -> Inflation:
    """Return the inflation part, which must be there."""
    found = macro(desk_of(snapshot, house)).inflation
    assert found is not None
    return found


def jobs(snapshot: Snapshot) -> Employment:
    """Return the employment part, which must be there."""
    found = macro(desk_of(snapshot)).employment
    assert found is not None
    return found


def yields(snapshot: Snapshot) -> Yields:
    """Return the part on yields, which must be there."""
    found = macro(desk_of(snapshot)).yields
    assert found is not None
    return found


def test_inflation_of_september_2025(snapshot: Snapshot) -> None:
    """BLS: 324.368 against 314.851 a year before and 321.500 three months before."""
    found = prices(snapshot)
    assert found.year.value == pytest.approx(100 * (324.368 / 314.851 - 1))
    assert found.quarter is not None
    assert found.quarter.value == pytest.approx(100 * ((324.368 / 321.5) ** 4 - 1))
    assert (found.state, found.pace) == ("above", "faster")
    assert found.month.day == date(2025, 9, 1)


def test_unpublished_october_counts_as_missing(snapshot: Snapshot) -> None:
    """On 5 December the October figures would normally be out; one month is missing."""
    assert prices(snapshot).missing.value == 1


def test_house_statement_is_checked(snapshot: Snapshot, house: HouseView) -> None:
    """Above three per cent: borne out by two hundredths; without a house view not mentioned."""
    found = prices(snapshot, house)
    assert found.holds
    assert found.margin is not None
    assert found.margin.value == pytest.approx(0.0227, abs=1e-4)
    assert prices(snapshot).house is None


def test_a_hole_shifts_no_month(snapshot: Snapshot) -> None:
    """Without the June figure the year's rate is the same and the quarter's is not made up."""
    found = prices(without_day(snapshot, "cpi", "2025-06-01"))
    assert found.year.value == pytest.approx(prices(snapshot).year.value)
    assert found.quarter is None
    assert found.pace == "similar"


def test_without_last_years_month_there_is_no_inflation(snapshot: Snapshot) -> None:
    """A hole twelve months back leaves the part out instead of taking a neighbour."""
    found = macro(desk_of(without_day(snapshot, "cpi", "2024-09-01")))
    assert found.inflation is None
    assert found.mix == "unknown"


@pytest.mark.parametrize(
    ("cpi", "rate", "mix"),
    [
        (0.0, 4.4, "stagflation_lite"),
        (0.0, 3.9, "overheating"),
        (-0.02, 4.8, "slowdown"),
        (-0.02, 3.9, "balanced"),
    ],
)
def test_mix_follows_both_states(snapshot: Snapshot, cpi: float, rate: float, mix: str) -> None:
    """Prices decide between the first two and the last two, unemployment within each pair."""
    bends = {"cpi": slide(cpi, 6), "unemployment_rate": lead_to(rate, 4)}
    assert macro(desk_of(bent(snapshot, bends))).mix == mix


def test_unemployment_is_rising_by_its_three_month_mean(snapshot: Snapshot) -> None:
    """Means of 4.3 and, at its lowest in twelve months, 4.07: 0.23 above, from 0.2 on rising."""
    found = jobs(snapshot)
    assert found.state == "rising"
    assert found.gap.value == pytest.approx(4.3 - 12.2 / 3)
    assert jobs(bent(snapshot, {"unemployment_rate": lead_to(3.2, 6)})).state == "falling"


@pytest.mark.parametrize(("amount", "path"), [(0.0, "cuts"), (0.3, "hold"), (0.8, "rises")])
def test_two_year_yield_tells_the_path(snapshot: Snapshot, amount: float, path: str) -> None:
    """3.56 lies 33 points below 3.89; moved up it comes close, then above."""
    assert yields(bent(snapshot, {"treasury_2y": shifted(amount, 5)})).path == path


@pytest.mark.parametrize(("level", "state"), [(-0.5, "loose"), (0.1, "average"), (0.9, "tight")])
def test_conditions_follow_the_index(snapshot: Snapshot, level: float, state: str) -> None:
    """The Chicago Fed's index is called by its distance from zero."""
    found = macro(desk_of(bent(snapshot, {"nfci": lead_to(level, 3)}))).conditions
    assert found is not None
    assert found.state == state


def test_missing_series_leave_the_others(snapshot: Snapshot) -> None:
    """Each part stands alone; the chart needs all three of its series."""
    desk = desk_of(lacking(snapshot, "unemployment_rate"))
    found = macro(desk)
    assert found.employment is None
    assert found.inflation is not None
    assert macro_charts(desk) == ()


def test_chart_holds_no_made_up_month(snapshot: Snapshot) -> None:
    """Inflation is drawn for months that have a figure twelve months before, and no others."""
    (chart,) = macro_charts(desk_of(without_day(snapshot, "cpi", "2025-06-01")))
    assert "2025-06-01" not in chart.line("inflation").x
    assert chart.line("inflation").x[0] == "2016-01-01"
