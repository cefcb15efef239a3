"""The record as it stood on a day: each statement, and how it came out, if it has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from reportgen.record.ledger import Row
from reportgen.record.rows import Corrected, Issued, Resolution, Resolved
from reportgen.record.statement import Statement

IN_TIME = timedelta(days=31)
"""A statement written down later than this after its issue is a reconstruction."""


@dataclass(frozen=True)
class Account:
    """A statement and what became of it.

    Args:
        statement: as it was issued.
        written: when it was written down.
        resolution: how it came out, the last word; ``None`` while it is open.
        withdrawn: whether a correction took it out of the scores.
        corrected: whether a correction changed how it came out.
    """

    statement: Statement
    written: datetime
    resolution: Resolution | None = None
    withdrawn: bool = False
    corrected: bool = False

    @property
    def open(self) -> bool:
        """Whether it waits to be decided."""
        return self.resolution is None and not self.withdrawn

    @property
    def decided(self) -> bool:
        """Whether figures have decided it and it counts."""
        found = self.resolution
        return found is not None and found.state == "decided" and not self.withdrawn

    @property
    def reconstructed(self) -> bool:
        """Whether it was written down long after it says it was made."""
        return self.written - self.statement.issued_at > IN_TIME

    def due(self, on: date) -> bool:
        """Whether its last day has come."""
        return self.statement.horizon_end <= on


def accounts(rows: Iterable[Row], as_of: date | None = None) -> tuple[Account, ...]:
    """Return every statement with its fate, in the order of issue.

    Args:
        rows: of the ledger, in order.
        as_of: what was issued, decided or corrected later is not seen; ``None`` to see all.
    """
    found: dict[str, Account] = {}
    for row in rows:
        entry = row.entry
        if not _seen(_day(row), as_of):
            continue
        if isinstance(entry, Issued):
            found.setdefault(entry.statement.id, Account(entry.statement, row.written))
        elif entry.id in found:
            known = found[entry.id]
            found[entry.id] = (
                replace(known, resolution=entry.resolution)
                if isinstance(entry, Resolved)
                else _corrected(known, entry)
            )
    return tuple(found.values())


def last_seen(rows: Iterable[Row], as_of: date) -> int:
    """Return the number of the last row that is seen on a day; 0 when there is none."""
    return max((row.number for row in rows if _seen(_day(row), as_of)), default=0)


def _day(row: Row) -> date:
    """Return the day from which a row counts."""
    entry = row.entry
    if isinstance(entry, Issued):
        return entry.statement.as_of
    return entry.resolution.as_of if isinstance(entry, Resolved) else entry.as_of


def _seen(day: date, as_of: date | None) -> bool:
    return as_of is None or day <= as_of


def _corrected(account: Account, entry: Corrected) -> Account:
    if entry.resolution is None:
        return replace(account, withdrawn=True)
    return replace(account, resolution=entry.resolution, corrected=True)
