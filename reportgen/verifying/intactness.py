"""Whether an edition in the archive is as it was sealed, and stands where it says it does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from reportgen.archive import MANIFEST, editions, sealing
from reportgen.archive.editions import Edition
from reportgen.archive.manifest import SIGNATURE
from reportgen.archive.signing import PublicKey
from reportgen.errors import DataError, MissingInputError
from reportgen.record.ledger import NOTHING, Ledger
from reportgen.verifying.signatures import Signature, checked

_FAULTS = {
    "missing": "is missing",
    "changed": "was changed after it was sealed",
    "extra": "was slipped in; the manifest does not name it",
}


def file_faults(edition: Edition) -> list[str]:
    """Return what is wrong with the files of an edition, a sentence each."""
    found = [f"{fault.name} {_FAULTS[fault.kind]}." for fault in sealing.intact(edition)]
    return [*found, *_snapshot_fault(edition)]


def _snapshot_fault(edition: Edition) -> Iterator[str]:
    """Check that the snapshot in the folder is the one the head names."""
    from reportgen.snapshot import disk

    name = f"snapshot/{disk.HEAD}"
    entry = edition.manifest.files.get(name)
    if entry is None or entry.sha256 != edition.head.snapshot:
        yield f"{name} is not the snapshot the manifest says the edition was made from."


def signature_of(edition: Edition, keys: Sequence[PublicKey]) -> Signature:
    """Return what became of checking the signature of an edition's manifest."""
    path = edition.folder / SIGNATURE
    signature = path.read_bytes() if path.is_file() else None
    return checked((edition.folder / MANIFEST).read_bytes(), signature, keys)


def ledger_faults(edition: Edition, ledger: Ledger) -> Iterator[str]:
    """Check that the ledger still begins with the rows the edition printed."""
    rows, head = edition.head.ledger_rows, edition.head.ledger_head
    if len(ledger.rows) < rows:
        yield f"The ledger has {len(ledger.rows)} rows; the edition printed {rows}."
    elif head != (ledger.hashes[rows - 1] if rows else NOTHING):
        yield f"Row {rows} of the ledger is not the one the edition printed."


def chain_faults(edition: Edition, output: Path) -> Iterator[str]:
    """Check that the edition it compares itself with is the one in the archive."""
    head = edition.head
    if head.previous is None:
        return
    try:
        before = editions.find(output, head.previous)
    except (MissingInputError, DataError) as problem:
        yield f"The edition it compares itself with: {problem.message}"
        return
    if before.sha256 != head.previous_sha256:
        yield f"Edition {head.previous} is not the one it was compared with: its manifest differs."


def sha256(content: bytes) -> str:
    """Return the sha256 of some bytes, in hex."""
    return hashlib.sha256(content).hexdigest()
