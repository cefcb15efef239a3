"""A mailing in the database: written whole or not at all, in the place of an older plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, select

from reportgen.archive.editions import Edition
from reportgen.deliver.clients import suppression
from reportgen.deliver.planning import fingerprints, recipients
from reportgen.deliver.planning.composing import Draft, row_values
from reportgen.deliver.planning.desk import Desk
from reportgen.deliver.planning.fingerprints import Prints
from reportgen.deliver.tables import NOT_BEGUN, copy, delivery, mailing
from reportgen.errors import LockedError

Kind = Literal["edition", "correction", "supplement", "test"]
_CHUNK = 500


def head_of(desk: Desk, edition: Edition, name: str, kind: Kind, by: str) -> dict[str, Any]:
    """Return the row of a mailing, without its hashes and its count."""
    return {
        "name": name,
        "kind": kind,
        "edition": edition.name,
        "state": "planned",
        "planned_at": desk.now,
        "planned_by": by,
    }


def write(desk: Desk, edition: Edition, head: Mapping[str, Any], drafts: Sequence[Draft]) -> Prints:
    """Write a mailing with its rows and copies, whole or not at all, in the place of an older plan.

    Raises:
        LockedError: the older one has begun.
    """
    name = head["name"]
    rows = [row_values(one, name, place) for place, one in enumerate(drafts)]
    prints = Prints(  # before the block: files are read for them
        manifest=fingerprints.of_edition(edition),
        recipients=recipients.sha256(one.row for one in drafts),
        messages=fingerprints.of_messages(rows, name, desk),
        words=fingerprints.of_words(),
        settings=fingerprints.of_settings(desk.settings),
    )
    with desk.database.writing() as connection:
        suppression.bind(connection, desk.key)
        _clear(connection, name)
        counted = {**head, "recipients": len(rows)}
        connection.execute(mailing.insert(), [{**counted, **prints.columns}])
        for start in range(0, len(rows), _CHUNK):
            connection.execute(delivery.insert(), rows[start : start + _CHUNK])
        copies = list(_copies(desk, name, drafts))
        if copies:
            connection.execute(copy.insert(), copies)
    return prints


def withdraw(desk: Desk, name: str) -> None:
    """Forget a plan nothing was sent of, if there is one.

    Raises:
        LockedError: the mailing has begun.
    """
    with desk.database.writing() as connection:
        _clear(connection, name)


def _copies(desk: Desk, name: str, drafts: Iterable[Draft]) -> Iterable[dict[str, Any]]:
    for draft in drafts:
        for one in draft.copies:
            if one.code:
                yield {
                    "code": one.code,
                    "mailing": name,
                    "client": draft.row.client.id,
                    "address": draft.row.contact.address,
                    "language": draft.row.language,
                    "format": one.form,
                    "sha256": one.sha256,
                    "at": desk.now,
                }


def _clear(connection: Connection, name: str) -> None:
    """Make room for a plan.

    Raises:
        LockedError: the mailing has begun.
    """
    state = connection.scalar(select(mailing.c.state).where(mailing.c.name == name))
    refuse_begun(name, state)
    connection.execute(copy.delete().where(copy.c.mailing == name))
    connection.execute(mailing.delete().where(mailing.c.name == name))


def refuse_begun(name: str, state: str | None) -> None:
    """Refuse to plan what messages have left of.

    Raises:
        LockedError: the mailing has begun.
    """
    if state not in (None, *NOT_BEGUN):
        raise LockedError(
            f"The mailing {name} has begun and cannot be planned again.",
            f"See how it stands: reportgen deliver status {name}",
        )
