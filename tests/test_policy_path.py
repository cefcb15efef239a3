"""M10: odds of the Federal Reserve's meetings from futures, and the proxy from bills."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.models.bill_path import bill_path, fit_bills, forward_rate
from reportgen.models.policy_path import (
    MeetingOdds,
    convolve,
    futures_path,
    month_average,
    split,
)

SETTLED = date(2026, 9, 18)
MEETINGS_2026 = (date(2026, 9, 16), date(2026, 10, 28), date(2026, 12, 9))
NOW = 3.88


def price(rate: float) -> float:
    """Return the settlement of a contract on a mean rate."""
    return 100.0 - rate


def autumn_2026(first: float, second: float) -> dict[date, float]:
    """Return settlements that imply hikes of these parts of a quarter point in October, December.

    The step of 28 October shows in November's contract alone; December's mean holds nine days
    before and twenty-two after the meeting of the 9th.
    """
    after = NOW + 0.25 * first
    end = after + 0.25 * second
    return {
        date(2026, 10, 1): price(month_average(NOW, after, MEETINGS_2026[1])),
        date(2026, 11, 1): price(after),
        date(2026, 12, 1): price(month_average(after, end, MEETINGS_2026[2])),
    }


def december_2025(chance: float) -> MeetingOdds:
    """Return the meeting of 10 December 2025 from contracts that imply a chance of a cut."""
    meeting = date(2025, 12, 10)
    before, after = 3.87, 3.87 - 0.25 * chance
    found = futures_path(
        date(2025, 11, 20),
        {
            date(2025, 11, 1): price(before),
            date(2025, 12, 1): price(month_average(before, after, meeting)),
        },
        (meeting,),
    )
    return found.meetings[0]


def test_october_and_december_2026() -> None:
    """Settlement 2026-09-18: 42.4/57.6 on 28 October, 9.9/45.9/44.2 by 9 December (M10).

    Source: cme-fedwatch 0.2.1; December's own odds follow from 9.9 = 42.4 (1 - p).
    """
    found = futures_path(SETTLED, autumn_2026(0.576, 1.0 - 9.9 / 42.4), MEETINGS_2026)
    october, december = found.meetings
    assert (october.cut, october.hold, october.hike) == pytest.approx((0.0, 0.424, 0.576))
    assert [steps for steps, _ in december.total] == [0, 1, 2]
    printed = [100.0 * p for _, p in december.total]
    assert printed == pytest.approx([9.9, 45.9, 44.2], abs=0.1)
    assert found.diagnostics == ()


def test_the_rate_before_a_late_meeting_is_recovered_exactly() -> None:
    """28 October leaves three days: November gives the rate after, October's mean the one before.

    Known answer of method M10: the start rate comes back exactly.
    """
    found = futures_path(SETTLED, autumn_2026(0.576, 0.7665), MEETINGS_2026)
    assert found.meetings[0].before == pytest.approx(NOW, abs=1e-12)
    assert found.meetings[1].before == pytest.approx(found.meetings[0].after, abs=1e-12)


@pytest.mark.parametrize(("chance", "expected"), [(0.429, -10.7), (0.937, -23.4)])
def test_quoted_chances_of_a_cut_as_expected_moves(chance: float, expected: float) -> None:
    """42.9 % for a cut is -10.7 basis points, 93.7 % is -23.4 (method M10, reference B)."""
    found = december_2025(chance)
    assert (found.cut, found.hold, found.hike) == pytest.approx((chance, 1.0 - chance, 0.0))
    assert found.expected_bp == pytest.approx(expected, abs=0.05)


def test_a_large_step_is_split_between_its_neighbours() -> None:
    """An expected cut of 1.4 quarter points is 60 % one and 40 % two; whole steps are certain."""
    assert dict(split(-1.4)) == pytest.approx({-2: 0.4, -1: 0.6})
    assert split(0.0) == ((0, 1.0),)
    assert split(1.0) == ((1, 1.0),)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-2.9, 2.9, allow_nan=False), min_size=1, max_size=4),
    st.floats(0.0, 8.0),
)
def test_settlements_give_the_steps_back(steps: list[float], start: float) -> None:
    """Whatever the path, its settlements return each step; odds sum to one and keep the mean."""
    days = [date(2026, 1, 28), date(2026, 3, 18), date(2026, 4, 29), date(2026, 6, 17)]
    meetings = tuple(days[: len(steps)])
    rates, prices = [start], {}
    for step in steps:
        rates.append(rates[-1] + 0.25 * step)
    for month in range(1, 8):
        first = date(2026, month, 1)
        before = sum(day < first for day in meetings)
        inside = [day for day in meetings if day.replace(day=1) == first]
        prices[first] = price(
            month_average(rates[before], rates[before + 1], inside[0]) if inside else rates[before]
        )
    prices[date(2025, 12, 1)] = price(start)
    found = futures_path(date(2025, 12, 31), prices, meetings)
    assert len(found.meetings) == len(steps)
    for one, step in zip(found.meetings, steps, strict=True):
        assert one.expected_bp == pytest.approx(25.0 * step, abs=1e-6)
        assert one.cut + one.hold + one.hike == pytest.approx(1.0)
    mean = sum(count * p for count, p in found.meetings[-1].total)
    assert mean == pytest.approx(sum(steps), abs=1e-6)


def test_convolution_of_independent_meetings() -> None:
    """Half a step twice is a quarter none, a half one, a quarter two."""
    half = ((0, 0.5), (1, 0.5))
    assert convolve(half, half) == ((0, 0.25), (1, 0.5), (2, 0.25))


def test_a_path_ends_where_contracts_end() -> None:
    """Without the December contract October stands and the missing month is named."""
    prices = autumn_2026(0.5, 0.5)
    del prices[date(2026, 12, 1)]
    found = futures_path(SETTLED, prices, MEETINGS_2026)
    assert [one.day for one in found.meetings] == [date(2026, 10, 28)]
    assert found.diagnostics == ("contract_missing",)


def test_a_late_meeting_without_the_next_month_is_refused_by_name() -> None:
    """Three days of October say too little: without November nothing is read from them."""
    prices = {date(2026, 10, 1): price(NOW)}
    found = futures_path(SETTLED, prices, MEETINGS_2026, rate=NOW)
    assert found.meetings == ()
    assert "late_meeting" in found.diagnostics


def test_the_present_rate_stands_in_for_a_first_anchor() -> None:
    """A meeting in the first month with no free month beside it starts from the rate, named."""
    prices = {date(2026, 12, 1): price(month_average(NOW, NOW + 0.25, MEETINGS_2026[2]))}
    found = futures_path(date(2026, 12, 2), prices, MEETINGS_2026, rate=NOW)
    assert found.meetings[0].hike == pytest.approx(1.0)
    assert found.diagnostics == ("start_from_rate",)


def test_the_next_meeting_gives_the_rate_after_the_first() -> None:
    """With meetings in December and January, February settles January and that December.

    Continuity of method M10: the rate after one meeting is the rate before the next.
    """
    meetings = (date(2025, 12, 10), date(2026, 1, 28))
    prices = {
        date(2025, 12, 1): price(month_average(3.87, 3.66, meetings[0])),
        date(2026, 1, 1): price(month_average(3.66, 3.60, meetings[1])),
        date(2026, 2, 1): price(3.60),
    }
    found = futures_path(date(2025, 12, 5), prices, (*meetings, date(2026, 3, 18)), rate=3.89)
    first, second = found.meetings[:2]
    assert (first.before, first.after) == pytest.approx((3.87, 3.66), abs=1e-9)
    assert second.after == pytest.approx(3.60, abs=1e-9)
    assert found.diagnostics == ("contract_missing",)


def test_a_month_that_may_hold_an_unknown_meeting_is_no_anchor() -> None:
    """January 2027 lies more than five weeks after the last known meeting: it is not read."""
    prices = autumn_2026(0.5, 0.5) | {date(2027, 1, 1): price(9.0)}
    found = futures_path(SETTLED, prices, MEETINGS_2026)
    assert found.meetings[-1].expected_bp == pytest.approx(12.5)


@pytest.mark.parametrize(
    ("prices", "meetings", "sentence"),
    [
        ({date(2026, 10, 1): 0.0}, MEETINGS_2026, "settlement for 2026-10"),
        ({date(2026, 10, 1): float("nan")}, MEETINGS_2026, "not a finite number"),
        ({date(2026, 10, 2): 96.0}, MEETINGS_2026, "first day"),
        ({date(2026, 10, 1): 96.0}, MEETINGS_2026[:1], "no coming meeting"),
        ({date(2026, 10, 1): 96.0}, MEETINGS_2026[::-1], "must rise"),
    ],
)
def test_senseless_settlements_are_refused(
    prices: dict[date, float], meetings: tuple[date, ...], sentence: str
) -> None:
    """A price off the scale, no number, no month, no meeting: one sentence each."""
    with pytest.raises(DataError, match=sentence):
        futures_path(SETTLED, prices, meetings)


# -- bills ------------------------------------------------------------------------------------

AS_OF = date(2025, 12, 5)
NEXT = (date(2025, 12, 10), date(2026, 1, 28))


def bills(
    premium: float = 0.1, noise: float = 0.05, step: float = 0.0
) -> tuple[pd.Series[float], pd.Series[float], pd.Series[float]]:
    """Return six years of bills whose forward pays a premium over a flat rate of 4 %.

    On the last day it expects ``step`` percentage points at each of the coming meetings.
    """
    days = pd.bdate_range("2019-12-02", AS_OF)
    rate = pd.Series(4.0, index=days)
    random = np.random.Generator(np.random.PCG64(5))
    forward = 4.0 + premium + noise * random.standard_normal(len(days))
    weight = (91 - 28) / 63 + (91 - 54) / 63
    forward[-1] = 4.0 + premium + step * weight
    near = 1.0 + 4.0 / 100.0 * 28 / 360
    far = near * (1.0 + forward / 100.0 * 63 / 360)
    short = pd.Series(100.0 * (1.0 - 1.0 / near) * 360 / 28, index=days)
    long = pd.Series(100.0 * (1.0 - 1.0 / far) * 360 / 91, index=days)
    return short, long, rate


def test_forward_of_bills_by_hand() -> None:
    """Bills at 3.6 % for 28 days and 3.9 % for 91 hold 4.05 % for the 63 days between.

    By hand: (1 - 0.0028) / (1 - 0.0098583) - 1 = 0.0071286, times 360 / 63 = 4.073 %.
    """
    assert forward_rate(3.6, 3.9) == pytest.approx(4.0735, abs=1e-3)


def test_basis_and_error_of_made_up_bills() -> None:
    """A premium of ten points with a noise of five comes back as basis and deviation."""
    found = fit_bills(*bills(), AS_OF)
    assert found.basis == pytest.approx(0.10, abs=0.01)
    assert found.deviation == pytest.approx(0.05, abs=0.005)


def test_proxy_reads_the_expected_step_and_says_that_it_is_one() -> None:
    """A forward that lies a quarter point a meeting lower is read as likely cuts, flagged."""
    found = bill_path(*bills(step=-0.25), NEXT, AS_OF)
    assert found.basis == "bills"
    assert found.diagnostics == ("proxy",)
    assert found.meetings[0].expected_bp == pytest.approx(-25.0, abs=1.0)
    assert found.meetings[0].cut > 0.95
    for one in found.meetings:
        assert one.cut + one.hold + one.hike == pytest.approx(1.0)


def test_proxy_without_an_expected_step_holds() -> None:
    """A forward at its usual premium holds, cuts and hikes being equally unlikely."""
    first = bill_path(*bills(), NEXT, AS_OF).meetings[0]
    assert first.hold > 0.9
    assert first.cut == pytest.approx(first.hike, abs=0.01)


def test_a_wider_error_makes_moves_less_sure() -> None:
    """The noisier the forward was in the past, the flatter the odds."""
    sure, vague = (bill_path(*bills(noise=n, step=-0.25), NEXT, AS_OF) for n in (0.03, 0.2))
    assert sure.meetings[0].cut > vague.meetings[0].cut


def test_later_bills_change_nothing() -> None:
    """Cutting what comes after the as-of date changes no figure."""
    whole = bills()
    early = date(2025, 6, 30)
    short, long, rate = (one[: pd.Timestamp(early)] for one in whole)
    meetings = (date(2025, 7, 30), date(2025, 9, 17))
    assert bill_path(*whole, meetings, early) == bill_path(short, long, rate, meetings, early)


def test_bills_that_carry_nothing_are_refused() -> None:
    """A short history, bills that never miss, no meeting near: one sentence each."""
    short, long, rate = bills()
    with pytest.raises(DataError, match="completed windows"):
        fit_bills(short.tail(200), long.tail(200), rate, AS_OF)
    with pytest.raises(DataError, match="never missed"):
        fit_bills(*bills(noise=0.0), AS_OF)
    with pytest.raises(DataError, match="No meeting"):
        bill_path(short, long, rate, (date(2026, 6, 17),), AS_OF)
    with pytest.raises(DataError, match="share no day"):
        fit_bills(short.iloc[::2], long.iloc[1::2], rate, AS_OF)
