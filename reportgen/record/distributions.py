"""How good the quantiles of the record were: CRPS, coverage and where the values fell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from reportgen.record.events import Value
from reportgen.record.history import Account
from reportgen.record.horizons import HORIZONS, horizon_class
from reportgen.record.scoreboard import ALL, FORECASTERS
from reportgen.record.statement import Forecaster, Quantiles
from reportgen.scores import (
    ConditionalCoverage,
    PitHistogram,
    UnconditionalCoverage,
    christoffersen,
    kupiec,
    mean_skill,
    pit_histogram,
)


@dataclass(frozen=True)
class DistributionScore:
    """Scores of one forecaster's quantiles.

    Args:
        forecaster: who.
        horizon: trading days, or ``ALL``.
        statements: how many are scored.
        skill: 1 - CRPS / CRPS of climatology, each in units of climatology's interquartile
            range, so that markets count alike; ``None`` when climatology made no error.
        wide, narrow: share of values within the outer and the inner pair of quantiles.
        stated_wide, stated_narrow: what those pairs promise.
        coverage: test of the outer pair.
        pit: where the values fell, in cells that end at the quantiles.
    """

    forecaster: Forecaster
    horizon: int
    statements: int
    skill: float | None
    wide: float
    narrow: float
    stated_wide: float
    stated_narrow: float
    coverage: UnconditionalCoverage
    pit: PitHistogram


def distribution_scores(found: Iterable[Account]) -> tuple[DistributionScore, ...]:
    """Return the scores by forecaster and horizon, each with at least one statement."""
    held = tuple(one for one in found if one.decided and isinstance(one.statement.event, Value))
    rows = []
    for forecaster in FORECASTERS:
        own = [one for one in held if one.statement.forecaster == forecaster]
        for horizon in (*HORIZONS, ALL):
            chosen = [one for one in own if horizon in (ALL, horizon_class(one.statement.horizon))]
            if chosen:
                rows.append(_score(chosen, forecaster, horizon))
    return tuple(rows)


def tail_breaks(
    found: Iterable[Account], series: str, horizon: int, as_of: date
) -> ConditionalCoverage | None:
    """Return whether a series fell below the model's lowest quantile as often as stated.

    Args:
        found: accounts of the record.
        series: id of the series.
        horizon: class of the statements.
        as_of: only statements due by then.

    Returns:
        Kupiec's and Christoffersen's tests over the editions in order; ``None`` without one.
    """
    chosen = [
        one
        for one in found
        if one.decided
        and one.due(as_of)
        and one.statement.forecaster == "model"
        and one.statement.event == Value(series)
        and horizon_class(one.statement.horizon) == horizon
    ]
    if not chosen:
        return None
    chosen.sort(key=lambda one: one.statement.as_of)
    broken = [_value(one) < _stated(one).values[0] for one in chosen]
    return christoffersen(broken, _stated(chosen[0]).probabilities[0])


def _score(chosen: Sequence[Account], forecaster: Forecaster, horizon: int) -> DistributionScore:
    own, base = zip(*(_scaled(one) for one in chosen), strict=True)
    levels = _stated(chosen[0]).probabilities
    wide = sum(_inside(one, 0) for one in chosen)
    return DistributionScore(
        forecaster=forecaster,
        horizon=horizon,
        statements=len(chosen),
        skill=mean_skill(own, base).skill,
        wide=wide / len(chosen),
        narrow=sum(_inside(one, 1) for one in chosen) / len(chosen),
        stated_wide=levels[-1] - levels[0],
        stated_narrow=levels[-2] - levels[1],
        coverage=kupiec(len(chosen) - wide, len(chosen), 1.0 - (levels[-1] - levels[0])),
        pit=pit_histogram([_pit(one) for one in chosen], (0.0, *levels, 1.0)),
    )


def _scaled(one: Account) -> tuple[float, float]:
    """Return own and climatology's CRPS in units of climatology's interquartile range."""
    scores = one.resolution.scores if one.resolution else None
    past = one.statement.climatology_quantiles
    if scores is None or past is None or scores.crps is None or scores.base_crps is None:
        raise AssertionError("quantiles are issued with climatology's and scored with both")
    unit = past.values[-2] - past.values[1]
    return (scores.crps / unit, scores.base_crps / unit) if unit > 0 else (0.0, 0.0)


def _inside(one: Account, place: int) -> bool:
    values = _stated(one).values
    return values[place] <= _value(one) <= values[-1 - place]


def _stated(one: Account) -> Quantiles:
    if one.statement.quantiles is None:
        raise AssertionError("a value is stated by quantiles")
    return one.statement.quantiles


def _value(one: Account) -> float:
    if one.resolution is None or one.resolution.value is None:
        raise AssertionError("a decided value has one")
    return one.resolution.value


def _pit(one: Account) -> float:
    if one.resolution is None or one.resolution.scores.pit is None:
        raise AssertionError("decided quantiles have a transform")
    return one.resolution.scores.pit
