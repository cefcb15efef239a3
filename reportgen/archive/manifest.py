"""What an edition is, what it was made from and with, and the sha256 of each of its files."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Annotated

import msgspec

from reportgen.errors import DataError

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])(-r[2-9]|-r[1-9][0-9])?\Z")]
"""Of an edition: its month, and from the second revision on its number."""

FORMAT = 1
SIGNATURE = "manifest.json.minisig"
"""The signature of the manifest, beside it."""


class FileEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: its sha256 and its size in bytes."""

    sha256: Sha256
    size: Annotated[int, msgspec.Meta(ge=0)]


class Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a revision was issued.

    Args:
        corrects: name of the edition it takes the place of.
        revision: number of the revision, from 2 on.
        replaces: day of issue of that edition.
        day: day of issue.
        reason: one sentence by language code.
    """

    corrects: Name
    revision: Annotated[int, msgspec.Meta(ge=2, le=99)]
    replaces: date
    day: date
    reason: dict[str, str]


class EditionHead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which edition it is, and everything it was made from and with.

    Args:
        period: month of publication, ``2026-01``.
        revision: 1, or higher for a correction.
        as_of: last day any observation carries.
        dated: the day printed on it.
        known_at: what had been published by then counts.
        published: the moment it was sealed.
        snapshot: hash of the snapshot in its folder ``snapshot/``.
        paths: simulated paths a window.
        languages, formats: what it was written in.
        program: version of the program.
        code: sha256 over the program's code, templates and catalogues.
        libraries: versions of the libraries that shape figures and pages.
        fonts: sha256 of each font file, by PostScript name.
        ledger_rows, ledger_head: the record of forecasts as this edition prints it: rows from
            the beginning, and the hash of the last of them.
        previous: the edition its section on changes compares with; ``None`` for the first.
        previous_sha256: sha256 of that edition's manifest; ``None`` likewise.
        correction: of a revision.
    """

    period: str
    revision: Annotated[int, msgspec.Meta(ge=1, le=99)]
    as_of: date
    dated: date
    known_at: Moment
    published: Moment
    snapshot: Sha256
    paths: int
    languages: tuple[str, ...]
    formats: tuple[str, ...]
    program: str
    code: Sha256
    libraries: dict[str, str]
    fonts: dict[str, Sha256]
    ledger_rows: int
    ledger_head: Sha256
    previous: Name | None = None
    previous_sha256: Sha256 | None = None
    correction: Correction | None = None

    @property
    def name(self) -> str:
        """``2026-01``, or ``2026-01-r2`` for its second revision."""
        return edition_name(self.period, self.revision)


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The manifest of an edition: ``manifest.json``.

    Args:
        format: of this file.
        edition: what it is.
        files: every file of the folder but the manifest and its signature, by relative name.
    """

    format: int
    edition: EditionHead
    files: dict[str, FileEntry]


def edition_name(period: str, revision: int) -> str:
    """Return the name of an edition."""
    return period if revision == 1 else f"{period}-r{revision}"


def encode(manifest: Manifest) -> bytes:
    """Return a manifest as it stands in its file; the same manifest gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=1) + b"\n"


def decode(content: bytes, where: str) -> Manifest:
    """Return the manifest in the bytes of its file.

    Args:
        content: the bytes; anybody's.
        where: the file, as the reader knows it.

    Raises:
        DataError: they are no manifest this program knows, or name a file outside the folder.
    """
    refuse_unknown_format(content, where)
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise DataError(
            f"{where}: this is no manifest of an edition ({printable(problem)})."
        ) from None
    for name in manifest.files:
        if not _is_inside(name):
            raise DataError(f"{where}: {name!r} is no name of a file of an edition.")
    return manifest


class _Format(msgspec.Struct):
    format: int


def refuse_unknown_format(content: bytes, where: str) -> None:
    """Tell a file of another format, which a newer program may have written, from a broken one.

    Raises:
        DataError: it has no format, or one this program does not know.
    """
    try:
        found = msgspec.json.decode(content, type=_Format).format
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise DataError(
            f"{where}: this is no manifest of an edition ({printable(problem)})."
        ) from None
    if found != FORMAT:
        raise DataError(
            f"{where}: format {found} is not known; this program reads {FORMAT}.",
            "It may have been written by a newer version.",
        )


def printable(problem: Exception) -> str:
    """Return what a library says of anybody's file, safe for a terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in str(problem))[:200]


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        name == path.as_posix()
        and bool(path.parts)
        and not path.is_absolute()
        and ".." not in path.parts
    )
