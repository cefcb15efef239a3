"""M13: the CAPE against its record and history, the pillars of the gauge, and 2000 beside now."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from reportgen.errors import DataError
from reportgen.models import bubble
from reportgen.models.pillars import PILLARS

END = "2025-12-05"
WEEKS = pd.date_range("1990-01-05", END, freq="W-FRI")


def inputs(
    cape: float = 39.28, growth: float = 0.002, pillars: dict[str, pd.Series[float]] | None = None
) -> bubble.BubbleInputs:
    """Return thirty years of CAPE between 20 and 40, a steady index and a VIX of 20."""
    months = pd.date_range("1995-01-31", "2025-11-30", freq="ME")
    ratios = pd.Series(np.linspace(20.0, 40.0, len(months)), index=months)
    ratios.iloc[-1] = cape
    index = pd.Series(100.0 * np.exp(growth * np.arange(len(WEEKS))), index=WEEKS)
    return bubble.BubbleInputs(ratios, index, index * 0.0 + 20.0, pillars or {})


def row(result: bubble.BubbleResult, code: str) -> bubble.Comparison:
    """Return the comparison of that code."""
    return next(item for item in result.comparisons if item.code == code)


def test_share_of_the_record() -> None:
    """39.28 of November 2025 is 88.9 % of the 44.2 of December 1999 (method M13)."""
    assert bubble.percent_of_peak(39.28) == pytest.approx(88.9, abs=0.05)


def test_rank_in_the_history() -> None:
    """The percentile counts months at or below, and the months above are named."""
    result = bubble.evaluate(inputs())
    below = int(np.floor((39.28 - 20.0) / 20.0 * 370)) + 2
    assert result.percentile == pytest.approx(below / 371)
    assert (result.months, result.months_higher) == (371, 371 - below)
    assert result.last_higher == date(2025, 10, 31)
    assert result.start == date(1995, 1, 31)


def test_highest_ratio_has_nothing_above() -> None:
    """A record CAPE is extreme and no month lies above it."""
    result = bubble.evaluate(inputs(cape=45.0))
    assert (result.state, result.percentile, result.last_higher) == ("extreme", 1.0, None)
    assert result.percent_of_peak > 100


def test_state_bounds_belong_to_the_higher_one() -> None:
    """The 25th, 75th and 95th percentile open normal, high and extreme."""
    states = [bubble.value_state(share) for share in (0.0, 0.2499, 0.25, 0.75, 0.95, 1.0)]
    assert states == ["low", "low", "normal", "high", "extreme", "extreme"]


def test_gauge_of_one_pillar_names_the_missing() -> None:
    """With the CAPE alone the gauge is its percentile, and that of 2000 is not known."""
    result = bubble.evaluate(inputs())
    assert result.gauge.value == result.percentile
    assert result.gauge.missing == PILLARS[1:]
    assert result.gauge.percent_of_peak is None
    assert result.diagnostics == ("single_pillar", "peak_not_covered")


def test_more_pillars_are_averaged() -> None:
    """A second pillar at the low of its history is averaged with the CAPE's percentile."""
    months = pd.date_range("1970-01-31", "2025-11-30", freq="ME")
    falling = pd.Series(np.linspace(9.0, 1.0, len(months)), index=months)
    result = bubble.evaluate(inputs(pillars={"leverage": falling}))
    assert result.gauge.value == pytest.approx((result.percentile + 1 / len(months)) / 2)
    assert result.diagnostics == ("pillars_missing", "peak_not_covered")


def test_all_pillars_and_their_peak() -> None:
    """Seventy years of every pillar: nothing is missing, and March 2000 is compared with."""
    months = pd.date_range("1955-01-31", "2025-11-30", freq="ME")
    rising = pd.Series(np.linspace(1.0, 9.0, len(months)), index=months)
    made = inputs(pillars=dict.fromkeys(PILLARS[1:], rising))
    long = bubble.BubbleInputs(rising, made.index, made.vix, made.pillars)
    result = bubble.evaluate(long)
    assert result.diagnostics == ()
    assert result.gauge.percent_of_peak == pytest.approx(100.0)


def test_comparison_of_a_steady_index() -> None:
    """With constant growth then and now are alike, a year of 0.2 % a week is 11 %."""
    result = bubble.evaluate(inputs())
    year, five = row(result, "rise_one_year"), row(result, "rise_five_years")
    assert year.now == pytest.approx(100 * math.expm1(0.002 * 52))
    assert five.then == pytest.approx(100 * math.expm1(0.002 * 260))
    assert row(result, "above_average").then == pytest.approx(row(result, "above_average").now)
    assert (year.day_then, year.day_now) == (date(2000, 3, 10), date(2025, 12, 5))
    cape = row(result, "cape")
    assert (cape.then, cape.now, cape.day_then) == (44.2, 39.28, date(1999, 12, 31))


def test_trajectories_start_at_one_hundred() -> None:
    """Both runs begin at 100 in week 0, the first of 1995 and of 2020, six years at most."""
    then, now = bubble.evaluate(inputs()).trajectories
    assert (then.code, then.days[0], then.values[0]) == ("then", date(1995, 1, 6), 100.0)
    assert (now.code, now.days[0], now.values[0]) == ("now", date(2020, 1, 3), 100.0)
    assert then.weeks[-1] == 312
    assert now.days[-1] == date(2025, 12, 5)
    assert now.values[52] == pytest.approx(100 * math.exp(0.002 * 52))


@pytest.mark.parametrize(("end", "first"), [("2008-10-31", 2003), ("2020-03-27", 2015)])
def test_the_later_run_begins_five_years_before_the_present_one(end: str, first: int) -> None:
    """An edition of October 2008 shows the run from January 2003, and nothing after its date."""
    made = inputs()
    then = bubble.BubbleInputs(made.cape[:end], made.index[:end], None)
    result = bubble.evaluate(then)
    assert result.trajectories[1].days[0].year == first
    assert result.trajectories[1].days[-1] <= date.fromisoformat(end)
    assert not [one for one in result.comparisons if one.code.startswith("vix")]


def test_short_histories_are_named() -> None:
    """Less than twenty years of CAPE, or a VIX that starts after 2000, is named, not filled."""
    made = inputs()
    assert made.vix is not None
    short = bubble.BubbleInputs(made.cape.iloc[-100:], made.index, made.vix.loc["2001":])
    result = bubble.evaluate(short)
    assert result.diagnostics == ("no_pillar", "history_short", "comparison_short")
    assert result.gauge.value is None
    assert "vix" not in {item.code for item in result.comparisons}


def test_broken_inputs_are_refused() -> None:
    """No number, no history, an unknown pillar, a percentile of 2: each a sentence."""
    made = inputs()
    with pytest.raises(DataError, match="cape"):
        bubble.evaluate(inputs(cape=math.nan))
    with pytest.raises(DataError, match="does not cover 1995-01-01"):
        bubble.evaluate(bubble.BubbleInputs(made.cape, made.index.loc["1996":], made.vix))
    with pytest.raises(DataError, match="no pillar luck"):
        bubble.evaluate(inputs(pillars={"luck": made.cape}))
    with pytest.raises(DataError, match="CAPE"):
        bubble.percent_of_peak(-1.0)
