"""How markets hang together: spillovers, who moves first, and a group's reaction to an event."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity

Leader = Literal["index", "other", "none"]


class Spillover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Share of the markets' ten-day surprises that came from the other markets, per cent.

    Args:
        state: ``high`` or ``low`` when the total lies in the upper or lower quarter of its
            history, else ``usual``.
        total: in the year to ``day``; ``low``, ``mean``, ``high`` of yearly windows whose first
            ended on ``since``; ``None`` with too short a history.
        markets: their codes; ``missing``: those of the method without enough of a series.
        horizon, year: days of the surprises, and moves in a window.
        giver, receiver: the markets that gave and received most on balance, with ``given`` and
            ``received`` in percentage points.
    """

    state: Literal["high", "usual", "low"]
    total: Quantity
    day: Day
    low: Quantity | None
    mean: Quantity | None
    high: Quantity | None
    since: Day
    markets: tuple[str, ...]
    missing: tuple[str, ...]
    horizon: Quantity
    year: Quantity
    giver: str
    given: Quantity
    receiver: str
    received: Quantity


class LeadYear(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One year of the index and another market.

    Args:
        same_day: correlation of their moves on one day.
        index_next: of the index's move with the other's next one; ``other_next`` the other way.
        index_rotation, index_granger: p values of the index's lead; ``other_...`` of the other's.
        agreed: the side that both tests find to lead.
    """

    start: Day
    end: Day
    same_day: Quantity
    index_next: Quantity
    index_rotation: Quantity
    index_granger: Quantity
    other_next: Quantity
    other_rotation: Quantity
    other_granger: Quantity
    agreed: Leader


class LeadLag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the index or another market moves first.

    Args:
        index, other: their codes.
        leader: the side with a stable lead.
        years: oldest first; ``index_years``, ``other_years``: number that found that side.
        needed: years in which both tests must agree; ``level`` of the tests, per cent.
        tie: their correlation of late, exponentially weighted.
        later: whose day ends later, which by itself lends that side a lead.
    """

    index: str
    other: str
    leader: Leader
    years: tuple[LeadYear, ...]
    index_years: Quantity
    other_years: Quantity
    needed: Quantity
    level: Quantity
    tie: Quantity
    later: Leader


class Joint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reaction of several markets to an event, beyond their usual ties, taken together.

    ``statistic``: mean score over its error with the scores' own spread and their markets'
    correlation; ``p`` of it, 0 to 1; ``clear`` below one in twenty.
    """

    markets: Quantity
    mean: Quantity
    statistic: Quantity
    p: Quantity
    clear: bool
    weaker: bool


class Ties(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Spillover and lead of a month's review; ``None`` where the histories are too short."""

    spillover: Spillover | None
    lead: LeadLag | None
