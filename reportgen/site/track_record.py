"""The forecast record as the pages print it, from what each edition's headlines hold of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import msgspec

from reportgen.facts import Computed, Quantity, Unit
from reportgen.facts.headlines import Headlines

FEW = 30
"""Statements below which a mean score says little."""
MODEL, ALL, DUE = "model", "all", "due"

_COMPUTED = Computed("record")


class _Counts(msgspec.Struct, frozen=True):
    issued: int = 0
    decided: int = 0
    open: int = 0
    void: int = 0
    withdrawn: int = 0
    corrected: int = 0
    late: int = 0


class _Score(msgspec.Struct, frozen=True):
    forecaster: str
    horizon: int | str
    set: str
    statements: int
    came: int
    mean: float
    brier: float
    base_brier: float | None = None
    skill: float | None = None


class _Quantiles(msgspec.Struct, frozen=True):
    forecaster: str
    horizon: int | str
    statements: int
    within_80: float
    within_50: float
    skill: float | None = None


class _Summary(msgspec.Struct, frozen=True):
    as_of: date | None = None
    editions: tuple[str, ...] = ()
    statements: _Counts = _Counts()
    probabilities: tuple[_Score, ...] = ()
    distributions: tuple[_Quantiles, ...] = ()


@dataclass(frozen=True)
class Score:
    """Scores of a forecaster's probabilities whose last day is over.

    Args:
        forecaster: who; ``horizon`` in trading days, ``None`` for all.
        statements: how many; ``came`` of them did.
        stated: mean probability; ``share`` what came.
        brier: mean score, lower is better; ``base`` that of the base rates beside them.
        skill: one less the ratio of the two; ``None`` without base rates.
    """

    forecaster: str
    horizon: Quantity | None
    statements: Quantity
    came: Quantity
    stated: Quantity
    share: Quantity
    brier: Quantity
    base: Quantity | None
    skill: Quantity | None


@dataclass(frozen=True)
class Spread:
    """How many values lay where the models' quantiles said that 80 and 50 % would."""

    horizon: Quantity | None
    statements: Quantity
    wide: Quantity
    narrow: Quantity
    skill: Quantity | None


@dataclass(frozen=True)
class TrackRecord:
    """The record as an edition knew it.

    Args:
        issued, decided, waiting, void, withdrawn, late: statements, by what became of them.
        scores: of every forecaster over all horizons, then of the models by horizon.
        spreads: of the models by horizon, all together last.
    """

    issued: Quantity
    decided: Quantity
    waiting: Quantity
    void: Quantity
    withdrawn: Quantity
    late: Quantity
    scores: tuple[Score, ...]
    spreads: tuple[Spread, ...]

    @property
    def model(self) -> Score | None:
        """Of the models over all horizons."""
        return next((one for one in self.scores if one.forecaster == MODEL), None)

    @property
    def few(self) -> bool:
        """Whether too little is decided to judge by."""
        return self.model is None or self.model.statements.value < FEW


def record_of(headlines: Headlines) -> TrackRecord | None:
    """Return what an edition knew of the record; ``None`` where it tells nothing."""
    try:
        told = msgspec.convert(headlines.record, _Summary)
    except msgspec.ValidationError:  # of a later version that tells it otherwise
        return None
    if not told.statements.issued:
        return None
    due = [one for one in told.probabilities if one.set == DUE]
    ordered = [one for one in due if one.horizon == ALL]
    ordered += [one for one in due if one.horizon != ALL and one.forecaster == MODEL]
    counts = told.statements
    return TrackRecord(
        issued=_count(counts.issued),
        decided=_count(counts.decided),
        waiting=_count(counts.open),
        void=_count(counts.void),
        withdrawn=_count(counts.withdrawn),
        late=_count(counts.late),
        scores=tuple(_score(one) for one in ordered),
        spreads=tuple(_spread(one) for one in told.distributions if one.forecaster == MODEL),
    )


def _score(one: _Score) -> Score:
    return Score(
        forecaster=one.forecaster,
        horizon=_horizon(one.horizon),
        statements=_count(one.statements),
        came=_count(one.came),
        stated=Quantity(one.mean, Unit.PROBABILITY, _COMPUTED),
        share=Quantity(one.came / max(one.statements, 1), Unit.PROBABILITY, _COMPUTED),
        brier=_ratio(one.brier),
        base=None if one.base_brier is None else _ratio(one.base_brier),
        skill=None if one.skill is None else _ratio(one.skill),
    )


def _spread(one: _Quantiles) -> Spread:
    return Spread(
        horizon=_horizon(one.horizon),
        statements=_count(one.statements),
        wide=Quantity(one.within_80, Unit.PROBABILITY, _COMPUTED),
        narrow=Quantity(one.within_50, Unit.PROBABILITY, _COMPUTED),
        skill=None if one.skill is None else _ratio(one.skill),
    )


def _horizon(given: int | str) -> Quantity | None:
    return Quantity(given, Unit.TRADING_DAYS, _COMPUTED) if isinstance(given, int) else None


def _count(number: int) -> Quantity:
    return Quantity(number, Unit.COUNT, _COMPUTED)


def _ratio(number: float) -> Quantity:
    return Quantity(number, Unit.RATIO, _COMPUTED)
