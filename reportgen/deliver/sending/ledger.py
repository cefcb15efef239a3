"""The ledger of a mailing: what is claimed, what may have left, what the relay said.

Every step is one short transaction, committed before the next byte goes out. A message is sent
only by the holder of its token, and its final dot only after the ledger says so: whoever was
stopped and is late finds the token gone and hangs up.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, func, not_, or_, select, update

from reportgen.deliver.database import Database
from reportgen.deliver.message.frozen import FrozenMessage, decode
from reportgen.deliver.sending.rules import Attempt, Change, Rules, after
from reportgen.deliver.smtp.answer import Answer
from reportgen.deliver.tables import delivery, journal

Clock = Callable[[], datetime]
Which = Literal["canary", "certain", "doubtful"]


@dataclass(frozen=True)
class Job:
    """A message one worker has to itself.

    Args:
        id: of the delivery.
        token: proves that it is still this worker's.
        attempt: what has been tried, this one included.
        address, envelope_from: recipient and envelope sender.
        message_id: with its angle brackets.
        message: frozen.
        resend: whether the relay may have it already.
    """

    id: int
    token: str
    attempt: Attempt
    address: str
    envelope_from: str
    message_id: str
    message: FrozenMessage
    resend: bool

    @property
    def domain(self) -> str:
        """Of the recipient."""
        return self.address.rpartition("@")[2].lower()


@dataclass(frozen=True)
class Ledger:
    """The deliveries of one mailing.

    Args:
        database: where they stand.
        mailing: its name.
        rules: what answers make of them.
        clock: the moment; aware.
    """

    database: Database
    mailing: str
    rules: Rules
    clock: Clock

    def claim(self, which: Which = "certain", resting: Iterable[str] = ()) -> Job | None:
        """Take the next message that is due; ``None`` when none is.

        Args:
            which: ``canary``: only one of those that go first; ``certain``: none in doubt;
                ``doubtful``: those in doubt too, after all others.
            resting: domains to which nothing may go just now.
        """
        now = self.clock()
        with self.database.writing() as connection:
            row = self._next(connection, now, which, tuple(resting))
            if row is None:
                return None
            token = self._take(connection, row, now)
            first = (_first(connection, row.id) if row.attempts else None) or now
        return Job(
            id=row.id,
            token=token,
            attempt=Attempt(row.attempts + 1, row.doubts, first),
            address=row.address,
            envelope_from=row.envelope_from,
            message_id=row.message_id,
            message=decode(row.message),
            resend=row.state == "unknown",
        )

    def fence(self, job: Job) -> bool:
        """Say that the dot may leave; ``False`` when the message is no longer this worker's."""
        now = self.clock()
        with self.database.writing() as connection:
            found = connection.execute(
                update(delivery)
                .where(_is_held(job), delivery.c.phase == "open")
                .values(phase="dot", lease_until=now + self.rules.lease)
            )
            if found.rowcount == 1:
                note(connection, job.id, job.attempt.number, now, "dot")
        return found.rowcount == 1

    def finish(self, job: Job, answer: Answer) -> str:
        """Write down what the relay said, and return the state the delivery now has."""
        now = self.clock()
        change = after(answer, job.attempt, self.rules, now)
        with self.database.writing() as connection:
            if not apply(connection, _is_held(job), change, answer, now):
                return self._late(connection, job, answer, now)
            said = f"{answer.code or ''} {answer.text}".strip()
            note(connection, job.id, job.attempt.number, now, change.event, said)
        return change.state

    def hold(self, job: Job, reason: str) -> None:
        """Set a message aside that cannot be sent as it is."""
        now = self.clock()
        with self.database.writing() as connection:
            change = Change("held", "held", reason=reason)
            if apply(connection, _is_held(job), change, None, now):
                note(connection, job.id, job.attempt.number, now, "held", reason)

    def due(self, which: Which) -> int:
        """Return how many messages are due."""
        now = self.clock()
        with self.database.reading() as connection:
            wanted = (delivery.c.mailing == self.mailing, or_(*_due(which, now)))
            found = connection.scalar(select(func.count()).select_from(delivery).where(*wanted))
        return found or 0

    def _next(
        self, connection: Connection, now: datetime, which: Which, resting: tuple[str, ...]
    ) -> Row[Any] | None:
        for due in _due(which, now):
            wanted = (delivery.c.mailing == self.mailing, due, *_awake(resting))
            found = connection.execute(
                select(delivery)
                .where(*wanted)
                .order_by(delivery.c.position)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            if found is not None:
                return found
        return None

    def _take(self, connection: Connection, row: Row[Any], now: datetime) -> str:
        """Make a message one worker's, and return the token that proves it."""
        token = secrets.token_hex(16)
        connection.execute(
            update(delivery)
            .where(delivery.c.id == row.id)
            .values(
                state="sending",
                phase="open",
                token=token,
                lease_until=now + self.rules.lease,
                attempts=row.attempts + 1,
                next_at=None,
            )
        )
        event = "resend" if row.state == "unknown" else "claimed"
        note(connection, row.id, row.attempts + 1, now, event)
        return token

    def _late(self, connection: Connection, job: Job, answer: Answer, now: datetime) -> str:
        """Make use of an answer that came after the message was taken from its worker.

        Taken is taken: a second copy that has not reached its dot is held back by it.
        """
        note(connection, job.id, job.attempt.number, now, "late_answer", answer.kind)
        if answer.kind != "accepted":
            return "late"
        waiting = or_(
            delivery.c.state.in_(("queued", "unknown", "held")),
            and_(delivery.c.state == "sending", delivery.c.phase == "open"),
        )
        there = and_(delivery.c.id == job.id, waiting)
        if apply(connection, there, Change("sent", "sent"), answer, now):
            note(connection, job.id, job.attempt.number, now, "sent", answer.text)
        return "sent"


def note(
    connection: Connection, id: int, attempt: int, at: datetime, event: str, detail: str = ""
) -> None:
    """Add a line to the journal of a delivery."""
    connection.execute(
        journal.insert(),
        [{"delivery": id, "attempt": attempt, "at": at, "event": event, "detail": detail[:500]}],
    )


def apply(
    connection: Connection,
    where: ColumnElement[bool],
    change: Change,
    answer: Answer | None,
    now: datetime,
) -> int:
    """Carry a change out; return how many deliveries it was for."""
    values: dict[str, Any] = {
        "state": change.state,
        "phase": "",
        "token": None,
        "lease_until": None,
        "next_at": change.next_at,
        "reason": change.reason,
    }
    if change.state == "sent":
        values["sent_at"] = now
    if change.doubted:
        values["doubts"] = delivery.c.doubts + 1
    if answer is not None:
        values |= {"code": answer.code or None, "enhanced": answer.enhanced or None}
        values |= {"reply": answer.text, "relay_id": answer.relay_id or None}
    return connection.execute(update(delivery).where(where).values(**values)).rowcount


def _first(connection: Connection, id: int) -> datetime | None:
    """Return the moment of the first attempt."""
    claimed = and_(journal.c.delivery == id, journal.c.event == "claimed")
    found: datetime | None = connection.scalar(select(func.min(journal.c.at)).where(claimed))
    return found


def _due(which: Which, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what is due, in the order in which it is taken."""
    certain = (
        delivery.c.state == "queued",
        and_(delivery.c.state == "deferred", delivery.c.next_at <= now),
    )
    if which == "canary":
        return tuple(and_(one, delivery.c.canary) for one in certain)
    if which == "certain":
        return certain
    return (*certain, and_(delivery.c.state == "unknown", delivery.c.next_at <= now))


def _is_held(job: Job) -> ColumnElement[bool]:
    return and_(
        delivery.c.id == job.id, delivery.c.token == job.token, delivery.c.state == "sending"
    )


def _awake(resting: tuple[str, ...]) -> list[ColumnElement[bool]]:
    return [not_(delivery.c.address.like(f"%@{domain}")) for domain in resting]
