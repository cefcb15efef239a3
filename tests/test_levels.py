"""M3: averages, retracements, valuation, turns and which of them agree."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import dated

from reportgen.errors import DataError
from reportgen.models.averages import (
    carried_average,
    long_monthly_average,
    long_weekly_average,
    month_end_closes,
    projected_average,
    weekly_closes,
)
from reportgen.models.levels import (
    Level,
    agreement,
    close_range,
    retracements,
    targets,
    valuation_level,
)
from reportgen.models.path_shapes import AverageSums, TroughDistribution
from reportgen.models.zigzag import bear_troughs, last_swing, pivots, prior_cycle_high

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

AS_OF = date(2025, 12, 5)
CLOSE = 23_578.13


@pytest.fixture(scope="module")
def closes(snapshot: Snapshot) -> pd.Series[float]:
    """Daily closes of the Nasdaq Composite, 1999 to 5 December 2025."""
    return snapshot.values("nasdaq_composite")


def test_200_week_average_of_the_edition(closes: pd.Series[float]) -> None:
    """On 5 December 2025 it stands at 15,643 (known answer of the edition)."""
    assert long_weekly_average(closes, AS_OF) == pytest.approx(15_643, abs=0.5)


@pytest.mark.parametrize(("change", "expected"), [(0.0, 17_302), (-0.25, 16_845), (0.08, 17_448)])
def test_200_week_average_thirty_weeks_on(
    closes: pd.Series[float], change: float, expected: float
) -> None:
    """Flat 17,302, down a quarter in a line 16,845, up 8 % 17,448 (known answers of M3)."""
    path = CLOSE * (1 + change * np.arange(1, 31) / 30)
    assert carried_average(closes, AS_OF, path) == pytest.approx(expected, abs=0.5)


def test_projection_is_the_carried_average_of_each_quantile(closes: pd.Series[float]) -> None:
    """Week by week the flat line and each quantile equal the average carried along."""
    weekly = np.array([[20_000.0, 24_000.0], [21_000.0, 25_000.0], [22_000.0, 26_000.0]])
    found = projected_average(closes, AS_OF, AverageSums((0.1, 0.9), np.cumsum(weekly, axis=0)))
    assert found.now == long_weekly_average(closes, AS_OF)
    for weeks in (1, 2, 3):
        flat = carried_average(closes, AS_OF, np.full(weeks, CLOSE))
        assert found.flat[weeks - 1] == pytest.approx(flat)
        for column in (0, 1):
            carried = carried_average(closes, AS_OF, weekly[:weeks, column])
            assert found.quantiles[weeks - 1, column] == pytest.approx(carried)


def test_50_month_average_of_the_edition(closes: pd.Series[float]) -> None:
    """At the end of November 2025 it stands at 15,657; December does not count yet."""
    assert long_monthly_average(closes, AS_OF) == pytest.approx(15_657, abs=0.5)
    assert long_monthly_average(closes, date(2025, 11, 30)) == long_monthly_average(closes, AS_OF)


def test_the_present_month_counts_when_no_weekday_is_left(closes: pd.Series[float]) -> None:
    """Friday 28 November 2025 ends its month; Thursday the 27th, a holiday, does not."""
    complete = month_end_closes(closes, date(2025, 11, 28))
    incomplete = month_end_closes(closes, date(2025, 11, 27))
    assert complete.index[-1] == pd.Timestamp(2025, 11, 28)
    assert incomplete.index[-1] == pd.Timestamp(2025, 10, 31)


def test_a_week_ends_on_its_last_trading_day() -> None:
    """With Friday missing the week's close is Thursday's; the present week counts as it is."""
    values = dated([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], start="2025-06-30")
    without_friday = values.drop(pd.Timestamp(2025, 7, 4))
    found = weekly_closes(without_friday, date(2025, 7, 8))
    assert found.tolist() == [4.0, 7.0]


def test_averages_need_their_span() -> None:
    """A year of closes carries no 200-week and no 50-month average, and no more than 200 ahead."""
    short = dated(np.full(260, 100.0))
    with pytest.raises(DataError, match="closes by week"):
        long_weekly_average(short, date(2005, 1, 3))
    with pytest.raises(DataError, match="closes by month"):
        long_monthly_average(short, date(2005, 1, 3))
    long = dated(np.full(1_100, 100.0))
    with pytest.raises(DataError, match="201 weeks forward"):
        carried_average(long, date(2005, 1, 3), np.full(201, 100.0))


def test_retracements_of_the_house() -> None:
    """24,000 and 10,300 give 18,766.6, 17,150.0 and 15,533.4 (known answer of M3)."""
    assert retracements(24_000, 10_300) == pytest.approx((18_766.6, 17_150.0, 15_533.4), abs=1e-9)


def test_retracements_by_the_rule_on_observed_closes(closes: pd.Series[float]) -> None:
    """The rise from 15,267.91 of 8 April 2025 gives 20,638.7, 19,613.2 and 18,587.7."""
    swing = last_swing(pivots(closes, AS_OF))
    assert (swing.low.day, swing.low.close) == (date(2025, 4, 8), 15_267.91)
    assert (swing.high.day, swing.high.close) == (date(2025, 10, 29), 23_958.47)
    found = retracements(swing.high.close, swing.low.close)
    assert found == pytest.approx((20_638.7, 19_613.2, 18_587.7), abs=0.05)


@given(st.floats(1, 1e6), st.floats(1.001, 10))
def test_retracements_lie_in_order_inside_the_rise(low: float, factor: float) -> None:
    """Deeper shares lie lower, all between low and high."""
    shallow, middle, deep = retracements(low * factor, low)
    assert low < deep < middle < shallow < low * factor


def test_valuation_compression() -> None:
    """P/E 28 to 18 is -35.714 %: 23,500 to 15,107.1, the close to 15,157 (known answers)."""
    assert valuation_level(100, 28, 18) / 100 - 1 == pytest.approx(-0.35714, abs=1e-5)
    assert valuation_level(23_500, 28, 18) == pytest.approx(15_107.1, abs=0.05)
    assert valuation_level(CLOSE, 28, 18) == pytest.approx(15_157, abs=0.5)
    assert valuation_level(100, 20, 20, growth=0.1, years=2) == pytest.approx(121)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan])
def test_levels_of_bad_numbers_are_refused(bad: float) -> None:
    """Zero, negative and missing inputs are named."""
    with pytest.raises(DataError):
        valuation_level(100, bad, 18)
    with pytest.raises(DataError):
        retracements(bad, 10)
    with pytest.raises(DataError, match="not above its low"):
        retracements(10, 10)


def test_turns_of_a_made_up_market() -> None:
    """Up to 120, down to 90, up to 110: a peak, a trough, a running peak; 19 % is no turn."""
    values = [100, 120, 98, 119, 90, 100, 110, 105]
    found = pivots(dated([float(value) for value in values]), date(2001, 1, 1))
    assert [(each.kind, each.close, each.confirmed) for each in found] == [
        ("trough", 100.0, True),
        ("peak", 120.0, True),
        ("trough", 90.0, True),
        ("peak", 110.0, False),
    ]


@given(st.lists(st.floats(50, 200), min_size=2, max_size=80))
def test_turns_alternate_and_reverse_by_a_fifth(values: list[float]) -> None:
    """Peaks and troughs alternate and neighbours stand at least 20 % apart."""
    found = pivots(dated(values), date(2001, 1, 1))
    for early, late in pairwise(found):
        assert early.kind != late.kind
        assert early.day < late.day
        ratio = late.close / early.close
        assert ratio >= 1.2 - 1e-9 if late.kind == "peak" else ratio <= 0.8 + 1e-9
        assert early.confirmed


def test_a_market_without_a_turn_has_no_swing() -> None:
    """Flat closes hold no rise to measure and no earlier cycle, and that is said."""
    flat = pivots(dated([100.0] * 50), date(2001, 1, 1))
    assert flat == ()
    with pytest.raises(DataError, match="no rise of 20 %"):
        last_swing(flat)
    with pytest.raises(DataError, match="no completed fall"):
        prior_cycle_high(flat)


def test_troughs_of_past_bears_against_the_200_week_average(
    closes: pd.Series[float], snapshot: Snapshot
) -> None:
    """2002 -57 %, 2008 -43 %, 2009 -44 %, 2022 -10 %: the average was no floor (check S8)."""
    found = bear_troughs(closes, AS_OF, snapshot.values("nasdaq_composite_weekly"))
    distance = {each.day: each.distance for each in found}
    expected = {
        date(2002, 10, 9): -0.57,
        date(2008, 11, 20): -0.43,
        date(2009, 3, 9): -0.44,
        date(2022, 12, 28): -0.10,
    }
    for day, published in expected.items():
        assert distance[day] == pytest.approx(published, abs=0.005)
    lows = {each.day: each.close for each in found}
    assert lows[date(2022, 12, 28)] == 10_213.29


def test_troughs_before_200_weeks_have_no_average(closes: pd.Series[float]) -> None:
    """Without the longer weekly closes the first troughs stand without an average."""
    first = bear_troughs(closes, AS_OF)[0]
    assert first.average is None
    assert first.distance is None
    assert first.fall <= -0.20


def test_prior_cycle_high_of_the_edition(closes: pd.Series[float]) -> None:
    """The last peak before a completed fall is 20,173.89 of 16 December 2024."""
    high = prior_cycle_high(pivots(closes, AS_OF))
    assert (high.day, high.close) == (date(2024, 12, 16), 20_173.89)


def test_range_of_2022(closes: pd.Series[float]) -> None:
    """Closes of 2022 lie between 10,213.29 and 15,832.80; an empty span is refused."""
    assert close_range(closes, date(2022, 1, 1), date(2022, 12, 31)) == (10_213.29, 15_832.80)
    with pytest.raises(DataError, match="no close between"):
        close_range(closes, date(2022, 1, 1), date(2022, 1, 2))


def test_later_closes_change_no_level(closes: pd.Series[float]) -> None:
    """Averages and turns of a day are the same with and without what came after it."""
    as_of = date(2020, 3, 31)
    cut = closes[: as_of.isoformat()]
    assert long_weekly_average(closes, as_of) == long_weekly_average(cut, as_of)
    assert long_monthly_average(closes, as_of) == long_monthly_average(cut, as_of)
    assert pivots(closes, as_of) == pivots(cut, as_of)


def test_two_methods_are_no_confluence() -> None:
    """In the house's zone lie one retracement and the valuation: two methods, no confluence."""
    fibonacci = retracements(24_000, 10_300)
    levels = (
        *(
            Level(f"fibonacci_{number}", "fibonacci", value, value)
            for number, value in enumerate(fibonacci)
        ),
        Level("valuation", "valuation", 15_107.1, 15_107.1),
        Level("average", "average_200_week", 16_500, 17_500),
    )
    found = agreement(levels, 14_500, 15_800, CLOSE)
    assert found.methods == ("fibonacci", "valuation")
    assert not found.confluence
    assert found.levels[3].distance_low == pytest.approx(15_107.1 / CLOSE - 1)
    assert agreement(levels, 14_500, 17_500, CLOSE).confluence


