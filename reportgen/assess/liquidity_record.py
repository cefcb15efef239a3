"""What changes of net liquidity have been worth for the index."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from reportgen.assess.desk import Desk
from reportgen.errors import DataError
from reportgen.facts import Quantity, Unit
from reportgen.facts.liquidity import NetLiquidityRecord, ReserveReaction
from reportgen.models.liquidity import SPEC, WEEKS
from reportgen.models.reserve_slope import reserve_slope

INDEX = "nasdaq_composite"
FEWEST_QUARTERS = 8


def net_record(
    desk: Desk, net: pd.Series[float], inputs: tuple[str, ...]
) -> NetLiquidityRecord | None:
    """Return correlations of net liquidity's thirteen-week change with the index's.

    Args:
        desk: the desk.
        net: net liquidity week by week, in dollars.
        inputs: the series it is made of.

    Returns:
        ``None`` with less than two years, or where one of the two does not move.
    """
    if not desk.has(INDEX):
        return None
    closes = desk.values(INDEX).reindex(net.index, method="ffill")
    change = net.diff(WEEKS)
    index = pd.Series(np.log(closes.to_numpy()), index=net.index).diff(WEEKS)
    after = index.shift(-WEEKS)
    pairs = pd.DataFrame({"change": change, "after": after}).dropna()
    quarters = len(pairs) // WEEKS
    if quarters < FEWEST_QUARTERS or not pairs.std().gt(0.0).all():
        return None
    following = float(pairs["change"].corr(pairs["after"]))
    error = 1.0 / math.sqrt(quarters - 1)

    def number(value: float, unit: Unit = Unit.RATIO) -> Quantity:
        return desk.computed(value, unit, SPEC, *inputs, INDEX)

    return NetLiquidityRecord(
        same=number(float(change.corr(index))),
        following=number(following),
        quarters=number(quarters, Unit.COUNT),
        standard_error=number(error),
        distinct=abs(following) > 2.0 * error,
    )


def reaction(desk: Desk) -> ReserveReaction | None:
    """Return the slope of SOFR over the rate on reserves; ``None`` with too short a history."""
    if not desk.has("sofr", "iorb", "reserve_balances"):
        return None
    spread = (100.0 * (desk.values("sofr") - desk.values("iorb"))).dropna()
    try:
        found = reserve_slope(spread, desk.values("reserve_balances"))
    except DataError:
        return None
    inputs = ("sofr", "iorb", "reserve_balances")
    return ReserveReaction(
        slope=desk.computed(found.slope, Unit.BASIS_POINTS, SPEC, *inputs),
        weeks=desk.computed(found.weeks, Unit.WEEKS, SPEC, *inputs),
        steep=found.negative,
    )
