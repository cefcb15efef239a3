"""M1e: base rates of the events, by brute force on small histories and known ones on the real."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import dated, wandering

from reportgen.errors import DataError
from reportgen.models.climatology import (
    FEW_WINDOWS,
    WEEKLY_VIX,
    base_rate,
    base_rates,
    clusters,
)
from reportgen.models.events import BEAR, FLASH, HALT_DAY
from reportgen.models.market_state import (
    ALL,
    NEAR_HIGH,
    NEAR_HIGH_CALM,
    state_history,
    states_now,
)
from reportgen.models.windows import DISORDERLY, Windows, disorderly_lag

if TYPE_CHECKING:
    from reportgen.models.climatology import BaseRate
    from reportgen.snapshot import Snapshot

AS_OF = date(2025, 12, 5)
HORIZONS = (21, 252)


@pytest.fixture(scope="module")
def rates(snapshot: Snapshot) -> tuple[BaseRate, ...]:
    """Base rates of the Nasdaq Composite at the edition's date."""
    return base_rates(
        snapshot.values("nasdaq_composite"),
        AS_OF,
        HORIZONS,
        snapshot.values("vix"),
        snapshot.values("vix_weekly"),
    )


def last_day(closes: pd.Series[float]) -> date:
    """Return the last day of a series."""
    return pd.Timestamp(closes.index[-1]).date()


def test_flash_crash_since_2010_is_the_published_base_rate(snapshot: Snapshot) -> None:
    """F1 came in 57 % of all 12-month windows since 2010 (reference of the method), by 2 points."""
    closes = snapshot.values("nasdaq_composite")["2010-01-01":]
    found = base_rate(base_rates(closes, AS_OF, (252,)), FLASH.id, 252)
    assert found.frequency == pytest.approx(0.57, abs=0.02)


def test_separate_flash_crashes_since_2000_are_the_published_number(snapshot: Snapshot) -> None:
    """From 2000 to 2025 there were 18 separate onsets of F1, as behind the layers' risk ratios."""
    closes = snapshot.values("nasdaq_composite")["1999-12-01":]
    log_close = np.log(closes.to_numpy())
    peak = closes.rolling(11, min_periods=1).max().to_numpy()
    days = np.flatnonzero(log_close <= np.log(0.9 * peak))
    assert clusters(days) == 18


def test_every_base_rate_names_its_window_and_number(rates: tuple[BaseRate, ...]) -> None:
    """First and last day, number of windows, hits and separate onsets stand with each rate."""
    for rate in rates:
        assert rate.frequency == rate.hits / rate.windows
        assert rate.first_start is not None
        assert rate.last_start is not None
        assert rate.last_day is not None
        assert rate.first_start < rate.last_start < rate.last_day <= AS_OF
        assert 0 <= rate.clusters <= rate.hits


def test_base_rates_of_the_edition(rates: tuple[BaseRate, ...]) -> None:
    """F1 by 12 months since 1999: 56 % of all windows, fewer near a high and calm.

    The published 45, 41 and 20 % rest on history since 1972 and monthly windows.
    """
    every, high, calm = (
        base_rate(rates, FLASH.id, 252, state) for state in (ALL, NEAR_HIGH, NEAR_HIGH_CALM)
    )
    assert every.frequency == pytest.approx(0.560, abs=0.002)
    assert every.first_start == date(1999, 1, 4)
    assert every.last_day == AS_OF
    assert high.frequency is not None
    assert calm.frequency is not None
    assert calm.frequency < high.frequency < 0.560
    assert base_rate(rates, BEAR.id, 252).frequency == pytest.approx(0.290, abs=0.002)


def test_weekly_vix_before_the_daily_one_is_said(rates: tuple[BaseRate, ...]) -> None:
    """Calm windows before December 2015 rest on weekly values, are counted and coded."""
    calm = base_rate(rates, FLASH.id, 21, NEAR_HIGH_CALM)
    assert 0 < calm.filled < calm.windows
    assert WEEKLY_VIX in calm.diagnostics
    assert base_rate(rates, FLASH.id, 21).filled == 0


def test_few_windows_side_by_side_are_said(rates: tuple[BaseRate, ...]) -> None:
    """F2 has daily VIX for ten years only, that is nine windows of a year."""
    disorderly = base_rate(rates, DISORDERLY, 252)
    assert disorderly.side_by_side < 10
    assert FEW_WINDOWS in disorderly.diagnostics
    assert disorderly.first_start == date(2015, 12, 1)


def test_disorderly_falls_are_falls(rates: tuple[BaseRate, ...]) -> None:
    """Since daily VIX begins, F2 never came more often than F1 by the same windows."""
    for horizon in HORIZONS:
        flash = base_rate(rates, FLASH.id, horizon)
        disorderly = base_rate(rates, DISORDERLY, horizon)
        assert disorderly.hits <= flash.hits


