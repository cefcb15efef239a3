"""Reliability diagrams: what came beside what was stated, with the band of a calibrated forecast.

The band answers: where would the points lie if every stated probability were right? Outcomes
are drawn anew from the stated probabilities and treated as the real ones were. Forecasts whose
windows overlap do not come true independently: with ``overlap`` origins to a window, as many
neighbours share one draw, which widens the variance of a share by that factor, as the
triangular correlation of overlapping windows does. Sources: Broecker and Smith (2007), Weather
and Forecasting 22 (consistency bars); Dimitriadis, Gneiting, Jordan (2021), Proceedings of the
National Academy of Sciences 118 (CORP).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.scores import checks
from reportgen.scores.bins import BINS, THIN, isotonic, isotonic_fit, quantile_bins
from reportgen.scores.checks import BoolArray, CountArray, FloatArray
from reportgen.scores.diagnostics import THIN_BINS, outcome_codes

LEVEL = 0.9
DRAWS = 1000
_ROUNDING = 1e-12


@dataclass(frozen=True)
class ReliabilityPoint:
    """A point of the diagram: forecasts of one bin or of one value.

    Args:
        forecasts: number of forecasts.
        lowest, highest: least and greatest forecast of the point, 0 to 1.
        forecast: mean forecast, 0 to 1.
        frequency: share of events, or the isotonic fit to it, 0 to 1.
        low, high: band of ``frequency`` were the forecasts calibrated, 0 to 1.
    """

    forecasts: int
    lowest: float
    highest: float
    forecast: float
    frequency: float
    low: float
    high: float

    @property
    def consistent(self) -> bool:
        """Whether the frequency lies within the band, its bounds included."""
        return self.low - _ROUNDING <= self.frequency <= self.high + _ROUNDING


@dataclass(frozen=True)
class Reliability:
    """The points of a diagram from the lowest forecast to the highest.

    Args:
        points: bins or values in rising order.
        forecasts: number of forecasts.
        events: number of events.
        consistent_share: share of forecasts whose point lies within the band.
        p_value: chance of a distance from the diagonal at least as great were the forecasts
            calibrated; the distance is the mean squared one (bins) or the miscalibration (curve).
        level: coverage of the band at each point by itself.
        draws: number of resamples behind it.
        overlap: origins to a window that the band allows for.
        diagnostics: codes of ``diagnostics``.
    """

    points: tuple[ReliabilityPoint, ...]
    forecasts: int
    events: int
    consistent_share: float
    p_value: float
    level: float
    draws: int
    overlap: int
    diagnostics: tuple[str, ...]


@dataclass(frozen=True)
class BandPlan:
    """How the band is drawn.

    Args:
        level: coverage at each point, between 0 and 1.
        draws: number of resamples, at least 100.
        overlap: forecasts in a row whose outcomes share a window: the horizon in origins, 1 for
            windows side by side. Above 1 the forecasts must be given in the order of time.
    """

    level: float = LEVEL
    draws: int = DRAWS
    overlap: int = 1

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be carried out."""
        checks.share(self.level, "The level of the band")
        checks.at_least(self.draws, 100, "The number of resamples")
        checks.at_least(self.overlap, 1, "The overlap of the forecasts")


_PLAN = BandPlan()


def reliability_by_bins(
    forecast: npt.ArrayLike,
    outcome: npt.ArrayLike,
    generator: np.random.Generator,
    bins: int = BINS,
    plan: BandPlan = _PLAN,
) -> Reliability:
    """Return observed shares in bins of like numbers of forecasts, with their band.

    Args:
        forecast: probabilities, shape (n,).
        outcome: 1 where the event came, else 0, shape (n,).
        generator: source of the resamples.
        bins: greatest number of bins; equal forecasts are never parted.
        plan: level, number of resamples, overlap.

    Raises:
        DataError: no forecast, other lengths, a value outside its range.
    """
    stated = checks.probabilities(forecast)
    came = checks.outcomes(outcome, stated.size)
    place = quantile_bins(stated, bins)
    counts = np.bincount(place)
    means = np.bincount(place, weights=stated) / counts
    shares = np.bincount(place, weights=came) / counts
    drawn = np.empty((plan.draws, counts.size))
    for line, again in zip(drawn, calibrated_outcomes(stated, generator, plan), strict=True):
        line[:] = np.bincount(place, weights=again) / counts
    distances = (drawn - means) ** 2 @ counts
    points = _points(stated, place, shares, _bounds(drawn, plan.level))
    codes = outcome_codes(came) + (THIN_BINS,) * bool(counts.min() < THIN)
    distance = float(counts @ (shares - means) ** 2)
    return _result(points, came, _exceeding(distances, distance), plan, codes)


