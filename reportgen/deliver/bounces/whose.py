"""Whose a returned message is: believed only with what nobody else can have made."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from reportgen.deliver.bounces.notice import Notice
from reportgen.deliver.keys import Key
from reportgen.deliver.tables import delivery, mailing


def owner(connection: Connection, key: Key, notice: Notice) -> Row[Any] | None:
    """Return the delivery a notice is about, with the kind of its mailing; ``None`` for none.

    The mark of the bounce address goes first, as it is bound to the delivery by the house's key;
    then our Message-ID, then our own header, for relays that give messages ids of their own.
    """
    for wanted in _conditions(key, notice):
        found = connection.execute(
            select(delivery, mailing.c.kind).join_from(delivery, mailing).where(wanted).limit(2)
        ).all()
        if len(found) == 1:
            return found[0]
    return None


def _conditions(key: Key, notice: Notice) -> list[ColumnElement[bool]]:
    starts = [mark[:16] for mark in notice.marks if is_ours(key, mark)]
    by_mark = [_begins(start) for start in starts]
    by_id = [delivery.c.message_id == one for one in notice.message_ids]
    return [*by_mark, *by_id, *(_begins(one) for one in notice.tokens)]


def is_ours(key: Key, mark: str) -> bool:
    """Tell whether a mark, ``<16 digits>-<12 digits>``, is one the house has made."""
    start, _, code = mark.partition("-")
    return key.is_token(code, "bounce", start, length=12)


def _begins(token: str) -> ColumnElement[bool]:
    """Return the condition for a token or its beginning; its digits come before the letter g."""
    start = f"<rg1.{token}"
    return and_(
        delivery.c.message_id >= start,
        delivery.c.message_id < f"{start}g",
        delivery.c.message_id.startswith(start),
    )
