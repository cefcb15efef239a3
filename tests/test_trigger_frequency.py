"""Base rates of triggers: counted against plain loops, against closed forms, and refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import dated, wandering

from reportgen.errors import DataError
from reportgen.models.trigger_frequency import (
    HitFrequency,
    hit_frequency,
    move_frequency,
    season_frequency,
)

HORIZON = 10


def hits(found: HitFrequency | None) -> HitFrequency:
    """Return a frequency that must be there."""
    assert found is not None
    return found


def counted(values: list[float], threshold: float, nearest: float) -> tuple[float, int]:
    """Return share and number of windows by a plain loop, for a level above."""
    last = values[-1]
    starts = range(len(values) - HORIZON)
    open_ = [i for i in starts if values[i] < threshold]
    reach = sorted(abs(values[i] - last) for i in open_)
    bound = reach[min(len(open_), max(1, round(nearest * len(starts)))) - 1]
    chosen = [i for i in open_ if abs(values[i] - last) <= bound + 1e-12]
    reached = [max(values[i + 1 : i + 1 + HORIZON]) >= threshold for i in chosen]
    return sum(reached) / len(chosen), len(chosen)


@pytest.mark.parametrize("nearest", [0.2, 0.5, 1.0])
def test_windows_are_counted_as_a_loop_counts_them(nearest: float) -> None:
    """Share and number are those of a plain loop over all windows."""
    values = wandering(300, seed=4)
    threshold = float(values.iloc[-1]) * 1.03
    found = hits(hit_frequency(values, threshold, "above", HORIZON, nearest))
    assert (found.share, found.windows) == counted(values.tolist(), threshold, nearest)
    assert found.start == values.index[0].date()


def test_a_level_below_is_the_mirror_of_one_above() -> None:
    """Turned upside down, the same readings give the same frequency."""
    values = wandering(300, seed=5)
    level = float(values.iloc[-1]) * 1.02
    above = hits(hit_frequency(values, level, "above", HORIZON))
    below = hits(hit_frequency(-values, -level, "below", HORIZON))
    assert (above.share, above.windows, above.overall) == (
        below.share,
        below.windows,
        below.overall,
    )
    assert (above.from_low, above.from_high) == (-below.from_high, -below.from_low)


def test_only_windows_begun_near_the_last_reading_count() -> None:
    """A series that lived high in its first half is judged by its low second half."""
    high = [20.0 + day % 2 for day in range(100)]
    low = [10.0 + day % 2 for day in range(100)]
    found = hits(hit_frequency(dated([*high, *low]), 19.0, "above", HORIZON))
    assert found.share == 0.0
    assert found.from_high <= 11.0


def test_a_bound_is_reached_on_itself() -> None:
    """A level equal to the highest reading of each window counts as reached."""
    values = dated([float(day % 5) for day in range(101)])
    assert hits(hit_frequency(values, 4.0, "above", HORIZON, 1.0)).share == 1.0


def test_what_is_reached_has_no_frequency() -> None:
    """A trigger at or beyond its threshold is hit; there is nothing left to count."""
    values = wandering(300)
    last = float(values.iloc[-1])
    assert hit_frequency(values, last, "above", HORIZON) is None
    assert hit_frequency(values, last, "below", HORIZON) is None


def test_a_short_history_gives_no_frequency() -> None:
    """Fewer than five windows side by side say nothing."""
    values = wandering(5 * HORIZON - 1)
    assert hit_frequency(values, 1e6, "above", HORIZON) is None
    assert move_frequency(values, -0.05, HORIZON) is None
    assert hit_frequency(wandering(5 * HORIZON), 1e6, "above", HORIZON) is not None


def test_later_readings_change_nothing() -> None:
    """What lies after the last reading is not looked at."""
    values = wandering(400, seed=7)
    cut = values.iloc[:300]
    level = float(cut.iloc[-1]) * 1.05
    assert hit_frequency(cut, level, "above", HORIZON) == hit_frequency(
        values.iloc[:300].copy(), level, "above", HORIZON
    )


def test_moves_are_counted_from_the_start_of_each_window() -> None:
    """A fall by a share is asked of every window against its own first price."""
    values = wandering(300, seed=8)
    prices = values.tolist()
    reached = [
        min(prices[i + 1 : i + 1 + HORIZON]) <= 0.97 * prices[i] * (1 + 1e-12)
        for i in range(len(prices) - HORIZON)
    ]
    found = hits(move_frequency(values, -0.03, HORIZON))
    assert found.share == pytest.approx(sum(reached) / len(reached))
    assert found.windows == len(reached)


def test_the_interval_counts_separate_windows_only() -> None:
    """Jeffreys' interval of 30 overlapping windows of ten is that of three cases."""
    values = dated([1.0, 2.0] * 20)
    found = hits(hit_frequency(values, 3.0, "above", 8, 1.0))
    assert (found.share, found.low) == (0.0, 0.0)
    # Beta(0.5, 4.5) at 90 %, by numerical integration; x = u * u takes the pole at zero away.
    roots = np.linspace(0.0, 1.0, 200_001)
    mass = np.cumsum((1.0 - roots**2) ** 3.5)
    point = roots[np.searchsorted(mass, 0.9 * mass[-1])] ** 2
    assert found.windows == 32
    assert found.high == pytest.approx(point, abs=2e-3)


def test_no_cut_in_six_quarters_is_a_seventh_of_a_half() -> None:
    """Jeffreys' mean of none in six is 0.5 / 7; over four seasons 1 - (1 - 0.5 / 7)^4."""
    assert season_frequency(0, 6, 1).point == pytest.approx(0.5 / 7)
    assert season_frequency(0, 6, 4).point == pytest.approx(1 - (1 - 0.5 / 7) ** 4)


@given(
    cuts=st.integers(0, 12),
    more=st.integers(0, 40),
    seasons=st.integers(1, 8),
)
def test_more_seasons_or_more_cuts_never_make_a_cut_less_likely(
    cuts: int, more: int, seasons: int
) -> None:
    """The probability rises with seasons and with cuts, inside its interval and below one."""
    quarters = cuts + more + 1
    found = season_frequency(cuts, quarters, seasons)
    assert found.low <= found.point <= found.high < 1
    assert season_frequency(cuts, quarters, seasons + 1).point >= found.point
    assert season_frequency(cuts + 1, quarters, seasons).point >= found.point


def test_what_cannot_be_counted_is_refused() -> None:
    """More cuts than quarters, no quarter, a price at zero, a fall by all: one sentence each."""
    with pytest.raises(DataError, match="number of cuts"):
        season_frequency(7, 6, 4)
    with pytest.raises(DataError, match="number of quarters"):
        season_frequency(0, 0, 4)
    with pytest.raises(DataError, match="not above zero"):
        move_frequency(dated([1.0, 0.0] * 60), -0.1, HORIZON)
    with pytest.raises(DataError, match="price ratio"):
        move_frequency(wandering(300), -1.0, HORIZON)
    with pytest.raises(DataError, match="threshold"):
        hit_frequency(wandering(300), float("nan"), "above", HORIZON)


def test_no_change_is_no_question() -> None:
    """A move of nothing has no frequency."""
    values: pd.Series[float] = wandering(300)
    assert move_frequency(values, 0.0, HORIZON) is None
