"""M13: the sup ADF tests for explosive growth, their critical values and the dated episodes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.stattools import adfuller

from reportgen.errors import DataError
from reportgen.models import averages, explosive, sup_adf
from reportgen.models.explosive import ExplosiveSettings
from reportgen.models.sup_adf import Walks, backward_sup_adf, critical_values, minimum_window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reportgen.snapshot import Snapshot

QUICK = ExplosiveSettings(draws=200)


def walk(count: int, seed: int) -> NDArray[np.float64]:
    """Return a random walk."""
    return np.cumsum(np.random.Generator(np.random.PCG64(seed)).standard_normal(count))


def monthly(line: NDArray[np.float64]) -> pd.Series[float]:
    """Return a ratio whose logarithm is the line, by month."""
    days = pd.date_range("1990-01-31", periods=len(line), freq="ME")
    return pd.Series(20.0 * np.exp(line), index=days)


def bubble(seed: int, count: int = 200) -> NDArray[np.float64]:
    """Return a walk that explodes from 40 to 55 per cent of its length and then collapses.

    Source: the first process of Phillips, Shi, Yu (2015), section 4: start 100, shocks of 6.79,
    root 1 + T^-0.6.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    begin, stop = int(0.4 * count), int(0.55 * count)
    line = np.empty(count)
    line[0] = before = 100.0
    for place in range(1, count):
        root = 1.0 + count**-0.6 if begin <= place <= stop else 1.0
        base = before if place == stop + 1 else line[place - 1]
        line[place] = root * base + 6.79 * random.standard_normal()
        before = line[place] if place == begin else before
    return line


@pytest.mark.parametrize("lags", [0, 1])
def test_every_statistic_is_the_largest_of_single_regressions(lags: int) -> None:
    """Running sums agree with a direct Dickey-Fuller regression (statsmodels) to 1e-8."""
    line, window = walk(60, 5), 24
    found = backward_sup_adf(line[:, None], window, lags)[:, 0]
    for end in (24, 37, 60):
        direct = [
            adfuller(
                line[start:end], maxlag=lags, autolag=None, regression="c", result_object=False
            )[0]
            for start in range(end - window + 1)
        ]
        assert found[end - window] == pytest.approx(max(direct), abs=1e-8)


@pytest.mark.parametrize(("count", "published"), [(100, 2.00), (200, 2.08)])
def test_critical_values_of_the_source(count: int, published: float) -> None:
    """Phillips, Shi, Yu (2015): 95 % of GSADF 2.00 at T = 100 and 2.08 at T = 200, no lags.

    The tolerance is three standard errors of a thousand walks.
    """
    found = critical_values(Walks(count, 1.0 / count, 0, 1_000, 7), 0.95)
    assert found.gsadf == pytest.approx(published, abs=0.15)


def test_critical_values_rise_with_length_level_and_drift() -> None:
    """More windows, a higher level and a trend in the walks all raise the largest statistic."""
    short = critical_values(Walks(80, 0.0, 0, 400, 1), 0.9).gsadf
    assert critical_values(Walks(240, 0.0, 0, 400, 1), 0.9).gsadf > short
    assert critical_values(Walks(80, 0.0, 0, 400, 1), 0.99).gsadf > short
    assert critical_values(Walks(80, 0.3, 0, 400, 1), 0.9).gsadf > short


def test_shortest_window_of_the_source() -> None:
    """0.01 + 1.8 / sqrt(T) of T: 19 of 100, 27 of 200, 40 of 400 (Phillips, Shi, Yu 2015)."""
    assert [minimum_window(count) for count in (100, 200, 400)] == [19, 27, 40]


def test_walks_are_called_explosive_as_often_as_the_level_says() -> None:
    """Two hundred fresh random walks pass the 95 % value in about one of twenty cases."""
    limit = critical_values(Walks(150, 1.0 / 150, 1, 1_000, 11), 0.95).gsadf
    lines = np.stack([walk(150, 1_000 + seed) for seed in range(200)], axis=1)
    found = backward_sup_adf(lines, minimum_window(150), 1).max(axis=0)
    assert 0.01 <= float((found > limit).mean()) <= 0.10


def test_bubbles_are_found_in_most_cases_and_dated() -> None:
    """The source's bubble process is detected in more than seven of ten cases, within its span."""
    limit = critical_values(Walks(200, 1.0 / 200, 0, 1_000, 11), 0.95).gsadf
    lines = np.stack([bubble(seed) for seed in range(60)], axis=1)
    found = backward_sup_adf(lines, minimum_window(200), 0)
    assert float((found.max(axis=0) > limit).mean()) > 0.7
    peaks = found.argmax(axis=0) + minimum_window(200) - 1
    assert 80 <= float(np.median(peaks)) <= 111


def test_episode_has_days_way_and_end() -> None:
    """A ratio that doubles its growth each year is an open rise at its end."""
    line = walk(160, 3) * 0.03
    line[130:] = line[130:] + 0.01 * np.cumsum(1.08 ** np.arange(30))
    found = explosive.evaluate(monthly(line), QUICK)
    assert (found.explosive, found.now) == (True, "rise")
    last = found.episodes[-1]
    assert (last.way, last.open, last.last) == ("rise", True, found.end)
    assert last.first > date(2000, 10, 31)
    assert found.latest > found.latest_critical
    assert found.p < 0.05


