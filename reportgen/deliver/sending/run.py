"""One run of a mailing: taken up where the last one stopped, canaries first, then everybody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, literal, select, update

from reportgen.deliver.sending.ledger import Which
from reportgen.deliver.sending.recovery import recover
from reportgen.deliver.sending.status import Standing, refuse_a_gap, standing
from reportgen.deliver.sending.worker import SLICE, Crew, work
from reportgen.deliver.tables import FINAL, delivery, mailing
from reportgen.errors import LockedError

_ON_THE_WAY = delivery.c.state.in_(("queued", "sending"))
_OPEN_DOUBT = delivery.c.state.in_(("unknown", "held"))
End = Literal["done", "waiting", "stopped", "paused", "unreachable"]


@dataclass(frozen=True)
class Manner:
    """How a run goes about it.

    Args:
        connections: to the relay at the same time.
        canary_wait: seconds to wait after the canaries.
        resume: whether a paused mailing is taken up again.
        beside_others: whether other runs may be at work on the same mailing.
        look_up: asks the relay's log about messages in doubt and writes down what it says;
            returns how many it decided.
    """

    connections: int
    canary_wait: float
    resume: bool = False
    beside_others: bool = False
    look_up: Callable[[], int] = lambda: 0


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Args:
        end: ``done``: every row is in its last state. ``waiting``: some are due later.
            ``stopped``: somebody said so. ``paused``: the breaker. ``unreachable``: no relay.
        reason: of a pause, or why it cannot be reached.
        standing: the mailing as it is now.
        recovered, doubtful: what the run before had left, provably not sent and in doubt.
    """

    end: End
    reason: str
    standing: Standing
    recovered: int
    doubtful: int


def send(crew: Crew, manner: Manner) -> Outcome:
    """Send what is due of a mailing; whatever stops it, the next run goes on.

    The caller holds the lock of the mailing and has seen that it is approved.

    Args:
        crew: ledger, relay, pace.
        manner: how.

    Raises:
        LockedError: it is paused, and ``resume`` was not said.
        DiskError: too little room to begin, or what the relay said could not be written down.
        ReportgenError: the rows are not the list.
    """
    ledger = crew.ledger
    _refuse_pause(standing(ledger.database, ledger.mailing), manner)
    recovered, doubtful = recover(ledger, expired_only=manner.beside_others)
    refuse_a_gap(standing(ledger.database, ledger.mailing))
    with _ballast(crew, manner):
        _begin(crew)
        _look_up(crew, manner)
        _canaries(crew, manner)
        _everybody(crew, manner, "certain")
        _look_up(crew, manner)
        _everybody(crew, manner, "doubtful")
    if crew.crash is not None:
        raise crew.crash
    if crew.problem is not None:
        raise crew.problem
    return _ended(crew, recovered, doubtful)


def _refuse_pause(now: Standing, manner: Manner) -> None:
    if now.state == "paused" and not manner.resume:
        raise LockedError(
            f"{now.name} is paused: {now.paused}.",
            f"When that is mended: reportgen deliver send {now.name} --resume",
        )


def _begin(crew: Crew) -> None:
    """Put the approved rows into the queue."""
    ledger, now = crew.ledger, crew.ledger.clock()
    with ledger.database.writing() as connection:
        connection.execute(
            update(delivery)
            .where(delivery.c.mailing == ledger.mailing, delivery.c.state == "planned")
            .values(state="queued")
        )
        connection.execute(
            update(mailing)
            .where(mailing.c.name == ledger.mailing)
            .values(
                state="sending",
                paused="",
                started_at=func.coalesce(
                    mailing.c.started_at, literal(now, mailing.c.started_at.type)
                ),
            )
        )


def _ballast(crew: Crew, manner: Manner) -> AbstractContextManager[object]:
    if manner.beside_others:  # who shares a database with other machines does not fill their disk
        return nullcontext()
    stack = ExitStack()
    stack.callback(crew.ballast.release)
    crew.ballast.take()
    return stack


def _look_up(crew: Crew, manner: Manner) -> None:
    """Ask the relay's log about what is in doubt, before any of it goes out once more."""
    if not crew.halted and _count(crew, delivery.c.doubts > 0, _OPEN_DOUBT):
        decided = manner.look_up()
        crew.tell("looked up", decided=decided)


def _canaries(crew: Crew, manner: Manner) -> None:
    """Send the first few one at a time; when one of them is not taken, stop.

    Those that another run has sent are not waited for again.
    """
    first = delivery.c.canary
    if not _count(crew, first, delivery.c.state.not_in(FINAL)):
        return
    failed = _count(crew, first, delivery.c.state == "failed")
    work(crew, "canary")
    while manner.beside_others and not crew.halted and _count(crew, first, _ON_THE_WAY):
        crew.stop.wait(SLICE)  # others are at work on them
        work(crew, "canary")
    if crew.halted or manner.resume:  # who resumes has seen what was wrong
        return
    left = _count(crew, first, delivery.c.state.not_in(FINAL))
    if left or _count(crew, first, delivery.c.state == "failed") > failed:
        doubtful = left and left == _count(crew, first, delivery.c.state == "unknown")
        what = "is in doubt" if doubtful else "was not taken"
        crew.breaker.stop(f"one of the first messages {what}")
        return
    crew.tell("canaries", wait=manner.canary_wait)
    crew.stop.wait(manner.canary_wait)


def _everybody(crew: Crew, manner: Manner, which: Which) -> None:
    """Send over several connections until nothing is due."""
    due = 0 if crew.halted else crew.ledger.due(which)
    threads = [
        threading.Thread(target=work, args=(crew, which), name=f"connection {one}", daemon=True)
        for one in range(1, min(manner.connections, due) + 1)
    ]
    for one in threads:
        one.start()
    for one in threads:
        while one.is_alive():  # a signal is heard between two looks
            one.join(0.2)


def _count(crew: Crew, *wanted: ColumnElement[bool]) -> int:
    mine = delivery.c.mailing == crew.ledger.mailing
    with crew.ledger.database.reading() as connection:
        found = select(func.count()).select_from(delivery).where(mine, *wanted)
        return connection.scalar(found) or 0


def _ended(crew: Crew, recovered: int, doubtful: int) -> Outcome:
    ledger, breaker = crew.ledger, crew.breaker
    now = standing(ledger.database, ledger.mailing)
    end: End = "waiting"
    if breaker.reason:
        end = "unreachable" if breaker.unreachable else "paused"
    elif now.left == 0:
        end = "done"
    elif crew.stop.is_set():
        end = "stopped"
    if end in ("paused", "done"):
        _close(crew, end, breaker.reason)
        now = standing(ledger.database, ledger.mailing)
    return Outcome(end, breaker.reason, now, recovered, doubtful)


def _close(crew: Crew, state: str, reason: str) -> None:
    ledger = crew.ledger
    ended: ColumnElement[Any] | None = None
    if state == "done":  # a run that found nothing to do does not move it
        ended = func.coalesce(mailing.c.ended_at, literal(ledger.clock(), mailing.c.ended_at.type))
    with ledger.database.writing() as connection:
        connection.execute(
            update(mailing)
            .where(mailing.c.name == ledger.mailing)
            .values(state=state, paused=reason, ended_at=ended)
        )
