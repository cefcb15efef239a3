"""M1: probabilities of falls, bear markets and levels by filtered historical simulation.

Question: how likely is each event of ``events`` within a horizon, given today's volatility and
drawdown? Paths come from a GJR-GARCH(1,1) fitted on each estimation window, with the window's
own standardised residuals and the drift of the whole history (M1a), and again with the first
day's variance half taken from the VIX (M1b). Beside them stand the rate of the event after
month ends like this one (M1e) and paths under drawn parameters (M1g); ``path_tables`` pools them.
Sources: Barone-Adesi, Giannopoulos and Vosper (1999); Glosten, Jagannathan and Runkle (1993).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models.arrays import FloatArray
from reportgen.models.conditional_climatology import ConditionalRate, conditional_rates
from reportgen.models.events import BEAR, DRAWDOWNS, log_bound
from reportgen.models.history import TRADING_YEAR, closes_until, log_returns
from reportgen.models.market_state import state_history
from reportgen.models.parameter_draws import SPEC as DRAWS
from reportgen.models.parameter_draws import DrawnPaths, drawn_fits, drawn_paths
from reportgen.models.path_summary import PathSummary, combine, summarise
from reportgen.models.simulation import path_chunks, process_of
from reportgen.models.spec import ModelSpec, generator
from reportgen.models.vix_blend import VixBlend, vix_blend
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
        pooled: whether it enters the point estimate, or the interval only.
        blended: whether the first day's variance is half the VIX's; without a VIX the window
            is left out.
    """

    id: str
    returns: int | None
    pooled: bool = True
    blended: bool = False


# The five- and twenty-year windows are in the interval because the other two can lie within a
# point of each other while the choice of window still moves the figure by six.
WINDOWS = (
    Window("10y", 2_520),
    Window("all", None),
    Window("5y", 1_260, pooled=False),
    Window("20y", 5_040, pooled=False),
    Window("10y-vix", 2_520, blended=True),
    Window("all-vix", None, blended=True),
)


@dataclass(frozen=True)
class PathSettings:
    """How a run is made.

    Args:
        paths: simulated paths of each pooled window.
        spread_paths: simulated paths of each window that enters the interval only.
        draws: parameter draws a history window for the interval; none leaves it to the windows.
        draw_paths: simulated paths a draw.
        horizons: horizons in trading days.
        end_days: trading days to the stated end of the forecast, or None.
        windows: estimation windows; at least one is pooled.
    """

    paths: int = 200_000
    spread_paths: int = 50_000
    draws: int = 40
    draw_paths: int = 2_000
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

    @property
    def log_peak(self) -> float:
        """Log ratio of the peak to the close, zero or more."""
        return float(np.log(self.peak / self.close))

    def already(self, event: str) -> bool:
        """Return whether a drawdown event holds at the start, so that its onset is past."""
        depths = {each.id: each.depth for each in DRAWDOWNS}
        return event in depths and np.log(self.close / self.peak) <= log_bound(depths[event])


@dataclass(frozen=True)
class Implied:
    """Series that say what option prices hold, each on a DatetimeIndex, or None.

    Args:
        vix: daily closes of the VIX, per cent a year.
        weekly_vix: its last close of each week, for the time before the daily ones.
        reference: daily closes of the S&P 500, on which the VIX is written.
    """

    vix: pd.Series[float] | None = None
    weekly_vix: pd.Series[float] | None = None
    reference: pd.Series[float] | None = None


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
        windows: the simulated windows.
        blend: what the VIX says of the next day's variance, or None.
        conditional: rate of each event after month ends like this one, by event and horizon.
        drawn: paths under drawn parameters, for the interval; empty when none were asked for.
        diagnostics: short codes, those of a window as ``code:window``.
    """

    spec: ModelSpec
    start: StartState
    horizons: tuple[int, ...]
    end_days: int | None
    windows: tuple[WindowRun, ...]
    blend: VixBlend | None
    conditional: Mapping[tuple[str, int], ConditionalRate]
    drawn: tuple[DrawnPaths, ...] = field(repr=False)
    diagnostics: tuple[str, ...]

    @property
    def pooled(self) -> tuple[WindowRun, ...]:
        """The windows that make the point estimate."""
        return tuple(run for run in self.windows if run.window.pooled)

    @property
    def beside(self) -> tuple[WindowRun, ...]:
        """The windows that enter the interval only."""
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
    implied: Implied | None = None,
) -> PathEvents:
    """Simulate the paths of a price series from the as-of date.

    Args:
        closes: daily closes on a DatetimeIndex, at least 1,001 up to ``as_of``; later ones
            are not looked at.
        as_of: last day that may be used; with the specification it fixes the random draws.
        settings: paths, horizons and windows.
        spec: identity under which the draws are made; another series needs another id.
        implied: what option prices say; without it the blended windows are left out.

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
    given = implied or Implied()
    states = state_history(history, as_of, given.vix, given.weekly_vix)
    blend, codes = vix_blend(history, states.vix, _until(given.reference, as_of))
    fits = _fits(chosen.windows, log_returns(history))
    runs, more = _runs(fits, start, chosen, blend, generator(as_of, spec))
    drawn, rejected = _drawn(fits, start, chosen, blend, as_of)
    return PathEvents(
        spec=spec,
        start=start,
        horizons=chosen.all_horizons,
        end_days=chosen.end_days,
        windows=runs,
        blend=blend,
        conditional=conditional_rates(history, states, _longest(fits), chosen.all_horizons),
        drawn=drawn,
        diagnostics=(*codes, *more, *rejected),
    )


