"""M12: flip prices, signals and sales of rule-based trend followers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import dated, wandering

from reportgen.errors import DataError
from reportgen.models.trend_followers import TrendSettings, flip_price, trend_followers

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

SELL_OFF = date(2025, 11, 19)
INDEX = "nasdaq_composite"


def test_flips_of_19_november_2025(snapshot: Snapshot) -> None:
    """20 days 23,292 and 50 days 22,895 had broken, 100 at 22,038 and 200 at 20,222 had not.

    Known answers of method M12, with distances of -2.3 and -10.4 %.
    """
    found = trend_followers(snapshot.values(INDEX), SELL_OFF)
    simple = [one for one in found.flips if one.fast == 1]
    assert [round(one.raw) for one in simple] == [23_292, 22_895, 22_038, 20_222]
    assert [one.state for one in simple] == ["below", "below", "above", "above"]
    assert [simple[at].distance for at in (2, 3)] == pytest.approx([-0.023, -0.104], abs=5e-4)


def test_flips_that_no_day_can_bring_are_guarded(snapshot: Snapshot) -> None:
    """20/100 and 50/200 gave negative prices (method M12): shown as not reachable."""
    found = trend_followers(snapshot.values(INDEX), SELL_OFF)
    crossing = [one for one in found.flips if one.fast > 1]
    assert [(one.fast, one.slow) for one in crossing] == [(20, 100), (50, 200)]
    assert all(one.raw < 0.0 and one.price is None and one.distance is None for one in crossing)
    assert "not_reachable" in found.diagnostics


def test_a_flip_a_third_away_is_not_reachable(snapshot: Snapshot) -> None:
    """On 5 December 2025 the 20/100 flip is 4,893, above zero but 79 % away: guarded too."""
    found = trend_followers(snapshot.values(INDEX), date(2025, 12, 5))
    (cross,) = [one for one in found.flips if (one.fast, one.slow) == (20, 100)]
    assert cross.raw == pytest.approx(4_892.7, abs=0.1)
    assert cross.price is None


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(2, 60),
    st.lists(st.floats(50.0, 150.0), min_size=60, max_size=60),
)
def test_appending_the_flip_price_equates_the_averages(
    fast: int, more: int, closes: list[float]
) -> None:
    """With P* as the next close both averages are equal (known answer of method M12)."""
    slow = min(fast + more, 60)
    if slow == fast:
        return
    values = np.array(closes)
    extended = np.append(values, flip_price(values, fast, slow))
    gap = extended[-fast:].mean() - extended[-slow:].mean()
    assert gap == pytest.approx(0.0, abs=1e-6 * abs(extended).max())


def test_flip_price_by_hand() -> None:
    """The price against three days: of 10, 20 and P* the mean is P* at 15."""
    assert flip_price(np.array([99.0, 10.0, 20.0]), 1, 3) == pytest.approx(15.0)
    assert flip_price(np.array([10.0, 20.0]), 2, 3) == pytest.approx(0.0)


def test_a_steady_rise_is_held_long_and_a_steady_fall_short() -> None:
    """Signals are the sign of the trend, at most one, and the position grows as risk falls."""
    noise = 1.0 + 0.002 * np.sin(np.arange(400))
    rise = trend_followers(dated(100.0 * 1.001 ** np.arange(400) * noise), date(2030, 1, 1))
    fall = trend_followers(dated(100.0 * 0.999 ** np.arange(400) * noise), date(2030, 1, 1))
    assert 0.0 < rise.signal <= 1.0
    assert -1.0 <= fall.signal < 0.0
    assert rise.position > 0.0 > fall.position


def test_a_fall_in_a_rise_is_sold_over_the_assumed_range() -> None:
    """From a long position a fall sells; the amounts are the change over the range of money."""
    noise = 1.0 + 0.004 * np.sin(np.arange(400))
    found = trend_followers(dated(100.0 * 1.0005 ** np.arange(400) * noise), date(2030, 1, 1))
    assert found.position > 0.0
    for one in found.sales:
        assert one.change == pytest.approx(one.position - found.position)
        assert one.change < 0.0
        assert one.low_busd == pytest.approx(one.change * 200.0 * 0.05)
        assert one.high_busd == pytest.approx(one.change * 400.0 * 0.15)


def test_position_by_hand() -> None:
    """With one pair and a signal of one, position = 10 % / volatility, within the leverage."""
    closes = dated(100.0 * np.exp(np.cumsum(np.tile([0.03, -0.01], 100))))
    found = trend_followers(closes, date(2030, 1, 1), TrendSettings(pairs=((1, 100),)))
    assert found.signal == 1.0
    assert found.position == pytest.approx(10.0 / found.volatility_percent)
    calm = dated(100.0 * np.exp(np.cumsum(np.tile([0.0006, 0.0002], 100))))
    bound = trend_followers(calm, date(2030, 1, 1), TrendSettings(pairs=((1, 100),)))
    assert (bound.position, "leverage_bound" in bound.diagnostics) == (2.0, True)


def test_later_closes_change_no_flip(snapshot: Snapshot) -> None:
    """The result of a day is the same with and without what came after it."""
    closes = snapshot.values(INDEX)
    for day in (date(2003, 3, 11), date(2011, 8, 8), date(2020, 3, 20), SELL_OFF):
        assert trend_followers(closes, day) == trend_followers(closes[: str(day)], day)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (TrendSettings(pairs=()), "pair of averages"),
        (TrendSettings(pairs=((50, 20),)), "pair of averages"),
        (TrendSettings(target_percent=0.0), "target volatility"),
        (TrendSettings(leverage=-1.0), "leverage"),
        (TrendSettings(assets_busd=(400.0, 200.0)), "wrong way round"),
        (TrendSettings(share=(0.0, 2.0)), "range within 0 to 1"),
        (TrendSettings(falls=(-1.0,)), "move of the index"),
    ],
)
def test_senseless_settings_are_refused(settings: TrendSettings, sentence: str) -> None:
    """Each setting that makes no sense ends in a sentence that names it."""
    with pytest.raises(DataError, match=sentence):
        trend_followers(wandering(400), date(2030, 1, 1), settings)


def test_closes_that_carry_no_trend_are_refused() -> None:
    """Too few closes and closes that do not move end in one sentence each."""
    with pytest.raises(DataError, match="needs 201"):
        trend_followers(wandering(200), date(2030, 1, 1))
    with pytest.raises(DataError, match="do not move"):
        trend_followers(dated(np.full(300, 100.0)), date(2030, 1, 1))
    with pytest.raises(DataError, match="needs 99 closes"):
        flip_price(np.arange(1.0, 50.0), 1, 100)
