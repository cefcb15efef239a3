"""M4: Cboe's table, what laws of probability allow, and what followed high readings."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from reportgen.errors import DataError
from reportgen.models import skew, skew_history, skew_precursor
from reportgen.models.skew_history import SkewSettings

CBOE_TABLE = {
    100: (2.30, 0.15),
    105: (3.65, 0.45),
    110: (5.00, 0.74),
    115: (6.35, 1.04),
    120: (7.70, 1.33),
    125: (9.05, 1.63),
    130: (10.40, 1.92),
    135: (11.75, 2.22),
    140: (13.10, 2.51),
    145: (14.45, 2.81),
}
"""Per cent beyond 2 and 3 deviations: Cboe, The CBOE Skew Index (2010), p. 8, as reproduced
by onlyvix.blogspot.com, CBOE SKEW Index, Part 3 (February 2011)."""

readings = st.floats(skew.LOWEST, skew.HIGHEST)


def daily(values: list[float] | np.ndarray, start: str = "2018-01-01") -> pd.Series:
    """Return values on consecutive business days."""
    days = pd.bdate_range(start, periods=len(values))
    return pd.Series(np.asarray(values, dtype=float), index=days)


def inputs(days: int = 400, last: float = 148.83, vix: float = 15.41) -> skew.SkewInputs:
    """Return a calm made-up market whose last SKEW reading is ``last``."""
    level = daily(np.linspace(120.0, 140.0, days))
    level.iloc[-1] = last
    fear = daily(np.full(days, vix))
    closes = daily(100.0 * 1.0002 ** np.arange(days))
    return skew.SkewInputs(level, fear, level.iloc[4::5], fear.iloc[4::5], closes)


@pytest.mark.parametrize("reading", CBOE_TABLE)
def test_the_line_gives_the_published_table(reading: int) -> None:
    """Every row of Cboe's table (2010, p. 8) comes back to its printed digits."""
    two, three = CBOE_TABLE[reading]
    assert 100 * skew.table_probability(reading, 2) == pytest.approx(two, abs=0.005)
    assert 100 * skew.table_probability(reading, 3) == pytest.approx(three, abs=0.0051)


def test_the_series_stays_near_the_published_table() -> None:
    """Gram-Charlier differs from Cboe's table by at most 0.027 and 0.020 points (method M4)."""
    gaps = [
        (
            abs(100 * skew.gram_charlier_tail(reading, 2) - two),
            abs(100 * skew.gram_charlier_tail(reading, 3) - three),
        )
        for reading, (two, three) in CBOE_TABLE.items()
    ]
    assert max(gap for gap, _ in gaps) <= 0.0275
    assert max(gap for _, gap in gaps) <= 0.0205


def test_readings_of_late_2025() -> None:
    """SKEW 155 is 17.15 % by the line and 17.12 % by the series; 148.83 is 15.5 % (method M4)."""
    assert 100 * skew.table_probability(155) == pytest.approx(17.15)
    assert 100 * skew.gram_charlier_tail(155) == pytest.approx(17.12, abs=0.005)
    assert 100 * skew.table_probability(148.83) == pytest.approx(15.5, abs=0.05)


def test_slopes_of_the_series() -> None:
    """A point of SKEW is worth 0.26995 points of probability at 2, 0.0591 at 3 (method M4)."""
    for k, slope in ((2, 0.26995), (3, 0.0591)):
        step = skew.gram_charlier_tail(131, k) - skew.gram_charlier_tail(130, k)
        assert 100 * step == pytest.approx(slope, abs=6e-5)


def test_bounds_and_where_the_series_meets_them() -> None:
    """Any law allows 20 %, reached at 165.7; any unimodal one 8.89 %, at 124.5 (method M4)."""
    assert skew.cantelli_bound(2) == pytest.approx(0.20)
    assert skew.unimodal_bound(2) == pytest.approx(0.0889, abs=5e-5)
    assert skew.skew_reaching(0.20) == pytest.approx(165.7, abs=0.05)
    assert skew.skew_reaching(skew.unimodal_bound(2)) == pytest.approx(124.5, abs=0.05)


