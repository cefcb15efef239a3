"""Whom nothing is sent to, and why.

The list knows an address by a keyed hash, and shows it masked: it can be kept when the address
has to be forgotten, and tells nobody who has unsubscribed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Select, select

from reportgen.deliver import tables
from reportgen.deliver.clients.address import masked
from reportgen.deliver.clients.turns import take_turn
from reportgen.deliver.database import Database
from reportgen.deliver.embedded import WRITES
from reportgen.deliver.keys import Key
from reportgen.deliver.message.identity import address_hash
from reportgen.errors import ConfigError, MissingInputError, UsageError

Reason = Literal["complaint", "unsubscribed", "operator", "hard_bounce", "soft_bounces"]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""The gravest first: what a person wished goes before what a machine found."""

_LIST = tables.suppression
_LONGEST = 500


@dataclass(frozen=True)
class Suppressed:
    """An address nothing is sent to.

    Args:
        address_hash: keyed hash of the address.
        masked: the address as it may be shown.
        reason: of ``REASONS``.
        detail: the server's words, or a person's.
        actor: who put it on the list.
        at: since when.
        lifted_at, lifted_by, lifted_why: of one that counts no more.
    """

    address_hash: str
    masked: str
    reason: Reason
    detail: str
    actor: str
    at: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    lifted_why: str | None = None


def find(place: Database | Connection, key: Key, address: str) -> Suppressed | None:
    """Return why nothing is sent to an address, the gravest reason; ``None`` when nothing is wrong.

    Raises:
        ConfigError: the list was kept with another delivery key, and would find nobody.
    """
    with _reading(place) as connection:
        bind(connection, key)
        wanted = _active().where(_LIST.c.address_hash == address_hash(key, address))
        rows = sorted(_rows(connection, wanted), key=_gravity)
    return rows[0] if rows else None


def every(place: Database | Connection, key: Key) -> Mapping[str, Suppressed]:
    """Return all that are suppressed, by the hash of the address, with the gravest reason.

    Raises:
        ConfigError: as ``find``.
    """
    with _reading(place) as connection:
        bind(connection, key)
        rows = sorted(_rows(connection, _active()), key=_gravity, reverse=True)
    return {one.address_hash: one for one in rows}


def among(
    place: Database | Connection, key: Key, addresses: Iterable[str]
) -> Mapping[str, Suppressed]:
    """Return which of some addresses are suppressed, by address.

    Raises:
        ConfigError: as ``find``.
    """
    known = every(place, key)
    hashes = {one: address_hash(key, one) for one in addresses} if known else {}
    return {one: known[digest] for one, digest in hashes.items() if digest in known}


def listed(database: Database, *, lifted: bool = False) -> tuple[Suppressed, ...]:
    """Return the list in the order it was written.

    Args:
        database: with the list.
        lifted: whether those that count no more are in it.
    """
    with database.reading() as connection:
        wanted = select(_LIST) if lifted else _active()
        return _rows(connection, wanted.order_by(_LIST.c.id))


def suppress(
    place: Database | Connection,
    key: Key,
    address: str,
    reason: str,
    detail: str,
    actor: str,
    now: datetime,
) -> Suppressed:
    """Put an address on the list; for a reason it is there for already, nothing changes.

    Args:
        place: database, or a connection that writes.
        key: the house's.
        address: as ``address.parse`` returns it.
        reason: of ``REASONS``.
        detail: the server's words, or a person's; shortened.
        actor: who does it: a person's name, or the part of the program.
        now: the moment.

    Raises:
        UsageError: there is no such reason, or nobody does it.
        ConfigError: as ``find``.
    """
    known = _reason(reason)
    if not actor.strip():
        raise UsageError("The suppression list names who puts an address on it.")
    with _writing(place) as connection:
        take_turn(connection)
        bind(connection, key)
        digest = address_hash(key, address)
        same = _active().where(_LIST.c.address_hash == digest, _LIST.c.reason == known)
        found = _rows(connection, same)
        if found:
            return found[0]
        new = Suppressed(digest, masked(address), known, _plain(detail), _plain(actor), now)
        connection.execute(_LIST.insert(), [vars(new)])
    return new


def lift(
    place: Database | Connection, key: Key, address: str, actor: str, why: str, now: datetime
) -> int:
    """Take an address off the list, for every reason it is there; the rows stay as history.

    Returns:
        How many reasons there were.

    Raises:
        UsageError: nobody does it, or for no reason.
        MissingInputError: it is not on the list.
        ConfigError: as ``find``.
    """
    if not actor.strip() or not why.strip():
        raise UsageError(
            "Who takes an address off the list says who they are, and why.",
            "Give --by NAME and --note SENTENCE.",
        )
    with _writing(place) as connection:
        take_turn(connection)
        bind(connection, key)
        done = connection.execute(
            _LIST.update()
            .where(_LIST.c.address_hash == address_hash(key, address), _LIST.c.lifted_at.is_(None))
            .values(lifted_at=now, lifted_by=_plain(actor), lifted_why=_plain(why))
        )
    if not done.rowcount:
        raise MissingInputError(f"{masked(address)} is not on the suppression list.")
    return done.rowcount


def bind(connection: Connection, key: Key) -> None:
    """Make sure the list was kept with this delivery key: with another it would find nobody.

    The first entry binds it; until then any key will do.

    Raises:
        ConfigError: it was kept with another key.
    """
    name = tables.meta.c.name == "key"
    kept = connection.scalar(select(tables.meta.c.value).where(name))
    if kept is None and connection.get_execution_options().get(WRITES):
        connection.execute(tables.meta.insert().values(name="key", value=key.fingerprint))
    elif kept not in (None, key.fingerprint):
        raise ConfigError(
            "The delivery key is not the one this database was begun with: "
            "those who unsubscribed would get mail.",
            "Bring back delivery.key, or REPORTGEN_DELIVERY_KEY, from the backup.",
        )


def _reason(text: str) -> Reason:
    for one in REASONS:
        if one == text:
            return one
    raise UsageError(f"There is no reason {text[:40]!r}.", f"Reasons: {', '.join(REASONS)}.")


def _gravity(one: Suppressed) -> int:
    return REASONS.index(one.reason)


def _plain(text: str) -> str:
    """Return a text as one line that a terminal can show."""
    line = " ".join(text.split())
    return "".join(sign for sign in line if sign.isprintable())[:_LONGEST]


def _active() -> Select[Any]:
    return select(_LIST).where(_LIST.c.lifted_at.is_(None))


def _rows(connection: Connection, wanted: Select[Any]) -> tuple[Suppressed, ...]:
    names = Suppressed.__dataclass_fields__
    found = connection.execute(wanted).mappings()
    return tuple(Suppressed(**{name: row[name] for name in names}) for row in found)


def _reading(place: Database | Connection) -> AbstractContextManager[Connection]:
    return nullcontext(place) if isinstance(place, Connection) else place.reading()


def _writing(place: Database | Connection) -> AbstractContextManager[Connection]:
    return nullcontext(place) if isinstance(place, Connection) else place.writing()
