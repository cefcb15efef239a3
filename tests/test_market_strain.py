"""Measures of strain from closes and volatility indices."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from reportgen.errors import DataError
from reportgen.models.market_strain import (
    StrainSettings,
    evaluate,
    large_moves,
    realised_volatility,
    term_ratio,
)


def on_weekdays(values: list[float]) -> pd.Series[float]:
    """Return values on consecutive weekdays from 3 January 2022."""
    days = pd.bdate_range("2022-01-03", periods=len(values))
    return pd.Series(np.asarray(values, dtype=float), index=days)


def closes(changes: list[float]) -> pd.Series[float]:
    """Return closes from 1,000 on, moved by ``changes`` in per cent."""
    return on_weekdays([1_000.0, *(1_000.0 * np.cumprod(1 + np.array(changes) / 100))])


def flat(level: float, count: int) -> pd.Series[float]:
    """Return a constant series."""
    return on_weekdays([level] * count)


def test_realised_volatility_of_alternating_changes() -> None:
    """Changes of +1 and -1 % in turn have a deviation of 1.0235 % over 22 days, 16.2 % a year."""
    found = realised_volatility(closes([1.0, -1.0] * 20), window=22)
    assert found.iloc[-1] == pytest.approx(1.0235 * 252**0.5, abs=1e-3)


def test_term_ratio_keeps_days_both_have() -> None:
    """A day without VIX3M has no ratio."""
    ratio = term_ratio(flat(20.0, 5), flat(25.0, 4))
    assert len(ratio) == 4
    assert ratio.iloc[-1] == pytest.approx(0.8)


def test_large_moves_are_counted_over_the_last_year() -> None:
    """Three falls of 3 % within a week of the last year, one rise of 2 % long before."""
    quiet = [0.1, -0.1] * 150
    changes = [2.0, *quiet, -3.0, -3.0, -3.0, *[0.1] * 20]
    found = large_moves(closes(changes))
    assert (found.days, found.clustered) == (3, 3)
    assert found.worst == pytest.approx(-3.0)
    assert found.usual == pytest.approx(4 / len(changes) * 252)
    assert found.last is not None
    assert found.last >= found.worst_day


def test_no_large_move_has_no_last_day() -> None:
    """Where the index never moved by 2 % there is no such day to name."""
    assert large_moves(closes([0.1, -0.1] * 150)).last is None


def test_state_counts_the_signs() -> None:
    """None is calm, one strained, more stressed."""
    quiet = closes([0.5, -0.5] * 150)
    many = len(quiet)
    vix, quarter = flat(20.0, many), flat(24.0, many)
    rising = on_weekdays([80.0 + 0.1 * place for place in range(many)])
    falling = on_weekdays([120.0 - 0.1 * place for place in range(many)])
    settling = closes([*[0.9, -0.9] * 100, *[0.5, -0.5] * 50])
    assert evaluate(settling, vix, quarter, falling).state == "calm"
    assert evaluate(settling, vix, quarter, rising).state == "strained"
    tense = evaluate(quiet, vix, flat(19.0, many), rising)
    assert {gauge.code for gauge in tense.gauges if gauge.strained} >= {"term", "vvix"}
    assert tense.state == "stressed"


def test_missing_series_are_named() -> None:
    """Without VIX3M and VVIX the others are still measured, and nothing is said of inversion."""
    found = evaluate(closes([0.5, -0.5] * 150), flat(20.0, 301))
    assert found.missing == ("term", "vvix")
    assert found.inverted is None
    assert {gauge.code for gauge in found.gauges} == {"realised", "premium"}


def test_inversion_begins_at_one() -> None:
    """A ratio of exactly one counts; the last such day is named."""
    quarter = on_weekdays([20.0, 20.0, 25.0] + [25.0] * 298)
    found = evaluate(closes([0.5, -0.5] * 150), flat(20.0, 301), quarter)
    assert found.inverted is not None
    assert found.inverted.share == pytest.approx(2 / 301)
    assert found.inverted.last == date(2022, 1, 4)


def test_premium_below_zero_is_a_sign() -> None:
    """VIX under realised volatility shows strain, whatever its percentile."""
    found = evaluate(closes([2.5, -2.5] * 150), flat(12.0, 301))
    premium = next(gauge for gauge in found.gauges if gauge.code == "premium")
    assert premium.value < 0
    assert premium.strained


def test_less_than_a_year_is_refused() -> None:
    """A year of moves needs a year of closes."""
    with pytest.raises(DataError, match="sp500"):
        large_moves(closes([0.1] * 100), StrainSettings())
