"""The proof inside a PDF: a manifest attached to the file, and what it is checked against.

Nothing in a PDF is run here. What a stamp shows, that somebody drew over a page afterwards, is no
part of the page; that there is one is told.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pikepdf

from reportgen.errors import DataError
from reportgen.render.digests import Reader, Stamp

NAME = "manifest.json"
SIGNATURE = "manifest.json.minisig"
_KINDS = {NAME: "application/json", SIGNATURE: "text/plain"}
MOST_ATTACHED = 5_000_000
"""Bytes of an attached manifest, unpacked."""


class PasswordNeededError(DataError):
    """The PDF is encrypted, and the password given does not open it (65)."""


@dataclass(frozen=True)
class Seen:
    """What a PDF shows and carries.

    Args:
        pages: the digest of each page.
        stamps: pages drawn over.
        manifest: the attached manifest; ``None`` when there is none.
        signature: of the manifest, likewise.
        active: what in it would act on its own: ``script``, ``form``, ``action``.
    """

    pages: tuple[str, ...]
    stamps: tuple[Stamp, ...]
    manifest: bytes | None
    signature: bytes | None
    active: tuple[str, ...]


def look(pdf: bytes, password: str = "") -> Seen:
    """Read everything a PDF has to be checked by.

    Args:
        pdf: the file; anybody's.
        password: opens an encrypted one.

    Raises:
        PasswordNeededError: it is encrypted and the password does not open it.
        DataError: it is no PDF, is damaged, or is larger inside than any report.
    """
    with open_pdf(pdf, password) as opened, readable():
        reader = Reader(opened)
        return Seen(
            pages=reader.digests(),
            stamps=tuple(reader.stamps()),
            manifest=_attachment(opened, NAME, reader),
            signature=_attachment(opened, SIGNATURE, reader),
            active=tuple(_active(opened)),
        )


def page_digests(pdf: bytes, password: str = "") -> tuple[str, ...]:
    """Return the sha256 of each page over what is drawn on it.

    Raises:
        PasswordNeededError, DataError: as ``look``.
    """
    with open_pdf(pdf, password) as opened, readable():
        return Reader(opened).digests()


def attached(pdf: bytes, password: str = "") -> bytes | None:
    """Return the manifest attached to a PDF; ``None`` when there is none.

    Raises:
        PasswordNeededError, DataError: as ``look``; also when there are two.
    """
    with open_pdf(pdf, password) as opened, readable():
        return _attachment(opened, NAME, Reader(opened))


def with_manifest(
    pdf: bytes, manifest: bytes, moment: datetime, signature: bytes | None = None
) -> bytes:
    """Attach a manifest, and its signature, to a PDF; its pages stay as they are.

    The same arguments give the same bytes in every process, with the same library.

    Args:
        pdf: a finished report.
        manifest: what is attached as ``manifest.json``.
        moment: when the edition was published; aware.
        signature: what is attached as ``manifest.json.minisig``; ``None`` for none.

    Raises:
        DataError: it has attachments or stamps already.
    """
    files = {NAME: manifest, **({SIGNATURE: signature} if signature is not None else {})}
    result = BytesIO()
    with open_pdf(pdf, "") as opened:
        if len(opened.attachments) or any(Reader(opened).stamps()):
            raise DataError("The PDF has attachments or stamps before its manifest is attached.")
        date = f"D:{moment.astimezone(UTC):%Y%m%d%H%M%S}Z"
        attached = [_attach(opened, name, data, date) for name, data in files.items()]
        opened.Root.AF = opened.make_indirect(pikepdf.Array(attached))
        opened.save(
            result,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            recompress_flate=False,
        )
    return result.getvalue()


def _attach(pdf: pikepdf.Pdf, name: str, data: bytes, date: str) -> Any:
    specification = pikepdf.AttachedFileSpec(
        pdf,
        data,
        description=name,
        filename=name,
        mime_type=_KINDS[name],
        creation_date=date,
        mod_date=date,
    )
    specification.obj.AFRelationship = pikepdf.Name.Supplement
    pdf.attachments[name] = specification
    return specification.obj


# -- reading what anybody wrote -------------------------------------------------------------


def open_pdf(pdf: bytes, password: str) -> pikepdf.Pdf:
    """Open a PDF from anybody.

    Raises:
        PasswordNeededError: it is encrypted and the password does not open it.
        DataError: it is no PDF, or too damaged to be opened.
    """
    try:
        return pikepdf.open(BytesIO(pdf), password=password)
    except pikepdf.PasswordError:
        raise PasswordNeededError(
            "The PDF is protected by a password"
            + (", and the one given does not open it." if password else "."),
            "Give it with --password.",
        ) from None
    except (pikepdf.PdfError, ValueError, RuntimeError) as problem:
        raise DataError(f"This is no PDF, or a damaged one ({_short(problem)}).") from None


class readable:  # noqa: N801 - reads as a statement
    """Turn what the library says of a damaged file into a sentence."""

    def __enter__(self) -> None:
        self._quiet = warnings.catch_warnings()
        self._quiet.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(self, kind: Any, problem: Any, trace: Any) -> None:
        self._quiet.__exit__(kind, problem, trace)
        expected = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError)
        if isinstance(problem, expected):
            raise DataError(f"The PDF is damaged ({_short(problem)}).") from None


def _short(problem: BaseException) -> str:
    text = re.sub(r"^stream <[^>]*>: ", "", " ".join(str(problem).split()))
    return "".join(sign if sign.isprintable() else "?" for sign in text)[:120]


def _active(pdf: pikepdf.Pdf) -> Iterator[str]:
    """What in a file would act on its own; an edition has nothing of it."""
    root = pdf.Root
    if "/OpenAction" in root or "/AA" in root or any("/AA" in page.obj for page in pdf.pages):
        yield "action"
    if "/JavaScript" in root.get("/Names", pikepdf.Dictionary()):
        yield "script"
    if "/AcroForm" in root:
        yield "form"


def _attachment(pdf: pikepdf.Pdf, name: str, reader: Reader) -> bytes | None:
    found = []
    for specification in pdf.attachments.values():
        if specification.filename == name:
            found.append(specification.get_file().obj)
    if len(found) > 1:
        raise DataError(f"The PDF carries {len(found)} files {name}.")
    return reader.objects.unpacked(found[0], MOST_ATTACHED) if found else None
