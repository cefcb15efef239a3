"""M1e: how often an event followed month ends that were like this one.

Question: among completed windows begun at month ends, in what share did the event come where
drawdown and volatility stood as now? The cells are small, so each is drawn towards the share of
all windows by pseudo-months that grow with the horizon, as overlapping windows tell less.
Source: expanding frequencies; shrinkage to the overall mean as in Efron and Morris (1975).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reportgen.models.arrays import BoolArray, CountArray, FloatArray
from reportgen.models.events import BEAR, EVENTS, DrawdownEvent
from reportgen.models.history import TRADING_MONTH
from reportgen.models.market_state import StateHistory
from reportgen.models.onsets import first_onsets, may_begin
from reportgen.models.spec import ModelSpec
from reportgen.models.volatility import VolatilityFit

SPEC = ModelSpec(
    id="M1e-conditional",
    version="1",
    inputs=("nasdaq_composite",),
    references=("Efron and Morris (1975), Journal of the American Statistical Association 70",),
)
DRAWDOWN_EDGES = (0.05, 0.10, 0.15, 0.20)
"""Bounds of the drawdown cells, unit 1; the last cell holds 20 % and more."""
PSEUDO_MONTHS = 6.0
"""Pseudo-months a month of horizon; six make a year's window weigh 72 months of the mean."""
NO_CASES = "cell_without_cases"


@dataclass(frozen=True)
class Cells:
    """The cell each day belongs to, by what was known on it.

    Args:
        cell: 2 x drawdown bucket + 1 where volatility lies above its running median, shape (n,);
            -1 where the trailing year is not complete.
        month_ends: positions of the last trading day of each month, increasing.
    """

    cell: CountArray
    month_ends: CountArray


@dataclass(frozen=True)
class ConditionalRate:
    """The share of an event in windows that began in the present cell, shrunk to all windows.

    Args:
        event: id of the event.
        horizon: trading days.
        bucket: drawdown cell, 0 for less than 5 % below the one-year high, up to 4.
        volatile: whether volatility lies above its running median.
        months, hits: completed month-end windows of the cell, and those with the event.
        all_months, all_hits: the same without the cell.
        rate: shrunk share, unit 1.
        effective_hits, effective_misses: parameters of the Beta that stands for the rate's
            uncertainty; windows of a year begun every month count by the years they cover.
        diagnostics: short codes.
    """

    event: str
    horizon: int
    bucket: int
    volatile: bool
    months: int
    hits: int
    all_months: int
    all_hits: int
    rate: float
    effective_hits: float
    effective_misses: float
    diagnostics: tuple[str, ...] = ()


def conditional_rates(
    history: pd.Series[float],
    states: StateHistory,
    fit: VolatilityFit,
    horizons: tuple[int, ...],
) -> dict[tuple[str, int], ConditionalRate]:
    """Return the rate of every event at every horizon in the cell of the last day.

    An event that holds on the last day has none.

    Onsets of drawdowns are counted over the same starts, those not in a bear market, so that
    the rates of nested depths are nested; in a bear market over starts above the depth itself.

    Args:
        history: checked closes.
        states: their states.
        fit: the volatility model of the longest window, at most as long as the history.
        horizons: trading days.
    """
    log_close = np.log(history.to_numpy())
    where, now = cells(history, states.log_peak, fit.variances), len(history) - 1
    everywhere = np.ones(log_close.size, dtype=np.bool_)
    above = may_begin(log_close, states.log_peak, BEAR)
    found: dict[tuple[str, int], ConditionalRate] = {}
    for event in EVENTS:
        first = first_onsets(log_close, states.log_peak, event, max(horizons))
        eligible = everywhere
        if isinstance(event, DrawdownEvent):
            begins = may_begin(log_close, states.log_peak, event)
            if not begins[now]:
                continue  # the event holds already: no onset is left to count
            eligible = above if above[now] else begins
        for horizon in horizons:
            rate = conditional_rate(event.id, horizon, where, now, first, eligible)
            if rate is not None:
                found[event.id, horizon] = rate
    return found


def cells(history: pd.Series[float], log_peak: FloatArray, variances: FloatArray) -> Cells:
    """Return the cell of each day of a history.

    Args:
        history: checked closes, shape (n,).
        log_peak: log of the highest close of the trailing year, same shape.
        variances: variance of the day after each day, any unit, shape (m,), m <= n, for the
            last m days; earlier days have no cell.
    """
    below = 1.0 - np.exp(np.log(history.to_numpy()) - log_peak)
    bucket = np.digitize(below + 1e-12, DRAWDOWN_EDGES)
    median = pd.Series(variances).expanding().median().to_numpy()
    known = np.full(len(history), False)
    known[len(history) - variances.size :] = True
    known &= np.isfinite(log_peak)
    volatile = np.zeros(len(history), dtype=np.int64)
    volatile[len(history) - variances.size :] = variances > median
    return Cells(np.where(known, 2 * bucket + volatile, -1), month_ends(history))


def month_ends(history: pd.Series[float]) -> CountArray:
    """Return the position of the last close of each month, the present month's among them."""
    months = pd.DatetimeIndex(history.index).to_period("M")
    last = np.append(months[1:] != months[:-1], True)
    return np.flatnonzero(last)


def conditional_rate(
    event: str,
    horizon: int,
    where: Cells,
    now: int,
    first_day: CountArray,
    eligible: BoolArray,
) -> ConditionalRate | None:
    """Return the rate of an event for the cell that holds on a day.

    Args:
        event: id of what is counted.
        horizon: trading days.
        where: cells of the history.
        now: position of the as-of day; windows that end after it do not count.
        first_day: for each start the first day of the event after it, shape (windows,), where
            ``windows`` is at least ``now - horizon + 1``; only days within the horizon count.
        eligible: which starts count, same shape.

    Returns:
        None where there is no completed window at all, or today's cell is not known.
    """
    cell = int(where.cell[now])
    starts = where.month_ends[where.month_ends <= now - horizon]
    starts = starts[(where.cell[starts] >= 0) & eligible[starts]] if starts.size else starts
    if cell < 0 or starts.size == 0:
        return None
    hit = first_day[starts] <= horizon
    here = where.cell[starts] == cell
    overall = float(hit.mean())
    pseudo = PSEUDO_MONTHS * horizon / TRADING_MONTH
    months = int(here.sum())
    weight = months + pseudo
    rate = (float(hit[here].sum()) + pseudo * overall) / weight
    # Windows begun every month overlap: a horizon of h days repeats itself h / 21 times.
    effective = weight * TRADING_MONTH / max(horizon, TRADING_MONTH)
    return ConditionalRate(
        event=event,
        horizon=horizon,
        bucket=cell // 2,
        volatile=bool(cell % 2),
        months=months,
        hits=int(hit[here].sum()),
        all_months=int(starts.size),
        all_hits=int(hit.sum()),
        rate=rate,
        effective_hits=rate * effective,
        effective_misses=(1.0 - rate) * effective,
        diagnostics=() if months else (NO_CASES,),
    )
