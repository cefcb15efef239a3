"""M1b: the variance that option prices stand for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_up import dated

from reportgen.models.vix_blend import (
    FEW_WINDOWS,
    NO_RATIO,
    NO_VIX,
    VixBlend,
    vix_blend,
)


def history(days: int = 1_500) -> pd.Series[float]:
    """Return closes whose returns are independent, with a deviation of one per cent a day."""
    returns = np.random.default_rng(8).normal(0.0, 0.01, days - 1)
    return dated(1_000.0 * np.exp(np.concatenate(([0.0], np.cumsum(returns)))))


def test_a_known_blend_is_half_of_each() -> None:
    """A model's variance of 1 and an implied one of 3 give 2, in squared per cent."""
    assert VixBlend(20.0, 1.0, 1.0, 300, 3.0).blended(1.0) == 2.0


def test_what_is_realised_is_what_the_blend_stands_for() -> None:
    """With a VIX of twice the realised volatility a quarter of its variance is paid out."""
    closes = history()
    twice = np.full(len(closes), 2 * 100 * 0.01 * np.sqrt(252))
    found, codes = vix_blend(closes, twice, None)
    assert codes == ()
    assert found is not None
    assert found.paid == pytest.approx(0.25, rel=0.1)
    assert found.implied_variance == pytest.approx(1.0, rel=0.1)
    assert found.diagnostics == (NO_RATIO,)


def test_an_index_twice_as_volatile_has_four_times_the_variance() -> None:
    """The ratio to the S&P 500 scales the VIX; what was paid out is measured against that."""
    closes = history()
    returns = closes.map(np.log).diff().fillna(0.0)
    reference = (returns / 2).cumsum().map(np.exp)
    found, _ = vix_blend(closes, np.full(len(closes), 8.0), reference)
    assert found is not None
    assert found.relative == pytest.approx(2.0, rel=1e-9)
    assert found.windows == len(closes) - 21 - 63
    assert found.diagnostics == ()


def test_windows_that_are_not_over_are_not_counted() -> None:
    """Twenty-one returns after each reading are needed: the last readings do not count."""
    closes = history()
    found, _ = vix_blend(closes, np.full(len(closes), 16.0), None)
    assert found is not None
    assert found.windows == len(closes) - 21


def test_no_vix_today_and_a_short_history_are_named() -> None:
    """Without a reading on the last day, or with less than a year of windows, there is none."""
    closes = history(300)
    values = np.full(300, 16.0)
    assert vix_blend(closes, values, None)[0] is not None
    missing = values.copy()
    missing[-1] = np.nan
    assert vix_blend(closes, missing, None) == (None, (NO_VIX,))
    short = history(272)
    assert vix_blend(short, np.full(272, 16.0), None) == (None, (FEW_WINDOWS,))


def test_a_reference_that_stands_still_is_not_divided_by() -> None:
    """A constant S&P 500 gives no ratio; the blend then says that it counted as one."""
    closes = history()
    found, _ = vix_blend(closes, np.full(len(closes), 16.0), dated(np.full(len(closes), 5.0)))
    assert found is not None
    assert found.relative == 1.0
    assert found.diagnostics == (NO_RATIO,)
