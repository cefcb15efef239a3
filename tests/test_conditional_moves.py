"""Moves of the index with a condition or around dates, and what volatility has cost."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from made_up import dated, wandering

from reportgen.errors import DataError
from reportgen.models.carry_window import FastFall, fast_fall_in_window
from reportgen.models.conditional_moves import (
    ConditionalMove,
    change_over,
    moves_when,
    onsets,
    worst_around,
)
from reportgen.models.spec import ModelSpec, generator
from reportgen.models.volatility_premium import premium_record

_SPEC = ModelSpec("test", "1", (), ())


def weekly(values: list[float]) -> pd.Series[float]:
    """Return values on consecutive Fridays."""
    days = pd.date_range("2000-01-07", periods=len(values), freq="W-FRI")
    return pd.Series(values, index=days, name="made_up")


def found(move: ConditionalMove | None) -> ConditionalMove:
    """Return a move that must be there."""
    assert move is not None
    return move


def test_a_change_spans_four_weeks() -> None:
    """From 100 to 110 in four weeks is 10 per cent; the first four weeks have no change."""
    change = change_over(weekly([100, 101, 102, 103, 110, 90.9]))
    assert change.tolist() == pytest.approx([10.0, -10.0])


def test_an_onset_needs_quiet_weeks_before_it() -> None:
    """After two quiet weeks asked for, a return one week later is no new episode."""
    condition = weekly([0, 0, 0, 1, 0, 1, 0, 0, 1]) > 0
    begins = onsets(condition, quiet=2)
    assert begins.to_numpy().nonzero()[0].tolist() == [3, 8]


def test_an_episode_at_the_edge_of_history_is_not_called_new() -> None:
    """What holds from the first week on may have begun before."""
    assert not onsets(weekly([1, 1, 0, 0, 1]) > 0, quiet=3).any()


def test_moves_are_those_of_the_weeks_of_the_condition() -> None:
    """Median, worse quarter and count are taken over the weeks in which it holds."""
    index = weekly([100.0] * 20 + [90.0] + [100.0] * 19 + [80.0] + [100.0] * 19)
    condition = index < 95
    move = found(moves_when(index, condition))
    assert move.median == pytest.approx(-15.0)
    assert move.lowest == pytest.approx(-20.0)
    assert (move.cases, move.episodes) == (2, 2)
    assert move.lowest_day == index.index[40].date()
    assert move.usual == 0.0
    assert move.after == pytest.approx((100 / 90 - 1 + 100 / 80 - 1) * 50)


def test_first_only_counts_one_week_an_episode() -> None:
    """A condition that stays for weeks is one case."""
    index = weekly([100.0] * 30)
    condition = weekly([0.0] * 15 + [1.0] * 5 + [0.0] * 10) > 0
    assert found(moves_when(index, condition)).cases == 5
    assert found(moves_when(index, condition, first_only=True)).cases == 1


def test_a_condition_that_never_held_has_no_move() -> None:
    """Nothing is said about what never happened."""
    index = weekly([100.0] * 30)
    assert moves_when(index, index > 200) is None
    with pytest.raises(DataError, match="shares no week"):
        moves_when(index, pd.Series([True], index=pd.to_datetime(["1990-01-01"])))


def test_around_a_date_the_worst_move_counts() -> None:
    """A fall by a tenth that ends 15 days after the date is found, one 25 days after is not."""
    closes = [100.0] * 200
    near = dated([*closes[:115], *[90.0] * 85])
    far = dated([*closes[:125], *[90.0] * 75])
    day = near.index[100].date()
    assert found(worst_around(near, [day])).median == pytest.approx(-10.0)
    assert found(worst_around(far, [day])).median == pytest.approx(0.0)


def test_the_worst_case_names_its_day() -> None:
    """The day on which the worst move was complete is the first of the lower closes."""
    closes = dated([100.0] * 110 + [85.0] * 90)
    move = found(worst_around(closes, [closes.index[100].date(), closes.index[60].date()]))
    assert move.lowest == pytest.approx(-15.0)
    assert move.lowest_day == closes.index[110].date()
    assert (move.cases, len(move.days)) == (2, 2)


def test_dates_outside_the_history_are_left_out() -> None:
    """A date before the first or too near the last close is not counted."""
    closes = wandering(300)
    outside = [date(1990, 1, 1), closes.index[-1].date()]
    assert worst_around(closes, outside) is None
    inside = closes.index[150].date()
    assert found(worst_around(closes, [*outside, inside])).days == (inside,)


# -- a fast fall of the dollar within the window --------------------------------------------


def fall_chance(rates: pd.Series[float], fall: float = -0.04) -> float:
    """Return the probability of a fast fall within half a year."""
    end = (rates.index[-1] + pd.DateOffset(months=6)).date()
    random = generator(date(2020, 1, 1), _SPEC)
    return fast_fall_in_window(rates, end, FastFall(fall, 21), 2_000, random).probability


def test_a_larger_fall_is_less_likely() -> None:
    """Four per cent within 21 days comes more often than eight."""
    rates = wandering(1_200, seed=3, deviation=0.006)
    assert fall_chance(rates, -0.08) < fall_chance(rates, -0.04) < fall_chance(rates, -0.01)


def test_a_fall_under_way_counts_from_the_first_day() -> None:
    """A rate that lost five per cent over three weeks completes the fall almost surely."""
    rates = wandering(1_200, seed=3, deviation=0.003)
    falling = rates.copy()
    falling.iloc[-15:] *= np.linspace(1.0, 0.94, 15)
    assert fall_chance(falling) > 0.9 > fall_chance(rates)


def test_the_point_lies_within_the_range_of_the_filters() -> None:
    """Both volatility filters span the point."""
    rates = wandering(1_200, seed=9, deviation=0.006)
    end = (rates.index[-1] + pd.DateOffset(months=3)).date()
    random = generator(date(2020, 1, 1), _SPEC)
    chance = fast_fall_in_window(rates, end, FastFall(-0.04, 21), 1_000, random)
    assert 0.0 <= chance.low <= chance.probability <= chance.high <= 1.0


# -- the price of volatility ----------------------------------------------------------------


def constant_volatility(days: int, yearly: float) -> pd.Series[float]:
    """Return closes whose daily changes are alternately up and down by the same share."""
    step = yearly / np.sqrt(252.0)
    signs = np.where(np.arange(days) % 2, 1.0, -1.0)
    return dated((100.0 * np.cumprod(1.0 + step * signs)).tolist())


def test_premium_is_implied_less_what_followed() -> None:
    """A VIX of 20 before a volatility of about 16 pays a premium of about four points."""
    closes = constant_volatility(1_500, 0.16)
    fridays = pd.DatetimeIndex(closes.index)
    fridays = fridays[fridays.day_of_week == 4]
    record = premium_record(pd.Series(20.0, index=fridays, name="vix"), closes)
    # The sample deviation of 21 alternating changes is 1.024 times their size.
    assert record.median == pytest.approx(20.0 - 16.0 * 1.024, abs=0.1)
    assert record.share_paid == 1.0


def test_a_reading_without_a_month_behind_it_does_not_count() -> None:
    """The last reading counted has 21 daily changes after it."""
    closes = constant_volatility(1_000, 0.16)
    record = premium_record(pd.Series(20.0, index=closes.index, name="vix"), closes)
    assert record.end == closes.index[-22].date()


def test_a_crash_makes_the_worst_reading() -> None:
    """The reading before a burst of changes is the one that paid its buyer most."""
    closes = constant_volatility(1_000, 0.10)
    crash = closes.copy()
    crash.iloc[500:] *= 0.7
    record = premium_record(pd.Series(12.0, index=closes.index, name="vix"), crash)
    assert record.worst < 0.0
    assert crash.index[479].date() <= record.worst_day < crash.index[500].date()


def test_few_readings_are_refused() -> None:
    """Fewer than a hundred readings give no record, and the sentence says how many there are."""
    closes = constant_volatility(120, 0.16)
    with pytest.raises(DataError, match="78 readings"):
        premium_record(pd.Series(20.0, index=closes.index, name="vix"), closes)
