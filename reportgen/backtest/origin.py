"""The forecasts of one month end, by the same functions that an edition is made with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from reportgen.backtest.history import Histories
from reportgen.backtest.rows import QUANTILE_RANKS, DaysRow, EventRow, MonthRow, OriginRow
from reportgen.models.arrays import FloatArray
from reportgen.models.climatology import base_rates
from reportgen.models.events import EVENTS, DrawdownEvent, FallEvent
from reportgen.models.history import TRADING_YEAR, log_returns
from reportgen.models.innovations import normal
from reportgen.models.market_state import ALL
from reportgen.models.onset_scan import first_days
from reportgen.models.path_events import (
    WINDOWS,
    PathEvents,
    PathSettings,
    WindowRun,
    path_events,
)
from reportgen.models.path_tables import event_estimate
from reportgen.models.shock_laws import alike
from reportgen.models.simulation import path_chunks
from reportgen.models.spec import ModelSpec, generator

HORIZONS = (21, 63, 126, TRADING_YEAR)
MONTH = 20
SCORED = ("F1", "B1")
NORMAL = ModelSpec(id="iid-normal", version="1", inputs=(), references=())
TAILS = (0.01, 0.05)


@dataclass(frozen=True)
class WalkSettings:
    """How a walk is made.

    Args:
        paths: simulated paths a window. interval_every: months between the origins at which the
            interval is made too (it costs as much as all the rest); 0 for never.
    """

    paths: int = 10_000
    interval_every: int = 0
    draws: int = 40
    draw_paths: int = 500


def forecast(
    known: Histories, month_after: FloatArray, settings: WalkSettings, *, interval: bool
) -> OriginRow:
    """Return what would have been said on the last day of the histories.

    Args:
        known: the histories up to the origin, and nothing later.
        month_after: daily log returns from the origin to the next one, unit 1, for the one-day
            forecasts alone: each is made before the return it is held against is used.
        settings: size of the simulations.
        interval: whether the interval is made.
    """
    origin = known.closes.index[-1].date()
    run = path_events(
        known.closes,
        origin,
        PathSettings(
            paths=settings.paths,
            horizons=(MONTH, *HORIZONS),
            windows=tuple(one for one in WINDOWS if one.pooled or interval),
            spread_paths=settings.paths,
            draws=settings.draws if interval else 0,
            draw_paths=settings.draw_paths,
        ),
        implied=known.implied,
    )
    normal = _normal_shares(known, run, settings.paths)
    rates = climatology(known)
    plain = [one for one in run.pooled if not one.window.blended]
    return OriginRow(
        origin=origin,
        in_bear=run.start.in_bear,
        events=tuple(_events(run, normal, rates, interval=interval)),
        month=tuple(_month(one) for one in run.pooled),
        days=tuple(_days(one, run.start.drift, month_after) for one in plain),
        diagnostics=run.diagnostics,
    )


def climatology(known: Histories) -> dict[tuple[str, int], float]:
    """Return the share of each scored event in all completed windows, started on any day."""
    closes = known.closes
    rates = base_rates(closes, closes.index[-1].date(), HORIZONS, events=tuple(_scored()))
    return {
        (rate.event, rate.horizon): rate.frequency
        for rate in rates
        if rate.state == ALL and rate.frequency is not None
    }


def _scored() -> Iterable[FallEvent | DrawdownEvent]:
    return (event for event in EVENTS if event.id in SCORED)


def _events(
    run: PathEvents,
    normal: dict[tuple[str, int], float],
    rates: dict[tuple[str, int], float],
    *,
    interval: bool,
) -> Iterable[EventRow]:
    names = [one.window.id for one in run.pooled]
    for event in SCORED:
        for horizon in HORIZONS:
            found = event_estimate(run, event, horizon).estimate
            if found is None:
                continue
            given = found.conditional
            yield EventRow(
                event=event,
                horizon=horizon,
                members=dict(
                    zip(names, found.paths.pooled, strict=True), normal=normal[event, horizon]
                ),
                paths=found.paths.point,
                conditional=None if given is None else given.rate,
                pool=found.point,
                climatology=rates.get((event, horizon)),
                low=found.low if interval else None,
                high=found.high if interval else None,
            )


def _normal_shares(known: Histories, run: PathEvents, paths: int) -> dict[tuple[str, int], float]:
    """Return the shares of events when returns are independent and normal: the benchmark."""
    returns = 100.0 * log_returns(known.closes)
    random = generator(run.start.as_of, NORMAL)
    process = alike(float(returns.var()), run.start.drift, normal())
    hits = dict.fromkeys(((event, horizon) for event in SCORED for horizon in HORIZONS), 0)
    for chunk in path_chunks(process, HORIZONS[-1], paths, random):
        first = first_days(chunk, run.start.log_peak)
        for event, horizon in hits:
            hits[event, horizon] += int((first[event] <= horizon).sum())
    return {key: count / paths for key, count in hits.items()}


def _month(run: WindowRun) -> MonthRow:
    closing = run.summary.closing[run.summary.position(MONTH)].astype(np.float64)
    low_1, low_5 = (float(value) for value in np.quantile(closing, TAILS))
    return MonthRow(
        window=run.window.id,
        low_1=low_1,
        low_5=low_5,
        quantiles=tuple(round(float(v), 6) for v in np.quantile(closing, QUANTILE_RANKS)),
    )


def _days(run: WindowRun, drift: float, after: FloatArray) -> DaysRow:
    """Hold each day's return against quantiles made the evening before."""
    fit = run.fit
    bounds = np.quantile(fit.residuals, TAILS)
    variance, below = fit.next_variance, ([], [])  # type: tuple[float, tuple[list[str], list[str]]]
    for value in 100.0 * after:
        for hits, bound in zip(below, bounds, strict=True):
            hits.append("1" if value < 100.0 * drift + bound * np.sqrt(variance) else "0")
        error = value - fit.mean
        weight = fit.alpha + (fit.gamma if error < 0 else 0.0)
        variance = fit.omega + weight * error**2 + fit.beta * variance
    return DaysRow(run.window.id, "".join(below[0]), "".join(below[1]))
