"""The verdict: how the headline probabilities stand against their own history."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.probabilities import Standing

__all__ = ["Standing", "Verdict"]


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The headline in states.

    ``flash`` and ``bear`` compare the model's point for the forecast window with the base rate
    of the same event (within a quarter of it counts as in line); ``bear`` is ``None`` when the
    index is in a bear market already. ``state`` is their common word: ``mixed`` when they point
    in different directions.
    """

    state: Literal["above", "in_line", "below", "mixed"]
    flash: Standing
    bear: Standing | None
