"""The Federal Reserve's coming meetings as prices hold them."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity


class MeetingChance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What prices hold of one meeting.

    Args:
        code: ``2026_01`` for the meeting of January 2026.
        cut, hold, hike: chance of each at this meeting; risk-neutral from futures, a rough
            probability from bills.
        likeliest: which of the three is largest; the milder one when two are equal.
        expected: expected change at this meeting, basis points.
        week_before, month_before: the same a week and a month before; ``None`` where the
            settlements of then are not there.
    """

    code: str
    day: Day
    cut: Quantity
    hold: Quantity
    hike: Quantity
    likeliest: Literal["cut", "hold", "hike"]
    expected: Quantity
    week_before: Quantity | None = None
    month_before: Quantity | None = None


class PolicyOdds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The odds of the coming meetings, earliest first.

    Args:
        basis: ``futures``, or ``bills`` for the proxy that is scored by itself.
        day: day of the prices.
        present: effective rate the steps are counted from.
        meetings: at least one.
        deviation: standard deviation of a step of the proxy, basis points; ``None`` for futures.
    """

    basis: Literal["futures", "bills"]
    day: Day
    present: Quantity
    meetings: tuple[MeetingChance, ...]
    deviation: Quantity | None = None
