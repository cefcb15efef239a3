"""Hedging, SKEW and depth: states, labels, records, what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from desks import desk_of, lacking
from markets import bent, calm, lead_to, slide, stressed

from reportgen.assess import depth, hedging, microstructure, skew
from reportgen.facts import Assumed
from reportgen.facts.depth import Depth
from reportgen.facts.hedging import Hedging
from reportgen.facts.skew import Skew
from reportgen.models import gamma

if TYPE_CHECKING:
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot


def hedged(snapshot: Snapshot, house: HouseView | None = None) -> Hedging:
    """Return the part on hedging."""
    found = hedging.hedging(hedging.study(desk_of(snapshot, house)))
    assert found is not None
    return found


def skewed(snapshot: Snapshot, house: HouseView | None = None) -> Skew:
    """Return the part on SKEW, which must be there."""
    found = skew.skew(skew.study(desk_of(snapshot, house)))
    assert found is not None
    return found


def deep(snapshot: Snapshot) -> Depth:
    """Return the part on depth."""
    found = depth.depth(depth.study(desk_of(snapshot)))
    assert found is not None
    return found


# -- hedging ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vix", "regime"), [(15.41, "calm"), (20.0, "strained"), (31.0, "stressed")]
)
def test_regime_follows_the_vix(snapshot: Snapshot, vix: float, regime: str) -> None:
    """From 20 strained, from 25 stressed; a bound belongs to the higher state."""
    assert hedged(bent(snapshot, {"vix": lead_to(vix, 5)})).regime == regime


def test_nobody_knows_the_inventories(snapshot: Snapshot, house: HouseView) -> None:
    """Inventories, volume, thresholds and the quoted flow are assumed and say so."""
    found = hedged(snapshot, house)
    figures = [
        *(book.notional for book in found.books),
        found.volume,
        found.flow,
        found.stress_factor,
    ]
    assert all(isinstance(figure.origin, Assumed) for figure in figures)
    assert {book.effect for book in found.books} == {"amplifies", "none", "dampens"}


def test_quotations_are_dated_and_attributed(snapshot: Snapshot, house: HouseView) -> None:
    """30 billions of 15 February 2023, its author gone; 43 % of 2023 and 61 % of 2 June 2025."""
    found = hedged(snapshot, house)
    assert found.quoted is not None
    assert found.share is not None
    assert found.share_before is not None
    assert found.quoted.figure.value == 30e9
    assert found.quoted.stated.day == date(2023, 2, 15)
    assert "Kolanovic" in found.quoted.by
    assert found.left
    assert (found.share.figure.value, found.share_before.figure.value) == (61.0, 43.0)
    assert found.share.stated.day == date(2025, 6, 2)


def test_without_house_view_the_flow_is_the_methods_own(snapshot: Snapshot) -> None:
    """No quotation is printed; the flow worked through is an assumption of the method."""
    found = hedged(snapshot)
    assert (found.quoted, found.share, found.quoted_fall) == (None, None, None)
    assert not found.left
    assert found.flow.value == 30e9


def test_short_books_amplify_and_long_ones_dampen(snapshot: Snapshot) -> None:
    """A fall of 3 % ends deeper under a short book, milder under a long one, in every depth."""
    found = hedged(snapshot)
    for code in ("calm", "stressed", "collapse"):
        moves = [book.ending(code).move.value for book in found.books]
        assert moves == sorted(moves)
        assert moves[0] < -3.0 < moves[-1]
        bounds = found.depth(code).endings
        assert (bounds.low.value, bounds.high.value) == (moves[0], moves[-1])
    assert found.book("short_large").ending("collapse").breaker == 1


def test_halts_stand_below_the_close(snapshot: Snapshot) -> None:
    """7, 13 and 20 % below 6,870.40."""
    prices = [halt.price.value for halt in hedged(snapshot).halts]
    assert prices == pytest.approx([6389.47, 5977.25, 5496.32], abs=0.01)


# -- SKEW ------------------------------------------------------------------------------------


def test_december_2025_by_table_and_bounds(snapshot: Snapshot) -> None:
    """148.83 gives 15.5 % by Cboe's table; one mode allows 8.9 %, any law 20 % (MODELS, M4)."""
    found = skewed(snapshot)
    assert found.table.value == pytest.approx(0.1548, abs=1e-4)
    assert found.validity == "convention"
    assert (found.one_mode.value, found.any_law.value) == pytest.approx((4 / 45, 0.2))
    assert found.one_mode_at.value == pytest.approx(124.5, abs=0.05)
    assert found.normal.value == pytest.approx(0.02275, abs=1e-5)


