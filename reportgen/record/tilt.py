"""When the narrative tilt has shown itself: the condition, as a rule a program can check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from reportgen.record.history import Account
from reportgen.record.scoreboard import ALL, probabilities, probability_scores
from reportgen.record.statement import Forecaster

TILT: Forecaster = "tilt"
NEEDED = 60
"""Months whose statements must have come due."""


@dataclass(frozen=True)
class TiltStanding:
    """How the tilt has done so far.

    Args:
        months: editions whose statements have come due.
        skill: Brier skill against the base rates stored with them; ``None`` without a case.
    """

    months: int
    skill: float | None

    @property
    def proven(self) -> bool:
        """Whether the skill is positive over enough months."""
        return self.months >= NEEDED and self.skill is not None and self.skill > 0.0


def tilt_standing(found: Iterable[Account], as_of: date) -> TiltStanding | None:
    """Return how the tilt has done; ``None`` where none is on record.

    What was written down long after its date was not public and does not count.

    Args:
        found: accounts of the record.
        as_of: only statements due by then are counted.
    """
    made = tuple(one for one in found if one.statement.forecaster == TILT)
    if not made:
        return None
    held = (one for one in made if one.statement.climatology_p is not None)
    prompt = tuple(one for one in held if not one.reconstructed)
    due = probabilities(prompt, TILT, "due", as_of)
    months = len({one.statement.edition for one in due})
    scores = (one for one in probability_scores(due, as_of) if one.scope == "due")
    skill = next((one.skill for one in scores if one.horizon == ALL), None)
    return TiltStanding(months, skill)
