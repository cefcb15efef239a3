"""The market review: a sell-off, a calm month, the last day of the data, missing markets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from desks import WINDOW_END, desk_of, lacking, without_events
from markets import bent, calm, shifted, stressed

from reportgen.assess.desk import Desk
from reportgen.assess.review import review, study
from reportgen.assess.review_charts import review_charts
from reportgen.facts.review import Review

if TYPE_CHECKING:
    from reportgen.facts import Chart
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot


@pytest.fixture(scope="module")
def december(assessment: Assessment) -> Review:
    """The review of the bundled figures."""
    return assessment.review


def read(snapshot: Snapshot, house: HouseView | None = None) -> Review:
    """Return the review of a snapshot."""
    return review(study(desk_of(snapshot, house))).facts


@pytest.fixture(scope="module")
def quiet(snapshot: Snapshot, house: HouseView) -> Review:
    """The review of a month without a sell-off."""
    return read(calm(snapshot), house)


@pytest.fixture(scope="module")
def fallen(snapshot: Snapshot, house: HouseView) -> Review:
    """The review of a bear market."""
    return read(stressed(snapshot), house)


def test_the_fall_of_november_2025(december: Review) -> None:
    """Composite -7.85 % from 29 October to 20 November, Nasdaq-100 -7.91 % and -2.38 % on the day.

    Checked on the published closes: 23,958.47 and 22,078.05; 26,119.85 and 24,054.38.
    """
    fall = december.fall
    assert december.state == "sell_off"
    assert fall.size.value == pytest.approx(100 * (22078.05 / 23958.47 - 1))
    assert (str(fall.peak_day.day), str(fall.trough_day.day)) == ("2025-10-29", "2025-11-20")
    assert fall.nasdaq_100_size is not None
    assert fall.nasdaq_100_change is not None
    assert fall.nasdaq_100_size.value == pytest.approx(-7.91, abs=0.01)
    assert fall.nasdaq_100_change.value == pytest.approx(-2.38, abs=0.01)


def test_both_clocks_are_told(december: Review) -> None:
    """The session of 20 November in New York ended on 21 November in Asia."""
    assert (december.fall.session.day, december.fall.asia_day.day) == (
        date(2025, 11, 20),
        date(2025, 11, 21),
    )


def test_what_was_made_good(december: Review) -> None:
    """23,578.13 on 5 December makes good 79.8 per cent of the way down."""
    assert december.fall.recovered.value == pytest.approx(79.77, abs=0.01)
    assert december.fall.recovery == "most"


def test_each_market_stands_on_its_own_first_day(december: Review) -> None:
    """Tokyo, Hong Kong, Shanghai and London's morning knew of the session a day later."""
    days = {one.code: str(one.day.day) for one in december.session_rows}
    later = {code for code, day in days.items() if day == "2025-11-21"}
    assert later == {"nikkei_225", "hang_seng", "shanghai_composite", "gold"}
    assert len(days) == 12


def test_rates_change_in_basis_points(december: Review) -> None:
    """The ten-year yield closed at 4.14 after 4.11: three basis points."""
    row = december.row("treasury_10y")
    assert row is not None
    assert (row.kind, row.change_day.unit) == ("rate", "basis_points")
    assert row.change_day.value == pytest.approx(3.0)


def test_order_of_the_falls(december: Review) -> None:
    """Ether, bitcoin, Hong Kong and gold fell by five per cent before the Composite did."""
    order = december.order
    assert order is not None
    assert order.index is not None
    assert [one.code for one in order.before] == ["ether", "bitcoin", "hang_seng", "gold"]
    assert [one.code for one in order.after] == ["nikkei_225", "sp500"]
    assert max(one.day.day for one in order.before) <= order.index.day.day


def test_a_fall_by_the_same_close_is_neither_earlier_nor_later(fallen: Review) -> None:
    """Two New York indices that cross the bound in one session did so together."""
    order = fallen.order
    assert order is not None
    named = [one.code for one in (*order.before, *order.same, *order.after)]
    assert len(named) == len(set(named))
    assert "sp500" in {one.code for one in order.same}


def test_five_of_nine_explanations_can_be_tested(december: Review) -> None:
    """The numbers of the list that a published daily series speaks to: 2, 4, 5, 7 and 8."""
    assert [one.number for one in december.drivers] == list(range(1, 10))
    tested = [one.number for one in december.drivers if one.verdict != "not_testable"]
    assert tested == [2, 4, 5, 7, 8]
    assert december.testable is not None
    assert december.testable.value == 5


def test_the_first_description_is_checked(december: Review) -> None:
    """Closes confirm six figures; an extreme of the day and Nvidia they cannot show."""
    verdicts = {one.code: one.verdict for one in december.statements}
    assert verdicts["nasdaq_100_close"] == "confirmed"
    assert verdicts["ether_below"] == "confirmed"
    assert verdicts["nasdaq_100_intraday"] == "intraday"
    assert verdicts["nvidia_close"] == "no_series"
    assert verdicts["bitcoin_low"] == "exceeded"
    assert list(verdicts.values()).count("confirmed") == 6


