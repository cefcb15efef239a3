"""M11: did the market sell off in the month, and was it structural?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.models.sell_off import StructuralInputs, find_sell_off, structural_test

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

DAYS = pd.bdate_range("2024-11-01", "2025-12-05")
START, END = date(2025, 11, 5), date(2025, 12, 5)


def closes(tail: list[float]) -> pd.Series[float]:
    """Return an index at 100 that ends in the given closes."""
    values = np.full(len(DAYS), 100.0)
    values[len(DAYS) - len(tail) :] = tail
    return pd.Series(values, index=DAYS)


def test_november_2025_was_a_sell_off(snapshot: Snapshot) -> None:
    """MODELS B1: Composite -7.85 % from 29 October to 20 November 2025."""
    found = find_sell_off(snapshot.values("nasdaq_composite"), START, END)
    assert found.happened
    assert (found.peak_day, found.trough_day) == (date(2025, 10, 29), date(2025, 11, 20))
    assert found.fall_percent == pytest.approx(-7.85, abs=0.005)
    assert found.worst_day == date(2025, 11, 13)
    assert found.recovered == pytest.approx((23578.13 - 22078.05) / (23958.47 - 22078.05))


def test_august_2025_was_not(snapshot: Snapshot) -> None:
    """A dip of less than three per cent is no sell-off, and is still described."""
    found = find_sell_off(snapshot.values("nasdaq_composite"), date(2025, 8, 5), date(2025, 9, 5))
    assert not found.happened
    assert -5.0 < found.fall_percent < 0.0


@pytest.mark.parametrize(("low", "happened"), [(93.0, True), (93.1, False)])
def test_seven_per_cent_is_the_bound(low: float, happened: bool) -> None:  # noqa: FBT001
    """A fall of exactly seven per cent counts, a little less does not."""
    found = find_sell_off(closes([100.0, 97.0, low, 98.0]), START, END)
    assert found.happened is happened
    assert found.trough == low
    assert found.recovered == pytest.approx((98.0 - low) / (100.0 - low))


def test_a_lower_close_after_the_days_that_count_is_kept() -> None:
    """The trough lies within 21 trading days of the peak; the lowest close may come later."""
    way_down = [100.0, *np.linspace(98.0, 80.0, 10), *[81.0] * 12]
    found = find_sell_off(closes([*way_down, 79.0, 79.5, 89.5]), START, END)
    assert (found.trough, found.lowest) == (80.0, 79.0)
    assert found.trough_day < found.lowest_day
    assert found.recovered == pytest.approx((89.5 - 79.0) / (100.0 - 79.0))


def test_slow_decline_is_no_sell_off() -> None:
    """Ten per cent over seventy days never falls seven within 21 days."""
    found = find_sell_off(closes(list(np.linspace(100.0, 90.0, 70))), START, END)
    assert not found.happened


def test_fall_before_the_period_is_not_counted_again() -> None:
    """A fall whose last small leg lies in the period happened before it, not in it."""
    eve = int(DAYS.searchsorted(pd.Timestamp(START)))
    values = np.full(len(DAYS), 89.5)
    values[: eve - 4] = 100.0
    values[eve - 4 : eve] = 90.0
    found = find_sell_off(pd.Series(values, index=DAYS), START, END)
    assert found.fall_percent == pytest.approx(-10.5)
    assert found.inside_percent == pytest.approx(100.0 * (89.5 / 90.0 - 1.0))
    assert not found.happened


def test_later_days_change_nothing(snapshot: Snapshot) -> None:
    """What was said on 21 November stays what it was."""
    index, day = snapshot.values("nasdaq_composite"), date(2025, 11, 21)
    cut = index[: pd.Timestamp(day)]
    assert find_sell_off(index, START, day) == find_sell_off(cut, START, day)


@given(st.lists(st.floats(50.0, 150.0), min_size=23, max_size=60))
def test_fall_is_never_above_zero_and_peak_comes_first(tail: list[float]) -> None:
    """Whatever the closes: peak not after trough, at most 21 trading days apart."""
    found = find_sell_off(closes(tail), START, END)
    assert found.fall_percent <= 0.0
    assert found.inside_percent >= found.fall_percent - 1e-9
    assert found.peak_day <= found.trough_day
    span = int(np.busday_count(found.peak_day, found.trough_day))
    assert span <= 21


@pytest.mark.parametrize(
    ("start", "end"),
    [(date(2024, 11, 5), END), (date(2025, 12, 8), date(2025, 12, 9)), (END, START)],
)
def test_period_without_closes_is_refused(start: date, end: date) -> None:
    """Too little before the period, or nothing in it, ends in a sentence with its day."""
    with pytest.raises(DataError, match=str(start)):
        find_sell_off(closes([100.0]), start, end)


def test_december_2025_is_contained(snapshot: Snapshot) -> None:
    """On 5 December no test is broken: the fall of November was contained."""
    found = structural_test(
        StructuralInputs(
            snapshot.values("nasdaq_composite"), snapshot.values("high_yield_oas"), 0.31, 0.33
        )
    )
    assert (found.verdict, found.broken, found.diagnostics) == ("contained", 0, ())


def test_april_2025_was_a_bear_market(snapshot: Snapshot) -> None:
    """8 April 2025: -24.3 % from the high, credit 141 basis points wider, below the average."""
    day = pd.Timestamp("2025-04-08")
    found = structural_test(
        StructuralInputs(
            snapshot.values("nasdaq_composite")[:day],
            snapshot.values("high_yield_oas")[:day],
            0.41,
            0.33,
        )
    )
    values = {test.code: test.value for test in found.tests}
    assert found.verdict == "bear_market"
    assert values["still_down"] == pytest.approx(-24.3, abs=0.05)
    assert values["credit_stress"] == pytest.approx(141.0, abs=0.5)


def test_three_broken_links_are_structural() -> None:
    """Twelve per cent down, below the average and credit 150 points wider: structural."""
    spread = pd.Series(np.append(np.full(21, 3.0), 4.5), index=DAYS[-22:])
    found = structural_test(StructuralInputs(closes([88.0]), spread, 0.30, 0.30))
    assert (found.verdict, found.broken) == ("structural", 3)
    assert [test.passed for test in found.tests] == [True, True, True, False]


@pytest.mark.parametrize(("last", "verdict"), [(80.0, "bear_market"), (80.1, "contained")])
def test_twenty_per_cent_is_a_bear_market(last: float, verdict: str) -> None:
    """Exactly 20 % below the one-year high is a bear market by definition."""
    found = structural_test(StructuralInputs(closes([last])))
    assert found.verdict == verdict


def test_missing_inputs_are_named() -> None:
    """Without spread and correlations their tests stay open and are named."""
    found = structural_test(StructuralInputs(closes([88.0])))
    assert found.diagnostics == ("credit_stress_not_testable", "correlation_up_not_testable")
    assert [test.passed for test in found.tests[2:]] == [None, None]


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        (StructuralInputs(closes([88.0]).tail(100)), "252"),
        (StructuralInputs(closes([88.0]), None, 2.0, 0.3), "short mean correlation"),
        (StructuralInputs(-closes([88.0])), "above zero"),
    ],
)
def test_unusable_inputs_are_refused(inputs: StructuralInputs, sentence: str) -> None:
    """Less than a year, an impossible correlation, closes below zero: one sentence each."""
    with pytest.raises(DataError, match=sentence):
        structural_test(inputs)