@pytest.mark.parametrize(
    ("level", "state", "validity"),
    [
        (112.0, "low", "probability"),
        (124.0, "normal", "probability"),
        (150.0, "high", "convention"),
        (170.0, "extreme", "impossible"),
    ],
)
def test_states_follow_the_reading(
    snapshot: Snapshot, level: float, state: str, validity: str
) -> None:
    """Up to 124.5 the table may be a probability, up to 165.7 it is a convention."""
    found = skewed(bent(snapshot, {"skew": lead_to(level, 3), "skew_weekly": lead_to(level, 1)}))
    assert (found.state, found.validity) == (state, validity)


def test_divergence_needs_both(snapshot: Snapshot) -> None:
    """High SKEW and low VIX diverge; with a VIX of 22 they do not."""
    assert skewed(snapshot).diverging
    fearful = skewed(bent(snapshot, {"vix": lead_to(22.0, 3)}))
    assert (fearful.diverging, fearful.vix_low) == (False, False)


def test_record_stands_beside_its_base_rate(snapshot: Snapshot) -> None:
    """20 % of 20 months against 11 % with a low VIX alone: inside the interval, no signal."""
    precursor = skewed(snapshot).precursor
    assert precursor is not None
    assert precursor.calm is not None
    assert precursor.diverging is not None
    assert precursor.interval is not None
    assert precursor.verdict == "not_supported"
    assert precursor.interval.low.value < precursor.calm.value < precursor.interval.high.value
    assert precursor.end.day < date(2025, 9, 30)


def test_realised_falls_are_rarer_than_the_table(snapshot: Snapshot) -> None:
    """Both records lie far under the table; buckets add up; the reading's bucket is marked."""
    found = skewed(snapshot)
    for record in (found.daily, found.weekly):
        assert record.interval.low.value < record.share.value < record.interval.high.value
        assert record.interval.high.value < found.table.value / 2
    assert sum(one.daily.value for one in found.buckets) == found.daily.readings.value
    assert [one.code for one in found.buckets if one.here] == ["from140"]


def test_stated_figures_are_checked(snapshot: Snapshot, house: HouseView) -> None:
    """155 gives 17.15 % by the table; 5 % is two-sided; the stated band held 29 % of days."""
    view = skewed(snapshot, house).house
    assert view is not None
    assert view.tail is not None
    assert view.table.value == pytest.approx(0.1715, abs=1e-4)
    assert view.tail.value == pytest.approx(0.17)
    assert view.normal_two_sided.value == pytest.approx(0.0455, abs=1e-4)
    assert view.inside.value == pytest.approx(6 / 21)
    assert skewed(snapshot).house is None


def test_without_skew_the_rest_stands(snapshot: Snapshot) -> None:
    """No SKEW, no part and no chart on it; hedging and depth are printed."""
    studied = microstructure.study(desk_of(lacking(snapshot, "skew")))
    found = microstructure.microstructure(studied)
    assert found.skew is None
    assert found.hedging is not None
    assert found.hedging.regime == "calm"
    codes = [chart.code for chart in microstructure.microstructure_charts(studied)]
    assert codes == ["hedging", "term_structure"]


# -- depth -----------------------------------------------------------------------------------


def test_measures_of_december_2025_are_calm(snapshot: Snapshot) -> None:
    """VIX 15.41 over VIX3M 19.27 is 0.80; the curve was last inverted on 20 November 2025."""
    found = deep(snapshot)
    term = found.gauge("term")
    assert term is not None
    assert found.inversion is not None
    assert found.inversion.last is not None
    assert found.state == "calm"
    assert term.value.value == pytest.approx(15.41 / 19.27)
    assert found.inversion.last.day == date(2025, 11, 20)
    assert found.moves is not None
    assert found.moves.worst_day.day == date(2025, 4, 4)


def test_a_sell_off_shows_in_several_measures(snapshot: Snapshot) -> None:
    """With VIX 46 over VIX3M 38 and VVIX at 150 depth is stressed; a quiet market never is."""
    assert deep(stressed(snapshot)).state == "stressed"
    quiet = deep(calm(snapshot))
    assert {one.code for one in quiet.gauges if one.strained} <= {"premium"}


def test_missing_gauges_are_named(snapshot: Snapshot) -> None:
    """Without VIX3M and VVIX both are named, and nothing is drawn."""
    studied = depth.study(desk_of(lacking(snapshot, "vix3m", "vvix")))
    found = depth.depth(studied)
    assert found is not None
    assert found.missing == ("term", "vvix")
    assert found.inversion is None
    assert depth.depth_chart(studied) == ()


