"""Deciding statements on published figures: what came, when, and the figures that show it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from reportgen.errors import DataError
from reportgen.record.at_the_end import date_in, decision, ends, move, value
from reportgen.record.events import (
    DateIn,
    Decision,
    Drawdown,
    Ends,
    Event,
    Fall,
    Move,
    Touch,
    Value,
)
from reportgen.record.on_the_way import drawdown, fall, touch
from reportgen.record.verdict import Case, Verdict

if TYPE_CHECKING:
    from reportgen.record.statement import Statement
    from reportgen.snapshot import Snapshot

_RULES: dict[type[Event], Callable[[Any, Case], Verdict]] = {
    Fall: fall,
    Drawdown: drawdown,
    Touch: touch,
    Value: value,
    Ends: ends,
    Move: move,
    Decision: decision,
    DateIn: date_in,
}


def evaluate(statement: Statement, snapshot: Snapshot) -> Verdict:
    """Return how a statement came out by the snapshot's figures, or why that is not known.

    Raises:
        DataError: the snapshot is of an earlier day than the statement.
    """
    if snapshot.as_of < statement.as_of:
        raise DataError(
            f"The statement {statement.id} was made as of {statement.as_of}; "
            f"figures as of {snapshot.as_of} cannot decide it."
        )
    rule = _RULES[type(statement.event)]
    return rule(statement.event, Case(snapshot, statement.start, statement.horizon_end))
