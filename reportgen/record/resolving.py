"""Bringing the record up to date: every open statement that figures decide, scored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportgen.record.evaluate import evaluate
from reportgen.record.history import accounts
from reportgen.record.observed import Undecided
from reportgen.record.rows import Resolution, Resolved, Scores
from reportgen.record.statement import Quantiles, Statement
from reportgen.record.verdict import Decided, Verdict
from reportgen.scores import brier, crps_quantiles, log_score, pit_from_quantiles

if TYPE_CHECKING:
    from reportgen.record.ledger import Row
    from reportgen.snapshot import Snapshot


@dataclass(frozen=True)
class Overdue:
    """A statement whose last day is over and that the figures do not decide yet."""

    statement: Statement
    reason: str


@dataclass(frozen=True)
class Settlement:
    """What a snapshot decides.

    Args:
        resolved: rows to append, in the order of issue.
        overdue: what should have been decided and was not.
    """

    resolved: tuple[Resolved, ...]
    overdue: tuple[Overdue, ...]


def settle(rows: Iterable[Row], snapshot: Snapshot) -> Settlement:
    """Return how open statements came out by the snapshot.

    Statements made as of a later day than the snapshot are left alone.
    """
    resolved, overdue = [], []
    for account in accounts(rows, snapshot.as_of):
        if not account.open:
            continue
        stated = account.statement
        verdict = evaluate(stated, snapshot)
        resolution = _resolution(stated, verdict, snapshot)
        if resolution is not None:
            resolved.append(Resolved(stated.id, resolution))
        elif isinstance(verdict, Undecided) and account.due(snapshot.as_of):
            overdue.append(Overdue(stated, verdict.reason))
    return Settlement(tuple(resolved), tuple(overdue))


def _resolution(stated: Statement, verdict: Verdict, snapshot: Snapshot) -> Resolution | None:
    """Return the resolution; ``None`` while later figures may still decide."""
    if isinstance(verdict, Decided):
        return Resolution(
            as_of=snapshot.as_of,
            data_hash=snapshot.hash,
            state="decided",
            day=verdict.day,
            outcome=verdict.outcome,
            value=verdict.value,
            evidence=verdict.evidence,
            scores=scores(stated, verdict),
        )
    if verdict.final:
        return Resolution(
            as_of=snapshot.as_of,
            data_hash=snapshot.hash,
            state="void",
            day=snapshot.as_of,
            reason=verdict.reason,
        )
    return None


def scores(stated: Statement, came: Decided) -> Scores:
    """Return the scores of a statement, and of the climatology stored with it."""
    outcome, value = came.outcome, came.value
    if value is not None and stated.quantiles is not None:
        pit = pit_from_quantiles(stated.quantiles.probabilities, stated.quantiles.values, value)
        return Scores(
            crps=_crps(stated.quantiles, value),
            pit=float(pit.values[0]),
            base_crps=_crps(stated.climatology_quantiles, value),
        )
    if outcome is None or stated.p is None:
        return Scores()
    base = stated.climatology_p
    return Scores(
        brier=brier(stated.p, outcome),
        log=log_score(stated.p, outcome),
        base_brier=None if base is None else brier(base, outcome),
        base_log=None if base is None else log_score(base, outcome),
    )


def _crps(stated: Quantiles | None, value: float) -> float | None:
    if stated is None:
        return None
    return float(crps_quantiles(stated.probabilities, stated.values, value)[0])