def test_weekly_chart_keeps_inversions(snapshot: Snapshot) -> None:
    """The week of 20 November 2025 shows its highest ratio; the last point is the last day."""
    (chart,) = depth.depth_chart(depth.study(desk_of(snapshot)))
    term = chart.line("term")
    assert term.x[-1] == "2025-12-05"
    assert term.y[term.x.index("2025-11-20")] >= 1.0  # type: ignore[operator]


def test_no_look_ahead(snapshot: Snapshot) -> None:
    """Cut at the end of October, the parts read October's figures and nothing later."""
    earlier = snapshot.cut(date(2025, 10, 31))
    found = skewed(earlier)
    assert found.skew_day.day <= date(2025, 10, 31)
    moves = deep(earlier).moves
    assert moves is not None
    assert moves.last_large is not None
    assert hedged(earlier).vix.value == float(earlier.values("vix").iloc[-1])


def test_thin_inventories_are_stable(snapshot: Snapshot) -> None:
    """With books a tenth as large hedging stays below the critical gamma of a stressed market."""
    desk = desk_of(snapshot)
    usual = hedging.study(desk)
    assert usual is not None
    small = tuple(replace(one, notional=one.notional / 10) for one in usual.settings.inventories)
    settings = replace(usual.settings, inventories=small)
    result = gamma.evaluate(6870.4, 15.41, settings)
    found = hedging.hedging(hedging.HedgingDesk(desk, settings, result))
    assert found is not None
    assert found.stability == "stable"


def test_rallies_and_falls_move_the_halts(snapshot: Snapshot) -> None:
    """The halts follow the close of the S&P 500."""
    lower = hedged(bent(snapshot, {"sp500": slide(-0.1, 2)}))
    assert lower.halts[0].price.value == pytest.approx(0.9 * 6389.47, abs=0.1)


# -- what is not there, or not yet -----------------------------------------------------------


def test_without_the_vix_depth_rests_on_closes(snapshot: Snapshot) -> None:
    """Without the VIX realized volatility and VVIX remain; hedging says why it is not studied."""
    desk = desk_of(lacking(snapshot, "vix"))
    found = microstructure.microstructure(microstructure.study(desk))
    assert found.depth is not None
    assert [one.code for one in found.depth.gauges] == ["vvix", "realised"]
    assert found.depth.missing == ("term", "premium")
    assert (found.hedging, found.hedging_absence, found.skew) == (None, "no_series", None)


def test_without_any_of_its_series_depth_is_silent(snapshot: Snapshot) -> None:
    """Without S&P 500, VIX and VVIX there is no measure, no chart, and no crash."""
    studied = microstructure.study(desk_of(lacking(snapshot, "sp500", "vix", "vvix")))
    assert microstructure.microstructure(studied).depth is None
    assert microstructure.microstructure_charts(studied) == ()


def test_hedging_is_studied_once_somebody_has_put_a_figure_to_it(snapshot: Snapshot) -> None:
    """Same-day options begin on 11 May 2022, the estimate of their flow is of 15 February 2023."""
    for day, absence in (
        (date(2022, 5, 10), "not_yet"),
        (date(2022, 5, 11), "no_estimate"),
        (date(2023, 2, 14), "no_estimate"),
    ):
        before = microstructure.study(desk_of(snapshot.cut(day)))
        found = microstructure.microstructure(before)
        assert (found.hedging, found.hedging_absence) == (None, absence)
        codes = [one.code for one in microstructure.microstructure_charts(before)]
        assert "hedging" not in codes
    after = hedged(snapshot.cut(date(2023, 2, 15)))
    assert after.evidence == ()
    assert hedged(snapshot).evidence == ("cboe_2023", "dim_eraker_vilkov")


def test_turnover_is_that_of_the_index_of_the_day(snapshot: Snapshot) -> None:
    """1.5 million E-minis at 50 dollars a point, to one digit: 300 billion at 4,148 points."""
    assert hedged(snapshot).volume.value == 500e9
    assert hedged(snapshot.cut(date(2023, 2, 15))).volume.value == 300e9


def test_states_of_skew_are_those_of_its_recent_years(snapshot: Snapshot) -> None:
    """In 2022 a reading of 140 was as rare as one of 145 in 2025; none is read from later days."""
    now = skew.study(desk_of(snapshot))
    before = skew.study(desk_of(snapshot.cut(date(2022, 10, 31))))
    assert now is not None
    assert before is not None
    assert now.settings.high == 145.0
    assert (before.settings.low, before.settings.high) == (120.0, 140.0)


def test_an_author_has_left_once_he_has(snapshot: Snapshot, house: HouseView) -> None:
    """The author of the quoted flow left his bank in July 2024; nobody says so before."""
    for day, left in ((date(2024, 7, 30), False), (date(2024, 7, 31), True)):
        stated = house.stated_by(day)
        assert hedged(snapshot.cut(day), stated).left is left