@pytest.mark.parametrize("k", [1.5, 2.0, 3.0])
def test_unimodal_bound_is_sharp(k: float) -> None:
    """An atom at the mode with a uniform part below it attains 4/(9(1+k^2)), and no more.

    With weight w on [a - L, a] mean 0 needs a = wL/2, variance 1 needs L^2 (w/3 - w^2/4) = 1.
    """
    weight = np.linspace(0.001, 1.0, 100_000)
    length = 1.0 / np.sqrt(weight / 3.0 - weight**2 / 4.0)
    tails = weight * (1.0 - weight / 2.0 - k / length)
    assert tails.max() == pytest.approx(skew.unimodal_bound(k), abs=1e-6)


@given(st.floats(0.05, 6.0))
def test_no_tail_of_known_laws_exceeds_its_bound(k: float) -> None:
    """Normal, Laplace and exponential tails lie under the unimodal bound, that under Cantelli."""
    laplace = 0.5 * math.exp(-k * math.sqrt(2.0))
    exponential = math.exp(-1.0 - k)
    bound = skew.unimodal_bound(k)
    assert max(norm.cdf(-k), laplace, exponential) <= bound + 1e-12
    assert bound <= skew.cantelli_bound(k) + 1e-12


def test_negative_mass_of_the_series() -> None:
    """At a skewness of -5.5 the density takes 28 % below zero (method M4), at 0 nothing."""
    assert skew.negative_mass(-5.5) == pytest.approx(0.28, abs=0.005)
    assert skew.negative_mass(0.0) == 0.0


@pytest.mark.parametrize("skewness", [-5.5, -2.0, -0.4, 1.5])
def test_negative_mass_agrees_with_quadrature(skewness: float) -> None:
    """The closed form equals the numerical integral of the negative part."""

    def below(z: float) -> float:
        return max(0.0, float(-norm.pdf(z) * (1 + skewness / 6 * (z**3 - 3 * z))))

    steps = pairwise(np.linspace(-10, 10, 81))
    numeric = sum(quad(below, low, high)[0] for low, high in steps)
    assert skew.negative_mass(skewness) == pytest.approx(numeric, abs=1e-6)


@given(readings, readings)
def test_probabilities_grow_with_skew(one: float, two: float) -> None:
    """A higher SKEW never means a smaller tail, by table or series, and each is a probability."""
    low, high = sorted((one, two))
    for k in (2, 3):
        assert 0 < skew.table_probability(low, k) <= skew.table_probability(high, k) < 1
        assert skew.gram_charlier_tail(low, k) <= skew.gram_charlier_tail(high, k) + 1e-15


@given(readings)
def test_reaching_inverts_the_series(reading: float) -> None:
    """The SKEW that reaches the probability of a reading is that reading."""
    assert skew.skew_reaching(skew.gram_charlier_tail(reading)) == pytest.approx(reading)


@pytest.mark.parametrize("bad", [math.nan, math.inf, 90.0, 300.0])
def test_impossible_readings_are_refused(bad: float) -> None:
    """A SKEW that is no number or off the scale is refused by name."""
    with pytest.raises(DataError, match="SKEW"):
        skew.table_probability(bad)


@pytest.mark.parametrize("bad", [math.nan, 0.0, -2.0])
def test_impossible_deviations_are_refused(bad: float) -> None:
    """A number of deviations that is not above zero is refused."""
    with pytest.raises(DataError, match="deviations"):
        skew.unimodal_bound(bad)


def test_table_knows_two_and_three() -> None:
    """The table has no column for other deviations."""
    with pytest.raises(DataError, match="2 and 3"):
        skew.table_probability(130, 4)


def test_state_bounds_belong_to_the_higher_state() -> None:
    """120, 145 and 155 open the states normal, high and extreme."""
    states = [skew.skew_state(reading) for reading in (119.99, 120, 144.99, 145, 154.99, 155)]
    assert states == ["low", "normal", "normal", "high", "high", "extreme"]


def test_percentile_counts_the_reading_itself() -> None:
    """Three of four values at or below the reading are 75 %, with span and size."""
    rank = skew_history.percentile(daily([110, 120, 130, 140]), 130)
    assert (rank.share, rank.n) == (0.75, 4)
    assert (rank.start, rank.end) == (date(2018, 1, 1), date(2018, 1, 4))


