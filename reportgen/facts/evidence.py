"""What a backtest found, in plain figures: it writes them, an edition reads them."""

from __future__ import annotations

from datetime import date

import msgspec


class SkillFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The skill of the printed probability of one event over one horizon.

    Args:
        event: id of the event in the models.
        horizon: trading days.
        origins: month ends with an outcome.
        came: after how many of them the event came.
        stated: mean of the probabilities, unit 1.
        skill: Brier skill against the frequency of all windows completed by then.
        low: lower bound of its 90 % interval.
        high: upper bound.
    """

    event: str
    horizon: int
    origins: int
    came: int
    stated: float
    skill: float
    low: float
    high: float


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A backtest in a few figures.

    Args:
        key: hash of figures, settings and models.
        versions: version of each model, by id.
        first: first origin.
        last: last origin.
        known: last day of the figures it was scored on; no edition before it may tell of it.
        skills: by event and horizon.
        days: one-day returns held against their quantiles.
        below_1: share of them below the 1 % quantile.
        below_5: share below the 5 % quantile.
    """

    key: str
    versions: dict[str, str]
    first: date
    last: date
    known: date
    skills: tuple[SkillFigure, ...]
    days: int
    below_1: float
    below_5: float
