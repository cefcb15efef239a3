"""The tables of the delivery database: clients, mailings, deliveries and their journal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

VERSION = 1
"""Of the schema; ``meta`` holds the one a database has."""

STATES = (
    "planned",  # frozen, not yet approved
    "queued",
    "sending",  # phase "open": provably not taken; phase "dot": may have been taken
    "deferred",  # the relay said later; next_at
    "unknown",  # may have been taken: in doubt
    "sent",
    "failed",
    "suppressed",
    "held",  # a person has to decide
)
FINAL = ("sent", "failed", "suppressed", "held")
NOT_BEGUN = ("planned", "approved")
"""States of a mailing no message of which has left."""
FATES = ("", "delivered", "bounced_soft", "bounced_hard", "complained")
"""What became of a message after the relay took it, as far as mail that came back says; the
gravest last."""


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC as text of one width: it sorts as the moments do."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        """Write a moment."""
        if value is None:
            return None
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:
        """Read a moment."""
        return None if value is None else datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A day, kept as ``2026-01-31``."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Any) -> str | None:
        """Write a day."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Any) -> date | None:
        """Read a day."""
        return None if value is None else date.fromisoformat(value)


metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""``schema``, ``instance``, ``machine`` (which machine may deliver), ``key`` (fingerprint)."""

client = Table(
    "client",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("languages", Text, nullable=False),  # codes, separated by commas, in order
    Column("formats", Text, nullable=False),  # pdf, html
    Column("protection", String(10), nullable=False),
    Column("active_from", Day),
    Column("active_to", Day),
    Column("house", Boolean, nullable=False, default=False),
    Column("changed", Moment, nullable=False),
    CheckConstraint("protection IN ('none', 'mark', 'password', 'link')"),
)

contact = Table(
    "contact",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client", ForeignKey("client.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", String(254), nullable=False),
    UniqueConstraint("client", "address"),
)

suppression = Table(
    "suppression",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address_hash", String(64), nullable=False, index=True),
    Column("masked", Text, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Column("actor", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("lifted_at", Moment),
    Column("lifted_by", Text),
    Column("lifted_why", Text),
)
"""Whom nothing is sent to; a lifted one stays as history. The address itself is not in it."""

mailing = Table(
    "mailing",
    metadata,
    Column("name", String(40), primary_key=True),  # 2026-01, 2026-01-r2, 2026-01+1, test-…
    Column("kind", String(12), nullable=False),
    Column("edition", String(12), nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
    Column("recipients_sha256", String(64), nullable=False),
    Column("messages_sha256", String(64), nullable=False),
    Column("words_sha256", String(64), nullable=False),
    Column("settings_sha256", String(64), nullable=False),
    Column("recipients", Integer, nullable=False),  # rows: the list that status has to add up to
    Column("state", String(10), nullable=False),
    Column("paused", Text, nullable=False, default=""),
    Column("planned_at", Moment, nullable=False),
    Column("planned_by", Text, nullable=False),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    CheckConstraint("kind IN ('edition', 'correction', 'supplement', 'test')"),
    CheckConstraint("state IN ('planned', 'approved', 'sending', 'paused', 'done')"),
)

approval = Table(
    "approval",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing", ForeignKey("mailing.name", ondelete="CASCADE"), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("mailing", "digest", "by"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing", ForeignKey("mailing.name", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("client", String(64), nullable=False),
    Column("address", String(254), nullable=False),
    Column("channel", String(10), nullable=False, default="mail"),
    Column("language", String(10), nullable=False),
    Column("canary", Boolean, nullable=False, default=False),
    Column("state", String(10), nullable=False),
    Column("phase", String(4), nullable=False, default=""),
    Column("token", String(32)),
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False, default=0),
    Column("doubts", Integer, nullable=False, default=0),
    Column("next_at", Moment),
    Column("message_id", String(160), nullable=False, unique=True),
    Column("reference", String(40), nullable=False, unique=True),
    Column("envelope_from", String(254), nullable=False),
    Column("eml_sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),  # bytes on the wire, without the final dot
    Column("message", LargeBinary, nullable=False),  # FrozenMessage.encode()
    Column("code", Integer),
    Column("enhanced", String(12)),
    Column("reply", Text),
    Column("relay_id", Text),
    Column("reason", Text, nullable=False, default=""),
    Column("fate", String(14), nullable=False, default=""),
    Column("sent_at", Moment),
    UniqueConstraint("mailing", "client", "address", "channel", "language"),
    CheckConstraint("state IN ({})".format(", ".join(f"'{one}'" for one in STATES))),
    CheckConstraint("phase IN ('', 'open', 'dot')"),
    Index("delivery_queue", "mailing", "state", "position"),
)

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery", Integer, nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("event", String(20), nullable=False),
    Column("detail", Text, nullable=False, default=""),
)
"""What happened to each delivery, in order; rows are only ever added (triggers see to it)."""

copy = Table(
    "copy",
    metadata,
    Column("code", String(32), primary_key=True),  # the mark in the file
    Column("mailing", String(40), nullable=False),
    Column("client", String(64), nullable=False),
    Column("address", String(254), nullable=False),
    Column("language", String(10), nullable=False),
    Column("format", String(5), nullable=False),
    Column("sha256", String(64), nullable=False),  # of the marked file before encryption
    Column("at", Moment, nullable=False),
)
"""Which personal copy was made for whom; it outlives the mailing."""

bounce = Table(
    "bounce",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_sha256", String(64), nullable=False, unique=True),
    Column("delivery", Integer, index=True),
    Column("kind", String(12), nullable=False),
    Column("status", String(12), nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),
    Column("at", Moment, nullable=False),
)
"""Mail that came back, each once."""
