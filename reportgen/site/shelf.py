"""The editions of the archive as the site shows them, each checked before a word of it is used."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reportgen.archive import MANIFEST
from reportgen.archive.editions import Edition, editions, superseded_by
from reportgen.archive.manifest import EditionHead, FileEntry
from reportgen.errors import DataError, MissingInputError
from reportgen.facts.headlines import FILE as HEADLINES
from reportgen.facts.headlines import Headlines, from_json
from reportgen.i18n.language import LANGUAGES, Language
from reportgen.render.edition import file_name

SIGNATURE = f"{MANIFEST}.minisig"
FORMATS = ("html", "pdf")


@dataclass(frozen=True)
class File:
    """A file of an edition that the site holds: its name, sha256 and size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Volume:
    """One edition on the shelf.

    Args:
        edition: its folder and manifest.
        headlines: what its pages tell.
        manifest: the manifest as a file.
        signature: the manifest's signature, where there is one.
        replaced_by: name of the edition that took its place; empty for none.
    """

    edition: Edition
    headlines: Headlines
    manifest: File
    signature: File | None
    replaced_by: str

    @property
    def head(self) -> EditionHead:
        """What it is and was made from."""
        return self.edition.manifest.edition

    @property
    def name(self) -> str:
        """Its name, ``2026-01`` or ``2026-01-r2``."""
        return self.head.name

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages it was written in."""
        return tuple(one for one in LANGUAGES if one.code in self.head.languages)

    def report(self, language: str, ending: str) -> File | None:
        """Return a report file, or ``None`` where the edition was not written so."""
        name = file_name(self.name, language, ending)
        entry = self.edition.manifest.files.get(name)
        return None if entry is None else File(name, entry.sha256, entry.size)

    @property
    def reports(self) -> tuple[File, ...]:
        """Every report file, by language and format."""
        found = (self.report(one.code, ending) for one in self.languages for ending in FORMATS)
        return tuple(file for file in found if file is not None)

    @property
    def files(self) -> tuple[File, ...]:
        """Every file of it that the site holds."""
        proofs = (self.manifest,) if self.signature is None else (self.manifest, self.signature)
        return (*self.reports, *proofs)

    def bytes_of(self, file: File) -> bytes:
        """Return a file's bytes; ``DataError`` where they are not those of its sha256."""
        return _checked(self.edition, file.name, FileEntry(file.sha256, file.size))


def shelf(output: Path) -> tuple[Volume, ...]:
    """Return the editions of an archive, newest first.

    Raises:
        MissingInputError: there is none.
        DataError: one of them is damaged; names it.
    """
    try:
        found = editions(output)
    except MissingInputError as problem:
        raise DataError(
            f"An edition in the archive is damaged: {problem.message}", "The site stays as it was."
        ) from None
    if not found:
        raise MissingInputError(
            f"There is no edition in {output / 'editions'} to make a site of.",
            "reportgen publish makes one.",
        )
    volumes = [_volume(edition, found) for edition in found]
    _check_chain(volumes)
    return tuple(reversed(volumes))


def _volume(edition: Edition, every: Sequence[Edition]) -> Volume:
    manifest = _file(edition, MANIFEST)
    if manifest is None:
        raise _damaged(edition, f"{MANIFEST} is not there")
    successor = superseded_by(edition, every)
    return Volume(
        edition=edition,
        headlines=_headlines(edition),
        manifest=manifest,
        signature=_file(edition, SIGNATURE),
        replaced_by="" if successor is None else successor.name,
    )


def _headlines(edition: Edition) -> Headlines:
    entry = edition.manifest.files.get(HEADLINES)
    if entry is None:
        raise _damaged(edition, f"its manifest does not name {HEADLINES}")
    content = _checked(edition, HEADLINES, entry)
    try:
        found = from_json(content)
    except DataError as problem:
        raise _damaged(edition, problem.message.rstrip(".")) from None
    if found.name != edition.name:
        raise _damaged(edition, f"{HEADLINES} belongs to {found.name}")
    untold = sorted(set(edition.head.languages) - found.verdict.keys())
    if untold:
        raise _damaged(edition, f"{HEADLINES} has no verdict in {untold[0]}")
    return found


def _check_chain(volumes: Sequence[Volume]) -> None:
    """Compare what each edition says of the manifest before it with that manifest."""
    manifests = {volume.name: volume.manifest.sha256 for volume in volumes}
    for volume in volumes:
        before, stated = volume.head.previous, volume.head.previous_sha256
        if before in manifests and stated is not None and manifests[before] != stated:
            raise DataError(
                f"The manifest of edition {before} is not the one that edition "
                f"{volume.name} was compared with.",
                f"reportgen verify {before} tells what has changed; the site stays as it was.",
            )


def _file(edition: Edition, name: str) -> File | None:
    """Return a file the manifest does not list: the manifest itself and its signature."""
    path = edition.folder / name
    if not path.is_file() or path.is_symlink():
        return None
    data = _read(edition, path)
    return File(name, hashlib.sha256(data).hexdigest(), len(data))


def _checked(edition: Edition, name: str, entry: FileEntry) -> bytes:
    path = edition.folder / name
    if not path.is_file() or path.is_symlink():
        raise _damaged(edition, f"{name} is not there")
    data = _read(edition, path)
    if len(data) != entry.size or hashlib.sha256(data).hexdigest() != entry.sha256:
        raise _damaged(edition, f"{name} has not the bytes its manifest names")
    return data


def _read(edition: Edition, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise _damaged(edition, f"{path.name} cannot be read: {problem.strerror}") from None


def _damaged(edition: Edition, what: str) -> DataError:
    return DataError(
        f"The edition {edition.name} in {edition.folder} is damaged: {what}.",
        f"reportgen verify {edition.name} tells what has changed; the site stays as it was.",
    )