def test_realised_record_counts_by_hand() -> None:
    """One fall of 10 % in 80 flat days at VIX 16 is met by the 21 origins before it."""
    closes = daily([100.0] * 40 + [90.0] * 40)
    fear, level = daily([16.0] * 80), daily([115.0] * 30 + [152.0] * 50)
    record = skew_history.realised_record(closes, fear, level)
    assert (record.n, record.falls) == (59, 21)
    assert record.share == pytest.approx(21 / 59)
    lowest, *_, highest = record.buckets
    assert (lowest.upper, lowest.n, lowest.falls) == (120.0, 30, 11)
    assert (highest.lower, highest.n, highest.falls) == (150.0, 29, 10)
    assert record.buckets[1].share is None


def test_a_holiday_friday_uses_the_close_before_it() -> None:
    """A weekly reading on a day without a close is an origin of the close before it."""
    closes = daily([100.0] * 60).drop(pd.Timestamp("2018-01-05"))
    week = pd.Series([16.0], index=[pd.Timestamp("2018-01-05")])
    assert skew_history.realised_record(closes, week, week * 8).n == 1


def test_later_closes_change_no_earlier_origin() -> None:
    """Cutting the index keeps every origin whose window was complete."""
    random = np.random.default_rng(4)
    closes = daily(100 * np.exp(np.cumsum(random.normal(0, 0.01, 300))))
    fear, level = daily([14.0] * 300), daily([130.0] * 300)
    whole = skew_history.realised_record(closes, fear.iloc[:179], level)
    assert skew_history.realised_record(closes.iloc[:200], fear, level) == whole


def test_precursor_record_counts_month_ends() -> None:
    """Of 24 calm months twelve diverge; a crash followed the six that end by June 2018."""
    days = 520
    level, fear = daily([150.0] * 261 + [125.0] * 259), daily([15.0] * 520)
    outcomes = pd.Series([True] * 130 + [False] * (days - 130), index=level.index)
    record = skew_precursor.precursor_record(level, fear, outcomes)
    assert (record.n, record.calm_n, record.diverging_n) == (24, 24, 12)
    assert record.base == pytest.approx(6 / 24)
    assert record.calm_share == record.base
    assert record.diverging_share == pytest.approx(6 / 12)
    assert record.verdict == "not_supported"


def test_flash_outcomes_by_hand() -> None:
    """A fall of 10 % on day 80 belongs to the 63 windows that start before it and reach it."""
    closes = daily([100.0] * 80 + [90.0] * 80)
    outcomes = skew_precursor.flash_outcomes(closes)
    assert len(outcomes) == 160 - 63
    assert list(np.flatnonzero(outcomes.to_numpy())) == list(range(80 - 63, 80))


def test_slow_falls_are_no_flash_crash() -> None:
    """The same fall spread over 40 days never makes 10 % within ten."""
    closes = daily(np.concatenate([np.linspace(100, 90, 41), np.full(60, 90.0)]))
    assert not skew_precursor.flash_outcomes(closes).any()


def test_precursor_interval_counts_overlapping_windows() -> None:
    """Twelve months with three-month windows weigh like four cases, not twelve."""
    level, fear = daily([150.0] * 260), daily([15.0] * 260)
    outcomes = pd.Series([True] * 130 + [False] * 130, index=level.index)
    record = skew_precursor.precursor_record(level, fear, outcomes)
    whole = skew_precursor.precursor_record(level, fear, outcomes, SkewSettings(outcome_window=21))
    assert record.low is not None
    assert record.high is not None
    assert whole.low is not None
    assert whole.high is not None
    assert record.high - record.low > 1.3 * (whole.high - whole.low)


@pytest.mark.parametrize(
    ("early", "late", "verdict"), [(1, 0, "supported"), (0, 1, "contradicted")]
)
def test_precursor_verdict_follows_the_interval(early: int, late: int, verdict: str) -> None:
    """The claim is supported only when the whole interval lies above the calm base rate."""
    level, fear = daily([150.0] * 520 + [125.0] * 520), daily([15.0] * 1040)
    outcomes = pd.Series([bool(early)] * 520 + [bool(late)] * 520, index=level.index)
    assert skew_precursor.precursor_record(level, fear, outcomes).verdict == verdict


