"""When the weights of the pool may change: the protocol, as a rule a program can check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reportgen.record.history import Account

NEEDED = 120
"""Decided statements of 21 days that both must have made."""
DAYS = 21


@dataclass(frozen=True)
class WeightCheck:
    """Whether a challenger may replace the incumbent.

    Args:
        shared: decided 21-day statements that both made on the same events.
        incumbent, challenger: mean Brier scores on those; ``None`` without any.
        on_record: enough of them, and the challenger's score is lower.
        walk_forward: whether it is better on the historical walk-forward too, as told.
    """

    shared: int
    incumbent: float | None
    challenger: float | None
    on_record: bool
    walk_forward: bool

    @property
    def allowed(self) -> bool:
        """Whether both conditions hold; then the version is raised, and nothing is rescored."""
        return self.on_record and self.walk_forward


def weight_check(
    found: Iterable[Account], incumbent: str, challenger: str, *, walk_forward: bool
) -> WeightCheck:
    """Return whether the record and the walk-forward let a challenger in.

    Args:
        found: accounts of the record.
        incumbent: id of the model in use.
        challenger: id of the model that would replace it.
        walk_forward: whether the challenger is better on the historical walk-forward.
    """
    held = tuple(found)
    first, second = _briers(held, incumbent), _briers(held, challenger)
    shared = sorted(first.keys() & second.keys())
    if not shared:
        return WeightCheck(0, None, None, on_record=False, walk_forward=walk_forward)
    old = sum(first[key] for key in shared) / len(shared)
    new = sum(second[key] for key in shared) / len(shared)
    enough = len(shared) >= NEEDED and new < old
    return WeightCheck(len(shared), old, new, on_record=enough, walk_forward=walk_forward)


def _briers(found: Iterable[Account], model: str) -> dict[tuple[str, str], float]:
    """Return a model's Brier scores of decided 21-day statements by edition and event."""
    return {
        one.statement.key: one.resolution.scores.brier
        for one in found
        if one.decided
        and one.resolution is not None
        and one.resolution.scores.brier is not None
        and one.statement.model == model
        and one.statement.horizon == DAYS
        and one.statement.forecaster == "model"
    }
