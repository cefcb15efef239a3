"""What the checks say: findings, which a reader is told, and refusals, which end a source's try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from reportgen.errors import DataError
from reportgen.series import Days
from reportgen.snapshot import Note

Code = Literal[
    "unordered",  # observations before their time in the answer; put in order
    "duplicate",  # observations given twice with the same value; one is kept
    "no_session",  # observations on days the exchange was closed; dropped
    "gap",  # sessions without an observation, in stretches of a week at most
    "hole",  # a longer stretch of sessions without an observation
    "spike",  # single observations out of all proportion to both neighbours; dropped
    "differs",  # single closes the second source has otherwise; kept as they are
    "repaired",  # closes of a condemned span taken from the second source
]
"""What was found; the catalogues have the words."""

Refusal = Literal[
    "contradictory",  # two values of one day
    "out_of_range",  # a value that is not plausible
    "step",  # a change that is not plausible
    "disagree",  # two sources that do not show the same thing
    "no_common_day",  # two stretches that cannot be compared where they meet
]
"""Why observations are not used; the catalogues have the words."""


@dataclass(frozen=True)
class Finding:
    """Something the reader of the data appendix is told.

    Args:
        code: what was found.
        first: first day concerned.
        last: last day concerned.
        count: number of observations or sessions concerned.
    """

    code: Code
    first: date
    last: date
    count: int

    @property
    def note(self) -> Note:
        """The finding as a snapshot keeps it."""
        return Note(code=self.code, first=self.first, last=self.last, count=self.count)


class Unsound(DataError):  # noqa: N818 - the code says which error it is, like a SourceError's fault
    """Observations that must not be used.

    Args:
        code: which of the known reasons it is.
        message: one sentence naming series or sources, day and value.
        day: the first day concerned; ``None`` where it is no single day's matter.
    """

    def __init__(self, code: Refusal, message: str, day: date | None = None) -> None:
        super().__init__(message)
        self.code: Refusal = code
        self.day = day

    def __reduce__(self) -> tuple[type[Unsound], tuple[Refusal, str, date | None]]:  # type: ignore[override]
        """Travel whole between processes."""
        return type(self), (self.code, self.message, self.day)


def found(code: Code, days: Days) -> tuple[Finding, ...]:
    """Return one finding for days in order; none for no days."""
    if not days.size:
        return ()
    return (Finding(code, days[0].item(), days[-1].item(), int(days.size)),)


def groups(positions: npt.NDArray[np.intp], farthest: int) -> list[npt.NDArray[np.intp]]:
    """Return ascending positions in groups: within one, no two neighbours are farther apart."""
    if not positions.size:
        return []
    return np.split(positions, np.flatnonzero(np.diff(positions) > farthest) + 1)
