"""Hedging of same-day options on the S&P 500, over a range of assumed inventories."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity, Range

Evidence = Literal["cboe_2023", "dim_eraker_vilkov"]


class Flow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What hedgers buy over a move of the index; negative when they sell."""

    code: str
    move: Quantity
    flow: Quantity


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a fall ends once hedging has run its course.

    Args:
        code: state of depth: ``calm``, ``stressed`` or ``collapse``.
        move: the fall at its end, per cent.
        breaker: highest circuit breaker reached, 0 for none.
        beyond: whether the inventory's gamma lies beyond the critical one of that depth.
    """

    code: Literal["calm", "stressed", "collapse"]
    move: Quantity
    breaker: int
    beyond: bool


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An assumed net inventory of market makers.

    Args:
        notional: dollars, negative when they are short.
        effect: whether its hedging amplifies or dampens a move, or does neither.
        gamma: dollars to trade for the first per cent; positive when hedging adds to a move.
        flows: for each move of the table.
        endings: of the fall in ``Hedging.shock``, by state of depth.
    """

    code: str
    notional: Quantity
    effect: Literal["amplifies", "none", "dampens"]
    gamma: Quantity
    flows: tuple[Flow, ...]
    endings: tuple[Ending, ...]

    def ending(self, code: str) -> Ending:
        """Return where the fall ends in that state of depth."""
        return next(one for one in self.endings if one.code == code)


class DepthCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What selling the quoted flow moves in one state of depth, and the critical gamma there.

    ``endings``: the range over the assumed books of where the fall of ``Hedging.shock`` ends.
    """

    code: Literal["calm", "stressed", "collapse"]
    move: Quantity
    critical: Quantity
    endings: Range


class Halt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A circuit breaker: its level, the fall that sets it off, and the index there."""

    code: str
    level: int
    fall: Quantity
    price: Quantity


class Quote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure somebody has published, with its day; ``by`` is who said it."""

    figure: Quantity
    by: str
    stated: Day


class Hedging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hedging of options that expire the same day, over a range of assumed inventories.

    Args:
        regime: ``calm``, ``strained`` or ``stressed`` by the VIX; ``strained_from`` and
            ``stressed_from`` are where these begin; ``close`` of the S&P 500.
        stability: ``stable`` when every inventory stays below the critical gamma of a market
            under stress, ``unstable`` when every short one lies beyond, else ``conditional``.
        share_before, share: same-day options in S&P 500 option volume, as published.
        quoted: the published estimate of selling on a day of large losses; ``quoted_fall``:
            the fall that is attached to it; ``left``: whether its author has left the house.
        flow: the flow that is worked through, the quoted one where there is one.
        needed: one-way short options that would make that flow.
        shock: the fall followed to its end.
        flash_flow, flash_fall: order of 6 May 2010 and fall of the future;
            ``flash_predicted``: what the square-root law gives; ``flash_multiple``: how many
            times more came.
        volume: assumed turnover a day; ``stress_factor``: factor on volatility, and divisor
            of volume, under stress.
        depths: calm, stressed, collapse.
        most_gamma: the largest gamma of the assumed short inventories.
        halts: the three circuit breakers for the session after the as-of close.
        evidence: studies against amplification that had appeared.
    """

    regime: Literal["calm", "strained", "stressed"]
    stability: Literal["stable", "conditional", "unstable"]
    vix: Quantity
    close: Quantity
    strained_from: Quantity
    stressed_from: Quantity
    share_before: Quote | None
    share: Quote | None
    quoted: Quote | None
    quoted_fall: Range | None
    left: bool
    flow: Quantity
    needed: Range
    shock: Quantity
    flash_flow: Quantity
    flash_fall: Quantity
    flash_predicted: Quantity
    flash_multiple: Quantity
    volume: Quantity
    stress_factor: Quantity
    depths: tuple[DepthCase, ...]
    most_gamma: Quantity
    books: tuple[Book, ...]
    halts: tuple[Halt, ...]
    evidence: tuple[Evidence, ...]

    def depth(self, code: str) -> DepthCase:
        """Return a state of depth."""
        return next(one for one in self.depths if one.code == code)

    def book(self, code: str) -> Book:
        """Return an assumed inventory."""
        return next(one for one in self.books if one.code == code)
