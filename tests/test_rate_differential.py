"""M5: the path of the rate differential from what prices hold of both central banks."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from reportgen.errors import DataError
from reportgen.models.rate_differential import differential_path, hike_chance

AS_OF = date(2025, 12, 5)
MEETINGS = (date(2025, 12, 19), date(2026, 1, 23), date(2026, 3, 19))
MONTHS = pd.date_range("2019-01-01", "2025-10-01", freq="MS")
POLICY = pd.Series([0.25, 0.50], index=pd.to_datetime(["2018-01-01", "2025-01-27"]))


def yen(last: float, premium: float = 0.10) -> pd.Series[float]:
    """Return a three-month rate a premium over the policy rate, with a value at the end."""
    held = POLICY.resample("MS").last().ffill().reindex(MONTHS, method="ffill")
    rate = held + premium
    rate.iloc[-1] = last
    return rate


def test_chance_by_hand() -> None:
    """Weights 77/91 and 42/91 of a quarter point: a rate 0.1 over its premium holds 31 %."""
    found = hike_chance(yen(0.70), POLICY, MEETINGS, AS_OF)
    assert found.premium == pytest.approx(0.10)
    assert found.chance == pytest.approx(0.10 / (0.25 * (77 + 42) / 91), abs=1e-9)
    assert found.diagnostics == ()


def test_a_rate_that_asks_for_more_than_certain_is_bounded_by_name() -> None:
    """A three-month rate far above its premium is a certain rise, below it none."""
    assert hike_chance(yen(2.0), POLICY, MEETINGS, AS_OF).chance == 1.0
    low = hike_chance(yen(0.3), POLICY, MEETINGS, AS_OF)
    assert (low.chance, low.diagnostics) == (0.0, ("bounded",))


def test_path_by_hand() -> None:
    """After one and two meetings at 40 %: 0.60 and 0.70 for the yen, with binomial errors."""
    path = differential_path(
        ((date(2025, 12, 20), 3.66), (date(2026, 1, 28), 3.60)), 0.5, 0.4, MEETINGS, AS_OF
    )
    assert [one.yen for one in path] == pytest.approx([0.60, 0.70])
    assert [one.expected for one in path] == pytest.approx([3.06, 2.90])
    assert [one.deviation for one in path] == pytest.approx([0.25 * 0.24**0.5, 0.25 * 0.48**0.5])


def test_later_rates_change_nothing() -> None:
    """What comes after the as-of date is not looked at."""
    early = date(2024, 6, 3)
    meetings = (date(2024, 6, 14), date(2024, 7, 31))
    cut = yen(0.7)[: pd.Timestamp(early)]
    assert hike_chance(yen(0.7), POLICY, meetings, early) == hike_chance(
        cut, POLICY, meetings, early
    )


def test_rates_that_carry_no_chance_are_refused() -> None:
    """Short months, no meeting, no path: one sentence each."""
    with pytest.raises(DataError, match="needs 24"):
        hike_chance(yen(0.7).tail(6), POLICY, MEETINGS, AS_OF)
    with pytest.raises(DataError, match="no meeting"):
        hike_chance(yen(0.7), POLICY, (date(2026, 6, 16),), AS_OF)
    with pytest.raises(DataError, match="coming meetings"):
        differential_path((), 0.5, 0.4, MEETINGS, AS_OF)
    with pytest.raises(DataError, match="chance of a rise"):
        differential_path(((date(2026, 1, 28), 3.6),), 0.5, 1.4, MEETINGS, AS_OF)
