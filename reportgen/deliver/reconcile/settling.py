"""What becomes of the messages in doubt once the relay's log is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select, update

from reportgen.deliver.database import Database
from reportgen.deliver.reconcile.finding import Doubt, Finding, Known, Probe
from reportgen.deliver.sending.ledger import apply, note
from reportgen.deliver.sending.resolve import open_again
from reportgen.deliver.sending.rules import Change
from reportgen.deliver.sending.taking_over import PERHAPS
from reportgen.deliver.smtp.answer import Answer
from reportgen.deliver.tables import delivery, journal

CONTROLS = 50
"""Messages known as taken that a log has to have, the newest ones."""
PATIENCE = 20
"""Times the settling time for which a relay that is still at it is waited for."""
SKEW = timedelta(seconds=2)
"""By how much a relay's clock may be ahead; one that is further off is not believed."""
Outcome = Literal["accepted", "not_accepted", "unclear", "waiting"]
_NOTHING = Finding("unclear", "nobody knows of it")


@dataclass(frozen=True)
class Settled:
    """What was decided of one message.

    Args:
        delivery: its row.
        client: of that row.
        outcome: ``accepted``: it is sent. ``not_accepted``: it is in the queue again. ``unclear``:
            as it was. ``waiting``: as it was, but worth asking again soon.
        words: why.
        relay_id: the relay's name for the message.
    """

    delivery: int
    client: str
    outcome: Outcome
    words: str
    relay_id: str = ""


@dataclass(frozen=True)
class Reconciled:
    """What was decided.

    Args:
        rows: of the messages that were in doubt, in their order.
        ready_at: when it is worth asking again for those that wait; ``None`` when none does.
    """

    rows: tuple[Settled, ...]
    ready_at: datetime | None = None

    def count(self, outcome: str) -> int:
        """Return how many came out so."""
        return sum(one.outcome == outcome for one in self.rows)

    @property
    def decided(self) -> int:
        """How many are no longer in doubt."""
        return self.count("accepted") + self.count("not_accepted")


def reconcile(
    database: Database, mailing: str, probe: Probe, now: datetime, settle: float
) -> Reconciled:
    """Decide about the messages in doubt by what somebody knows of them.

    What was taken becomes ``sent``; what provably was not goes back to the queue, and no longer
    counts as a doubt; about the rest nothing changes.

    Args:
        database: of the deliveries.
        mailing: name of the mailing.
        probe: who knows; asked after ``now``.
        now: the moment.
        settle: seconds after the end of a connection until what the relay did is in its log.

    Raises:
        ReportgenError: the log cannot be read, or the database not be used.
    """
    with database.reading() as connection:
        rows = _in_doubt(connection, mailing)
        doubts = [_doubt(row) for row in rows]
        known = _known(connection, mailing, now - timedelta(seconds=settle)) if rows else []
    found = probe.probe(doubts, known) if doubts else {}
    settled, ready = [], []
    for row, doubt in zip(rows, doubts, strict=True):
        finding = found.get(doubt.message_id, _NOTHING)
        later = _later(doubt, finding, now, timedelta(seconds=settle))
        if later is not None:
            ready.append(later)
            settled.append(Settled(row.id, row.client, "waiting", finding.words, finding.relay_id))
        else:
            settled.append(_settle(database, row, finding, now))
    return Reconciled(tuple(settled), max(ready, default=None))


def _later(doubt: Doubt, finding: Finding, now: datetime, settle: timedelta) -> datetime | None:
    """Return when it is worth asking again; ``None`` when what was found counts."""
    if finding.verdict == "pending" and now < doubt.known + PATIENCE * settle:
        return now + settle
    if finding.verdict == "not_accepted":
        since = finding.since if finding.since and finding.since <= now + SKEW else doubt.known
        counts = max(doubt.known, since) + settle
        return counts if now < counts else None
    return None


def mailings_in_doubt(database: Database) -> list[str]:
    """Return the mailings with messages in doubt, by name."""
    query = select(delivery.c.mailing).where(_doubtful()).distinct().order_by(delivery.c.mailing)
    with database.reading() as connection:
        return list(connection.scalars(query))