def test_state_of_the_edition(snapshot: Snapshot) -> None:
    """On 5 December 2025 the index is near its high and the VIX calm at 15.41."""
    closes = snapshot.values("nasdaq_composite")
    states = state_history(closes, AS_OF, snapshot.values("vix"), None)
    assert states_now(states) == (ALL, NEAR_HIGH, NEAR_HIGH_CALM)
    assert states.daily_vix[-1] == 15.41


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([5, 21, 40]))
def test_frequency_is_that_of_counting_every_window(seed: int, horizon: int) -> None:
    """F1 and B1 are counted as by looking at every window, close by close."""
    closes = wandering(360, seed=seed, deviation=0.03)
    values = closes.to_numpy()
    found = base_rates(closes, last_day(closes), (horizon,))
    flash, onsets, eligible = 0, 0, 0
    for start in range(len(values) - horizon):
        late = range(start + 1, start + horizon + 1)
        flash += any(
            values[day] <= 0.9 * values[max(start, day - 10) : day + 1].max() for day in late
        )
        if start >= 252 and values[start] > 0.8 * values[start - 252 : start + 1].max():
            eligible += 1
            onsets += any(values[day] <= 0.8 * values[start - 252 : day + 1].max() for day in late)
    assert base_rate(found, FLASH.id, horizon).hits == flash
    bear = base_rate(found, BEAR.id, horizon)
    assert (bear.hits, bear.windows) == (onsets, eligible)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_disorderly_needs_the_vix_on_a_day_of_the_fall(seed: int) -> None:
    """F2 is counted as by trying every pair of closes and every day between them."""
    closes = wandering(300, seed=seed, deviation=0.03)
    random = np.random.Generator(np.random.PCG64(seed))
    vix = pd.Series(random.uniform(10, 42, len(closes)), index=closes.index, name="vix")
    values, fear = closes.to_numpy(), vix.to_numpy()
    hits = 0
    for start in range(len(values) - 21):
        pairs = [
            (early, late)
            for late in range(start + 1, start + 22)
            for early in range(max(start, late - 10), late)
            if values[late] <= 0.9 * values[early] and fear[early : late + 1].max() >= 35
        ]
        hits += bool(pairs)
    found = base_rates(closes, last_day(closes), (21,), vix)
    assert base_rate(found, DISORDERLY, 21).hits == hits


def test_windows_without_a_daily_vix_do_not_count_for_disorderly_falls() -> None:
    """A gap of the VIX of more than a week takes the windows over it out of the count."""
    closes = wandering(300)
    vix = pd.Series(12.0, index=closes.index, name="vix")
    gap = vix[(vix.index < vix.index[100]) | (vix.index > vix.index[120])]
    states = state_history(closes, last_day(closes), gap, None)
    _, eligible = Windows.of(closes, 21).disorderly(states)
    assert np.isnan(states.daily_vix).sum() > 0
    assert not eligible[90:110].any()
    assert eligible[:70].all()


def test_shortest_disorderly_fall_is_found() -> None:
    """A fall of 10 % over three days with VIX at 35 on the second has the length three."""
    closes = np.log(np.array([100.0, 97.0, 93.0, 90.0, 95.0]))
    vix = np.array([15.0, 35.0, 20.0, 20.0, 20.0])
    assert disorderly_lag(closes, vix).tolist()[:5] == [0, 0, 0, 3, 0]


def test_one_day_falls_can_be_counted() -> None:
    """F5, a one-day fall of 7 %, is counted where it is asked for."""
    values = np.full(400, 100.0)
    values[300:] = 93.0
    closes = dated(values)
    found = base_rates(closes, last_day(closes), (21,), events=(HALT_DAY,))
    assert base_rate(found, HALT_DAY.id, 21).hits == 21
    assert base_rate(found, HALT_DAY.id, 21).clusters == 1


def test_later_figures_change_nothing(snapshot: Snapshot) -> None:
    """The base rates of a day are the same with and without what came after it."""
    closes, vix = snapshot.values("nasdaq_composite"), snapshot.values("vix")
    as_of = date(2019, 6, 14)
    cut = base_rates(closes[: as_of.isoformat()], as_of, (63,), vix[: as_of.isoformat()])
    assert base_rates(closes, as_of, (63,), vix) == cut


def test_a_state_that_never_was_has_no_frequency() -> None:
    """Without one calm day there is no window, no frequency and no date, and that is said."""
    closes = wandering(400)
    vix = pd.Series(30.0, index=closes.index, name="vix")
    found = base_rates(closes, last_day(closes), (21,), vix)
    calm = base_rate(found, FLASH.id, 21, NEAR_HIGH_CALM)
    assert calm.windows == 0
    assert calm.frequency is None
    assert calm.first_start is None


def test_clusters_are_more_than_two_months_apart() -> None:
    """Days 42 apart belong together, days 43 apart do not; no day is no cluster."""
    assert clusters(np.array([0, 42, 85])) == 2
    assert clusters(np.array([], dtype=np.int64)) == 0


def test_short_history_and_unknown_rates_are_refused() -> None:
    """Less than a year and a window, and a rate that was not computed, are named."""
    closes = wandering(270)
    with pytest.raises(DataError, match="needs 274"):
        base_rates(closes, last_day(closes), (21,))
    with pytest.raises(DataError, match="F9"):
        base_rate((), "F9", 21)