def reliability_curve(
    forecast: npt.ArrayLike,
    outcome: npt.ArrayLike,
    generator: np.random.Generator,
    plan: BandPlan = _PLAN,
) -> Reliability:
    """Return the isotonic (CORP) reliability curve, a point for each different forecast.

    Arguments and errors as of ``reliability_by_bins``. The curve needs no choice of bins and
    never falls; its band is that of the same fit to resampled outcomes.
    """
    stated = checks.probabilities(forecast)
    came = checks.outcomes(outcome, stated.size)
    fit = isotonic_fit(stated, came)
    drawn = np.empty((plan.draws, fit.values.size))
    saved = np.empty(plan.draws)
    for index, again in enumerate(calibrated_outcomes(stated, generator, plan)):
        drawn[index] = isotonic(np.bincount(fit.place, weights=again) / fit.counts, fit.counts)
        saved[index] = _saving(stated, drawn[index][fit.place], again)
    points = _points(stated, fit.place, fit.fitted, _bounds(drawn, plan.level))
    saving = _saving(stated, fit.each(), came)
    return _result(points, came, _exceeding(saved, saving), plan, outcome_codes(came))


def calibrated_outcomes(
    stated: FloatArray, generator: np.random.Generator, plan: BandPlan
) -> BoolArray:
    """Return outcomes drawn from the stated probabilities, shape (plan.draws, n).

    Each forecast's outcome comes with its stated probability. Runs of ``plan.overlap``
    neighbours share a draw; where the runs begin is drawn too. Without overlap the forecasts
    are taken by size, so that their order is of no account.
    """
    count, overlap = stated.size, plan.overlap
    if overlap == 1:
        drawn = np.empty((plan.draws, count), dtype=np.bool_)
        order = np.argsort(stated, kind="stable")
        drawn[:, order] = generator.random((plan.draws, count)) < stated[order]
        return drawn
    begins = generator.integers(0, overlap, size=(plan.draws, 1))
    runs = (np.arange(count) + begins) // overlap
    shared = generator.random((plan.draws, count // overlap + 2))
    return np.asarray(np.take_along_axis(shared, runs, axis=1) < stated)


def _saving(stated: FloatArray, fitted: FloatArray, came: BoolArray) -> float:
    return float(np.mean((stated - came) ** 2 - (fitted - came) ** 2))


def _bounds(drawn: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Return the band, shape (k,) each, its bounds among the drawn values and never too narrow."""
    tail = (1.0 - level) / 2.0
    low = np.quantile(drawn, tail, axis=0, method="lower")
    return low, np.quantile(drawn, 1.0 - tail, axis=0, method="higher")


def _exceeding(drawn: FloatArray, seen: float) -> float:
    """Return the share of draws at least as far off, the observation counted as one of them."""
    return (1 + int(np.sum(drawn >= seen - _ROUNDING))) / (drawn.size + 1)


def _points(
    stated: FloatArray,
    place: CountArray,
    shares: FloatArray,
    bounds: tuple[FloatArray, FloatArray],
) -> tuple[ReliabilityPoint, ...]:
    counts = np.bincount(place)
    means = np.bincount(place, weights=stated) / counts
    parted = np.split(np.sort(stated), np.cumsum(counts)[:-1])
    return tuple(
        ReliabilityPoint(
            int(counts[index]),
            float(own[0]),
            float(own[-1]),
            float(means[index]),
            float(shares[index]),
            float(bounds[0][index]),
            float(bounds[1][index]),
        )
        for index, own in enumerate(parted)
    )


def _result(
    points: tuple[ReliabilityPoint, ...],
    came: BoolArray,
    p_value: float,
    plan: BandPlan,
    codes: tuple[str, ...],
) -> Reliability:
    inside = sum(point.forecasts for point in points if point.consistent)
    return Reliability(
        points=points,
        forecasts=came.size,
        events=int(came.sum()),
        consistent_share=inside / came.size,
        p_value=p_value,
        level=plan.level,
        draws=plan.draws,
        overlap=plan.overlap,
        diagnostics=codes,
    )
