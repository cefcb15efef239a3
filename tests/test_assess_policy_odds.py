"""Cuts and hikes from prices, and trend followers, as the report prints them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from desks import desk_of, lacking, without_events
from pages import assessed, html_of, prose_of, undrawn

from reportgen.assess.policy import policy_outlook
from reportgen.assess.policy_odds import policy_odds
from reportgen.assess.priced_path import priced_path
from reportgen.facts import Unit
from reportgen.models.policy_path import month_average
from reportgen.series import spec
from reportgen.snapshot import Snapshot, series_data

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView

DECEMBER, JANUARY = date(2025, 12, 10), date(2026, 1, 28)
MEETINGS = (DECEMBER, JANUARY, date(2026, 3, 18), date(2026, 4, 29))
RATES = (3.87, 3.66, 3.66, 3.56, 3.41)
"""Expected rates before and after the four meetings: a step of -21, 0, -10, -15 points."""


def with_series(snapshot: Snapshot, name: str, values: pd.Series[float]) -> Snapshot:
    """Return the snapshot with a series added."""
    data = series_data(
        spec(name),
        values.index.to_numpy().astype("datetime64[D]"),
        np.asarray(values, dtype=np.float64),
        retrieved="2025-12-08",
    )
    return snapshot.with_series(data)


def contracts(day: date, rates: tuple[float, ...]) -> list[float]:
    """Return the seven settlements that imply the rates around the meetings."""
    found = []
    for month in pd.period_range(pd.Timestamp(day), periods=7, freq="M"):
        first = month.to_timestamp().date()
        before = sum(one < first for one in MEETINGS)
        inside = [one for one in MEETINGS if one.replace(day=1) == first]
        mean = (
            month_average(rates[before], rates[before + 1], inside[0]) if inside else rates[before]
        )
        found.append(100.0 - mean)
    return found


def with_futures(snapshot: Snapshot, last: str = "2025-12-05") -> Snapshot:
    """Return the snapshot with two months of futures, less of a cut in the first of them."""
    days = pd.bdate_range("2025-10-06", last)
    doubt = tuple(rate + 0.10 if at else rate for at, rate in enumerate(RATES))
    rows = [contracts(day.date(), RATES if day.month == 12 else doubt) for day in days]
    for number in range(7):
        column = pd.Series([row[number] for row in rows], index=days)
        snapshot = with_series(snapshot, f"fed_funds_future_{number}", column)
    return snapshot


def with_bills(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with six years of bills that expect lower rates at the end."""
    days = pd.bdate_range("2019-12-02", "2025-12-05")
    rate = snapshot.values("effr").reindex(days, method="ffill")
    wobble = 0.05 * np.sin(np.arange(len(days)) / 7.0)
    snapshot = with_series(snapshot, "treasury_bill_4w", rate - 0.10 + wobble / 2)
    return with_series(snapshot, "treasury_bill_3m", rate - 0.25 + wobble)


def test_futures_in_the_readers_folder_give_risk_neutral_odds(snapshot: Snapshot) -> None:
    """A step of -21 points on 10 December is a cut of 84 %, labelled, with its changes."""
    found = policy_odds(desk_of(with_futures(snapshot)))
    assert found is not None
    first = found.meetings[0]
    assert (found.basis, first.day.day, first.likeliest) == ("futures", DECEMBER, "cut")
    assert first.cut.value == pytest.approx(0.84, abs=1e-6)
    assert first.cut.unit is Unit.RISK_NEUTRAL
    assert first.expected.value == pytest.approx(-21.0, abs=1e-6)
    assert first.week_before is not None
    assert first.week_before.value == pytest.approx(-11.0, abs=1e-6)
    assert first.month_before is not None
    assert [one.day.day for one in found.meetings][:4] == list(MEETINGS)
    assert found.deviation is None


def test_bills_stand_in_and_are_no_risk_neutral_odds(snapshot: Snapshot) -> None:
    """Without futures the proxy from bills is used, says so and carries its own error."""
    found = policy_odds(desk_of(with_bills(snapshot)))
    assert found is not None
    assert found.basis == "bills"
    assert found.deviation is not None
    assert found.deviation.value > 0.0
    assert all(one.cut.unit is Unit.PROBABILITY for one in found.meetings)
    assert [one.day.day for one in found.meetings] == [DECEMBER, JANUARY]