def test_collapse_is_told_from_a_rise() -> None:
    """The statistic takes a plunge for explosive; its episode is named a fall."""
    line = walk(160, 3) * 0.03
    line[130:] = line[130:] - 0.01 * np.cumsum(1.08 ** np.arange(30))
    assert explosive.evaluate(monthly(line), QUICK).now == "fall"


def test_spells_shorter_than_log_t_are_none() -> None:
    """Five months above the value are no episode where six are asked for."""
    days = tuple(date(2000, 1, day) for day in range(1, 16))
    above = np.array([False, True, True, True, True, True, False] + [True] * 7 + [False])
    found = explosive.episodes(days, np.arange(16.0), above, 5.9)
    assert [(one.first.day, one.last.day, one.months, one.open) for one in found] == [
        (8, 14, 7, False)
    ]


def test_cape_of_november_2025_is_within_what_walks_give(snapshot: Snapshot) -> None:
    """CAPE 1995-2025: the only spell above the values is the collapse of 2008-09."""
    found = explosive.evaluate(snapshot.values("cape"))
    assert (found.observations, found.window, found.end) == (371, 38, date(2025, 11, 30))
    assert found.now is None
    assert [(one.first.year, one.way) for one in found.episodes] == [(2008, "fall")]


def test_index_of_1999_stands_out_against_walks_that_grow_like_it(snapshot: Snapshot) -> None:
    """Composite by month from 1990: the months to April 2000 pass, those of 2025 do not.

    Held against walks without drift 2020-21 and 2025 would pass as well: a price that grows does.
    """
    closes = averages.month_end_closes(
        snapshot.values("nasdaq_composite_weekly"), date(2025, 12, 5)
    )
    grown = explosive.evaluate(closes, ExplosiveSettings(own_drift=True))
    assert [(one.last.year, one.last.month, one.way) for one in grown.episodes] == [
        (2000, 4, "rise")
    ]
    assert grown.episodes[0].first.year == 1999
    assert grown.now is None
    slight = explosive.evaluate(closes)
    assert len(slight.episodes) > len(grown.episodes)
    assert slight.drift < grown.drift


def test_later_months_change_nothing_before_them() -> None:
    """Cut at random months, the statistic of a month is the same; nothing later is read."""
    line = walk(200, 9)
    whole = backward_sup_adf(line[:, None], 30, 1)[:, 0]
    for stop in (60, 101, 150):
        cut = backward_sup_adf(line[:stop, None], 30, 1)[:, 0]
        assert cut == pytest.approx(whole[: stop - 29], abs=1e-9)


def test_same_length_gives_the_same_values_and_one_month_more_nearly_so() -> None:
    """Values depend on the sample's length alone and do not jump with a month."""
    line = walk(150, 4) * 0.03
    first, again = (explosive.evaluate(monthly(line), QUICK) for _ in range(2))
    assert first == again
    other = explosive.evaluate(monthly(walk(150, 8) * 0.03), QUICK)
    assert other.thresholds == first.thresholds
    longer = explosive.evaluate(monthly(walk(151, 4) * 0.03), QUICK)
    assert longer.latest_critical == pytest.approx(first.latest_critical, abs=0.1)


@settings(max_examples=20, deadline=None)
@given(st.floats(-5.0, 5.0), st.floats(0.01, 100.0))
def test_level_and_scale_do_not_matter(level: float, scale: float) -> None:
    """The statistic of a + b y is that of y."""
    line = walk(80, 2)
    plain = backward_sup_adf(line[:, None], 25, 1)
    assert backward_sup_adf((level + scale * line)[:, None], 25, 1) == pytest.approx(
        plain, abs=1e-6
    )


def test_long_history_is_shortened_by_name() -> None:
    """Only the latest observations are looked at where there are more, and that is said."""
    given_settings = ExplosiveSettings(draws=50, longest=120)
    found = explosive.evaluate(monthly(walk(200, 4) * 0.02), given_settings)
    assert (found.observations, found.diagnostics) == (120, ("shortened",))


@pytest.mark.parametrize(
    ("ratio", "sentence"),
    [
        (monthly(walk(99, 1) * 0.02), "99 values"),
        (-monthly(walk(120, 1) * 0.02), "not above zero"),
        (monthly(np.zeros(120)), "stands still"),
    ],
)
def test_unusable_ratios_are_refused(ratio: pd.Series[float], sentence: str) -> None:
    """Too short, below zero, without movement: one sentence each, never a NaN."""
    with pytest.raises(DataError, match=sentence):
        explosive.evaluate(ratio, QUICK)
    with pytest.raises(DataError, match="cannot carry"):
        sup_adf.backward_sup_adf(np.ones((20, 1)), 10, 2)
    with pytest.raises(DataError, match="stands still"):
        explosive.evaluate(monthly(np.zeros(120)), ExplosiveSettings(draws=50, own_drift=True))
