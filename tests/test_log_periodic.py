"""M13: log-periodic power law fits and the filters that make them dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from reportgen.errors import DataError
from reportgen.models import log_periodic
from reportgen.models.log_periodic import LogPeriodicSettings

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot


def law(swing: float = 0.002, noise: float = 0.005, power: float = 0.5) -> pd.Series[float]:
    """Return 700 days of the law with tc = 740, w = 8, and noise."""
    left = 740.0 - np.arange(700)
    shape = left**power
    line = 7.0 - 0.05 * shape + swing * shape * np.cos(8.0 * np.log(left) - 1.0)
    noisy = line + noise * np.random.Generator(np.random.PCG64(0)).standard_normal(700)
    return pd.Series(np.exp(noisy), index=pd.date_range("2023-01-01", periods=700))


def test_known_law_is_recovered() -> None:
    """MODELS M13 known answer: tc = 740, m = .5, w = 8 (739.94, .501, 7.994 by another program)."""
    found = log_periodic.fit(law())
    assert found.critical_time == pytest.approx(740.0, abs=1.0)
    assert found.power == pytest.approx(0.5, abs=0.02)
    assert found.frequency == pytest.approx(8.0, abs=0.1)
    assert found.faults == ()
    assert found.day is not None
    assert abs((found.day - date(2025, 1, 10)).days) <= 1


def test_without_noise_it_is_recovered_to_the_last_digits() -> None:
    """The exact law: tc within 0.01 days, A, B and |C| to four digits."""
    found = log_periodic.fit(law(noise=0.0))
    assert found.critical_time == pytest.approx(740.0, abs=0.01)
    assert (found.level, found.trend) == pytest.approx((7.0, -0.05), rel=1e-3)
    assert found.swing == pytest.approx(0.002, rel=1e-3)
    assert found.error < 1e-6


def test_fits_outside_the_filters_have_no_date() -> None:
    """Swings too large for the trend, growth that slows, a fall: named, and never a date."""
    wild = log_periodic.fit(law(swing=0.01))
    assert wild.faults == ("damping",)
    slowing = pd.Series(
        np.exp(np.sqrt(np.arange(1.0, 201.0)) / 10.0),
        index=pd.date_range("2020-01-03", periods=200, freq="W-FRI"),
    )
    for prices in (slowing, 1.0 / law()):
        found = log_periodic.fit(prices)
        assert found.faults
        assert found.day is None
    assert "no_bubble" in log_periodic.fit(1.0 / law()).faults


def test_negative_power_is_invalid() -> None:
    """A fit with m below zero, as the whole dot-com sample gave once, is invalid by its power."""
    place = (208.0, -1.1, 8.0, -0.5, 0.001)
    assert "power" in log_periodic._faults(place, 200, LogPeriodicSettings())


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        ((199.1, 0.5, 8.0, -0.5, 0.001), "critical_time"),
        ((260.0, 0.5, 8.0, -0.5, 0.001), "critical_time"),
        ((210.0, 0.95, 8.0, -0.5, 0.001), "power"),
        ((210.0, 0.5, 5.0, -0.5, 0.001), "frequency"),
        ((210.0, 0.5, 8.0, 0.5, 0.001), "no_bubble"),
        ((210.0, 0.5, 8.0, -0.5, 0.1), "damping"),
    ],
)
def test_each_filter(place: tuple[float, float, float, float, float], fault: str) -> None:
    """Filimonov and Sornette's bounds, one at a time: (tc, m, w, B, |C|) on 200 observations."""
    assert log_periodic._faults(place, 200, LogPeriodicSettings()) == (fault,)


def test_december_2025_has_no_valid_fit(snapshot: Snapshot) -> None:
    """None of thirteen windows to 5 December 2025 passes the filters: no date is shown."""
    found = log_periodic.evaluate(snapshot.values("nasdaq_composite_weekly"))
    assert (len(found.fits), found.valid) == (13, 0)
    assert (found.first, found.last, found.diagnostics) == (None, None, ("no_valid_fit",))
    assert all(one.faults for one in found.fits)


def test_march_2000_has_some(snapshot: Snapshot) -> None:
    """To the record of 10 March 2000 some windows pass and name the spring of that year."""
    weekly = snapshot.values("nasdaq_composite_weekly")
    found = log_periodic.evaluate(weekly[:"2000-03-10"])
    assert 1 <= found.valid < len(found.fits)
    assert found.first is not None
    assert found.last is not None
    assert date(2000, 3, 10) < found.first <= found.last < date(2000, 12, 31)


def test_short_history_leaves_windows_out() -> None:
    """With 120 weeks only the windows they cover are fitted, and that is said."""
    prices = law().iloc[:120]
    given = replace(LogPeriodicSettings(), windows=(104, 117, 130))
    found = log_periodic.evaluate(prices, given)
    assert [one.window for one in found.fits] == [104, 117]
    assert "history_short" in found.diagnostics


def test_later_prices_change_nothing(snapshot: Snapshot) -> None:
    """A fit depends on the prices it is given alone; the same ones give the same figures."""
    weekly = snapshot.values("nasdaq_composite_weekly")
    cut = weekly[:"2021-11-19"]
    assert log_periodic.evaluate(cut) == log_periodic.evaluate(cut.copy())


@pytest.mark.parametrize(
    ("prices", "sentence"),
    [
        (law().iloc[:40], "40 values"),
        (law() * 0.0 + 5.0, "stands still"),
        (-law(), "not above zero"),
    ],
)
def test_unusable_prices_are_refused(prices: pd.Series[float], sentence: str) -> None:
    """Too few, without movement, below zero: one sentence each."""
    with pytest.raises(DataError, match=sentence):
        log_periodic.fit(prices)
