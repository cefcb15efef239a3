"""The proof each PDF of an edition carries: digests of its pages, hashes of the edition's files.

PDFs are left out of the list of files. A PDF cannot hold its own hash, and two cannot hold each
other's: whichever is finished last changes what the other says. The manifest in the archive lists
them all; inside a PDF its pages are named one by one instead. The run's own report is left out
too, because it is written until the edition is sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from reportgen.archive import sealing
from reportgen.archive.manifest import (
    FORMAT,
    SIGNATURE,
    EditionHead,
    FileEntry,
    Sha256,
    printable,
    refuse_unknown_format,
)
from reportgen.disk import sync
from reportgen.errors import DataError, DiskError

if TYPE_CHECKING:
    from reportgen.archive.signing import SigningKey

RUN_REPORTS = ("run.json", "run.txt")


class Proof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a PDF carries as ``manifest.json``.

    Args:
        format: of this file.
        edition: what the edition is.
        language: of this PDF.
        pages: digest of each of its pages (``render.digests``).
        files: the edition's files but its PDFs, run reports and manifest.
    """

    format: int
    edition: EditionHead
    language: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z-]{2,12}\Z")]
    pages: tuple[Sha256, ...]
    files: dict[str, FileEntry]


def prove(stage: Path, head: EditionHead, key: SigningKey | None = None) -> None:
    """Attach to each PDF of a stage folder its proof, and the proof's signature.

    To be called once, when everything but the run reports and the manifest is in the folder.

    Args:
        stage: the folder; its PDFs are changed in place.
        head: what the edition is.
        key: signs; ``None`` to leave the proofs unsigned.

    Raises:
        DataError: a PDF carries attachments already, or the folder holds what is no plain file.
        DiskError: reading or writing failed.
    """
    from reportgen.archive import signing
    from reportgen.render.proof import page_digests

    try:
        files = listed(sealing.entries(stage))
        for path in sorted(stage.glob("*.pdf")):
            bare, language = path.read_bytes(), language_of(path.name)
            proof = encode(proof_of(head, language, page_digests(bare), files))
            signature = signing.sign(proof, key, comment_of(head, language)) if key else None
            path.write_bytes(bound(bare, head, proof, signature))
    except OSError as problem:
        raise DiskError(f"{stage}: attaching proofs failed ({problem.strerror}).") from None


def sign(stage: Path, head: EditionHead, key: SigningKey) -> None:
    """Sign the manifest of a sealed stage folder.

    Raises:
        DiskError: reading or writing failed.
    """
    from reportgen.archive import MANIFEST, signing

    try:
        content = (stage / MANIFEST).read_bytes()
        signed = signing.sign(content, key, comment_of(head, MANIFEST))
        (stage / SIGNATURE).write_bytes(signed)
        sync(stage / SIGNATURE)
        sync(stage)
    except OSError as problem:
        raise DiskError(f"{stage}: signing failed ({problem.strerror}).") from None


def bound(bare: bytes, head: EditionHead, proof: bytes, signature: bytes | None) -> bytes:
    """Return a PDF with its proof; the same arguments give the same bytes."""
    from reportgen.render.proof import with_manifest

    return with_manifest(bare, proof, head.published, signature)


def proof_of(
    head: EditionHead, language: str, pages: tuple[str, ...], files: Mapping[str, FileEntry]
) -> Proof:
    """Return the proof of a PDF.

    Args:
        head: what the edition is.
        language: of the PDF.
        pages: digest of each of its pages.
        files: every file of the edition, or those that are listed.
    """
    return Proof(format=FORMAT, edition=head, language=language, pages=pages, files=listed(files))


def listed(files: Mapping[str, FileEntry]) -> dict[str, FileEntry]:
    """Return those of an edition's files that a proof lists."""
    return {
        name: entry
        for name, entry in files.items()
        if name not in RUN_REPORTS and not name.endswith(".pdf")
    }


def encode(proof: Proof) -> bytes:
    """Return a proof as it is attached; the same proof gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(proof, order="sorted"), indent=1) + b"\n"


def decode(content: bytes) -> Proof:
    """Return the proof in the bytes of an attached manifest; anybody's.

    Raises:
        DataError: they are no proof this program knows.
    """
    where = "The manifest attached to the PDF"
    refuse_unknown_format(content, where)
    try:
        return msgspec.json.decode(content, type=Proof)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise DataError(
            f"{where}: this is no proof of an edition ({printable(problem)})."
        ) from None


def language_of(name: str) -> str:
    """Return the language in the name of a report file."""
    return name.rsplit(".", 2)[-2]


def comment_of(head: EditionHead, what: str) -> str:
    """Return what is signed with a file: which it is, of which edition, published when."""
    moment = head.published.astimezone(UTC)
    return f"reportgen edition {head.name}, {what}, published {moment:%Y-%m-%dT%H:%M:%SZ}"