def test_few_diverging_months_give_no_verdict() -> None:
    """Under ten diverging months the record says that there are too few."""
    level, fear = daily([125.0] * 500 + [150.0] * 20), daily([15.0] * 520)
    outcomes = pd.Series(False, index=level.index)
    record = skew_precursor.precursor_record(level, fear, outcomes)
    assert record.verdict == "too_few"


def test_evaluate_december_2025_reading() -> None:
    """At 148.83 with VIX 15.41 the state is high, diverging, and the table a convention."""
    result = skew.evaluate(inputs())
    assert (result.state, result.diverging, result.validity) == ("high", True, "convention")
    assert result.table_two == pytest.approx(0.155, abs=5e-4)
    assert result.negative_mass == pytest.approx(0.217, abs=5e-4)
    assert result.rank_recent.share == 1.0
    assert result.alert_share == 0.0
    assert result.precursor is None
    assert result.diagnostics == ("outcomes_missing",)


def test_evaluate_calm_and_stressed() -> None:
    """A low reading is a probability; a high one with VIX high is no divergence."""
    calm = skew.evaluate(inputs(last=112.0))
    assert (calm.state, calm.validity, calm.diverging) == ("low", "probability", False)
    stressed = skew.evaluate(inputs(last=170.0, vix=35.0))
    assert (stressed.state, stressed.validity) == ("extreme", "impossible")
    assert not stressed.diverging


def test_evaluate_uses_no_vix_after_the_reading() -> None:
    """VIX of a later day than the last SKEW is not used; an older one is named."""
    made = inputs()
    later = daily([15.41] * 399 + [15.41, 40.0])
    assert skew.evaluate(skew.SkewInputs(**{**vars(made), "vix": later})).vix == 15.41
    older = skew.evaluate(skew.SkewInputs(**{**vars(made), "vix": made.vix.iloc[:-1]}))
    assert "vix_older" in older.diagnostics


def test_evaluate_with_outcomes_gives_the_record() -> None:
    """With outcomes the precursor record is there and no diagnostic remains."""
    made = inputs()
    outcomes = pd.Series(False, index=made.sp500.index[:-63])
    result = skew.evaluate(skew.SkewInputs(**{**vars(made), "outcomes": outcomes}))
    assert result.precursor is not None
    assert result.precursor.base == 0.0
    assert result.diagnostics == ()


def test_broken_series_are_refused() -> None:
    """A gap, a wrong order, no days, no common window: each is one sentence naming the series."""
    made = inputs()
    gap = made.skew.copy()
    gap.iloc[3] = math.nan
    with pytest.raises(DataError, match="skew holds no number on 2018-01-04"):
        skew.evaluate(skew.SkewInputs(**{**vars(made), "skew": gap}))
    with pytest.raises(DataError, match="not strictly increasing"):
        skew.evaluate(skew.SkewInputs(**{**vars(made), "vix": made.vix.iloc[::-1]}))
    with pytest.raises(DataError, match="not indexed by days"):
        skew_history.percentile(pd.Series([1.0, 2.0]), 1.0)
    with pytest.raises(DataError, match="has 0 values"):
        skew_history.percentile(made.skew.iloc[:0], 1.0)
    with pytest.raises(DataError, match="not above zero"):
        skew.evaluate(skew.SkewInputs(**{**vars(made), "vix": made.vix * 0}))
    with pytest.raises(DataError, match="share no day"):
        skew_history.realised_record(made.sp500, made.vix, daily([130.0] * 5, "2001-01-01"))
    with pytest.raises(DataError, match="share no month end"):
        skew_precursor.precursor_record(
            made.skew, made.vix, pd.Series(dtype=bool, index=pd.DatetimeIndex([]))
        )
    with pytest.raises(DataError, match="recent history"):
        skew.evaluate(made, SkewSettings(recent_since=date(2030, 1, 1)))
