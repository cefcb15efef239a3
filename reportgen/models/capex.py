"""M7: capital expenditure of the large cloud companies - pace, burden, and the bill to earn.

Money in billions of dollars, growth and shares in per cent, by calendar quarter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.capex_economics import (
    CapexSettings,
    PassThrough,
    Required,
    pass_through,
    required_range,
)
from reportgen.models.spec import ModelSpec

COMPANIES = ("microsoft", "alphabet", "amazon", "meta")
"""Oracle is not in the bundled figures; a fifth company is one more name here."""

SPEC = ModelSpec(
    id="M7",
    version="1.1",
    inputs=(
        *(f"{one}_{item}" for one in COMPANIES for item in ("capex", "operating_cash_flow")),
        "nasdaq_composite",
    ),
    references=(
        "Securities and Exchange Commission, EDGAR, company facts",
        "le Cessie and van Houwelingen (1992), Applied Statistics 41",
    ),
)

State = Literal["accelerating", "steady", "slowing", "cut"]

YEAR = 4
_FEWEST = YEAR + 2


@dataclass(frozen=True)
class Company:
    """One company's latest quarter: capital expenditure, growth, share of operating cash flow."""

    code: str
    capex: float
    growth_year: float
    growth_quarter: float
    cash_flow_share: float | None


@dataclass(frozen=True)
class Quarter:
    """All companies together in one calendar quarter, dated by its last day."""

    end: date
    capex: float
    cash_flow: float
    share: float | None


@dataclass(frozen=True)
class CutRecord:
    """How often a company spent less than in the quarter before (any size).

    Args:
        cuts, n: falls and company-quarters.
        share: cuts / n; ``smoothed``: (cuts + 1/2) / (n + 1), the mean after Jeffreys' prior.
        any_company: chance that at least one of the companies falls in a quarter, were they
            independent, from ``smoothed``.
        deepest: largest such fall in per cent, 0 when there was none.
    """

    cuts: int
    n: int
    share: float
    smoothed: float
    any_company: float
    deepest: float


@dataclass(frozen=True)
class CapexResult:
    """Pace and burden of capital expenditure at the latest quarter all companies have filed.

    Args:
        state: ``cut`` when the sum fell on the year, or on the quarter by more than the
            setting; else ``accelerating``, ``slowing`` or ``steady`` by the change of
            year-on-year growth against the quarter before.
        four_quarters: sum of the last four quarters; ``annualised``: four times the last.
        growth_year, growth_year_before: year on year, now and one quarter earlier.
        growth_change: their difference in percentage points.
        cash_flow_share, cash_flow_share_quarter: share of operating cash flow over four
            quarters and in the last; ``None`` when that cash flow is not above zero.
        required, required_annualised: revenue to earn on either sum.
        coverage: actual incremental revenue / ``required``; ``None`` when it is not given.
        diagnostics: ``beta_assumed`` (always), ``revenue_missing``, ``quarter_incomplete``
            (a company has filed a later quarter than the others), ``cash_flow_not_positive``.
    """

    quarter: date
    state: State
    companies: tuple[Company, ...]
    quarters: tuple[Quarter, ...]
    four_quarters: float
    annualised: float
    growth_year: float
    growth_year_before: float
    growth_change: float
    growth_quarter: float
    cash_flow_share: float | None
    cash_flow_share_quarter: float | None
    required: Required
    required_annualised: Required
    coverage: float | None
    cuts: CutRecord
    pass_through: tuple[PassThrough, ...]
    diagnostics: tuple[str, ...]


def cut_record(capex: pd.DataFrame) -> CutRecord:
    """Return how often companies (columns) spent less than in the quarter before (rows)."""
    changes = capex.pct_change().iloc[1:].to_numpy()
    if changes.size == 0:
        raise DataError("Capital expenditure of one quarter alone shows no cut.")
    cuts, n = int((changes < 0).sum()), int(changes.size)
    smoothed = (cuts + 0.5) / (n + 1.0)
    return CutRecord(
        cuts=cuts,
        n=n,
        share=cuts / n,
        smoothed=smoothed,
        any_company=1.0 - (1.0 - smoothed) ** capex.shape[1],
        deepest=100.0 * min(0.0, float(changes.min())),
    )


def capex_state(
    growth_year: float,
    growth_change: float,
    growth_quarter: float,
    settings: CapexSettings | None = None,
) -> State:
    """Return the pace from growth in per cent and its change in percentage points."""
    given = settings or CapexSettings()
    if growth_year < 0.0 or growth_quarter < -given.cut:
        return "cut"
    if abs(growth_change) < given.pace:
        return "steady"
    return "accelerating" if growth_change > 0.0 else "slowing"


