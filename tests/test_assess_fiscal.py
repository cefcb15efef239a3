"""The fiscal part of the assessment: two dates, the house's window, rebates, the Fed's path."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from desks import desk_of, lacking, without_events

from reportgen.assess.debt import DebtDesk, study
from reportgen.assess.fiscal import fiscal
from reportgen.assess.fiscal_charts import fiscal_charts
from reportgen.assess.policy import policy_outlook
from reportgen.charts.gallery import draw_all
from reportgen.charts.pen import Pen
from reportgen.facts import Assumed
from reportgen.facts.fiscal import Fiscal
from reportgen.i18n import Formatter, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.i18n.language import language_of
from reportgen.resources import locales_folder, templates_folder

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

CHARTS = ("liquidity", "funding", "policy_rates", "carry", "inflation", "debt")


@pytest.fixture(scope="module")
def studied(snapshot: Snapshot, house: HouseView) -> DebtDesk:
    """The bundled figures, studied once."""
    found = study(desk_of(snapshot, house))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def december(studied: DebtDesk) -> Fiscal:
    """The part on the bundled figures with the house view."""
    found = fiscal(studied)
    assert found is not None
    return found


def test_room_is_the_limit_less_debt_that_counts(december: Fiscal) -> None:
    """38,389,370 less the 115,000-odd millions outside the limit leave about 2.83 trillion."""
    assert december.limit.value == pytest.approx(41.1e12)
    assert december.room.value == pytest.approx(41.1e12 - december.subject.value)
    assert 2.8e12 < december.room.value < 2.85e12
    assert 92 < december.used.value < 94


def test_neither_date_falls_inside_the_window(december: Fiscal) -> None:
    """As of 5 December 2025 the X-date comes before December 2026 with at most one per cent."""
    assert december.x_date.in_window.value <= 0.01
    assert (december.limit_date.place, december.x_date.place) == ("outside", "outside")
    assert december.x_date.middle is not None
    assert date(2027, 7, 1) <= december.x_date.middle.day <= date(2028, 1, 31)
    assert december.congress == "next"


def test_a_longer_window_holds_both_dates(snapshot: Snapshot) -> None:
    """The place is that of the window, not of the calendar."""
    found = fiscal(study(desk_of(snapshot, window_end=date(2028, 12, 31))))
    assert found is not None
    assert (found.limit_date.place, found.x_date.place) == ("inside", "inside")


def test_the_window_of_the_house_is_contradicted(december: Fiscal) -> None:
    """August to September 2026 is about a year early; the dates stay marked as assumed."""
    window = december.house_window
    assert window is not None
    assert window.verdict == "contradicted"
    assert window.months_early is not None
    assert 12 <= window.months_early.value <= 17
    assert isinstance(window.start.origin, Assumed)


def test_what_it_would_take_uses_up_everything(december: Fiscal) -> None:
    """Room, cash and measures over the time to the window's end; about twice the pace."""
    years = (date(2026, 11, 30) - date(2025, 12, 4)).days / 365.25
    at_hand = december.room.value + december.cash.value + december.measures.value
    assert december.need_for_window.value == pytest.approx(at_hand / years)
    assert december.need_multiple.value == pytest.approx(at_hand / years / december.need.value)


def test_a_rebate_brings_the_limit_nearer(december: Fiscal) -> None:
    """A hundred billion at 2.2 trillion a year are about seventeen days."""
    a_day = december.need.value / 365.25
    assert december.rebate.days_sooner.value * a_day == pytest.approx(december.rebate.step.value)
    assert december.rebate.law is None


def test_refill_of_the_account_is_part_of_the_borrowing(december: Fiscal) -> None:
    """From 3 July to 4 December 2025 total debt grew from 36,215,869 to 38,389,370 millions."""
    borrowing = december.borrowing
    assert borrowing is not None
    assert borrowing.increase.value == pytest.approx(2_173_501e6)
    assert borrowing.refill is not None
    assert 0 < borrowing.refill.value < borrowing.increase.value


def test_without_a_house_view_there_is_no_window(snapshot: Snapshot) -> None:
    """No house view: the dates stand alone, in part and chart."""
    studied = study(desk_of(snapshot))
    found = fiscal(studied)
    assert found is not None
    assert found.house_window is None
    (chart,) = fiscal_charts(studied)
    assert [band.code for band in chart.bands] == ["window"]


def test_without_the_law_nothing_is_claimed(snapshot: Snapshot) -> None:
    """An unknown limit, or no debt: no part, no chart."""
    assert study(desk_of(without_events(snapshot, "debt_limit_raised"))) is None
    assert fiscal(study(desk_of(lacking(snapshot, "federal_debt")))) is None
    assert fiscal_charts(None) == ()


def test_chart_masses_are_the_distributions(studied: DebtDesk, december: Fiscal) -> None:
    """Months without mass at the ends are cut off; what is drawn is nearly everything."""
    (chart,) = fiscal_charts(studied)
    for code in ("limit_date", "x_date"):
        mass = [value for value in chart.line(code).y if value is not None]
        assert 0.97 < sum(mass) <= 1.0
    assert chart.line("subject").y[-1] == pytest.approx(december.subject.value)
    ahead = [value for value in chart.line("early").y if value is not None]
    assert max(ahead) <= december.limit.value


def test_quotation_of_the_odds_as_a_move(snapshot: Snapshot, house: HouseView) -> None:
    """42.9 % of a quarter point are 10.7 basis points, 93.7 % are 23.4; both dated quotations."""
    cut = policy_outlook(desk_of(snapshot, house)).cut
    assert cut is not None
    assert cut.implied.value == pytest.approx(-10.725)
    assert cut.earlier_implied is not None
    assert cut.earlier_implied.value == pytest.approx(-23.425)
    assert cut.stated.day == date(2025, 11, 20)


def test_path_of_the_house_in_steps(snapshot: Snapshot, house: HouseView) -> None:
    """From 3.89 to 3.0 takes 3.56 quarter points; eight decisions are scheduled until then."""
    found = policy_outlook(desk_of(snapshot, house))
    assert found.steps is not None
    assert found.steps.value == pytest.approx(0.89 / 0.25)
    assert found.meetings.value == 8
    alone = policy_outlook(desk_of(snapshot))
    assert alone.cut is None
    assert alone.fed_path is None


def test_every_chart_is_drawn_with_its_words(assessment: Assessment) -> None:
    """The six charts of these sections come out with title, unit and alternative text."""
    language = language_of("en")
    catalogue = load_catalogue(locales_folder(), language)
    formatter = Formatter(language, catalogue)
    env = environment(templates_folder(), catalogue, formatter)
    drawn = draw_all(assessment, env, Pen(formatter, ("DejaVu Sans",)))
    for code in CHARTS:
        chart = drawn[code]
        assert chart.svg.startswith(b"<svg")
        assert all(str(getattr(chart.words, part)).strip() for part in ("title", "subtitle", "alt"))
        assert all(table.rows for table in chart.tables(formatter))
