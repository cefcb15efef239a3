"""The marks in a file from anybody: codes and references, and where each was found.

Nothing in the file is run. A PDF that is encrypted shows its identity without its password.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import pikepdf

from reportgen.deliver.copies.mark import CODE, REFERENCE, code_in
from reportgen.deliver.copies.page import ATTRIBUTE, META
from reportgen.deliver.copies.personal import INFO
from reportgen.deliver.copies.reading import PageReader
from reportgen.render.proof import PasswordNeededError, open_pdf, readable

Place = Literal["identity", "description", "metadata", "page", "line", "code", "section"]
_MAGIC = b"%PDF-"
_MAGIC_WITHIN = 1024
_IDENTITY = re.compile(rb"/ID\s*\[\s*<([0-9a-fA-F]{32})>")
_DOCUMENT = re.compile(rb"DocumentID[>='\"\s]*uuid:([0-9a-fA-F-]{36})")
_META = re.compile(rf'<meta name="{META}" content="([0-9a-f]{{16}})"')
_SECTION = re.compile(rf'{ATTRIBUTE}="([0-9a-f]{{16}})"')
_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, order=True)
class Finding:
    """A mark in a file.

    Args:
        place: the file's identity, its description, its metadata, the drawing of a page, the
            printed line or code on it, a section of a web page.
        value: a code, or a reference from the printed line.
        page: number of the page, from 1; 0 for none.
    """

    place: Place
    value: str
    page: int = 0


def findings(content: bytes, password: str = "") -> tuple[tuple[Finding, ...], bool]:
    """Return the marks in a file, and whether it was read whole.

    Args:
        content: of the file; a PDF or a web page.
        password: opens an encrypted PDF; without it only its identity is read.

    Raises:
        PasswordNeededError: a password was given and does not open it, or it is encrypted and its
            identity is not one of ours.
        DataError: it is a damaged PDF, or larger inside than any report.
    """
    if _MAGIC not in content[:_MAGIC_WITHIN]:
        return tuple(_of_page(content.decode("utf-8", "replace"))), True
    outside = tuple(_of_identity(content))
    try:
        with open_pdf(content, password) as pdf, readable():
            return (*outside, *_of_pdf(pdf)), True
    except PasswordNeededError:
        if password or not outside:
            raise
        return outside, False


def _of_identity(content: bytes) -> Iterator[Finding]:
    """Read the identity, which no password hides, from the bytes."""
    codes = {code_in(bytes.fromhex(found.decode())) for found in _IDENTITY.findall(content)}
    yield from (Finding("identity", code) for code in sorted(codes) if code)


def _of_pdf(pdf: pikepdf.Pdf) -> Iterator[Finding]:
    described = str(pdf.docinfo.get(INFO, ""))
    if CODE.fullmatch(described):
        yield Finding("description", described)
    metadata = pdf.Root.get("/Metadata")
    if isinstance(metadata, pikepdf.Stream):
        for found in _DOCUMENT.findall(metadata.read_bytes()):
            digits = found.decode().replace("-", "")
            if len(digits) == 32 and code_in(bytes.fromhex(digits)):
                yield Finding("metadata", code_in(bytes.fromhex(digits)))
    reader = PageReader()
    for number, page in enumerate(pdf.pages, start=1):
        written = reader.read(page)
        yield from (Finding("page", one, number) for one in written.marks if CODE.fullmatch(one))
        yield from _printed(written.text, number)


def _of_page(text: str) -> Iterator[Finding]:
    yield from (Finding("description", code) for code in set(_META.findall(text)))
    yield from (Finding("section", code) for code in sorted(set(_SECTION.findall(text))))
    yield from _printed(_TAGS.sub(" ", text), 0)


def _printed(text: str, page: int) -> Iterator[Finding]:
    yield from _each("line", REFERENCE.findall(text), page)
    yield from _each("code", CODE.findall(text), page)


def _each(place: Place, values: Iterable[str], page: int) -> Iterator[Finding]:
    yield from (Finding(place, value, page) for value in dict.fromkeys(values))
