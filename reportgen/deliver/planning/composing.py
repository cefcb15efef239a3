"""From a recipient to a row of the mailing: identity, copies, letter, frozen bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reportgen.archive.editions import Edition
from reportgen.deliver.message.frozen import FrozenMessage
from reportgen.deliver.message.identity import (
    Identity,
    bounce_address,
    identity,
    unsubscribe_token,
)
from reportgen.deliver.message.letter import File, Head, Letter
from reportgen.deliver.message.writer import compose
from reportgen.deliver.outbox import Blob
from reportgen.deliver.planning import links
from reportgen.deliver.planning.desk import Desk, Wording
from reportgen.deliver.planning.recipients import Row
from reportgen.deliver.planning.reports import Copy, Made, Reports, report_name
from reportgen.deliver.wording.recipient import Link, Recipient
from reportgen.errors import DataError

TOO_LARGE = "larger than the relay takes, and there are no links"


@dataclass(frozen=True)
class Draft:
    """A row as it will stand in the database.

    Args:
        row: whom it is for.
        state: ``planned``, ``suppressed`` or ``held``.
        reason: of the latter two.
        identity: of the delivery.
        envelope_from: sender of the envelope.
        message: frozen, as it is kept; empty where nothing is sent.
        sha256, size: of its bytes; empty and 0 likewise.
        copies: what it holds or leads to.
    """

    row: Row
    state: str
    reason: str
    identity: Identity
    envelope_from: str
    message: bytes = b""
    sha256: str = ""
    size: int = 0
    copies: tuple[Copy, ...] = ()


@dataclass
class Composer:
    """Composes the messages of one mailing.

    Args:
        desk: what it works with.
        edition: that is delivered.
        mailing: its name.
        test: whether the house writes to itself.
    """

    desk: Desk
    edition: Edition
    mailing: str
    test: bool = False
    _wordings: dict[str, Wording] = field(default_factory=dict)
    _reports: dict[str, Reports] = field(default_factory=dict)
    _put: set[Blob] = field(default_factory=set)

    def draft(self, row: Row) -> Draft:
        """Return what a recipient is sent; its files are in the outbox, its links in place.

        Raises:
            DataError: a name cannot stand in a mail or on a copy.
        """
        mine = self._identity(row)
        sender = bounce_address(self.desk.key, self._delivery.bounces, mine.token)
        envelope = sender or self.desk.sender
        if row.suppressed:
            return Draft(row, "suppressed", row.suppressed, mine, envelope)
        made = self._reports_in(row.language).copies(self.mailing, row, mine)
        head = self._head(row, mine)
        message, fits = self._message(row, mine, head, made)
        copies = tuple(one.copy for one in made)
        state, reason = ("planned", "") if fits else ("held", TOO_LARGE)
        kept = (message.encode(), message.sha256, message.size)
        return Draft(row, state, reason, mine, envelope, *kept, copies)

    def _message(
        self, row: Row, mine: Identity, head: Head, made: tuple[Made, ...]
    ) -> tuple[FrozenMessage, bool]:
        """Return the message, with links where files may not or cannot go, and whether it fits."""
        linked = row.client.protection == "link"
        message = self._frozen(row, mine, head, made, linked=linked)
        most = self.desk.settings.smtp.max_message_bytes
        if message.size > most and self._delivery.links_url and not linked:
            message = self._frozen(row, mine, head, made, linked=True)
        return message, message.size <= most

    def _frozen(
        self, row: Row, mine: Identity, head: Head, made: tuple[Made, ...], *, linked: bool
    ) -> FrozenMessage:
        letter = self._said(row, mine, made, linked=linked)
        if not any("{" in name for name in (row.client.organisation, row.contact.name)):
            _refuse_holes(letter)
        return compose(head, letter, self.desk.outbox, self.desk.signer)

    def _said(self, row: Row, mine: Identity, made: tuple[Made, ...], *, linked: bool) -> Letter:
        if linked:
            how: dict[str, Any] = {"links": tuple(self._linked(row, one) for one in made)}
        else:
            how = {"attachments": tuple(self._attached(one) for one in made)}
        url, mail = self._unsubscribe(row)
        recipient = Recipient(
            organisation=row.client.organisation,
            contact=row.contact.name,
            reference=mine.reference,
            protection=row.client.protection,
            unsubscribe_url=url,
            unsubscribe_mail=mail,
            test=self.test,
            **how,
        )
        return self._wording(row.language).letter(recipient)

    def _attached(self, made: Made) -> File:
        file = made.copy.file
        if not (file.shared and file.blob in self._put):
            self._put.add(self.desk.outbox.put(made.content))
        return file

    def _linked(self, row: Row, made: Made) -> Link:
        shelf = links.shelf(self.desk, self.mailing, row.who)
        name = report_name(self.edition, row.language, made.copy.form).lower()
        shelf.put(made.content, name)
        return shelf.link(made.copy.file, name)

    def _head(self, row: Row, mine: Identity) -> Head:
        url, mail = self._unsubscribe(row)
        return Head(
            sender_name=self.desk.sender_name,
            sender=self.desk.sender,
            to=row.contact.address,
            reply_to=self._delivery.reply_to,
            date=self.desk.now,
            message_id=mine.message_id,
            token=mine.token,
            language=row.language,
            feedback_id=f"{self.mailing}:reportgen",
            unsubscribe_url=url,
            unsubscribe_mail=mail,
        )

    def _unsubscribe(self, row: Row) -> tuple[str, str]:
        """Return the recipient's two ways to unsubscribe, by web and by mail, or nothing."""
        token = unsubscribe_token(self.desk.key, row.contact.address)
        base, mail = self._delivery.unsubscribe_url.rstrip("/"), self._delivery.unsubscribe_mail
        return (
            f"{base}/{token}" if base else "",
            f"mailto:{mail}?subject={token}" if mail else "",
        )

    def _identity(self, row: Row) -> Identity:
        domain = self.desk.sender.rpartition("@")[2]
        return identity(self.desk.key, self.mailing, *row.who, domain)

    def _wording(self, language: str) -> Wording:
        if language not in self._wordings:
            made = self.desk.craft.wording(self.edition, language, self.desk.outbox)
            self._wordings[language] = made
        return self._wordings[language]

    def _reports_in(self, language: str) -> Reports:
        if language not in self._reports:
            wording = self._wording(language)
            self._reports[language] = Reports(self.desk, self.edition, language, wording)
        return self._reports[language]

    @property
    def _delivery(self) -> Any:
        return self.desk.settings.delivery


def _refuse_holes(letter: Letter) -> None:
    """Refuse a letter in which something was not filled in."""
    for part in (letter.subject, letter.text, letter.html):
        for sign in ("{{", "{%"):
            if sign in part:
                raise DataError(f"A mail holds {sign}, something that was not filled in.")


def row_values(draft: Draft, mailing: str, position: int) -> Mapping[str, Any]:
    """Return a draft as a row of the table of deliveries."""
    row = draft.row
    return {
        "mailing": mailing,
        "position": position,
        "client": row.client.id,
        "address": row.contact.address,
        "language": row.language,
        "channel": "mail",
        "canary": row.canary,
        "state": draft.state,
        "reason": draft.reason,
        "message_id": draft.identity.message_id,
        "reference": draft.identity.reference,
        "envelope_from": draft.envelope_from,
        "eml_sha256": draft.sha256,
        "size": draft.size,
        "message": draft.message,
    }
