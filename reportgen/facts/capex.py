"""Capital expenditure of the large cloud companies: pace, burden, and the chain to the index."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.events import DatedEvent
from reportgen.facts.quantity import Day, Quantity, Range


class CompanySpending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One company in the latest quarter; ``share`` is that of its operating cash flow.

    ``share`` is ``None`` when that cash flow is not above zero.
    """

    code: str
    capex: Quantity
    growth_year: Quantity
    growth_quarter: Quantity
    share: Quantity | None


class RequiredRevenue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Yearly revenue that would pay for a year's spending, with its range over assumptions.

    ``code``: ``four_quarters``, ``annualised`` or ``house``, by the spending it starts from.
    """

    code: Literal["four_quarters", "annualised", "house"]
    capex: Quantity
    revenue: Quantity
    bounds: Range


class Assumptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the required revenue rests on, each with its range.

    Args:
        life: years of use.
        cost: cost of capital, per cent a year.
        margin: gross margin on the revenue, per cent.
    """

    life: Quantity
    life_range: Range
    cost: Quantity
    cost_range: Range
    margin: Quantity
    margin_range: Range


class SpendingFalls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often a company spent less than in the quarter before, by any amount.

    Args:
        since: end of the first quarter that is compared.
        falls: such company-quarters; ``cases``: all of them.
        share: falls in all cases.
        any_company: probability that at least one company does so in a quarter, were they
            independent; ``interval``: its 80 % interval.
        deepest: the largest such fall, per cent; 0 when there was none.
        next_any: the same probability by a ridge logit on growth, cash flow and the index;
            ``None`` with too few quarters. logit_cases, logit_falls: what it was fitted on.
    """

    since: Day
    falls: Quantity
    cases: Quantity
    share: Quantity
    any_company: Quantity
    interval: Range
    deepest: Quantity
    next_any: Quantity | None = None
    logit_cases: Quantity | None = None
    logit_falls: Quantity | None = None


class PassThrough(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Index move after a fall of semiconductor shares.

    ``code``: ``mild`` or ``hard``; ``bounds`` over the range of the share passed on.
    """

    code: Literal["mild", "hard"]
    shock: Quantity
    index: Quantity
    bounds: Range


class Chain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a cut of spending to the index.

    Args:
        size: what the harder shock would be for the index by itself: ``pullback`` less than
            10 %, ``correction`` to 20 %, ``bear`` from there on.
        passed_on: index move for one per cent of semiconductor shares; assumed.
        shocks: the milder and the harder fall.
        bear_shock: fall of semiconductor shares that alone would take the index down 20 %.
        stated: range of the fall as the house states it; ``None`` without that view.
    """

    size: Literal["pullback", "correction", "bear"]
    passed_on: Quantity
    shocks: tuple[PassThrough, ...]
    bear_shock: Quantity
    stated: Range | None

    @property
    def mild(self) -> PassThrough:
        """The milder shock."""
        return self.shocks[0]

    @property
    def hard(self) -> PassThrough:
        """The harder shock."""
        return self.shocks[-1]


class Capex(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Spending at the latest quarter that all companies have filed.

    Args:
        theme: what the spending is read as: ``ai`` since the end of 2022, before ``cloud``.
        combined: whether enough companies are covered for their sum to stand for all.
        state: pace of the sum: ``accelerating``, ``steady``, ``slowing`` or ``cut``.
        cut: for the state ``cut``, whether the sum lies below the ``year`` or the ``quarter``
            before; ``none`` otherwise.
        companies: rows, the largest spender first; ``missing``: codes of companies whose
            figures are not there.
        quarter: last day of that quarter.
        quarter_total: sum of the quarter; ``four_quarters`` of the last four;
            ``annualised``: four times the quarter.
        growth_change: change of year-on-year growth against the quarter before.
        pace: change in growth that counts as a change of pace; ``cut_size``: fall on the
            quarter that counts as a cut.
        share: of operating cash flow over four quarters; ``share_quarter`` in the last;
            ``share_year_before`` in the same quarter a year before; ``None`` when that cash
            flow is not above zero.
        burden: how ``share_quarter`` compares with a year before, 2 points apart or more.
        chain: ``None`` before spending on AI, and before the pass-through was measured.
        heaviest: code of the company with the largest share of its cash flow; empty when none
            is known. ``others``: range of the other companies' shares.
        next_quarter: end of the quarter to be reported next; below ``cut_below`` it would
            count as a cut, below ``slowing_below`` as slowing; ``slowing_rise``: how much more
            than the last quarter the latter is, per cent.
        next_reports: the next reporting season, if the list of events names one.
        house: spending a year as the house states it; ``house_stands``: how it compares with
            the annualised sum, 5 % apart or more; ``house_wider``: whether it counts guidance
            and leases as well.
    """

    theme: Literal["ai", "cloud"]
    combined: bool
    state: Literal["accelerating", "steady", "slowing", "cut"]
    cut: Literal["none", "quarter", "year"]
    companies: tuple[CompanySpending, ...]
    missing: tuple[str, ...]
    quarter: Day
    quarter_total: Quantity
    four_quarters: Quantity
    annualised: Quantity
    growth_year: Quantity
    growth_year_before: Quantity
    growth_change: Quantity
    growth_quarter: Quantity
    pace: Quantity
    cut_size: Quantity
    share: Quantity | None
    share_quarter: Quantity | None
    share_year_before: Quantity | None
    burden: Literal["higher", "unchanged", "lower", "unknown"]
    heaviest: str
    others: Range | None
    next_quarter: Day
    cut_below: Quantity
    slowing_below: Quantity
    slowing_rise: Quantity
    required: tuple[RequiredRevenue, ...]
    assumptions: Assumptions
    falls: SpendingFalls
    chain: Chain | None
    next_reports: DatedEvent | None
    house: Quantity | None
    house_stands: Literal["above", "near", "below", "unstated"]
    house_wider: bool

    def company(self, code: str) -> CompanySpending:
        """Return a company's row; ``KeyError`` when there is none."""
        found = {one.code: one for one in self.companies}
        return found[code]

    def needed(self, code: str) -> RequiredRevenue:
        """Return the revenue required on that spending; ``KeyError`` when there is none."""
        found: dict[str, RequiredRevenue] = {one.code: one for one in self.required}
        return found[code]
