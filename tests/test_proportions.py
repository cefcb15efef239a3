"""Intervals of counted shares."""

from __future__ import annotations

import pytest

from reportgen.errors import DataError
from reportgen.models.proportions import share_interval


def test_interval_is_that_of_jeffreys_prior() -> None:
    """Brown, Cai, DasGupta (2001), table 5: none of 10 and one of 10 at 95 %."""
    assert share_interval(0, 10, level=0.95)[1] == pytest.approx(0.217, abs=1e-3)
    assert share_interval(1, 10, level=0.95) == pytest.approx((0.011, 0.381), abs=1e-3)


def test_interval_holds_the_share_and_narrows_with_cases() -> None:
    """More cases of the same share say more; overlapping ones say less."""
    few, many, overlapping = (
        share_interval(3, 24),
        share_interval(30, 240),
        share_interval(30, 240, weight=0.1),
    )
    assert few[0] < 0.125 < few[1]
    assert few[0] < many[0] < many[1] < few[1]
    assert overlapping == pytest.approx(few)


@pytest.mark.parametrize(("hits", "cases"), [(5, 4), (-1, 4), (0, 0)])
def test_impossible_counts_are_refused(hits: int, cases: int) -> None:
    """More hits than cases, or no case at all, is no share."""
    with pytest.raises(DataError):
        share_interval(hits, cases)
