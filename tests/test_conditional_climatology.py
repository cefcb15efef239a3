"""M1e: rates after month ends like this one, and the onsets they are counted from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import dated, wandering

from reportgen.models.conditional_climatology import (
    NO_CASES,
    Cells,
    cells,
    conditional_rate,
    conditional_rates,
    month_ends,
)
from reportgen.models.events import (
    BEAR,
    CORRECTION,
    EVENTS,
    NEVER,
    SEVERE,
    FallEvent,
    drawdown_from,
    first_drawdown,
    first_fall,
)
from reportgen.models.history import log_returns
from reportgen.models.market_state import state_history
from reportgen.models.onsets import fall_lags, first_onsets, may_begin
from reportgen.models.volatility import fit_gjr

EVERYWHERE = np.ones(600, dtype=np.bool_)


def found_one_by_one(
    log_close: np.ndarray, log_peak: np.ndarray, event: object, horizon: int
) -> list[int]:
    """Return the first day of an event after each start by the definition for paths."""
    days = []
    for start in range(log_close.size):
        path = log_close[start : start + horizon + 1][:, None]
        if path.shape[0] < 2:
            days.append(NEVER)
        elif isinstance(event, FallEvent):
            days.append(int(first_fall(path, event)[0]))
        else:
            peak = log_peak[start] if np.isfinite(log_peak[start]) else log_close[start]
            days.append(int(first_drawdown(drawdown_from(path, peak), event)[0]))  # type: ignore[arg-type]
    return days


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(EVENTS), st.integers(2, 60))
def test_onsets_are_those_of_the_path_definition(seed: int, event: object, horizon: int) -> None:
    """Every start's first day is the one the path definition finds, ends of history included."""
    closes = wandering(420, seed=seed, deviation=0.03)
    log_close = np.log(closes.to_numpy())
    log_peak = np.log(closes.rolling(253).max().to_numpy())
    first = first_onsets(log_close, log_peak, event, horizon)  # type: ignore[arg-type]
    assert first.tolist() == found_one_by_one(log_close, log_peak, event, horizon)


def test_the_shortest_fall_is_the_one_kept() -> None:
    """A fall of ten per cent in a day ends a fall of one day, not of the ten before it."""
    log_close = np.log(np.array([100.0, 101.0, 102.0, 90.0, 91.0]))
    assert fall_lags(log_close, FallEvent("F", 0.10, 10)).tolist() == [0, 0, 0, 1, 2]


def test_a_start_in_a_bear_market_cannot_begin_one() -> None:
    """Twenty per cent below the peak no onset is left; nineteen and nine tenths leave one."""
    log_close = np.log(np.array([80.0, 80.1]))
    assert may_begin(log_close, np.log(np.array([100.0, 100.0])), BEAR).tolist() == [False, True]


def test_month_ends_are_the_last_closes_of_their_months() -> None:
    """One position a month, the last day of the history among them."""
    closes = wandering(70)
    found = month_ends(closes)
    days = pd.DatetimeIndex(closes.index)
    assert found[-1] == len(closes) - 1
    assert len(found) == len(set(zip(days.year, days.month, strict=True)))
    assert all(days[place].month != days[place + 1].month for place in found[:-1])


def test_the_rate_of_a_known_table() -> None:
    """8 of 20 in the cell and 10 of 40 in all give (8 + 6 x 0.25) / 26 at a month's horizon."""
    month = np.arange(0, 41 * 14, 14)
    cell = np.full(600, 1)
    cell[month[20:40]] = 3
    first = np.full(600, NEVER)
    first[month[:2]] = 5
    first[month[20:28]] = 21
    cell[month[40]] = 3
    found = conditional_rate("F1", 21, Cells(cell, month), int(month[40]), first, EVERYWHERE)
    assert found is not None
    assert (found.hits, found.months) == (8, 19)
    assert (found.all_hits, found.all_months) == (10, 39)
    assert found.rate == pytest.approx((8 + 6 * 10 / 39) / 25)
    assert found.effective_hits + found.effective_misses == pytest.approx(25)
    assert (found.bucket, found.volatile) == (1, True)


def test_a_cell_without_cases_is_the_rate_of_all_windows_and_says_so() -> None:
    """Where no month end was like this one the shrunk rate is the overall one."""
    month = np.arange(0, 600, 20)
    cell = np.zeros(600, dtype=np.int64)
    cell[-20] = 9
    first = np.where(np.arange(600) % 40 == 0, 10, NEVER)
    found = conditional_rate("F1", 21, Cells(cell, month), 580, first, EVERYWHERE)
    assert found is not None
    assert found.months == 0
    assert found.rate == pytest.approx(found.all_hits / found.all_months)
    assert found.diagnostics == (NO_CASES,)


def test_only_windows_that_are_over_count() -> None:
    """A start less than the horizon before the as-of day is not counted, whatever came after."""
    month = np.arange(0, 600, 20)
    cell = np.zeros(600, dtype=np.int64)
    nothing = np.full(600, NEVER)
    late = nothing.copy()
    late[500:] = 3
    for now in (500, 520):
        rates = [
            conditional_rate("F1", 21, Cells(cell, month), now, first, EVERYWHERE)
            for first in (nothing, late)
        ]
        assert rates[0] is not None
        assert rates[0] == rates[1]


def test_no_completed_window_gives_none() -> None:
    """A history shorter than the horizon has no rate."""
    month, cell = np.arange(0, 600, 20), np.zeros(600, dtype=np.int64)
    first = np.full(600, NEVER)
    assert conditional_rate("F1", 252, Cells(cell, month), 100, first, EVERYWHERE) is None


def test_volatility_is_held_against_its_past_only() -> None:
    """A cell is volatile when variance exceeds the median so far; later ones do not count."""
    closes = dated(np.full(6, 100.0))
    peak = np.log(np.full(6, 100.0))
    variances = np.array([1.0, 2.0, 3.0, 1.0, 0.5, 9.0])
    found = cells(closes, peak, variances).cell
    assert found.tolist() == [0, 1, 1, 0, 0, 1]
    assert cells(closes, peak, variances[3:]).cell.tolist() == [-1, -1, -1, 0, 0, 1]


def test_drawdown_cells_have_the_stated_bounds() -> None:
    """4.9 % lies in the first cell, exactly 5 % in the second, 20 % and more in the last."""
    closes = dated([95.1, 95.0, 90.0, 85.0, 80.0, 60.0])
    peak, flat = np.log(np.full(6, 100.0)), np.ones(6)
    assert (cells(closes, peak, flat).cell // 2).tolist() == [0, 1, 2, 3, 4, 4]


def test_nested_depths_have_nested_rates() -> None:
    """The rate of 35 % is at most that of 20 %, and that at most the one of 10 %."""
    closes = wandering(2_500, seed=9, deviation=0.02)
    as_of = closes.index[-1].date()
    states = state_history(closes, as_of, None, None)
    fit = fit_gjr(100.0 * log_returns(closes))
    found = conditional_rates(closes, states, fit, (21, 63, 252))
    for horizon in (21, 63, 252):
        rates = [found[event.id, horizon].rate for event in (SEVERE, BEAR, CORRECTION)]
        assert rates == sorted(rates)
