"""M7: the chance that a company spends less in the next quarter, by a ridge logit.

Predictors of a company-quarter: the change of quarterly growth (deceleration), the share of
operating cash flow spent, and the index's move over the quarter before. There are few cuts, so
the coefficients are drawn towards zero and the number of cases is part of the answer: with none
of them telling, the answer is the frequency itself.
Source: le Cessie and van Houwelingen (1992), Applied Statistics 41.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import BoolArray, FloatArray
from reportgen.models.history import closes_until

PREDICTORS = ("deceleration", "cash_flow_share", "momentum")
PENALTY = 4.0
"""Inverse variance of the prior of a coefficient on standardised predictors: a standard
deviation of a half, as for the layers' effects."""
FEWEST_CASES = 12
FEW_CUTS = 10
_PRIOR = 0.5


@dataclass(frozen=True)
class CutChance:
    """The chance of a cut in the next quarter.

    Args:
        companies: chance of each, unit 1. any_company: that at least one cuts, were they
            independent given the predictors.
        base: smoothed frequency of cuts among the cases.
        cases, cuts: company-quarters whose next quarter is known, and cuts among them.
        coefficients: by predictor, on its standardised scale.
        diagnostics: ``few_cuts`` (fewer than ten), ``no_cut_yet``, ``constant:<predictor>``
            (a predictor that does not vary is left out).
    """

    companies: Mapping[str, float]
    any_company: float
    base: float
    cases: int
    cuts: int
    coefficients: Mapping[str, float]
    diagnostics: tuple[str, ...]


def cut_chance(
    capex: Mapping[str, pd.Series[float]],
    cash_flow: Mapping[str, pd.Series[float]],
    index: pd.Series[float],
    as_of: date,
) -> CutChance:
    """Return the chance that each company spends less in the quarter after its last one.

    Args:
        capex: by company, any money unit, on quarter ends.
        cash_flow: likewise, from operations.
        index: daily or weekly closes that reach back before the first quarter.
        as_of: last day that may be used; quarters that end later are not looked at.

    Raises:
        DataError: fewer than twelve company-quarters, a malformed series, or an index that
            starts too late.
    """
    if not capex or set(capex) != set(cash_flow):
        raise DataError("Capital expenditure and cash flow must name the same companies.")
    closes = closes_until(index, as_of)
    tables = {name: _company(name, capex[name], cash_flow[name], closes, as_of) for name in capex}
    past = pd.concat([table.iloc[:-1] for table in tables.values()])
    if len(past) < FEWEST_CASES:
        raise DataError(
            f"There are {len(past)} company-quarters of capital expenditure with a next one; "
            f"{FEWEST_CASES} are needed."
        )
    came = past["cut_next"].to_numpy(dtype=np.bool_)
    rows, middle, spread = _standardised(past)
    coefficients = _ridge(rows, came)
    chances = {
        name: float(
            expit(
                coefficients[0]
                + ((table[list(PREDICTORS)].iloc[-1].to_numpy(dtype=np.float64) - middle) / spread)
                @ coefficients[1:]
            )
        )
        for name, table in tables.items()
    }
    cuts = int(came.sum())
    constant = [name for name, size in zip(PREDICTORS, rows.std(axis=0), strict=True) if size < 0.5]
    notes = (*(("no_cut_yet",) if cuts == 0 else ()), *(("few_cuts",) if cuts < FEW_CUTS else ()))
    return CutChance(
        companies=chances,
        any_company=1.0 - float(np.prod([1.0 - chance for chance in chances.values()])),
        base=(cuts + _PRIOR) / (came.size + 1.0),
        cases=int(came.size),
        cuts=cuts,
        coefficients={
            name: float(value) for name, value in zip(PREDICTORS, coefficients[1:], strict=True)
        },
        diagnostics=(*notes, *(f"constant:{name}" for name in constant)),
    )


def _company(
    name: str,
    capex: pd.Series[float],
    cash_flow: pd.Series[float],
    closes: pd.Series[float],
    as_of: date,
) -> pd.DataFrame:
    """Return predictors by quarter, with whether the next quarter was lower."""
    spent = closes_until(capex.rename(f"{name}_capex"), as_of, minimum=3)
    flow = guard.series(cash_flow, f"{name}_operating_cash_flow").reindex(spent.index)
    if flow.isna().any():
        raise DataError(f"Series {name}_operating_cash_flow lacks a quarter of the spending.")
    growth = pd.Series(np.log(spent.to_numpy()), index=spent.index).diff()
    levels = closes.reindex(closes.index.union(spent.index)).ffill().reindex(spent.index)
    table = pd.DataFrame(
        {
            "deceleration": growth.diff(),
            "cash_flow_share": spent / flow.where(flow > 0.0),
            "momentum": pd.Series(np.log(levels.to_numpy()), index=levels.index).diff(),
            "cut_next": growth.shift(-1) < 0.0,
        }
    ).iloc[2:]
    if table["momentum"].isna().any():
        raise DataError("The index starts after the first quarters of capital expenditure.")
    # A cash flow that is not above zero is a heavy burden, not a missing one.
    highest = table["cash_flow_share"].max()
    return table.fillna({"cash_flow_share": 1.0 if pd.isna(highest) else max(1.0, highest)})


def _standardised(past: pd.DataFrame) -> tuple[FloatArray, FloatArray, FloatArray]:
    values = past[list(PREDICTORS)].to_numpy(dtype=np.float64)
    middle, spread = values.mean(axis=0), values.std(axis=0)
    scale = np.where(spread > 1e-12, spread, np.inf)
    return (values - middle) / scale, middle, scale


def _ridge(rows: FloatArray, came: BoolArray) -> FloatArray:
    """Return constant and coefficients of the penalised logit; half a cut on either side."""
    sign = np.where(came, 1.0, -1.0)

    def loss(point: FloatArray) -> float:
        likelihood = log_expit(sign * (point[0] + rows @ point[1:])).sum()
        prior = _PRIOR * (log_expit(point[0]) + log_expit(-point[0]))
        return float(-likelihood - prior + 0.5 * PENALTY * (point[1:] ** 2).sum())

    found = minimize(loss, np.zeros(rows.shape[1] + 1), method="BFGS")
    coefficients: FloatArray = np.asarray(found.x, dtype=np.float64)
    return coefficients
