"""The capital-expenditure part of the assessment: pace, burden, required revenue, chain."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
import pytest
from desks import desk_of, lacking, without_events
from markets import bent, slide

from reportgen.assess import capex as part
from reportgen.facts import Assumed, Computed, Observed
from reportgen.facts.capex import Capex, Chain
from reportgen.models.capex import COMPANIES

if TYPE_CHECKING:
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

SPENT = tuple(f"{name}_capex" for name in COMPANIES)
EARNED = tuple(f"{name}_operating_cash_flow" for name in COMPANIES)


def read(snapshot: Snapshot, house: HouseView | None = None) -> Capex:
    """Return the part, which must be there."""
    found = part.capex(part.study(desk_of(snapshot, house)))
    assert found is not None
    return found


def chain_of(found: Capex) -> Chain:
    """Return the chain to the index, which must be there."""
    assert found.chain is not None
    return found.chain


def moved(snapshot: Snapshot, share: float) -> Snapshot:
    """Return the snapshot with every company's last spending changed by ``share``."""
    return bent(snapshot, {name: slide(share, 1) for name in SPENT})


def test_december_2025_sums_the_filings(snapshot: Snapshot) -> None:
    """Four companies' filings to 30 September 2025: 329.77 billions, 97.27 in the last quarter."""
    found = read(snapshot)
    assert found.quarter.day == date(2025, 9, 30)
    assert found.four_quarters.value == pytest.approx(329.77e9)
    assert found.annualised.value == pytest.approx(4 * 97.27e9)
    assert isinstance(found.companies[0].capex.origin, Observed)
    assert isinstance(found.four_quarters.origin, Computed)
    assert [one.code for one in found.companies] == ["amazon", "alphabet", "microsoft", "meta"]


@pytest.mark.parametrize(
    ("share", "state", "cut"),
    [
        (0.0, "steady", "none"),
        (0.1, "accelerating", "none"),
        (-0.05, "slowing", "none"),
        (-0.2, "cut", "quarter"),
        (-0.5, "cut", "year"),
    ],
)
def test_state_follows_the_last_quarter(
    snapshot: Snapshot, share: float, state: str, cut: str
) -> None:
    """Spending moved up or down from 97.27 billions changes the pace, then becomes a cut."""
    found = read(moved(snapshot, share))
    assert (found.state, found.cut) == (state, cut)


def test_burden_compares_with_a_year_before(snapshot: Snapshot) -> None:
    """97.27 of 159.00 billions against 58.86 of 115.57 (filings): heavier than before."""
    found = read(snapshot)
    assert found.burden == "higher"
    assert found.share_year_before is not None
    assert found.share_year_before.value == pytest.approx(100 * 58.86 / 115.57)
    richer = bent(snapshot, {name: slide(0.6, 1) for name in EARNED})
    assert read(richer).burden == "lower"
    poorer = bent(snapshot, {name: slide(-1.5, 1) for name in EARNED})
    assert read(poorer).burden == "unknown"


def test_heaviest_company_stands_apart_from_the_others(snapshot: Snapshot) -> None:
    """Amazon spent 35.10 of 35.53 billions; the others between 43.0 and 62.8 %."""
    found = read(snapshot)
    assert found.heaviest == "amazon"
    assert found.others is not None
    assert found.others.low.value == pytest.approx(43.03, abs=0.01)
    assert found.others.high.value == pytest.approx(62.77, abs=0.01)


def test_required_revenue_by_the_houses_terms(snapshot: Snapshot, house: HouseView) -> None:
    """450 billions a year, five years, 10 %, 60 % call for 225 a year (MODELS, M7)."""
    found = read(snapshot, house)
    assert found.needed("house").revenue.value == pytest.approx(225e9)
    assert found.needed("four_quarters").revenue.value == pytest.approx(329.77e9 / 2)
    assert found.house_stands == "above"
    assert found.house_wider
    assert isinstance(found.assumptions.margin.origin, Assumed)


def test_house_terms_move_the_requirement(snapshot: Snapshot, house: HouseView) -> None:
    """A margin of 50 % instead of 60 asks for a fifth more, and moves the range's middle."""
    entry = replace_entry(house, "ai.gross_margin", 50.0)
    found, usual = read(snapshot, entry), read(snapshot, house)
    ratio = found.needed("annualised").revenue.value / usual.needed("annualised").revenue.value
    assert ratio == pytest.approx(1.2)
    assert found.assumptions.margin_range.low.value == pytest.approx(40.0)


def test_semiconductors_alone_bring_a_correction(snapshot: Snapshot, house: HouseView) -> None:
    """-20 and -30 % times 0.43 make -8.6 and -12.9 %: a correction; -46.5 % would make a bear."""
    chain = chain_of(read(snapshot, house))
    assert (chain.mild.index.value, chain.hard.index.value) == pytest.approx((-8.6, -12.9))
    assert chain.size == "correction"
    assert chain.bear_shock.value == pytest.approx(-20 / 0.43)
    assert isinstance(chain.passed_on.origin, Assumed)


