"""The verdict: how the headline probabilities stand against their own history."""

from __future__ import annotations

from typing import Literal

import msgspec

Standing = Literal["above", "in_line", "below"]


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The headline in states.

    ``flash`` and ``bear`` compare the model's twelve-month point with the base rate of the same
    event (within a quarter of it counts as in line). ``state`` is their common word: ``mixed``
    when they point in different directions.
    """

    state: Literal["above", "in_line", "below", "mixed"]
    flash: Standing
    bear: Standing
