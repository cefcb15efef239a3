"""The report files of an edition, and what of them goes to one recipient."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from reportgen.archive.editions import Edition
from reportgen.deliver.message.identity import Identity, copy_code
from reportgen.deliver.message.letter import File
from reportgen.deliver.outbox import blob_of
from reportgen.deliver.planning.desk import Desk, Stamp, Wording
from reportgen.deliver.planning.recipients import Row
from reportgen.errors import DataError, DiskError

KINDS = {"pdf": "application/pdf", "html": "text/html"}


def report_name(edition: Edition, language: str, form: str) -> str:
    """Return the name of a report's file in its edition; empty where it has none."""
    ending = f".{language}.{form}"
    found = (name for name in edition.manifest.files if name.endswith(ending) and "/" not in name)
    return next(found, "")


@dataclass(frozen=True)
class Copy:
    """A report as one recipient gets it.

    Args:
        file: its name and hash.
        form: ``pdf`` or ``html``.
        code: the mark in it; empty where every client has the same file.
        sha256: of the marked file before encryption.
    """

    file: File
    form: str
    code: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Made:
    """A copy that still has to be put somewhere.

    Args:
        copy: what is written down of it.
        content: the file.
    """

    copy: Copy
    content: bytes


@dataclass
class Reports:
    """The reports of one edition in one language; each is read once.

    Args:
        desk: with the outbox and who makes copies.
        edition: the edition.
        language: code.
        wording: names the files.
    """

    desk: Desk
    edition: Edition
    language: str
    wording: Wording
    _content: dict[str, bytes] = field(default_factory=dict)
    _stamps: dict[str, Stamp] = field(default_factory=dict)
    _commons: dict[str, Made] = field(default_factory=dict)

    def copies(self, mailing: str, row: Row, identity: Identity) -> tuple[Made, ...]:
        """Return what a recipient gets, one file a format."""
        return tuple(self._copy(mailing, row, identity, form) for form in row.client.formats)

    def _copy(self, mailing: str, row: Row, identity: Identity, form: str) -> Made:
        if row.client.protection == "none":
            return self._common(form)
        code = copy_code(self.desk.key, mailing, *row.who, form)
        made = self._stamp(form).copy(row.client.organisation, code, identity.reference)
        sha256 = hashlib.sha256(made).hexdigest()
        if row.client.protection == "password":
            made = self.desk.craft.encrypted(made, self.desk.passwords[row.client.id])
        return Made(Copy(self._file(form, made, shared=False), form, code, sha256), made)

    def _common(self, form: str) -> Made:
        """Return the edition's own file; its hash is made once for all who get it."""
        if form not in self._commons:
            content = self._bytes(form)
            self._commons[form] = Made(Copy(self._file(form, content, shared=True), form), content)
        return self._commons[form]

    def _file(self, form: str, content: bytes, *, shared: bool) -> File:
        name = self.wording.file_name(form)
        return File(name, KINDS[form], blob_of(content), shared=shared)

    def _stamp(self, form: str) -> Stamp:
        if form not in self._stamps:
            content = self._bytes(form)
            self._stamps[form] = self.desk.craft.stamp(content, form, self.language)
        return self._stamps[form]

    def _bytes(self, form: str) -> bytes:
        """Return a report as the edition's manifest has it."""
        if form in self._content:
            return self._content[form]
        name = report_name(self.edition, self.language, form)
        path = self.edition.folder / name
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise DiskError(f"{path} cannot be read: {problem.strerror}.") from None
        entry = self.edition.manifest.files.get(name)
        if entry is None or hashlib.sha256(content).hexdigest() != entry.sha256:
            raise DataError(f"{path} is not as the manifest of the edition says.")
        self._content[form] = content
        return content
