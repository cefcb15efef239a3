"""What stands in a row of the ledger: a statement, how it was decided, or a correction."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from reportgen.record.statement import Sha256, Statement

Date = date


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One observation that decides.

    ``role`` is ``start``, ``peak``, ``hit``, ``extreme``, ``end``, or ``before`` and ``after`` a
    decision.
    """

    role: str
    date: Date
    value: float


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What decided a statement.

    Args:
        series: id of the series.
        first, last: days of the observations looked at.
        count: how many there are.
        sha256: of their days (whole days since 1970, int64) and values (float64), little-endian.
        readings: the ones that decide.
    """

    series: str
    first: date
    last: date
    count: int
    sha256: Sha256
    readings: tuple[Reading, ...]


class Scores(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How good the statement was; ``base_`` is the stored climatology's score on the same.

    Args:
        brier, log: of a probability; the logarithm's probability is kept off 0 and 1.
        crps: of quantiles, in the unit of the series.
        pit: where in the stated distribution the value fell, 0 to 1.
    """

    brier: float | None = None
    log: float | None = None
    crps: float | None = None
    pit: float | None = None
    base_brier: float | None = None
    base_log: float | None = None
    base_crps: float | None = None


class Resolution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a statement came out.

    Args:
        as_of: last day of the observations it was decided on.
        data_hash: sha256 of that snapshot.
        state: ``decided``; ``void`` when no figures will decide it.
        day: the day on which it was decided.
        outcome: whether the event came; ``None`` for a value or a void statement.
        value: the value that quantiles were stated of.
        reason: code of why it is void; empty when it is not.
        evidence: the figures behind it.
        scores: of the statement; none where it stated no probability.
    """

    as_of: date
    data_hash: Sha256
    state: Literal["decided", "void"]
    day: date
    outcome: bool | None = None
    value: float | None = None
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    scores: Scores = Scores()


class Issued(msgspec.Struct, frozen=True, tag="issued", tag_field="kind"):
    """A statement goes on record."""

    statement: Statement


class Resolved(msgspec.Struct, frozen=True, tag="resolved", tag_field="kind"):
    """A statement on record is decided."""

    id: str
    resolution: Resolution


class Corrected(msgspec.Struct, frozen=True, tag="corrected", tag_field="kind"):
    """What an earlier row says of a statement no longer stands.

    Args:
        id: of the statement.
        as_of: day from which the correction counts.
        reason: one sentence.
        resolution: how it came out instead; ``None`` withdraws the statement from the scores.
    """

    id: str
    as_of: date
    reason: str
    resolution: Resolution | None = None


Entry = Issued | Resolved | Corrected
