"""Deliveries that are left out in time: nothing is sent of them any more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_

from reportgen.deliver.sending.ledger import apply, note
from reportgen.deliver.sending.rules import Change
from reportgen.deliver.tables import delivery

WAITING = ("planned", "queued", "deferred")
"""States in which nothing of a message can have been taken."""


def leave_out(connection: Connection, row: Any, reason: str, now: datetime) -> int:
    """Leave one delivery out, unless another run has claimed it meanwhile.

    Args:
        connection: that writes.
        row: with ``id`` and ``attempts``.
        reason: why nothing is sent.
        now: the moment.

    Returns:
        1 when it is left out, else 0.
    """
    change = Change("suppressed", "suppressed", reason=reason)
    still = and_(delivery.c.id == row.id, delivery.c.state.in_(WAITING))
    done = apply(connection, still, change, None, now)
    if done:
        note(connection, row.id, row.attempts, now, change.event, reason)
    return done