def _doubtful() -> ColumnElement[bool]:
    """Return the condition for messages that may or may not have been taken."""
    held = and_(delivery.c.state == "held", delivery.c.reason.startswith("in doubt"))
    return or_(delivery.c.state == "unknown", held)


def _in_doubt(connection: Connection, mailing: str) -> list[Row[Any]]:
    """Return the rows in doubt, with the moments of their last dot and of the doubt."""
    dot = func.max(case((journal.c.event.in_(("dot", PERHAPS)), journal.c.at)))
    known = func.max(case((journal.c.event == "in_doubt", journal.c.at)))
    columns = (delivery.c.id, delivery.c.client, delivery.c.message_id, delivery.c.state)
    query: Select[Any] = (
        select(*columns, delivery.c.attempts, dot.label("dot"), known.label("known"))
        .join(journal, journal.c.delivery == delivery.c.id, isouter=True)
        .where(delivery.c.mailing == mailing, _doubtful())
        .group_by(*columns, delivery.c.attempts, delivery.c.position)
        .order_by(delivery.c.position)
    )
    return list(connection.execute(query))


def _doubt(row: Row[Any]) -> Doubt:
    """Return a row's doubt; without a word in the journal it is as old as can be."""
    known = row.known or row.dot
    if known is None:
        known = datetime.fromisoformat("1970-01-02T00:00:00+00:00")
    return Doubt(row.id, row.message_id, row.dot or known, known)


def _known(connection: Connection, mailing: str, until: datetime) -> list[Known]:
    """Return the newest messages of a mailing the relay took; those just taken have to settle."""
    rows = connection.execute(
        select(delivery.c.message_id, delivery.c.sent_at)
        .where(
            delivery.c.mailing == mailing,
            delivery.c.state == "sent",
            delivery.c.sent_at <= until,
        )
        .order_by(delivery.c.sent_at.desc())
        .limit(CONTROLS)
    )
    return [Known(row.message_id, row.sent_at) for row in rows]


def _settle(database: Database, row: Row[Any], finding: Finding, now: datetime) -> Settled:
    """Write down what was found of a row, unless somebody else has decided meanwhile."""
    if finding.verdict in ("unclear", "pending"):
        return Settled(row.id, row.client, "unclear", finding.words, finding.relay_id)
    with database.writing() as connection:
        if not settle_doubt(connection, row, finding, now):
            return Settled(row.id, row.client, "unclear", "it has changed meanwhile")
    outcome: Outcome = "accepted" if finding.verdict == "accepted" else "not_accepted"
    return Settled(row.id, row.client, outcome, finding.words, finding.relay_id)


def settle_doubt(connection: Connection, row: Row[Any], finding: Finding, now: datetime) -> bool:
    """Write down what was found of a row in doubt; ``False`` when it is so no more.

    Args:
        connection: that writes.
        row: with ``id``, ``state`` and ``attempts`` as they were when the doubt was looked at.
        finding: ``accepted`` or ``not_accepted``.
        now: the moment.
    """
    where = and_(
        delivery.c.id == row.id,
        delivery.c.state == row.state,
        delivery.c.attempts == row.attempts,
        _doubtful(),
    )
    if not _applied(connection, where, finding, now):
        return False
    if finding.verdict == "not_accepted":
        open_again(connection, row.id)
    said = f"{finding.verdict}: {finding.words} {finding.relay_id}".strip()
    note(connection, row.id, row.attempts, now, "reconciled", said)
    return True


def _applied(
    connection: Connection, where: ColumnElement[bool], finding: Finding, now: datetime
) -> bool:
    answer, change = None, Change("queued", "reconciled")
    if finding.verdict == "accepted":
        answer = Answer("accepted", 250, text=finding.words, relay_id=finding.relay_id)
        change = Change("sent", "reconciled")
    fewer = case((delivery.c.doubts > 0, delivery.c.doubts - 1), else_=0)
    # first, while the condition still holds
    changed = connection.execute(update(delivery).where(where).values(doubts=fewer)).rowcount
    return changed == 1 and apply(connection, where, change, answer, now) == 1