def _check(settings: PathSettings) -> None:
    if not any(window.pooled and not window.blended for window in settings.windows):
        raise DataError("The path settings hold no pooled window.")
    if not settings.all_horizons or settings.all_horizons[0] < 1:
        raise DataError("The path settings need horizons of at least one trading day.")


def _until(values: pd.Series[float] | None, as_of: date) -> pd.Series[float] | None:
    return None if values is None or values.empty else closes_until(values, as_of, minimum=1)


def _fits(
    windows: tuple[Window, ...], returns: FloatArray
) -> dict[int | None, tuple[VolatilityFit, FloatArray]]:
    """Return the fit of each length of history, with the returns it was fitted on, per cent.

    A length beyond the history is fitted on all of it when it is pooled, else left out.
    """
    found: dict[int | None, tuple[VolatilityFit, FloatArray]] = {}
    for window in windows:
        long = window.returns is not None and window.returns > returns.size
        if window.returns in found or (long and not window.pooled):
            continue
        used = 100.0 * (returns if window.returns is None else returns[-window.returns :])
        same = next((fit for fit, other in found.values() if other.size == used.size), None)
        found[window.returns] = (fit_gjr(used) if same is None else same, used)
    return found


def _longest(fits: Mapping[int | None, tuple[VolatilityFit, FloatArray]]) -> VolatilityFit:
    return max((fit for fit, _ in fits.values()), key=lambda fit: fit.observations)


def _runs(
    fits: Mapping[int | None, tuple[VolatilityFit, FloatArray]],
    start: StartState,
    settings: PathSettings,
    blend: VixBlend | None,
    random: np.random.Generator,
) -> tuple[tuple[WindowRun, ...], tuple[str, ...]]:
    """Return the runs of the windows that can be run, and what is unusual about them."""
    runs: list[WindowRun] = []
    codes: list[str] = []
    for window, child in zip(settings.windows, random.spawn(len(settings.windows)), strict=True):
        if window.blended and blend is None:
            continue
        if window.returns is not None and window.returns > start.returns:
            codes.append(f"{SHORTENED if window.pooled else LEFT_OUT}:{window.id}")
        if window.returns not in fits:
            continue
        fit = fits[window.returns][0]
        codes += [f"{code}:{window.id}" for code in fit.diagnostics]
        if window.blended and blend is not None:
            fit = replace(fit, next_variance=blend.blended(fit.next_variance))
        runs.append(_run_window(window, fit, start, settings, child))
    return tuple(runs), tuple(codes)


def _run_window(
    window: Window,
    fit: VolatilityFit,
    start: StartState,
    settings: PathSettings,
    random: np.random.Generator,
) -> WindowRun:
    horizons = settings.all_horizons
    paths = settings.paths if window.pooled else settings.spread_paths
    chunks = path_chunks(process_of(fit, start.drift), horizons[-1], paths, random)
    summary = combine(
        summarise(chunk, horizons, start.log_peak, in_bear=start.in_bear) for chunk in chunks
    )
    return WindowRun(window=window, fit=fit, summary=summary)


def _drawn(
    fits: Mapping[int | None, tuple[VolatilityFit, FloatArray]],
    start: StartState,
    settings: PathSettings,
    blend: VixBlend | None,
    as_of: date,
) -> tuple[tuple[DrawnPaths, ...], tuple[str, ...]]:
    """Return the paths under drawn parameters of every window length; every second one blended."""
    drawn: list[DrawnPaths] = []
    codes: list[str] = []
    plain = [one for one in settings.windows if not one.blended and one.returns in fits]
    children = generator(as_of, DRAWS).spawn(2 * len(plain))
    for number, window in enumerate(plain if settings.draws else []):
        fit, used = fits[window.returns]
        made, problems = drawn_fits(fit, used, settings.draws, children[2 * number])
        codes += [f"{code}:{window.id}" for code in problems]
        if blend is not None:
            made = tuple(
                replace(one, next_variance=blend.blended(one.next_variance)) if odd % 2 else one
                for odd, one in enumerate(made)
            )
        drawn += drawn_paths(
            window.id,
            made,
            start.drift,
            settings.all_horizons,
            start.log_peak,
            settings.draw_paths,
            children[2 * number + 1],
        )
    return tuple(drawn), tuple(codes)
