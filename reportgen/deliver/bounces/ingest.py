"""Returned mail, taken in: whose it was, what became of the delivery, who is suppressed for it.

A message counts only with the mark of our bounce address, which nobody else can make, or with the
id of one of our messages; and each counts once, however often it is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select, update

from reportgen.deliver.bounces.notice import Notice
from reportgen.deliver.bounces.reading import read
from reportgen.deliver.bounces.rules import Meaning, meaning
from reportgen.deliver.bounces.whose import owner
from reportgen.deliver.clients.address import masked
from reportgen.deliver.clients.suppression import find, suppress
from reportgen.deliver.clients.turns import take_turn
from reportgen.deliver.database import Database
from reportgen.deliver.keys import Key
from reportgen.deliver.reconcile.finding import Finding
from reportgen.deliver.reconcile.settling import settle_doubt
from reportgen.deliver.sending.ledger import note
from reportgen.deliver.tables import FATES, bounce, delivery, mailing
from reportgen.deliver.unsubscribe import Recipient, recipients

EDITIONS = 3
"""Editions in a row that did not get through, after which nothing more is sent."""
ACTOR = "bounces ingest"

_FATES: dict[Meaning, str] = {
    "hard": "bounced_hard",
    "soft": "bounced_soft",
    "policy": "bounced_soft",
    "complaint": "complained",
    "delivered": "delivered",
}


@dataclass(frozen=True)
class Returned:
    """One message that came back and was ours.

    Args:
        meaning: of ``rules.Meaning``.
        client, mailing: of the delivery; empty for a mail that only unsubscribes.
        address: masked.
        status: status code, ``5.1.1``.
        words: of the server.
        suppressed: reason for which the address is suppressed from now on; empty for none.
    """

    meaning: Meaning
    client: str
    mailing: str
    address: str
    status: str
    words: str
    suppressed: str = ""


@dataclass(frozen=True)
class Ingested:
    """What a mailbox held.

    Args:
        rows: what was new, in order.
        again: how many had been read before.
        strange: how many are notices that name none of our messages, or bear a forged mark.
        other: how many are no notices; somebody may want to read them.
    """

    rows: tuple[Returned, ...]
    again: int = 0
    strange: int = 0
    other: int = 0

    def count(self, meaning: str) -> int:
        """Return how many meant so."""
        return sum(one.meaning == meaning for one in self.rows)


def ingest(database: Database, key: Key, source: Iterable[bytes], now: datetime) -> Ingested:
    """Take returned mail in; to do so twice changes nothing.

    Args:
        database: with deliveries and suppression list.
        key: the house's.
        source: the messages, as they were kept.
        now: the moment.

    Raises:
        ReportgenError: the database cannot be used, or is of another key.
    """
    rows: list[Returned] = []
    counts = {"again": 0, "strange": 0, "other": 0}
    by_token: dict[str, Recipient] | None = None
    for raw in source:
        digest = hashlib.sha256(raw).hexdigest()
        with database.reading() as connection:
            known = _is_known(connection, digest)
        if known:
            counts["again"] += 1
            continue
        notice = read(raw)
        if notice is None:
            counts["other"] += 1
            continue
        if notice.kind == "unsubscribe" and by_token is None:
            by_token = recipients(database, key)
        with database.writing() as connection:
            take_turn(connection)
            known = _is_known(connection, digest)  # by another run, meanwhile
            done = None if known else _take(connection, key, notice, digest, by_token or {}, now)
        if known:
            counts["again"] += 1
        elif done is None:
            counts["strange"] += 1
        else:
            rows.append(done)
    return Ingested(tuple(rows), **counts)


def _is_known(connection: Connection, digest: str) -> bool:
    found = select(bounce.c.id).where(bounce.c.source_sha256 == digest)
    return connection.scalar(found) is not None


def _take(
    connection: Connection,
    key: Key,
    notice: Notice,
    digest: str,
    by_token: dict[str, Recipient],
    now: datetime,
) -> Returned | None:
    """Write down what a notice says; ``None`` where it is about nothing of ours."""
    if notice.kind == "unsubscribe":
        return _unsubscribed(connection, key, notice, digest, by_token, now)
    row = owner(connection, key, notice)
    if row is None:
        return None
    what = meaning(notice)
    _record(connection, digest, row.id, what, notice, now)
    said = f"{what} {notice.status} {notice.words}"
    note(connection, row.id, row.attempts, now, "returned", " ".join(said.split()))
    if row.state in ("unknown", "held"):  # who returns it has had it: it was taken
        settle_doubt(connection, row, Finding("accepted", "mail about it came back"), now)
    _befall(connection, row, _FATES.get(what, ""))
    reason = _reason(connection, row, what)
    if reason:
        detail = f"{notice.status} {notice.words}".strip()
        suppress(connection, key, row.address, reason, detail, ACTOR, now)
    return Returned(
        what, row.client, row.mailing, masked(row.address), notice.status, notice.words, reason
    )


def _unsubscribed(
    connection: Connection,
    key: Key,
    notice: Notice,
    digest: str,
    by_token: dict[str, Recipient],
    now: datetime,
) -> Returned | None:
    found = next((by_token[one] for one in notice.tokens if one in by_token), None)
    if found is None:
        return None
    _record(connection, digest, None, "unsubscribe", notice, now)
    reason = "" if find(connection, key, found.address) else "unsubscribed"
    suppress(connection, key, found.address, "unsubscribed", "by mail", ACTOR, now)
    return Returned("unsubscribe", "", "", masked(found.address), "", notice.words, reason)


def _record(
    connection: Connection,
    digest: str,
    of: int | None,
    what: Meaning,
    notice: Notice,
    now: datetime,
) -> None:
    row = {
        "source_sha256": digest,
        "delivery": of,
        "kind": what,
        "status": notice.status[:12],
        "detail": notice.words,
        "at": now,
    }
    connection.execute(bounce.insert(), [row])


def _befall(connection: Connection, row: Row[Any], fate: str) -> None:
    """Write down what became of a delivery, unless something graver has."""
    if FATES.index(fate) > FATES.index(row.fate):
        connection.execute(update(delivery).where(delivery.c.id == row.id).values(fate=fate))


def _reason(connection: Connection, row: Row[Any], what: Meaning) -> str:
    """Return why nothing more may be sent to the recipient; empty when mail goes on.

    A trial mailing says nothing of clients.
    """
    if row.kind == "test":
        return ""
    if what == "hard":
        return "hard_bounce"
    if what == "complaint":
        return "complaint"
    return "soft_bounces" if what == "soft" and _gave_up(connection, row.address) else ""


def _gave_up(connection: Connection, address: str) -> bool:
    """Tell whether none of the last few editions got through to an address."""
    soft = func.sum(case((bounce.c.kind == "soft", 1), else_=0))
    found = connection.execute(
        select(mailing.c.edition, soft.label("soft"))
        .join_from(delivery, mailing)
        .join(bounce, bounce.c.delivery == delivery.c.id, isouter=True)
        .where(
            func.lower(delivery.c.address) == address.lower(),
            mailing.c.kind != "test",
            delivery.c.state == "sent",
        )
        .group_by(mailing.c.edition)
        .order_by(func.max(delivery.c.sent_at).desc())
        .limit(EDITIONS)
    ).all()
    return len(found) == EDITIONS and all(one.soft for one in found)
