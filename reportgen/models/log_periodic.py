"""M13: log-periodic power law fits, shown as a diagnostic and never used in a probability.

ln p(t) = A + B (tc - t)^m + (tc - t)^m [C1 cos(w ln(tc - t)) + C2 sin(w ln(tc - t))]: growth that
feeds on itself and ends at a critical time tc. Given (tc, m, w) the rest is linear, so only three
parameters are searched. Fits to windows of several lengths either pass the usual filters or are
invalid; an invalid fit is never shown as a date. On past bear markets the share of valid fits told
nothing (area under the curve 0.52), so its weight in every probability is zero.

The fit is SciPy's: the ``lppls`` package would bring numba, llvmlite, scikit-learn and xarray for
this one figure, and limits m and w to the valid range, which hides invalid fits.
Source: Filimonov, Sornette (2013), A Stable and Robust Calibration Scheme of the Log-Periodic
Power Law Model, Physica A 392.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M13b",
    version="1.0",
    inputs=("nasdaq_composite_weekly",),
    references=(
        "Filimonov, Sornette (2013), A Stable and Robust Calibration Scheme of the Log-Periodic "
        "Power Law Model, Physica A 392",
    ),
)

Floats = NDArray[np.float64]
Fault = Literal["critical_time", "power", "frequency", "no_bubble", "damping"]

FEWEST = 50
OUT_OF_REACH = 1e12
"""Error given to parameters for which the law has no value."""


@dataclass(frozen=True)
class LogPeriodicSettings:
    """Windows, search and filters.

    Args:
        windows: lengths in observations, all ending with the last one.
        power, frequency: valid ranges of m and w.
        nearest: earliest valid critical time after the last observation, in observations; a fit
            that ends on the last one has run into the bound of the search.
        reach: latest valid one, as a share of the window.
        damping: least m |B| / (w |C|): below one the hazard rate would turn negative.
        powers, frequencies, reaches: nodes of the search, wider than what is valid so that an
            invalid best fit is found to be one.
        starts: nodes from which the search goes on without bounds.
    """

    windows: tuple[int, ...] = tuple(range(104, 261, 13))
    power: tuple[float, float] = (0.1, 0.9)
    frequency: tuple[float, float] = (6.0, 13.0)
    nearest: float = 0.25
    reach: float = 0.2
    damping: float = 1.0
    powers: tuple[float, ...] = (-1.0, -0.5, 0.15, 0.3, 0.5, 0.7, 0.9, 1.3)
    frequencies: tuple[float, ...] = (3.0, 4.5, 6.0, 7.0, 8.0, 9.0, 10.0, 11.5, 13.0, 15.0)
    reaches: tuple[float, ...] = (0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8)
    starts: int = 3


@dataclass(frozen=True)
class LogPeriodicFit:
    """The best fit to one window.

    Args:
        window: observations; ``critical_time``: their count from the window's first to tc.
        day: calendar day of tc; ``None`` when the fit is invalid.
        power, frequency: m and w. ``level``, ``trend``, ``swing``: A, B and |C|.
        error: root mean squared residual, in logarithms.
        faults: filters the fit does not pass; none when it is valid.
    """

    window: int
    critical_time: float
    day: date | None
    power: float
    frequency: float
    level: float
    trend: float
    swing: float
    error: float
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class LogPeriodicResult:
    """Fits to all windows, and the critical times of the valid ones.

    Args:
        end: last observation; ``fits``: one a window that the history covers.
        valid: number of valid fits; ``first``, ``last``: earliest and latest of their days.
        diagnostics: ``history_short`` when windows were left out, ``no_valid_fit``.
    """

    end: date
    fits: tuple[LogPeriodicFit, ...]
    valid: int
    first: date | None
    last: date | None
    diagnostics: tuple[str, ...]


def evaluate(
    prices: pd.Series[float], settings: LogPeriodicSettings | None = None
) -> LogPeriodicResult:
    """Return the fits to the windows that end with the last price.

    Args:
        prices: evenly spaced closes (weekly), above zero, at least as many as the shortest window.
        settings: windows, search, filters.

    Raises:
        DataError: a malformed or too short series, or one that stands still.
    """
    given = settings or LogPeriodicSettings()
    known = guard.positive_series(prices, "nasdaq_composite_weekly", min(given.windows))
    fits = tuple(
        fit(known.iloc[-window:], given) for window in given.windows if window <= len(known)
    )
    days = sorted(one.day for one in fits if one.day is not None)
    notes = (("history_short", len(fits) < len(given.windows)), ("no_valid_fit", not days))
    return LogPeriodicResult(
        end=guard.day_of(known.index[-1]),
        fits=fits,
        valid=len(days),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        diagnostics=tuple(code for code, present in notes if present),
    )


def fit(prices: pd.Series[float], settings: LogPeriodicSettings | None = None) -> LogPeriodicFit:
    """Return the best fit to all of the prices, valid or not.

    Raises:
        DataError: fewer than 50 prices, one not above zero, or prices that stand still.
    """
    given = settings or LogPeriodicSettings()
    known = guard.positive_series(prices, "nasdaq_composite_weekly", FEWEST)
    line = np.log(known.to_numpy(dtype="float64"))
    if float(line.std()) <= 1e-9:
        raise DataError("The series stands still over a whole window.")
    best = min(
        (
            minimize(_error, start, args=(line,), method="Nelder-Mead", options={"maxiter": 400})
            for start in _starts(line, given)
        ),
        key=lambda found: float(found.fun),
    )
    critical, power, frequency = (float(value) for value in best.x)
    linear, _ = _linear(best.x, line)
    swing = float(np.hypot(linear[2], linear[3]))
    place = (critical, power, frequency, float(linear[1]), swing)
    faults = _faults(place, len(line), given)
    return LogPeriodicFit(
        window=len(line),
        critical_time=critical,
        day=None if faults else _day(known, critical),
        power=power,
        frequency=frequency,
        level=float(linear[0]),
        trend=float(linear[1]),
        swing=swing,
        error=float(np.sqrt(best.fun / len(line))),
        faults=faults,
    )


def _terms(nodes: Floats, count: int) -> Floats:
    """Return the four regressors of the law at several (tc, m, w), 3 x N (N x count x 4)."""
    left = nodes[0][:, None] - np.arange(count)
    grown = left ** nodes[1][:, None]
    phase = nodes[2][:, None] * np.log(left)
    return np.stack(
        [np.ones_like(left), grown, grown * np.cos(phase), grown * np.sin(phase)], axis=-1
    )


def _starts(line: Floats, given: LogPeriodicSettings) -> list[Floats]:
    """Return the nodes of the search with the smallest errors, at most one a power."""
    count = len(line)
    ahead = count - 1 + np.array(given.reaches) * count
    nodes = np.array(np.meshgrid(ahead, given.powers, given.frequencies)).reshape(3, -1)
    terms = _terms(nodes, count)
    # Regressors differ in size by powers of ten: scaled, the normal equations stay solvable.
    terms /= np.sqrt((terms**2).sum(axis=1, keepdims=True))
    moments = np.swapaxes(terms, 1, 2) @ terms + 1e-12 * np.eye(4)
    target = np.swapaxes(terms, 1, 2) @ line
    explained = (target * np.linalg.solve(moments, target[..., None])[..., 0]).sum(axis=1)
    chosen: list[int] = []
    for place in np.argsort(-explained):
        if nodes[1, place] not in nodes[1, chosen]:
            chosen.append(int(place))
        if len(chosen) == given.starts:
            break
    return [nodes[:, place] for place in chosen]


def _linear(place: Floats, line: Floats) -> tuple[Floats, float]:
    """Return A, B, C1, C2 of least squares at (tc, m, w) and the sum of squared residuals."""
    terms = _terms(place[:, None], len(line))[0]
    found = np.linalg.lstsq(terms, line, rcond=None)[0]
    rest = line - terms @ found
    return found, float(rest @ rest)


def _error(place: Floats, line: Floats) -> float:
    """Return the sum of squared residuals at (tc, m, w), out of reach where there is none."""
    critical, power, frequency = place
    if critical <= len(line) - 1 + 1e-6 or abs(power) > 3.0 or not 0.1 < frequency < 50.0:
        return OUT_OF_REACH
    return _linear(place, line)[1]


def _faults(
    place: tuple[float, float, float, float, float], count: int, given: LogPeriodicSettings
) -> tuple[Fault, ...]:
    """Return the filters that (tc, m, w, B, |C|) does not pass."""
    critical, power, frequency, trend, swing = place
    checks: tuple[tuple[Fault, bool], ...] = (
        ("critical_time", not given.nearest <= critical - (count - 1) <= given.reach * count),
        ("power", not given.power[0] <= power <= given.power[1]),
        ("frequency", not given.frequency[0] <= frequency <= given.frequency[1]),
        ("no_bubble", trend >= 0.0),
        ("damping", power * abs(trend) < given.damping * frequency * swing),
    )
    return tuple(code for code, failed in checks if failed)


def _day(prices: pd.Series[float], critical: float) -> date:
    """Return the calendar day of a critical time, by the mean spacing of the prices."""
    first, last = guard.day_of(prices.index[0]), guard.day_of(prices.index[-1])
    spacing = (last - first).days / (len(prices) - 1)
    return first + timedelta(days=round(critical * spacing))
