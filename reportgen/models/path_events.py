"""M1a: probabilities of falls, bear markets and levels by filtered historical simulation.

Question: how likely is each event of ``events`` within a horizon, given today's volatility and
drawdown? Paths come from a GJR-GARCH(1,1) fitted on each estimation window, with the window's
own standardised residuals and the drift of the whole history.
Sources: Barone-Adesi, Giannopoulos and Vosper (1999); Glosten, Jagannathan and Runkle (1993).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models.arrays import FloatArray
from reportgen.models.events import BEAR, DRAWDOWNS, log_bound
from reportgen.models.history import TRADING_YEAR, closes_until, log_returns
from reportgen.models.path_summary import PathSummary, combine, summarise
from reportgen.models.simulation import path_chunks, process_of
from reportgen.models.spec import ModelSpec, generator
from reportgen.models.volatility import MINIMUM_RETURNS, VolatilityFit, fit_gjr

SPEC = ModelSpec(
    id="M1a",
    version="1",
    inputs=("nasdaq_composite",),
    references=(
        "Barone-Adesi, Giannopoulos and Vosper (1999), Journal of Futures Markets 19, 583-602",
        "Glosten, Jagannathan and Runkle (1993), Journal of Finance 48, 1779-1801",
    ),
)
SHORTENED = "window_shortened"
LEFT_OUT = "window_left_out"


@dataclass(frozen=True)
class Window:
    """An estimation window.

    Args:
        id: short name, for example ``"10y"``.
        returns: number of daily returns, or None for the whole history.
        pooled: whether it enters the point estimate, or widens the spread only.
    """

    id: str
    returns: int | None
    pooled: bool = True


# The five- and twenty-year windows are in the spread because the other two can lie within a
# point of each other while the choice of window still moves the figure by six.
WINDOWS = (
    Window("10y", 2_520),
    Window("all", None),
    Window("5y", 1_260, pooled=False),
    Window("20y", 5_040, pooled=False),
)


@dataclass(frozen=True)
class PathSettings:
    """How a run is made.

    Args:
        paths: simulated paths of each pooled window.
        spread_paths: simulated paths of each window that widens the spread only.
        horizons: horizons in trading days.
        end_days: trading days to the stated end of the forecast, or None.
        windows: estimation windows; at least one is pooled.
    """

    paths: int = 200_000
    spread_paths: int = 50_000
    horizons: tuple[int, ...] = (21, 63, 126, TRADING_YEAR)
    end_days: int | None = None
    windows: tuple[Window, ...] = WINDOWS

    @property
    def all_horizons(self) -> tuple[int, ...]:
        """The horizons and the stated end, increasing and distinct."""
        end = () if self.end_days is None else (self.end_days,)
        return tuple(sorted({*self.horizons, *end}))


@dataclass(frozen=True)
class StartState:
    """Where the index stands on the as-of date.

    Args:
        as_of: day of the last close used.
        close: that close, in the unit of the series.
        peak: highest close of the last 252 trading days and that day.
        drawdown: close / peak - 1, zero or negative, unit 1.
        in_bear: whether the drawdown is 20 % or more already.
        drift: mean log return a day over the whole history, unit 1.
        returns: number of daily returns in the history.
        first_day: first day of the history.
    """

    as_of: date
    close: float
    peak: float
    drawdown: float
    in_bear: bool
    drift: float
    returns: int
    first_day: date

    def already(self, event: str) -> bool:
        """Return whether a drawdown event holds at the start, so that its onset is past."""
        depths = {each.id: each.depth for each in DRAWDOWNS}
        return event in depths and np.log(self.close / self.peak) <= log_bound(depths[event])


@dataclass(frozen=True)
class WindowRun:
    """The fit and the simulated paths of one window."""

    window: Window
    fit: VolatilityFit
    summary: PathSummary = field(repr=False)

    @property
    def annual_volatility(self) -> float:
        """Volatility of the next day, annualised by the square root of 252, unit 1."""
        return float(np.sqrt(self.fit.next_variance * TRADING_YEAR)) / 100.0


@dataclass(frozen=True)
class PathEvents:
    """A run of M1a: start state, windows and diagnostics.

    Figures are read from it by the functions of ``path_tables`` and ``path_shapes``.

    Args:
        horizons: horizons in trading days, with the stated end among them.
        end_days: the stated end in trading days, or None.
        diagnostics: short codes, those of a window as ``code:window``.
    """

    spec: ModelSpec
    start: StartState
    horizons: tuple[int, ...]
    end_days: int | None
    windows: tuple[WindowRun, ...]
    diagnostics: tuple[str, ...]

    @property
    def pooled(self) -> tuple[WindowRun, ...]:
        """The windows that make the point estimate."""
        return tuple(run for run in self.windows if run.window.pooled)

    @property
    def beside(self) -> tuple[WindowRun, ...]:
        """The windows that widen the spread only."""
        return tuple(run for run in self.windows if not run.window.pooled)


def start_state(closes: pd.Series[float], as_of: date) -> StartState:
    """Return where a price series stands on the as-of date.

    Raises:
        DataError: fewer than 1,001 closes, or one that is no number above zero.
    """
    history = closes_until(closes, as_of, minimum=MINIMUM_RETURNS + 1)
    close = float(history.iloc[-1])
    peak = float(history.iloc[-(TRADING_YEAR + 1) :].max())
    return StartState(
        as_of=history.index[-1].date(),
        close=close,
        peak=peak,
        drawdown=close / peak - 1.0,
        in_bear=bool(np.log(close / peak) <= log_bound(BEAR.depth)),
        drift=float(log_returns(history).mean()),
        returns=len(history) - 1,
        first_day=history.index[0].date(),
    )


def path_events(
    closes: pd.Series[float],
    as_of: date,
    settings: PathSettings | None = None,
    spec: ModelSpec = SPEC,
) -> PathEvents:
    """Simulate the paths of a price series from the as-of date.

    Args:
        closes: daily closes on a DatetimeIndex, at least 1,001 up to ``as_of``; later ones
            are not looked at.
        as_of: last day that may be used; with the specification it fixes the random draws.
        settings: paths, horizons and windows.
        spec: identity under which the draws are made; another series needs another id.

    Returns:
        The run; the same inputs give the same bytes.

    Raises:
        DataError: history too short, a value that is no number above zero, no variation, or
            settings that leave no pooled window.
    """
    chosen = settings or PathSettings()
    _check(chosen)
    history = closes_until(closes, as_of, minimum=MINIMUM_RETURNS + 1)
    start = start_state(history, as_of)
    returns = log_returns(history)
    children = generator(as_of, spec).spawn(len(chosen.windows))
    runs: list[WindowRun] = []
    codes: list[str] = []
    for window, child in zip(chosen.windows, children, strict=True):
        short = window.returns is not None and window.returns > start.returns
        if short:
            codes.append(f"{SHORTENED if window.pooled else LEFT_OUT}:{window.id}")
        if short and not window.pooled:
            continue
        run = _run_window(window, returns, start, chosen, child)
        codes += [f"{code}:{window.id}" for code in run.fit.diagnostics]
        runs.append(run)
    return PathEvents(
        spec=spec,
        start=start,
        horizons=chosen.all_horizons,
        end_days=chosen.end_days,
        windows=tuple(runs),
        diagnostics=tuple(codes),
    )


def _check(settings: PathSettings) -> None:
    if not any(window.pooled for window in settings.windows):
        raise DataError("The path settings hold no pooled window.")
    if not settings.all_horizons or settings.all_horizons[0] < 1:
        raise DataError("The path settings need horizons of at least one trading day.")


def _run_window(
    window: Window,
    returns: FloatArray,
    start: StartState,
    settings: PathSettings,
    random: np.random.Generator,
) -> WindowRun:
    used = returns if window.returns is None else returns[-window.returns :]
    fit = fit_gjr(100.0 * used)
    horizons = settings.all_horizons
    paths = settings.paths if window.pooled else settings.spread_paths
    peak = float(np.log(start.peak / start.close))
    chunks = path_chunks(process_of(fit, start.drift), horizons[-1], paths, random)
    summary = combine(summarise(chunk, horizons, peak, in_bear=start.in_bear) for chunk in chunks)
    return WindowRun(window=window, fit=fit, summary=summary)
