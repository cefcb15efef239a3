"""Dollar liquidity: the Federal Reserve's balance sheet and the price of overnight money."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.events import DatedEvent
from reportgen.facts.quantity import Day, Quantity

Trend = Literal["rising", "flat", "falling"]


class Holding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A weekly amount with its changes over thirteen and fifty-two weeks.

    ``code``: ``total_assets``, ``reserves``, ``treasury_account``, ``reverse_repo`` or
    ``net_liquidity`` (assets less Treasury account less reverse repo).
    """

    code: str
    amount: Quantity
    change_quarter: Quantity
    change_year: Quantity | None
    trend: Trend


class PriceTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A test on the price of overnight money: value against bound, and whether it fires.

    ``gap`` is what is left before the bound is crossed; negative when it is.
    """

    code: Literal["sofr_tail", "sofr_days", "effr_at_iorb"]
    fires: bool
    value: Quantity
    bound: Quantity
    gap: Quantity


class NetLiquidityRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the thirteen-week change of net liquidity has meant for the index.

    Args:
        same: correlation with the index's change over the same thirteen weeks.
        following: correlation with the change over the thirteen weeks after.
        quarters: stretches of thirteen weeks that do not overlap.
        standard_error: of a correlation from so many quarters, when there is none.
        distinct: whether ``following`` lies more than two standard errors from zero.
    """

    same: Quantity
    following: Quantity
    quarters: Quantity
    standard_error: Quantity
    distinct: bool


class ReserveReaction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How SOFR over the rate on reserves has moved against the amount of reserves.

    Args:
        slope: change of the spread, basis points, for one per cent more reserves.
        weeks: weekly changes behind it.
        steep: whether it is negative beyond chance, at five per cent.
    """

    slope: Quantity
    weeks: Quantity
    steep: bool


class Liquidity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """State of dollar liquidity.

    Args:
        state: of reserves, by the rule of model M8; ``unknown`` without overnight rates, and
            then every figure of them is ``None`` and there are no tests.
        basis: whether the state rests on the share of bank assets or on prices and trend.
        funding: ``tight`` when a test on SOFR fires, else ``calm``.
        eased: whether SOFR's last spread is back at or below the quarter's median, and that
            median within the bound of the tests.
        buffer: whether the reverse repo facility still holds money that could be drawn;
            ``not_yet`` before there was one.
        holdings: the balance sheet, each with its changes.
        day: day of the balance sheet.
        reserves_change: of reserves over thirteen weeks, in per cent.
        reserves_ratio: reserves over bank assets in per cent; ``None`` without bank assets.
        runoff: whether the run-off of the balance sheet has ended, was announced to, or neither
            stands in the list of events.
        outcome_open: whether a decision was due since run-off ended whose outcome is not in the
            list of events.
        purchases: the announcement of reserve management purchases; ``None`` before it.
        assets_peak: highest total assets since the series begins; ``assets_fall`` since then.
        record: what changes of net liquidity have meant; ``None`` with too short a history.
        reaction: slope of the price of money on reserves; ``None`` with too short a history.
    """

    state: Literal["abundant", "ample", "near_scarce", "unknown"]
    basis: Literal["ratio", "price_and_trend"]
    funding: Literal["calm", "tight", "unknown"]
    eased: bool
    buffer: Literal["empty", "present", "not_yet"]
    day: Day
    holdings: tuple[Holding, ...]
    reserves_change: Quantity
    reserves_ratio: Quantity | None
    ratio_bounds: tuple[Quantity, Quantity]
    assets_peak: Quantity
    assets_peak_day: Day
    assets_fall: Quantity
    sofr: Quantity | None
    effr: Quantity | None
    iorb: Quantity | None
    rates_day: Day | None
    sofr_spread: Quantity | None
    sofr_median: Quantity | None
    effr_spread: Quantity | None
    quarter_days: Quantity | None
    tests: tuple[PriceTest, ...]
    fired: Quantity
    runoff: Literal["ended", "announced", "unknown"]
    outcome_open: bool
    runoff_end: DatedEvent | None
    runoff_announced: DatedEvent | None
    purchases: DatedEvent | None
    next_decision: DatedEvent | None
    record: NetLiquidityRecord | None
    reaction: ReserveReaction | None = None

    def holding(self, code: str) -> Holding:
        """Return the amount of that name; ``KeyError`` when there is none."""
        found = next((one for one in self.holdings if one.code == code), None)
        if found is None:
            raise KeyError(code)
        return found

    def test(self, code: str) -> PriceTest:
        """Return the price test of that name; ``KeyError`` when there is none."""
        found = next((one for one in self.tests if one.code == code), None)
        if found is None:
            raise KeyError(code)
        return found