def test_futures_go_before_bills(snapshot: Snapshot) -> None:
    """Where both are there the futures are read."""
    found = policy_odds(desk_of(with_bills(with_futures(snapshot))))
    assert found is not None
    assert found.basis == "futures"


def test_without_prices_the_quotation_stands_alone(snapshot: Snapshot, house: HouseView) -> None:
    """The bundled edition has neither: no odds, and the dated quotation as before."""
    found = policy_outlook(desk_of(snapshot, house))
    assert found.odds is None
    assert found.cut is not None


def test_futures_that_stopped_or_meet_no_date_are_not_read(snapshot: Snapshot) -> None:
    """Settlements older than a week, and a list without the next decision, give nothing."""
    assert policy_odds(desk_of(with_futures(snapshot, "2025-11-14"))) is None
    whole = with_futures(snapshot)
    assert policy_odds(desk_of(without_events(whole, "fomc_decision"))) is None
    assert policy_odds(desk_of(lacking(whole, "effr"))) is None


def test_trend_followers_of_the_edition(assessment: Assessment) -> None:
    """On 5 December 2025 the index stands above all four averages; each has its P(touch)."""
    found = assessment.trend
    assert found is not None
    assert (found.state, found.broken.value) == ("long", 0.0)
    assert [one.code for one in found.flips] == ["d20", "d50", "d100", "d200"]
    touches = [one.touch.value for one in found.flips if one.touch]
    assert len(touches) == 4
    assert touches == sorted(touches, reverse=True)
    assert found.nearest is not None
    assert found.nearest.code == "d20"
    assert not found.crossing
    assert all(one.flow.low.value <= one.flow.high.value < 0.0 for one in found.sales)


def test_troughs_beyond_the_window(assessment: Assessment) -> None:
    """Followed for 24 months the median trough is deeper; levels move it by little."""
    levels = assessment.levels
    assert levels.trough_later is not None
    assert levels.trough_later.median.value < levels.trough_median.level.value
    assert levels.trough_drawn is not None
    assert levels.trough_drawn.weight.value == 25.0
    assert levels.trough_drawn.median.value == pytest.approx(
        levels.trough_median.level.value, rel=0.05
    )


def test_records_beside_the_models(assessment: Assessment) -> None:
    """SKEW's realised map, the logit of spending and the price of reserves are there."""
    assert assessment.microstructure.skew is not None
    mapped = assessment.microstructure.skew.mapped
    assert mapped is not None
    assert mapped.interval.low.value < mapped.isotonic.value < mapped.interval.high.value
    assert assessment.capex is not None
    assert assessment.capex.falls.next_any is not None
    assert assessment.liquidity is not None
    reaction = assessment.liquidity.reaction
    assert reaction is not None
    assert (reaction.steep, reaction.weeks.value) == (True, 52.0)


@pytest.mark.parametrize("basis", ["futures", "bills"])
def test_both_forms_are_told_in_three_languages(snapshot: Snapshot, basis: str) -> None:
    """The page names the proxy or the risk-neutral odds, and has a table of the meetings."""
    given = with_futures(snapshot) if basis == "futures" else with_bills(snapshot)
    pages = html_of(undrawn(assessed(given, None, paths=500)))
    word = {
        "futures": {
            "en": "federal funds futures put",
            "zh": "联邦基金期货对",
            "ja": "FF金利先物が",
        },
        "bills": {"en": "as a proxy", "zh": "替代指标", "ja": "代理指標"},
    }[basis]
    for language, html in pages.items():
        assert word[language] in prose_of(html)
        assert 'id="table-policy-odds"' in html


def test_differential_that_prices_hold(snapshot: Snapshot) -> None:
    """With bills and the Bank of Japan's rate the carry section has both paths, dated."""
    days = pd.to_datetime(["2019-01-01", "2024-03-21", "2024-08-01", "2025-01-27", "2025-12-05"])
    policy = pd.Series([-0.1, 0.05, 0.25, 0.5, 0.5], index=days)
    given = with_series(with_bills(snapshot), "boj_policy_rate", policy)
    found = priced_path(desk_of(given))
    assert found is not None
    assert (found.basis, found.day.day) == ("bills", JANUARY)
    assert 0.0 <= found.chance.value <= 1.0
    assert found.differential.value == pytest.approx(found.dollar.value - found.yen.value)
    # By hand: two meetings in Japan before 28 January, each a quarter point with the chance.
    assert found.yen.value == pytest.approx(0.5 + 0.5 * found.chance.value)
    assert priced_path(desk_of(with_bills(snapshot))) is None