def evaluate(
    capex: Mapping[str, pd.Series[float]],
    cash_flow: Mapping[str, pd.Series[float]],
    revenue: float | None = None,
    settings: CapexSettings | None = None,
) -> CapexResult:
    """Return pace, burden and required revenue from quarterly filings.

    Args:
        capex: by company, billions of dollars on quarter ends.
        cash_flow: likewise, from operations; all companies share at least six consecutive
            quarters of both.
        revenue: incremental revenue earned with it, billions a year, if known.
        settings: assumptions and thresholds.

    Raises:
        DataError: a company lacks one of the two, a figure is no number, spending is not
            above zero, a quarter is missing in between, or there are fewer than six.
    """
    given = settings or CapexSettings()
    spent, earned, incomplete = _tables(capex, cash_flow)
    total, inflow = spent.sum(axis=1), earned.sum(axis=1)
    growth = 100.0 * total.pct_change(YEAR)
    by_quarter = 100.0 * float(total.iloc[-1] / total.iloc[-2] - 1.0)
    four, annualised = float(total.iloc[-YEAR:].sum()), YEAR * float(total.iloc[-1])
    change = float(growth.iloc[-1] - growth.iloc[-2])
    share = _share(four, float(inflow.iloc[-YEAR:].sum()))
    required = required_range(four, given)
    notes = (
        ("beta_assumed", True),
        ("revenue_missing", revenue is None),
        ("quarter_incomplete", incomplete),
        ("cash_flow_not_positive", bool((earned.iloc[-YEAR:] <= 0).any(axis=None))),
    )
    return CapexResult(
        quarter=guard.day_of(total.index[-1]),
        state=capex_state(float(growth.iloc[-1]), change, by_quarter, given),
        companies=tuple(_company(name, spent[name], earned[name]) for name in spent.columns),
        quarters=_quarters(total, inflow),
        four_quarters=four,
        annualised=annualised,
        growth_year=float(growth.iloc[-1]),
        growth_year_before=float(growth.iloc[-2]),
        growth_change=change,
        growth_quarter=by_quarter,
        cash_flow_share=share,
        cash_flow_share_quarter=_share(float(total.iloc[-1]), float(inflow.iloc[-1])),
        required=required,
        required_annualised=required_range(annualised, given),
        coverage=None if revenue is None else guard.finite(revenue, "Revenue") / required.central,
        cuts=cut_record(spent),
        pass_through=pass_through(given),
        diagnostics=tuple(code for code, present in notes if present),
    )


def _tables(
    capex: Mapping[str, pd.Series[float]], cash_flow: Mapping[str, pd.Series[float]]
) -> tuple[pd.DataFrame, pd.DataFrame, bool]:
    """Return both tables by quarter over the span all companies share, and if one is ahead."""
    if not capex or set(capex) != set(cash_flow):
        raise DataError("Capital expenditure and cash flow must name the same companies.")
    spent = _by_quarter(capex, "capex", positive=True)
    earned = _by_quarter(cash_flow, "operating_cash_flow", positive=False)
    shared = spent.dropna().index.intersection(earned.dropna().index).sort_values()
    if len(shared) < _FEWEST:
        raise DataError(f"Companies share {len(shared)} quarters; the model needs {_FEWEST}.")
    days = pd.DatetimeIndex(shared)
    ordinals = (days.year * YEAR + days.quarter).to_numpy()
    if (ordinals[1:] - ordinals[:-1] != 1).any():
        raise DataError("A quarter of capital expenditure or cash flow is missing in between.")
    latest = max(spent.index[-1], earned.index[-1])
    return spent.loc[shared], earned.loc[shared], bool(latest > shared[-1])


def _by_quarter(
    values: Mapping[str, pd.Series[float]], item: str, *, positive: bool
) -> pd.DataFrame:
    check = guard.positive_series if positive else guard.series
    columns = {name: check(numbers, f"{name}_{item}") for name, numbers in values.items()}
    return pd.DataFrame(columns).sort_index()


def _company(name: str, spent: pd.Series[float], earned: pd.Series[float]) -> Company:
    last = float(spent.iloc[-1])
    return Company(
        code=name,
        capex=last,
        growth_year=100.0 * (last / float(spent.iloc[-1 - YEAR]) - 1.0),
        growth_quarter=100.0 * (last / float(spent.iloc[-2]) - 1.0),
        cash_flow_share=_share(last, float(earned.iloc[-1])),
    )


def _quarters(total: pd.Series[float], inflow: pd.Series[float]) -> tuple[Quarter, ...]:
    rows = zip(total.index, total, inflow, strict=True)
    return tuple(
        Quarter(guard.day_of(end), float(spent), float(earned), _share(spent, earned))
        for end, spent, earned in rows
    )


def _share(spent: float, earned: float) -> float | None:
    return 100.0 * spent / earned if earned > 0.0 else None
