"""How good the forecasters of the record were: one table of probabilities, one of quantiles.

Two sets are scored. ``resolved`` is every decided statement; an event that comes early enters it
at once, so the running score leans towards what came. ``due`` holds only those whose last day
is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from reportgen.models.spec import ModelSpec, generator
from reportgen.record.history import Account
from reportgen.record.horizons import HORIZONS, horizon_class
from reportgen.record.statement import Forecaster
from reportgen.scores import (
    BandPlan,
    MurphyDecomposition,
    Reliability,
    mean_skill,
    murphy_decomposition,
    reliability_curve,
)

Scope = Literal["resolved", "due"]
SCOPES: tuple[Scope, ...] = ("resolved", "due")
FORECASTERS: tuple[Forecaster, ...] = (
    *("model", "climatology", "house", "tilt"),
    *("market", "quoted"),
)
ALL = 0
"""Stands for every horizon together."""
ENOUGH = 30
"""Decided statements from which a reliability diagram is drawn."""
BINS = 5
_SPEC = ModelSpec(id="record", version="1", inputs=(), references=())


@dataclass(frozen=True)
class ProbabilityScore:
    """Scores of one forecaster's probabilities.

    Args:
        forecaster: who.
        horizon: one of ``HORIZONS``, or ``ALL``.
        scope: which set.
        statements: how many are scored; ``events`` of them came.
        mean: stated probability on average; ``share`` what came.
        brier, log: mean scores, lower is better.
        base_brier, base_log: of the stored climatology on those that have one.
        skill: 1 - Brier / Brier of climatology, on those that have one; ``None`` without any.
        compared: how many have one.
        murphy: reliability, resolution, uncertainty; ``None`` for fewer than ``ENOUGH``.
    """

    forecaster: Forecaster
    horizon: int
    scope: Scope
    statements: int
    events: int
    mean: float
    share: float
    brier: float
    log: float
    base_brier: float | None
    base_log: float | None
    skill: float | None
    compared: int
    murphy: MurphyDecomposition | None


@dataclass(frozen=True)
class Counts:
    """How many statements there are, by what became of them.

    ``bare`` are decided ones stated without a probability: told, not scored. ``late`` are
    statements written down long after their date.
    """

    issued: int
    decided: int
    open: int
    void: int
    withdrawn: int
    corrected: int
    bare: int
    late: int


def counts(found: Sequence[Account]) -> Counts:
    """Return how many statements became what."""
    return Counts(
        issued=len(found),
        decided=sum(one.decided for one in found),
        open=sum(one.open for one in found),
        void=sum(
            one.resolution is not None and one.resolution.state == "void" and not one.withdrawn
            for one in found
        ),
        withdrawn=sum(one.withdrawn for one in found),
        corrected=sum(one.corrected for one in found),
        bare=sum(one.decided and _bare(one) for one in found),
        late=sum(one.reconstructed for one in found),
    )


def _bare(one: Account) -> bool:
    return one.statement.p is None and one.statement.quantiles is None


# -- probabilities --------------------------------------------------------------------------


def probability_scores(found: Iterable[Account], as_of: date) -> tuple[ProbabilityScore, ...]:
    """Return the scores by forecaster, horizon and set, each with at least one statement."""
    held = tuple(found)
    rows = []
    for forecaster in FORECASTERS:
        for scope in SCOPES:
            scored = probabilities(held, forecaster, scope, as_of)
            for horizon in (*HORIZONS, ALL):
                chosen = _of(scored, horizon)
                if chosen:
                    rows.append(_score(chosen, forecaster, horizon, scope))
    return tuple(rows)


def probabilities(
    found: Iterable[Account], forecaster: Forecaster, scope: Scope, as_of: date
) -> tuple[Account, ...]:
    """Return the decided probabilities of a forecaster in a set, in the order of issue."""
    return tuple(
        one
        for one in found
        if one.statement.forecaster == forecaster
        and one.statement.p is not None
        and one.decided
        and (scope == "resolved" or one.due(as_of))
    )


def common(found: Iterable[Account], forecaster: Forecaster) -> tuple[Account, ...]:
    """Return the statements of all forecasters on what one of them gives a probability to."""
    held = tuple(found)
    keys = {
        one.statement.key
        for one in held
        if one.statement.forecaster == forecaster and one.statement.p is not None
    }
    return tuple(one for one in held if one.statement.key in keys)


def _of(scored: Sequence[Account], horizon: int) -> tuple[Account, ...]:
    return tuple(one for one in scored if horizon in (ALL, horizon_class(one.statement.horizon)))


def _score(
    chosen: Sequence[Account], forecaster: Forecaster, horizon: int, scope: Scope
) -> ProbabilityScore:
    stated, came = arrays(chosen)
    own = _column(chosen, "brier")
    against = [one for one in chosen if _kept(one, "base_brier") is not None]
    base = _column(against, "base_brier")
    skill = mean_skill(_column(against, "brier"), base).skill if against else None
    return ProbabilityScore(
        forecaster=forecaster,
        horizon=horizon,
        scope=scope,
        statements=len(chosen),
        events=int(came.sum()),
        mean=float(stated.mean()),
        share=float(came.mean()),
        brier=float(np.mean(own)),
        log=float(np.mean(_column(chosen, "log"))),
        base_brier=float(np.mean(base)) if against else None,
        base_log=float(np.mean(_column(against, "base_log"))) if against else None,
        skill=skill,
        compared=len(against),
        murphy=murphy_decomposition(stated, came, BINS) if len(chosen) >= ENOUGH else None,
    )


def arrays(
    chosen: Sequence[Account],
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.bool_]]
]:
    """Return stated probabilities and outcomes, shape (n,) each."""
    stated = np.array([one.statement.p for one in chosen], dtype=np.float64)
    came = np.array(
        [one.resolution is not None and bool(one.resolution.outcome) for one in chosen],
        dtype=np.bool_,
    )
    return stated, came


def _kept(one: Account, name: str) -> float | None:
    found: float | None = getattr(one.resolution.scores, name) if one.resolution else None
    return found


def _column(chosen: Iterable[Account], name: str) -> list[float]:
    values = (_kept(one, name) for one in chosen)
    return [one for one in values if one is not None]


# -- reliability ----------------------------------------------------------------------------


def reliability(
    found: Iterable[Account], forecaster: Forecaster, as_of: date
) -> Reliability | None:
    """Return the isotonic (CORP) curve of what came by what was stated.

    Statements count when their last day is over. The band takes them as independent; those of
    one edition are not: read it as narrower than it should be. ``None`` for fewer than
    ``ENOUGH``.
    """
    chosen = probabilities(found, forecaster, "due", as_of)
    if len(chosen) < ENOUGH:
        return None
    return reliability_curve(*arrays(chosen), generator(as_of, _SPEC), BandPlan())
