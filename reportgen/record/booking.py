"""Bringing the ledger up to date: first what has come due is decided, then an edition is issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import MissingInputError
from reportgen.record.history import accounts
from reportgen.record.issuing import Issue
from reportgen.record.ledger import Ledger, append
from reportgen.record.resolving import Settlement, settle
from reportgen.record.rows import Corrected, Entry, Issued, Resolution

if TYPE_CHECKING:
    from reportgen.record.statement import Statement
    from reportgen.snapshot import Snapshot


OWN = ("model", "climatology", "tilt", "market")
"""Forecasters an edition speaks for; a standing view of others is repeated from month to month."""


@dataclass(frozen=True)
class Booking:
    """What one run put on record.

    Args:
        ledger: as it then is.
        settlement: what was decided, and what is overdue.
        issued: new statements.
        held: statements on record already, left as they are.
        refused: groups (edition and forecaster) issued before from other figures or settings.
        cut: bytes of an unfinished line that were cut off first.
    """

    ledger: Ledger
    settlement: Settlement
    issued: tuple[Statement, ...] = ()
    held: int = 0
    refused: tuple[str, ...] = ()
    cut: int = 0

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The rows to append: first what was decided, then what is stated."""
        return (*self.settlement.resolved, *(Issued(one) for one in self.issued))


def resolve(path: Path, snapshot: Snapshot, written: datetime) -> Booking:
    """Decide what the snapshot's figures decide, and put it on record.

    Args:
        path: the ledger.
        snapshot: the figures.
        written: the moment of writing; aware.

    Raises:
        DataError, LockedError, CannotCreateError, DiskError: as ``ledger.append``.
    """
    return issue(path, Issue((), ()), snapshot, written)


def issue(path: Path, made: Issue, snapshot: Snapshot, written: datetime) -> Booking:
    """Decide what has come due, then put an edition's statements on record.

    Doing so twice adds nothing. What an edition has stated stays: made again from other figures
    or settings, its statements are refused.

    Args:
        path: the ledger.
        made: the edition's statements.
        snapshot: the figures they are made from.
        written: the moment of writing; aware.

    Raises:
        DataError, LockedError, CannotCreateError, DiskError: as ``ledger.append``.
    """
    done: list[Booking] = []

    def plan(before: Ledger) -> Sequence[Entry]:
        done.append(planned(before, made, snapshot))
        return done[0].entries

    after = append(path, plan, written)
    return replace(done[0], ledger=after)


def planned(before: Ledger, made: Issue, snapshot: Snapshot) -> Booking:
    """Return what there is to decide and to issue on top of a ledger; nothing is written.

    Args:
        before: what is on record.
        made: the edition's statements.
        snapshot: the figures they are made from.
    """
    settlement = settle(before.rows, snapshot)
    fresh, held, refused = _fresh(before, made.statements)
    return Booking(before, settlement, fresh, held, refused, before.torn)


def _fresh(
    before: Ledger, made: Sequence[Statement]
) -> tuple[tuple[Statement, ...], int, tuple[str, ...]]:
    """Return the statements to issue, how many are on record, and the groups refused."""
    known = [one.statement for one in accounts(before.rows)]
    ids = {one.id for one in known}
    basis = {_group(one): _basis(one) for one in known}
    new = [one for one in made if one.id not in ids]
    fresh = tuple(one for one in new if basis.get(_group(one), _basis(one)) == _basis(one))
    refused = {
        _group(one)
        for one in made
        if one.forecaster in OWN and basis.get(_group(one), _basis(one)) != _basis(one)
    }
    return fresh, len(made) - len(new), tuple(sorted(refused))


def _group(one: Statement) -> str:
    return f"{one.edition} {one.forecaster}"


def _basis(one: Statement) -> tuple[str, str]:
    return one.data_hash, one.config_hash


def correct(
    path: Path,
    identity: str,
    reason: str,
    as_of: date,
    written: datetime,
    resolution: Resolution | None = None,
) -> Ledger:
    """Correct a statement by a new row; the rows before stay as they are.

    Args:
        path: the ledger.
        identity: id of the statement.
        reason: one sentence.
        as_of: day from which the correction counts.
        written: the moment of writing; aware.
        resolution: how it came out instead; ``None`` withdraws it from the scores.

    Raises:
        MissingInputError: there is no such statement on record.
        DataError, LockedError, CannotCreateError, DiskError: as ``ledger.append``.
    """

    def plan(before: Ledger) -> Sequence[Entry]:
        if all(one.statement.id != identity for one in accounts(before.rows)):
            raise MissingInputError(f"{path.name} has no statement {identity}.")
        return (Corrected(identity, as_of, reason, resolution),)

    return append(path, plan, written)