def test_levels_of_one_method_count_once() -> None:
    """Three retracements inside a zone are one method; a bound belongs to the zone."""
    levels = tuple(Level(f"f{value}", "fibonacci", value, value) for value in (10.0, 11.0, 12.0))
    found = agreement(levels, 10.0, 12.0, 20.0)
    assert all(each.inside for each in found.levels)
    assert found.methods == ("fibonacci",)
    assert not found.confluence


def test_zones_and_keys_without_sense_are_refused() -> None:
    """A zone upside down and two levels of one key are named."""
    level = Level("same", "fibonacci", 10.0, 10.0)
    with pytest.raises(DataError, match="upside down"):
        agreement((level,), 12.0, 10.0, 20.0)
    with pytest.raises(DataError, match="same key"):
        agreement((level, level), 10.0, 12.0, 20.0)


def test_targets_are_quantiles_of_the_trough() -> None:
    """Main level, zone and extreme are the 50, 25-75 and 10 % points, with drawdowns."""
    closes = (13_000.0, 16_000.0, 18_000.0, 20_000.0, 21_500.0)
    troughs = TroughDistribution(246, (0.10, 0.25, 0.50, 0.75, 0.90), closes, (closes,), 100)
    found = targets(troughs, CLOSE)
    assert (found.extreme, found.zone_low, found.main, found.zone_high) == closes[:4]
    assert found.drawdown(found.main) == pytest.approx(18_000 / CLOSE - 1)
    with pytest.raises(DataError, match="10%"):
        targets(TroughDistribution(246, (0.25, 0.5, 0.75), closes[:3], (), 100), CLOSE)
