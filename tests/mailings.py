"""Mailings for tests: real ledgers, frozen messages, and a relay that does as it is told."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from reportgen.config.delivery import Delivery
from reportgen.deliver import database as databases
from reportgen.deliver.database import Database
from reportgen.deliver.message.frozen import FrozenMessage, Text
from reportgen.deliver.outbox import Blob, Outbox
from reportgen.deliver.sending.ballast import Ballast
from reportgen.deliver.sending.breaker import Breaker
from reportgen.deliver.sending.ledger import Ledger
from reportgen.deliver.sending.pace import Pace
from reportgen.deliver.sending.rules import Rules, rules_of
from reportgen.deliver.sending.worker import At, Connection, Crew
from reportgen.deliver.smtp.answer import Answer
from reportgen.deliver.tables import delivery, journal, mailing

NAME = "2026-01"
BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
TAKEN = Answer("accepted", 250, "2.0.0", "2.0.0 Ok: queued as 4ABC", "4ABC")
IMMEDIATE = rules_of(Delivery(doubt_delay=0.0, retry_after=(0.0,)))
"""Rules by which what waits is due at once."""


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.moment = BEGIN

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.moment

    def forward(self, **span: float) -> None:
        """Let time go by."""
        self.moment += timedelta(**span)


def wall() -> datetime:
    """Return the real moment."""
    return datetime.now(UTC)


def opened(folder: Path) -> Database:
    """Open the ledger in a folder."""
    from reportgen.config import Settings

    settings = Settings()
    build = settings.build.__class__(output=str(folder))
    return databases.open_database(Settings(build=build), {})


def planned(
    database: Database, outbox: Outbox, count: int, size: int = 200, canary: int = 0
) -> None:
    """Write a mailing with so many clients, each with a message and a shared report."""
    report = outbox.put(hashlib.sha256(b"report").digest() * (size // 32 + 1))
    rows = []
    for number in range(count):
        token = hashlib.sha256(f"client {number}".encode()).hexdigest()[:40]
        identity = f"<rg1.{token}@example.org>"
        head = f"Message-ID: {identity}\r\nX-Reportgen-Delivery: {token}\r\n\r\n".encode()
        frozen = _frozen(head, report, outbox)
        rows.append(
            {
                "mailing": NAME,
                "position": number,
                "client": f"client-{number:05}",
                "address": f"c{number:05}@client.test",
                "language": "en",
                "channel": "mail",
                "canary": number < canary,
                "state": "planned",
                "message_id": identity,
                "reference": f"{NAME}/{token[:12]}",
                "envelope_from": "sender@example.org",
                "eml_sha256": frozen.sha256,
                "size": frozen.size,
                "message": frozen.encode(),
            }
        )
    with database.writing() as connection:
        connection.execute(mailing.insert(), [_head(count)])
        connection.execute(delivery.insert(), rows)


def _frozen(head: bytes, report: Blob, outbox: Outbox) -> FrozenMessage:
    """Return a message of a header and a report that all messages share."""
    raw = head + outbox.encoded(report, shared=True)
    digest, shared = hashlib.sha256(raw).hexdigest(), frozenset((report.sha256,))
    return FrozenMessage((Text(head), report), digest, len(raw), shared)


def _head(count: int) -> dict[str, Any]:
    digests = ("manifest", "recipients", "messages", "words", "settings")
    return {
        "name": NAME,
        "kind": "edition",
        "edition": NAME,
        **{f"{one}_sha256": "0" * 64 for one in digests},
        "recipients": count,
        "state": "approved",
        "planned_at": BEGIN,
        "planned_by": "test",
    }


@dataclass
class Relay:
    """A relay without a network: takes messages as its script says.

    Args:
        script: what happens at each attempt, in order; after its end all is taken. An answer's
            ``in_doubt`` is taken or not as ``doubt_taken`` says.
        doubt_taken: whether a message in doubt was taken all the same.
        trouble: what ``open`` answers; ``None`` for all is well.
    """

    script: list[Answer] = field(default_factory=list)
    doubt_taken: bool = True
    trouble: Answer | None = None
    taken: Counter[str] = field(default_factory=Counter)
    bytes_of: dict[str, set[str]] = field(default_factory=dict)
    attempts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def connection(self) -> Connection:
        """Return a connection that is not open yet."""
        return _Talk(self)

    def take(self, to: str, raw: bytes) -> None:
        """Take a message."""
        with self.lock:
            self.taken[to] += 1
            self.bytes_of.setdefault(to, set()).add(hashlib.sha256(raw).hexdigest())

    def next(self) -> Answer:
        """Return what happens now."""
        with self.lock:
            self.attempts += 1
            return self.script.pop(0) if self.script else TAKEN


class _Talk:
    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def open(self) -> Answer | None:
        return self._relay.trouble

    def deliver(
        self,
        envelope_from: str,
        to: str,
        raw: bytes,
        fence: Callable[[], bool],
        at: At = lambda point: None,
    ) -> Answer:
        answer = self._relay.next()
        at("body")
        if answer.kind == "not_sent" or not fence():
            return Answer("not_sent", usable=False)
        at("dot_sent")
        if answer.kind == "accepted" or (answer.kind == "in_doubt" and self._relay.doubt_taken):
            self._relay.take(to, raw)
            at("taken")
        return answer

    def close(self) -> None:
        return


def crew_for(
    database: Database,
    outbox: Outbox,
    connect: Callable[[], Connection],
    *,
    clock: Callable[[], datetime] = wall,
    rules: Rules = IMMEDIATE,
    at: At = lambda point: None,
    per_connection: int = 100,
) -> Crew:
    """Return the crew of a run."""
    return Crew(
        ledger=Ledger(database, NAME, rules, clock),
        outbox=outbox,
        connect=connect,
        pace=Pace(0, 0),
        breaker=Breaker(),
        ballast=Ballast(outbox.folder),
        per_connection=per_connection,
        tell=lambda event, **fields: None,
        stop=threading.Event(),
        at=at,
        backoff=(0.0,),
    )


def rows(database: Database) -> Sequence[Any]:
    """Return the deliveries in order."""
    with database.reading() as connection:
        return connection.execute(select(delivery).order_by(delivery.c.position)).all()


def events(database: Database, of: int) -> list[str]:
    """Return the journal of a delivery."""
    with database.reading() as connection:
        found = select(journal.c.event).where(journal.c.delivery == of).order_by(journal.c.id)
        return list(connection.scalars(found))


def unflagged(database: Database, taken: Counter[str]) -> list[str]:
    """Return who got more than one copy without the journal having said so before each of them."""
    found = []
    for row in rows(database):
        doubts = events(database, row.id).count("in_doubt")
        if taken[row.address] > 1 + doubts:
            found.append(row.address)
    return found


def lost(database: Database, taken: Counter[str]) -> list[str]:
    """Return who is written down as sent and got nothing, or is in no last state and got none."""
    return [row.address for row in rows(database) if row.state == "sent" and not taken[row.address]]


def dots_without_flag(events_of: Iterable[str]) -> bool:
    """Tell whether a second dot was allowed without the message having been settled between."""
    open_dot = False
    for event in events_of:
        if event == "dot":
            if open_dot:
                return True
            open_dot = True
        elif event in ("in_doubt", "not_accepted", "deferred", "refused", "resolved", "sent"):
            open_dot = False
    return False
