"""Approval: a person says yes to a mailing as it stands, and to nothing else.

What was approved is one digest over edition, recipients, messages, words and settings. It is made
again from what is there whenever it is asked for, so that any change voids the approval.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from reportgen.archive import editions
from reportgen.deliver.names import planning_of
from reportgen.deliver.planning import fingerprints
from reportgen.deliver.planning.desk import House
from reportgen.deliver.planning.guards import is_late
from reportgen.deliver.planning.superseding import superseded
from reportgen.deliver.sending.status import mailing_row
from reportgen.deliver.tables import approval, mailing
from reportgen.errors import (
    ApprovalMissingError,
    DataError,
    LockedError,
    MissingInputError,
    UsageError,
)

LONGEST_NAME = 80
_CALLED = {
    "manifest": "the edition's files changed",
    "recipients": "the list of clients changed",
    "messages": "the messages changed",
    "words": "the templates or catalogues changed",
    "settings": "the configuration changed",
    "late": "the edition has become late",
    "superseded": "a correction has taken the edition's place",
}
"""What a person is told of each part that is another than it was."""
_AFTER_THE_START = frozenset(("recipients", "words", "settings"))
"""What may change once messages have left, when it is approved anew: they are frozen."""


@dataclass(frozen=True)
class Verdict:
    """Whether a mailing may be sent as everything is now.

    Args:
        mailing: its name.
        digest: what an approval would be of.
        changed: parts that are others than when it was planned.
        approved_by: who approved exactly this.
        needed: how many people have to.
        begun, done: whether messages have left, and whether all have.
    """

    mailing: str
    digest: str
    changed: tuple[str, ...]
    approved_by: tuple[str, ...]
    needed: int
    begun: bool
    done: bool

    @property
    def fatal(self) -> tuple[str, ...]:
        """Changes that no approval makes good."""
        return tuple(one for one in self.changed if not (self.begun and one in _AFTER_THE_START))

    @property
    def holds(self) -> bool:
        """Whether it may be sent."""
        return not self.fatal and len(self.approved_by) >= self.needed


def verdict(house: House, name: str) -> Verdict:
    """Return whether a mailing may be sent.

    A mailing to oneself needs no approval; with ``approval = "auto"`` passing the guards is one.

    Raises:
        MissingInputError: there is no such mailing.
    """
    head = _head(house, name)
    now = fingerprints.standing(house, head)
    changed = fingerprints.planned(head).changed(now) + _late(house, head)
    changed += ("superseded",) if superseded(house, head) else ()
    with house.database.reading() as connection:
        people = _people(connection, name, now.digest)
    settings = house.settings.delivery
    free = head.kind == "test" or settings.approval == "auto"
    begun = head.state not in ("planned", "approved")
    needed = 0 if free else settings.approvals
    return Verdict(name, now.digest, changed, people, needed, begun, head.state == "done")


def refuse_unless_approved(house: House, name: str) -> Verdict:
    """Refuse to send a mailing that is not approved as everything is now.

    Raises:
        ApprovalMissingError: it never was, or something has changed since; says what.
        MissingInputError: there is no such mailing.
    """
    found = verdict(house, name)
    if found.fatal:
        raise ApprovalMissingError(
            f"{name} is not what was planned: {_called(found.fatal)}.",
            _mended(found),
        )
    if not found.holds:
        of = f"{len(found.approved_by)} of {found.needed} people approved it"
        changed = f" since {_called(found.changed)}" if found.changed else ""
        raise ApprovalMissingError(
            f"{name} is not approved: {of}{changed}.",
            f"Look at it, then: reportgen deliver approve {name} --by NAME",
        )
    return found


def approve(house: House, name: str, by: str) -> Verdict:
    """Approve a mailing as it stands.

    Args:
        house: with it.
        name: of the mailing.
        by: who; the same person counts once.

    Raises:
        UsageError: nobody is named.
        ApprovalMissingError: it is not what was planned.
        LockedError: it is done.
        MissingInputError: there is no such mailing.
    """
    person = _person(by)
    found = verdict(house, name)
    if found.done:
        raise LockedError(f"{name} is done; there is nothing left to approve.")
    if found.fatal:
        raise ApprovalMissingError(
            f"{name} is not what was planned: {_called(found.fatal)}.",
            _mended(found),
        )
    return replace(found, approved_by=_write(house, found, person))


def _head(house: House, name: str) -> Any:
    with house.database.reading() as connection:
        return mailing_row(connection, name)


def _people(connection: Connection, name: str, digest: str) -> tuple[str, ...]:
    """Return who approved exactly this, in order."""
    mine = select(approval.c.by).where(approval.c.mailing == name, approval.c.digest == digest)
    return tuple(connection.scalars(mine.order_by(approval.c.id)))


def _late(house: House, head: Any) -> tuple[str, ...]:
    """Return ``late`` for an edition that became late between its plan and its beginning.

    Of one that was late already somebody said that it is meant.
    """
    if head.kind == "test" or head.state not in ("planned", "approved"):
        return ()
    try:
        edition = editions.find(house.output, head.edition)
    except (MissingInputError, DataError):
        return ()  # what is wrong with it is told by its hash
    then = is_late(house, edition, house.day_of(head.planned_at))
    return ("late",) if is_late(house, edition, house.day) and not then else ()


def _write(house: House, found: Verdict, person: str) -> tuple[str, ...]:
    """Write an approval down, once for each person, and return who has approved by now.

    With the last one that is needed the mailing is approved. Of several who approve at the same
    moment each waits for the one before, so that one of them is the last.
    """
    mine = mailing.c.name == found.mailing
    with house.database.writing() as connection:
        connection.execute(select(mailing.c.name).where(mine).with_for_update())
        people = _people(connection, found.mailing, found.digest)
        if person.casefold() not in map(str.casefold, people):
            values = {"mailing": found.mailing, "digest": found.digest, "by": person}
            connection.execute(approval.insert(), [{**values, "at": house.now}])
            people = (*people, person)
        if len(people) >= found.needed:
            connection.execute(
                mailing.update().where(mine, mailing.c.state == "planned").values(state="approved")
            )
    return people


def _person(by: str) -> str:
    """Return a person's name in one spelling."""
    name = " ".join(unicodedata.normalize("NFKC", by).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageError(
            f"Who approves is named with 1 to {LONGEST_NAME} printable characters.",
            "Say --by NAME.",
        )
    return name


def _called(parts: tuple[str, ...]) -> str:
    return ", ".join(_CALLED[one] for one in parts)


def _mended(found: Verdict) -> str:
    if "superseded" in found.fatal:
        return "Deliver the correction: it goes also to those who still wait for this one."
    if found.begun:
        return "Bring back what was changed: messages that have left cannot be planned again."
    late = " --late-ok" if "late" in found.fatal else ""
    return f"If that is meant, plan it again: {planning_of(found.mailing)}{late}"
