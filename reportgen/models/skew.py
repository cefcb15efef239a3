"""M4: what the SKEW index says about the tail, and how far it may be called a probability."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import norm

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.skew_history import (
    Rank,
    RealisedRecord,
    SkewSettings,
    percentile,
    realised_record,
)
from reportgen.models.skew_precursor import PrecursorRecord, precursor_record
from reportgen.models.spec import ModelSpec

State = Literal["low", "normal", "high", "extreme"]
Validity = Literal["probability", "convention", "impossible"]

SPEC = ModelSpec(
    id="M4",
    version="1.2",
    inputs=("skew", "vix", "skew_weekly", "vix_weekly", "sp500", "nasdaq_composite"),
    references=(
        "Cboe (2010), The CBOE Skew Index, p. 8",
        "Mercadier, Strobel (2021), European Journal of Operational Research 295",
        "Cantelli (1928), Sui confini della probabilita",
    ),
)

LOWEST, HIGHEST = 98.0, 250.0
"""Readings the model accepts. The index has stood between 101 and 184 since 1990; below 98
the table's line for three deviations turns negative."""

_TABLE = {2: (0.0230, 0.0027), 3: (0.0015, (0.0281 - 0.0015) / 45)}
"""Probability at SKEW 100 and slope per point of Cboe's table, by deviations."""


@dataclass(frozen=True)
class SkewInputs:
    """The series the model reads, all ending at the as-of date.

    Args:
        skew, vix: daily closes, index points.
        skew_weekly, vix_weekly: last value of each week, since 1990.
        sp500: daily closes, index points, as far back as there are.
        outcomes: ``skew_precursor.flash_outcomes`` of the Nasdaq Composite; ``None`` when its
            closes are not there.
    """

    skew: pd.Series[float]
    vix: pd.Series[float]
    skew_weekly: pd.Series[float]
    vix_weekly: pd.Series[float]
    sp500: pd.Series[float]
    outcomes: pd.Series[bool] | None = None


@dataclass(frozen=True)
class SkewResult:
    """The reading of the day; probabilities and shares from 0 to 1, S&P 500, 30 days.

    Args:
        day: day of the SKEW reading; ``vix`` is the last one up to it.
        state: ``low``, ``normal``, ``high`` or ``extreme``.
        diverging: SKEW high while VIX is low.
        skewness: implied skewness, (100 - SKEW) / 10.
        table_two, table_three: risk-neutral probability of a fall beyond 2 and 3 deviations
            by Cboe's table; ``series_two``, ``series_three`` by the Gram-Charlier series.
        normal_two: the same tail of the normal law.
        cantelli_bound, unimodal_bound: largest tail beyond 2 deviations of any law, of any
            law with one mode; ``cantelli_at``, ``unimodal_at``: SKEW at which the series
            reaches them.
        negative_mass: probability the series takes below zero somewhere to give that tail.
        validity: ``probability`` up to the unimodal bound, ``convention`` up to Cantelli's,
            ``impossible`` above.
        rank_long, rank_recent: percentile in the weekly history and in the recent daily one.
        alert_share: share of recent days with SKEW at or above the alert.
        record_weekly, record_daily: realised falls by weekly and by daily origins.
        precursor: ``None`` when no outcomes were given.
        diagnostics: ``vix_older``, ``outcomes_missing``.
    """

    day: date
    skew: float
    vix: float
    state: State
    diverging: bool
    skewness: float
    table_two: float
    table_three: float
    series_two: float
    series_three: float
    normal_two: float
    cantelli_bound: float
    cantelli_at: float
    unimodal_bound: float
    unimodal_at: float
    negative_mass: float
    validity: Validity
    rank_long: Rank
    rank_recent: Rank
    alert_share: float
    record_weekly: RealisedRecord
    record_daily: RealisedRecord
    precursor: PrecursorRecord | None
    diagnostics: tuple[str, ...]


def implied_skewness(skew: float) -> float:
    """Return the skewness the index stands for: (100 - SKEW) / 10 (Cboe 2010)."""
    return (100.0 - guard.within(skew, LOWEST, HIGHEST, "SKEW")) / 10.0


def table_probability(skew: float, deviations: int = 2) -> float:
    """Return the risk-neutral tail probability by Cboe's table, its line continued.

    Args:
        skew: index points, 98 to 250.
        deviations: 2 or 3 below the mean.
    """
    if deviations not in _TABLE:
        raise DataError(f"Cboe's table knows 2 and 3 deviations, not {deviations}.")
    start, slope = _TABLE[deviations]
    return start + slope * (guard.within(skew, LOWEST, HIGHEST, "SKEW") - 100.0)


def gram_charlier_tail(skew: float, deviations: float = 2.0) -> float:
    """Return P(Z < -k) of the third-order series: N(-k) - (S/6) n(k) (k^2 - 1)."""
    k = guard.positive(deviations, "The number of deviations")
    tilt = implied_skewness(skew) / 6.0 * norm.pdf(k) * (k * k - 1.0)
    return float(norm.cdf(-k) - tilt)


