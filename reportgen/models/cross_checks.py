"""M1c: the same events from the same start under other laws of the daily shock; never pooled.

Question: how much of a probability is the choice of the shock's law? Everything but the law is
that of M1a: estimation windows, start state, drift, simulation and events. All laws share their
random draws, so that they differ by the law and not by chance.
Sources: Bollerslev (1987); Hansen (1994); Merton (1976); McNeil and Frey (2000).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models.arrays import FloatArray
from reportgen.models.events import (
    BEAR,
    FLASH,
    SEVERE,
    DrawdownEvent,
    FallEvent,
    happened_by,
)
from reportgen.models.history import TRADING_YEAR, closes_until, log_returns
from reportgen.models.onset_scan import first_days
from reportgen.models.path_events import SHORTENED, StartState, Window, start_state
from reportgen.models.pooling import logit_mean
from reportgen.models.shock_laws import LAWS, WindowLaws, window_laws
from reportgen.models.simulation import PathProcess, path_chunks
from reportgen.models.spec import ModelSpec, generator
from reportgen.models.volatility import MINIMUM_RETURNS

SPEC = ModelSpec(
    id="M1c",
    version="1",
    inputs=("nasdaq_composite",),
    references=(
        "Bollerslev (1987), Review of Economics and Statistics 69, 542-547",
        "Hansen (1994), International Economic Review 35, 705-730",
        "Merton (1976), Journal of Financial Economics 3, 125-144",
        "McNeil and Frey (2000), Journal of Empirical Finance 7, 271-300",
    ),
)
EVENTS: tuple[FallEvent | DrawdownEvent, ...] = (FLASH, BEAR, SEVERE)
WINDOWS = (Window("10y", 2_520), Window("all", None))


@dataclass(frozen=True)
class CheckSettings:
    """How the cross-checks are run.

    Args:
        paths: simulated paths of each law on each window.
        horizons: trading days, increasing.
        windows: estimation windows, all of them pooled.
        laws: the laws simulated.
    """

    paths: int = 50_000
    horizons: tuple[int, ...] = (21, 63, 126, TRADING_YEAR)
    windows: tuple[Window, ...] = WINDOWS
    laws: tuple[str, ...] = LAWS


@dataclass(frozen=True)
class CheckEstimate:
    """The probability of one event within one horizon under one law.

    Args:
        law: its code in ``shock_laws``.
        event: id of the event.
        horizon: trading days.
        by_window: share of paths, in the order of the windows, unit 1.
        point: logit mean of these, as in M1a.
        simulation_error: Monte Carlo standard error of the point, unit 1.
    """

    law: str
    event: str
    horizon: int
    by_window: tuple[float, ...]
    point: float
    simulation_error: float


@dataclass(frozen=True)
class CrossChecks:
    """A run of M1c.

    Args:
        start: where the index stands; the same as M1a's.
        windows: estimation windows, and ``fits`` what was fitted on each.
        estimates: laws by events by horizons; an event that holds at the start is left out.
        paths: simulated paths of each law on each window.
        diagnostics: short codes as ``code:window``.
    """

    spec: ModelSpec
    start: StartState
    windows: tuple[Window, ...]
    fits: tuple[WindowLaws, ...] = field(repr=False)
    estimates: tuple[CheckEstimate, ...] = field(repr=False)
    paths: int
    diagnostics: tuple[str, ...]

    def at(self, law: str, event: str, horizon: int) -> CheckEstimate | None:
        """Return one estimate, or ``None`` when the event holds at the start.

        Raises:
            DataError: the law, event or horizon was not simulated.
        """
        wanted = (law, event, horizon)
        for each in self.estimates:
            if (each.law, each.event, each.horizon) == wanted:
                return each
        if self.start.already(event):
            return None
        raise DataError(f"No cross-check of {event} within {horizon} days by {law} was run.")


def cross_checks(
    closes: pd.Series[float],
    as_of: date,
    settings: CheckSettings | None = None,
    spec: ModelSpec = SPEC,
) -> CrossChecks:
    """Simulate every law from the state of the as-of date.

    Args:
        closes: daily closes on a DatetimeIndex, at least 1,001 up to ``as_of``; later ones are
            not looked at.
        as_of: last day that may be used; with the specification it fixes the random draws.
        settings: paths, horizons, windows and laws.
        spec: identity under which the draws are made.

    Returns:
        The run; the same inputs give the same bytes.

    Raises:
        DataError: history too short, a value that is no number above zero, no variation, or
            settings without windows or horizons.
    """
    chosen = settings or CheckSettings()
    if not chosen.windows or not chosen.horizons or min(chosen.horizons) < 1:
        raise DataError("The cross-checks need a window and horizons of at least one trading day.")
    history = closes_until(closes, as_of, minimum=MINIMUM_RETURNS + 1)
    start, returns = start_state(history, as_of), 100.0 * log_returns(history)
    fits = tuple(window_laws(_last(returns, one), start.drift) for one in chosen.windows)
    # One seed for all laws of a window: their differences are then free of most of the chance.
    shares = {
        law: [_shares(fit.processes[law], start, chosen, generator(as_of, spec)) for fit in fits]
        for law in chosen.laws
    }
    return CrossChecks(
        spec=spec,
        start=start,
        windows=chosen.windows,
        fits=fits,
        estimates=tuple(
            _estimate((law, event.id, horizon), by_window, chosen.paths)
            for law, by_window in shares.items()
            for event in EVENTS
            if not start.already(event.id)
            for horizon in chosen.horizons
        ),
        paths=chosen.paths,
        diagnostics=_diagnostics(chosen.windows, fits, returns.size),
    )


def _last(returns: FloatArray, window: Window) -> FloatArray:
    return returns if window.returns is None else returns[-window.returns :]


def _diagnostics(
    windows: tuple[Window, ...], fits: tuple[WindowLaws, ...], held: int
) -> tuple[str, ...]:
    codes: list[str] = []
    for window, fit in zip(windows, fits, strict=True):
        if window.returns is not None and window.returns > held:
            codes.append(f"{SHORTENED}:{window.id}")
        codes += [f"{code}:{window.id}" for code in fit.diagnostics]
    return tuple(codes)


def _shares(
    process: PathProcess, start: StartState, settings: CheckSettings, random: np.random.Generator
) -> Mapping[tuple[str, int], float]:
    """Return the share of paths by event and horizon."""
    peak = float(np.log(start.peak / start.close))
    counts = {(event.id, horizon): 0 for event in EVENTS for horizon in settings.horizons}
    for chunk in path_chunks(process, max(settings.horizons), settings.paths, random):
        first = first_days(chunk, peak)
        for event, horizon in counts:
            counts[event, horizon] += int(np.count_nonzero(happened_by(first[event], horizon)))
    return {key: count / settings.paths for key, count in counts.items()}


def _estimate(
    key: tuple[str, str, int], by_window: list[Mapping[tuple[str, int], float]], paths: int
) -> CheckEstimate:
    law, event, horizon = key
    shares = tuple(each[event, horizon] for each in by_window)
    point = float(logit_mean(np.array(shares), paths))
    error = float(np.sqrt(point * (1.0 - point) / (paths * len(shares))))
    return CheckEstimate(law, event, horizon, shares, point, error)
