"""The words and copies of the house, as planning uses them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.archive.editions import Edition
from reportgen.deliver.message.letter import Letter
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.planning.desk import Craft, Stamp, Wording
from reportgen.deliver.wording.recipient import Recipient

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.deliver.copies.personal import Base
    from reportgen.deliver.wording.edition import Naming
    from reportgen.deliver.wording.edition import Wording as Written
    from reportgen.secret import Secret


def craft_of(settings: Settings) -> Craft:
    """Return who writes the words and makes the copies with these settings."""
    fonts = Path(settings.fonts.folder) if settings.fonts.folder else None
    return Craft(partial(_wording, settings), partial(_stamp, fonts), _encrypted)


@dataclass(frozen=True)
class _Words:
    base: Written
    naming: Naming

    def letter(self, recipient: Recipient) -> Letter:
        """Return the letter to a recipient."""
        from reportgen.deliver import wording

        return wording.letter(self.base, recipient)

    def file_name(self, form: str) -> str:
        """Return the name under which the client sees the report."""
        from reportgen.deliver import wording

        return wording.attachment_name(self.base, form, self.naming)


@dataclass(frozen=True)
class _Pdf:
    base: Base

    def copy(self, organisation: str, code: str, reference: str) -> bytes:
        """Return a marked copy."""
        from reportgen.deliver.copies.mark import Mark
        from reportgen.deliver.copies.personal import copy

        return copy(self.base, Mark(organisation, code, reference))


@dataclass(frozen=True)
class _Page:
    content: bytes
    language: str

    def copy(self, organisation: str, code: str, reference: str) -> bytes:
        """Return a marked copy."""
        from reportgen.deliver.copies.mark import Mark
        from reportgen.deliver.copies.page import html_copy

        mark = Mark(organisation, code, reference)
        return html_copy(self.content, mark, self.language)


def _wording(settings: Settings, edition: Edition, language: str, outbox: Outbox) -> Wording:
    from reportgen.deliver import wording

    base = wording.edition_letter(edition, language, outbox, wording.imprint_of(settings))
    return _Words(base, settings.delivery.attachment_name)


def _stamp(fonts: Path | None, content: bytes, form: str, language: str) -> Stamp:
    from reportgen.deliver.copies.personal import prepare

    return _Page(content, language) if form == "html" else _Pdf(prepare(content, fonts))


def _encrypted(pdf: bytes, password: Secret) -> bytes:
    from reportgen.deliver.copies import protection

    return protection.encrypted(pdf, password)
