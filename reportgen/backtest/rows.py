"""What one month end of the backtest says: frozen rows, one line of JSON each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec


class EventRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The probabilities of one event over one horizon.

    Args:
        event: id of the event. horizon: trading days.
        members: the pooled windows, by id, and ``normal`` for the benchmark of independent normal
            returns, which is not pooled.
        paths: logit mean of the pooled windows. conditional: rate after month ends like this one.
        pool: what the report would have printed.
        climatology: share of the event in all completed windows.
    """

    event: str
    horizon: int
    members: Mapping[str, float]
    paths: float
    conditional: float | None
    pool: float
    climatology: float | None
    low: float | None = None
    high: float | None = None


class MonthRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The distribution of the log return over twenty trading days by one window.

    Args:
        window: id of the window.
        low_1, low_5: 1 % and 5 % quantiles, log return, unit 1.
        quantiles: at the ranks of ``QUANTILE_RANKS``, log return, unit 1.
    """

    window: str
    low_1: float
    low_5: float
    quantiles: tuple[float, ...]


class DaysRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One-day forecasts from this origin to the next, with this origin's parameters.

    Args:
        window: id of the window.
        below_1, below_5: for each day ``1`` where the return fell below its quantile, else ``0``.
    """

    window: str
    below_1: str
    below_5: str


class OriginRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything said from one month end.

    Args:
        origin: day of the last close used.
        in_bear: whether the onset of a bear market was past.
        events, month, days: the forecasts.
        diagnostics: codes of the run.
    """

    origin: date
    in_bear: bool
    events: tuple[EventRow, ...]
    month: tuple[MonthRow, ...]
    days: tuple[DaysRow, ...]
    diagnostics: tuple[str, ...] = ()


QUANTILE_RANKS = tuple(round(0.01 + 0.02 * step, 2) for step in range(50))
"""Ranks at which the distribution over twenty days is kept: 0.01, 0.03, … 0.99."""
