"""``verify report.pdf``: is it an edition's file, a copy of one, or neither?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reportgen.archive import editions
from reportgen.disk import content_of
from reportgen.errors import DataError, MissingInputError, UsageError
from reportgen.publishing import proving
from reportgen.verifying.differences import differing_pages, listed
from reportgen.verifying.intactness import sha256
from reportgen.verifying.signatures import Signature, checked

if TYPE_CHECKING:
    from reportgen.archive.editions import Edition
    from reportgen.archive.signing import PublicKey
    from reportgen.publishing.proving import Proof
    from reportgen.render.digests import Stamp
    from reportgen.render.proof import Seen

LARGEST = 200_000_000
"""Bytes of a file that is looked at."""
Kind = Literal["edition", "copy", "stamped", "none"]


@dataclass(frozen=True)
class Found:
    """What a PDF was found to be.

    Args:
        proof: what it carries.
        kind: byte for byte the edition's file; its pages, in a file saved anew; its pages with
            something drawn over them; not the edition's.
        archived: whether the edition is in the archive that was asked.
        faults: what is wrong, a sentence each; none unless ``kind`` is ``none``.
        signature: of what it carries.
        stamps: the pages drawn over.
        superseded: a sentence on what took its place; empty for nothing.
    """

    proof: Proof
    kind: Kind
    archived: bool
    faults: tuple[str, ...]
    signature: Signature
    stamps: tuple[Stamp, ...]
    superseded: str


def verify(path: Path, output: Path, keys: Sequence[PublicKey], password: str = "") -> Found:
    """Hold a PDF against what it carries and, where the edition is there, against the archive.

    Args:
        path: the file; anybody's. Nothing in it is run.
        output: the output folder whose archive is asked.
        keys: public keys that are trusted.
        password: opens a protected copy.

    Raises:
        MissingInputError: there is no such file.
        PasswordNeededError: it is protected and the password does not open it.
        DataError: it is no PDF, is damaged, or carries no manifest.
    """
    from reportgen.render.proof import look

    content = content_of(path, LARGEST)
    seen = look(content, password)
    if seen.manifest is None:
        raise DataError(
            f"{path} carries no manifest.",
            "It is no edition of this program, or what it carried was taken out.",
        )
    proof = proving.decode(seen.manifest)
    signature = checked(seen.manifest, seen.signature, keys)
    there = _archived(proof, output)
    faults = [
        *_page_faults(proof, seen),
        *_active_faults(seen),
        *_signature_faults(signature, keys, archived=there is not None),
        *(_archive_faults(proof, seen, there) if there else ()),
    ]
    kind: Kind = "none"
    if not faults:
        kind = "stamped" if seen.stamps else "copy"
        if there is not None and _entry(there, proof.language)[1] == sha256(content):
            kind = "edition"
    superseded = _superseded(there, output) if there else ""
    return Found(proof, kind, there is not None, tuple(faults), signature, seen.stamps, superseded)


def refuse(found: Found, path: Path) -> None:
    """Fail where a PDF is not what it says it is.

    Raises:
        DataError: it is not.
    """
    if found.faults:
        name = f"{found.proof.edition.name} ({found.proof.language})"
        raise DataError(f"{path} is not edition {name}, as it says.", "It is told above.")


def _archived(proof: Proof, output: Path) -> Edition | None:
    try:
        return editions.find(output, proof.edition.name)
    except MissingInputError:
        return None
    except UsageError:
        raise DataError("The manifest attached to the PDF names no edition.") from None


def _page_faults(proof: Proof, seen: Seen) -> Iterator[str]:
    if len(seen.pages) != len(proof.pages):
        yield f"It has {len(seen.pages)} pages; the edition has {len(proof.pages)}."
    wrong = differing_pages(proof.pages, seen.pages)
    if wrong:
        are = "is" if len(wrong) == 1 else "are"
        those = "that" if len(wrong) == 1 else "those"
        pages = listed(wrong)
        yield f"{pages[:1].upper()}{pages[1:]} {are} not {those} of the edition."


def _active_faults(seen: Seen) -> Iterator[str]:
    if seen.active:
        yield f"It acts on its own ({', '.join(seen.active)}), which no edition does."


def _signature_faults(
    signature: Signature, keys: Sequence[PublicKey], *, archived: bool
) -> Iterator[str]:
    if signature.state == "bad":
        yield f"Its signature: {signature.said}"
    if signature.state == "unsigned" and keys and not archived:
        yield "It is not signed, and a public key is set to check it with."


def _archive_faults(proof: Proof, seen: Seen, edition: Edition) -> Iterator[str]:
    """Hold what the PDF carries against what the edition's own file carries."""
    from reportgen.render.proof import attached

    name, wanted = _entry(edition, proof.language)
    path = edition.folder / name
    if not name:
        yield f"Edition {edition.name} has no PDF in the language {proof.language!r}."
        return
    content = path.read_bytes() if path.is_file() else b""
    if sha256(content) != wanted:
        yield f"{path} was changed itself; reportgen verify {edition.name} tells more."
    elif attached(content) != seen.manifest:
        yield f"What it carries is not what the file in the archive carries ({path})."


def _entry(edition: Edition, language: str) -> tuple[str, str]:
    """Return name and sha256 of an edition's PDF in a language; empty for none."""
    for name, entry in edition.manifest.files.items():
        if name.endswith(f".{language}.pdf"):
            return name, entry.sha256
    return "", ""


def _superseded(edition: Edition, output: Path) -> str:
    later = editions.superseded_by(edition, editions.editions(output))
    if later is None:
        return ""
    told = later.head.correction
    reason = told.reason.get("en") or next(iter(told.reason.values()), "") if told else ""
    because = f" because: {reason}" if reason else "."
    return f"Edition {later.name} took its place{because}"
