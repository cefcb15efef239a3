"""What figures say of a statement: decided, not yet, or never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from reportgen.record.observed import Stretch, Undecided, stretch, throughout
from reportgen.record.rows import Evidence, Reading

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot


@dataclass(frozen=True)
class Decided:
    """How a statement came out.

    Args:
        day: the day of the event, or the last day when it did not come.
        outcome: whether it came; ``None`` for a value.
        value: of a ``Value`` event.
        evidence: the figures that show it.
    """

    day: date
    outcome: bool | None
    value: float | None
    evidence: tuple[Evidence, ...]


Verdict = Decided | Undecided


@dataclass(frozen=True)
class Case:
    """Figures and days of one statement.

    Args:
        snapshot: the figures.
        start: the event counts from the day after.
        end: last day that counts.
    """

    snapshot: Snapshot
    start: date
    end: date

    def of(self, series: str) -> Stretch | Undecided:
        """Return a series around the days."""
        return stretch(self.snapshot, series, self.start, self.end)

    def never(self, found: Stretch, *readings: Reading, memory: int = 1) -> Verdict:
        """Decide that it did not come, where the figures show that."""
        open_ = throughout(found, self.snapshot, self.start, self.end)
        if open_ is not None:
            return open_
        evidence = found.evidence(*readings, memory=memory)
        return Decided(self.end, outcome=False, value=None, evidence=(evidence,))