def test_a_contained_fall_breaks_no_link(december: Review) -> None:
    """Neither at the low nor on the as-of date: a sell-off, not a bear market."""
    kind = december.kind
    assert kind is not None
    assert (kind.verdict_at_low, kind.verdict) == ("contained", "contained")
    assert (kind.broken_at_low.value, kind.broken.value) == (0, 0)
    assert len(kind.tests) == 4


def test_a_bear_market_is_one_by_definition(fallen: Review) -> None:
    """A third lower within six weeks: bear market, links broken, lower since its deepest month."""
    kind = fallen.kind
    assert kind is not None
    assert kind.verdict == "bear_market"
    assert kind.broken.value >= kind.needed.value
    assert fallen.fall.recovery == "further"
    assert fallen.fall.beyond.value < 0


def test_a_calm_month_is_a_short_appendix(quiet: Review) -> None:
    """No session, no explanations, no kind of fall: the markets and the deepest fall remain."""
    assert quiet.state == "calm"
    assert len(quiet.rows) == 12
    assert not any((quiet.session_rows, quiet.abnormal, quiet.drivers, quiet.statements))
    assert quiet.order is None
    assert quiet.kind is None
    assert quiet.fall.size.value > -quiet.bound.value


def test_without_a_named_session_the_worst_day_is_looked_at(
    snapshot: Snapshot, house: HouseView
) -> None:
    """13 November, -2.29 %; what was stated on the 21st does not describe that session."""
    found = read(without_events(snapshot, "nasdaq_sell_off"), house)
    assert found.statements == ()
    assert found.fall.session.day == date(2025, 11, 13)
    assert found.fall.session_change.value == pytest.approx(-2.29, abs=0.01)


def test_on_the_day_itself_nothing_is_said_about_the_next(
    snapshot: Snapshot, house: HouseView
) -> None:
    """As of 20 November there is no following day: no unexplained moves, no explanations."""
    found = read_until(snapshot.cut(date(2025, 11, 20)), house)
    assert found.state == "sell_off"
    assert not any((found.abnormal, found.session_rows, found.drivers))
    assert found.kind is not None
    assert found.fall.recovered.value == 0.0


def read_until(snapshot: Snapshot, house: HouseView) -> Review:
    """Return the review of a snapshot that ends early."""
    return review(study(Desk(snapshot, house, WINDOW_END, 1_000))).facts


def test_a_missing_market_is_named(snapshot: Snapshot, house: HouseView) -> None:
    """Without bitcoin its row goes, and the explanation that needs it cannot be tested."""
    found = read(lacking(snapshot, "bitcoin"), house)
    assert found.missing == ("bitcoin",)
    assert found.row("bitcoin") is None
    crypto = next(one for one in found.drivers if one.code == "crypto_leading")
    assert (crypto.verdict, crypto.indicator) == ("not_testable", "")
    assert {one.code: one.verdict for one in found.statements}["bitcoin_low"] == "no_series"


def test_wide_spreads_are_an_unexplained_move(snapshot: Snapshot) -> None:
    """Spreads that jump by half a point on the day stand far outside their usual tie."""
    jump = bent(snapshot, {"high_yield_oas": shifted(0.5, 11)})
    clear = {one.code for one in read(jump).abnormal if one.clear}
    assert "high_yield_oas" in clear


# -- charts ---------------------------------------------------------------------------------


def charts_of(snapshot: Snapshot, house: HouseView | None = None) -> dict[str, Chart]:
    """Return the charts of the review by code."""
    by = study(desk_of(snapshot, house))
    month = review(by)
    return {chart.code: chart for chart in review_charts(by, month.facts, month.together)}


def test_correlations_stand_once_on_either_side(assessment: Assessment) -> None:
    """A pair's short window lies below the diagonal, its long one above, the diagonal is empty."""
    chart = assessment.charts["correlation"]
    size = len(chart.lines)
    for row, line in enumerate(chart.lines):
        assert line.y[row] is None
        assert all(-1.0 <= value <= 1.0 for value in line.y if value is not None)
        assert len(line.y) == size
    nasdaq = chart.lines[0]
    assert nasdaq.y[1] == pytest.approx(0.996, abs=0.002)


def test_markets_share_their_days(assessment: Assessment) -> None:
    """Every panel holds the index's last 126 trading days, to the as-of date."""
    chart = assessment.charts["cross_asset"]
    assert {len(line.x) for line in chart.lines} == {126}
    assert {line.x[-1] for line in chart.lines} == {"2025-12-05"}
    assert [band.code for band in chart.bands] == ["session"]


def test_a_calm_month_shows_no_correlations(snapshot: Snapshot, house: HouseView) -> None:
    """The appendix has the markets without a marked session, and no matrix."""
    found = charts_of(calm(snapshot), house)
    assert set(found) == {"cross_asset"}
    assert found["cross_asset"].bands == ()
