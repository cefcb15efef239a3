"""Manners towards the publishers: pace, places, and how long they ask one to wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from pretended import NOON, Pretended

from reportgen.sources.base import SourceError
from reportgen.sources.manners import (
    MANNERS,
    Budget,
    Limits,
    Line,
    Manners,
    World,
    is_loopback,
    retry_after,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("12", 12.0),
        ("9" * 40, 999_999_999_999.0),
        ("Mon, 08 Dec 2025 12:01:00 GMT", 60.0),
        ("Mon, 08 Dec 2025 11:00:00 GMT", 0.0),
        ("Mon, 08 Dec 2025 12:01:00 -0000", 60.0),
        ("", None),
        ("-3", None),
        ("soon", None),
        ("Mon, 99 Dec 2025 12:01:00 GMT", None),
    ],
)
def test_retry_after_is_read(text: str, seconds: float | None) -> None:
    """RFC 9110 10.2.3: seconds or an HTTP date; anything else is as if it were not there."""
    assert retry_after(text, NOON) == seconds


def test_pauses_are_kept() -> None:
    """Requests to one publisher start no closer than its pause, and FRED's is a second."""
    time = Pretended()
    budget = Budget(60, time.world())
    line = Line("fred", MANNERS["fred"], Limits(), budget, time.world())
    for _ in range(3):
        line.await_turn()
    assert time.slept == [pytest.approx(1.0), pytest.approx(1.0)]


def test_pause_beyond_the_budget_is_not_begun() -> None:
    """A turn that comes after the end of the budget is not waited for."""
    time = Pretended()
    line = Line("fred", Manners(10.0), Limits(), Budget(5, time.world()), time.world())
    line.await_turn()
    with pytest.raises(SourceError) as caught:
        line.await_turn()
    assert caught.value.fault == "over_budget"
    assert time.slept == []


def test_places_are_limited() -> None:
    """With every place taken a request waits, but not beyond the budget."""
    world = World()
    line = Line("boj", Manners(0.0, 1), Limits(), Budget(0.05, world), world)

    def second() -> None:
        with line.permit():
            raise AssertionError("there is one place")

    with line.permit(), ThreadPoolExecutor(1) as thread:
        problem = thread.submit(second).exception()
    assert isinstance(problem, SourceError)
    assert problem.fault == "over_budget"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8089/fred", True),
        ("http://127.8.9.1", True),
        ("http://[::1]:80/", True),
        ("https://localhost/x", True),
        ("http://127.0.0.1.example.org", False),
        ("http://localhost.example.org", False),
        ("https://fred.stlouisfed.org", False),
        ("http://10.0.0.1", False),
    ],
)
def test_addresses_of_this_machine_are_known(url: str, local: bool) -> None:  # noqa: FBT001 - a parameter
    """127.0.0.0/8, ::1 and localhost are this machine; what only begins so is not."""
    assert is_loopback(url) is local