@pytest.mark.parametrize(("low", "size"), [(-15.0, "pullback"), (-60.0, "bear")])
def test_size_of_the_chain_follows_the_shock(
    snapshot: Snapshot, house: HouseView, low: float, size: str
) -> None:
    """-15 % passes on 6.5 %, less than a correction; -60 % passes on 25.8 %, a bear market."""
    view = replace_entry(house, "ai.semiconductors", None, (low, -10.0))
    assert chain_of(read(snapshot, view)).size == size


def test_thresholds_of_the_next_quarter(snapshot: Snapshot) -> None:
    """A cut is 5 % below 97.27; slowing is 60.26 % above the 72.34 of a year before."""
    found = read(snapshot)
    assert found.next_quarter.day == date(2025, 12, 31)
    assert found.cut_below.value == pytest.approx(0.95 * 97.27e9)
    growth = 100 * (97.27 / 58.86 - 1)
    assert found.slowing_below.value == pytest.approx(72.34e9 * (1 + (growth - 5) / 100))
    assert found.slowing_rise.value > 0


def test_interval_of_the_alarm_holds_its_point(snapshot: Snapshot) -> None:
    """3 falls in 24 company-quarters: 45 % that one of four falls, inside its interval."""
    falls = read(snapshot).falls
    assert (falls.falls.value, falls.cases.value) == (3, 24)
    assert falls.any_company.value == pytest.approx(1 - (1 - 3.5 / 25) ** 4)
    assert falls.interval.low.value < falls.any_company.value < falls.interval.high.value


def test_without_house_view_nothing_is_stated(snapshot: Snapshot) -> None:
    """Without a house view the method's own assumptions stand, marked as assumed."""
    found = read(snapshot)
    assert found.house is None
    assert found.house_stands == "unstated"
    assert chain_of(found).stated is None
    assert [one.code for one in found.required] == ["four_quarters", "annualised"]


def test_missing_company_is_named(snapshot: Snapshot) -> None:
    """Without Meta the other three are summed, and Meta is named; without all nothing is said."""
    found = read(lacking(snapshot, "meta_capex"))
    assert found.missing == ("meta",)
    assert found.quarter_total.value == pytest.approx((19.39 + 23.95 + 35.1) * 1e9)
    nobody = desk_of(lacking(snapshot, *SPENT))
    assert part.capex(part.study(nobody)) is None
    assert part.capex_charts(part.study(nobody)) == ()


def test_next_season_needs_an_event(snapshot: Snapshot) -> None:
    """The reporting season comes from the list of events; without one none is named."""
    reports = read(snapshot).next_reports
    assert reports is not None
    assert reports.day.day == date(2026, 1, 31)
    assert read(without_events(snapshot, "hyperscaler_reporting_season")).next_reports is None


def test_chart_stacks_to_its_total(snapshot: Snapshot) -> None:
    """The companies' lines add up to the total in every quarter."""
    (chart,) = part.capex_charts(part.study(desk_of(snapshot)))
    total = chart.line("total").y
    stacked = [
        sum(values) for values in zip(*(chart.line(name).y for name in COMPANIES), strict=True)
    ]
    assert stacked == pytest.approx(list(total))
    assert chart.line("share").y[-1] == pytest.approx(61.176, abs=1e-3)
    assert chart.as_of == date(2025, 9, 30)


def replace_entry(
    house: HouseView, entry: str, value: float | None, bounds: tuple[float, float] | None = None
) -> HouseView:
    """Return the house view with one entry's figures changed."""
    low, high = bounds or (None, None)
    changed = msgspec.structs.replace(house.get(entry), value=value, low=low, high=high)
    return msgspec.structs.replace(house, entries={**house.entries, entry: changed})


def test_one_company_is_not_the_combined_spending(snapshot: Snapshot) -> None:
    """With a single company the part says so, and no other part reads a state from it."""
    lonely = [name for name in (*SPENT, *EARNED) if not name.startswith("alphabet")]
    found = read(lacking(snapshot, *lonely))
    assert not found.combined
    assert part.combined(found) is None
    assert part.combined(read(snapshot)) is not None


def test_before_the_end_of_2022_spending_is_not_on_ai(snapshot: Snapshot) -> None:
    """The chain from AI spending to the index begins on 30 November 2022."""
    assert part.theme_of(date(2022, 11, 29)) == "cloud"
    assert part.theme_of(date(2022, 11, 30)) == "ai"
    assert read(snapshot).theme == "ai"


def test_what_the_index_follows_is_not_known_before_it_was_measured(snapshot: Snapshot) -> None:
    """The pass-through of 0.43 is of days since 2023: no edition before 30 November 2025 has it."""
    assert read(snapshot.cut(date(2025, 11, 28))).chain is None
    assert read(snapshot.cut(date(2025, 11, 28))).theme == "ai"
    assert read(snapshot.cut(date(2025, 12, 1))).chain is not None