def skew_reaching(probability: float, deviations: float = 2.0) -> float:
    """Return the SKEW at which the series gives ``probability``; it may lie off the scale."""
    k = guard.positive(deviations, "The number of deviations")
    per_point = norm.pdf(k) * (k * k - 1.0) / 60.0
    return float(100.0 + (probability - norm.cdf(-k)) / per_point)


def cantelli_bound(deviations: float) -> float:
    """Return the largest P(Z < -k) of any law: 1 / (1 + k^2)."""
    return 1.0 / (1.0 + guard.positive(deviations, "The number of deviations") ** 2)


def unimodal_bound(deviations: float) -> float:
    """Return the largest P(Z < -k) of any law with one mode (one-sided Vysochanskij-Petunin).

    4 / (9 (1 + k^2)) for k^2 >= 5/3, else (3 - k^2) / (3 (1 + k^2)); Mercadier, Strobel 2021.
    """
    square = guard.positive(deviations, "The number of deviations") ** 2
    return max(4.0 / (9.0 * (1.0 + square)), (3.0 - square) / (3.0 * (1.0 + square)))


def negative_mass(skewness: float) -> float:
    """Return how much probability the Gram-Charlier density takes below zero (0 or more).

    The density n(z) (1 + S/6 (z^3 - 3z)) integrates to N(z) - (S/6) (z^2 - 1) n(z), so the
    mass between its roots is exact.
    """
    tilt = guard.finite(skewness, "The skewness") / 6.0
    if tilt == 0.0:
        return 0.0
    roots = np.roots([tilt, 0.0, -3.0 * tilt, 1.0])
    real = np.sort(roots[np.abs(roots.imag) < 1e-9].real)
    edges = np.concatenate(([-np.inf], real, [np.inf]))
    finite = np.where(np.isfinite(edges), edges, 0.0)
    below = norm.cdf(edges) - tilt * (finite**2 - 1.0) * norm.pdf(edges)
    return float(-np.minimum(np.diff(below), 0.0).sum())


def skew_state(skew: float, settings: SkewSettings | None = None) -> State:
    """Return ``low``, ``normal``, ``high`` or ``extreme``; a bound belongs to the higher one."""
    rules = settings or SkewSettings()
    value = guard.within(skew, LOWEST, HIGHEST, "SKEW")
    if value < rules.low:
        return "low"
    if value < rules.high:
        return "normal"
    return "high" if value < rules.extreme else "extreme"


def evaluate(inputs: SkewInputs, settings: SkewSettings | None = None) -> SkewResult:
    """Return the day's SKEW with table probability, bounds, percentiles and record.

    Raises:
        DataError: a series is empty, unordered, not finite or off the scale.
    """
    rules = settings or SkewSettings()
    skew = guard.series(inputs.skew, "skew")
    recent = skew.loc[pd.Timestamp(rules.recent_since) :]
    vix = guard.positive_series(inputs.vix, "vix").loc[: skew.index[-1]]
    weekly_vix = guard.positive_series(inputs.vix_weekly, "vix_weekly")
    weekly_skew = guard.series(inputs.skew_weekly, "skew_weekly")
    if recent.empty or vix.empty:
        raise DataError("Series skew or vix has no value in the recent history.")
    value, calm = float(skew.iloc[-1]), float(vix.iloc[-1]) < rules.calm_vix
    missing = inputs.outcomes is None
    notes = (("vix_older", vix.index[-1] < skew.index[-1]), ("outcomes_missing", missing))
    return SkewResult(
        day=guard.day_of(skew.index[-1]),
        skew=value,
        vix=float(vix.iloc[-1]),
        state=skew_state(value, rules),
        diverging=calm and value >= rules.high,
        skewness=implied_skewness(value),
        table_two=table_probability(value, 2),
        table_three=table_probability(value, 3),
        series_two=gram_charlier_tail(value, 2.0),
        series_three=gram_charlier_tail(value, 3.0),
        normal_two=float(norm.cdf(-2.0)),
        cantelli_bound=cantelli_bound(2.0),
        cantelli_at=skew_reaching(cantelli_bound(2.0)),
        unimodal_bound=unimodal_bound(2.0),
        unimodal_at=skew_reaching(unimodal_bound(2.0)),
        negative_mass=negative_mass(implied_skewness(value)),
        validity=_validity(table_probability(value, 2)),
        rank_long=percentile(weekly_skew, value, "skew_weekly"),
        rank_recent=percentile(recent, value, "skew"),
        alert_share=float((recent >= rules.alert).mean()),
        record_weekly=realised_record(inputs.sp500, weekly_vix, weekly_skew, rules),
        record_daily=realised_record(inputs.sp500, inputs.vix, skew, rules),
        precursor=None
        if inputs.outcomes is None
        else precursor_record(weekly_skew, weekly_vix, inputs.outcomes, rules),
        diagnostics=tuple(code for code, present in notes if present),
    )


def _validity(probability: float) -> Validity:
    if probability <= unimodal_bound(2.0):
        return "probability"
    return "convention" if probability <= cantelli_bound(2.0) else "impossible"
