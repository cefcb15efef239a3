"""Personal copies: the client's name on every page, and a hidden mark, in a few milliseconds.

A report is prepared once; each copy then shares all of it and has a small face, a line and a
mark of its own. No copy holds anything of another: what is made of a report for one client does
not depend on what was made for others before.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from reportgen.deliver.copies.assembly import Frame, assembled, frame, stream
from reportgen.deliver.copies.faces import Faces
from reportgen.deliver.copies.mark import Mark, code_in
from reportgen.deliver.copies.stamp import FONT, SLOTS, stamp
from reportgen.deliver.copies.words import Words
from reportgen.errors import DataError
from reportgen.i18n.language import LANGUAGES

INFO = "/ReportgenCopy"
"""Entry of the document's description that holds the code."""
_OBJECTS_OF_A_FACE = 4
_END_OF_METADATA = b"</rdf:RDF>"
_IDENTITY = (
    '<rdf:Description rdf:about="" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">'
    "<xmpMM:DocumentID>uuid:{}</xmpMM:DocumentID></rdf:Description>"
)


@dataclass(frozen=True)
class Base:
    """A report, ready to be made into copies; it holds nothing of any client.

    Args:
        frame: what the copies share.
        language: of the report.
        info: the entries that describe it, as they stand in the file.
        metadata: the same as XMP.
        places: of the objects that are a copy's own.
        faces: that names are set in.
        words: of the line.
    """

    frame: Frame
    language: str
    info: bytes
    metadata: bytes
    places: Places
    faces: Faces
    words: Words


@dataclass(frozen=True)
class Places:
    """Numbers of the objects that are a copy's own.

    Args:
        metadata: describes the document.
        fonts: one for each face a line can have.
        stamps: by width and height of the page, in points.
    """

    metadata: int
    fonts: tuple[int, ...]
    stamps: dict[tuple[float, float], int]


def prepare(pdf: bytes, fonts: Path | None = None) -> Base:
    """Make a report ready to be copied; once for each report.

    Args:
        pdf: an edition's PDF.
        fonts: folder of the faces; by default those of the system.

    Raises:
        DataError: it is no PDF of an edition, or a copy already.
        MissingInputError: the face of its language is not there.
    """
    with _opened(pdf) as opened:
        _refuse(opened)
        language = _language(opened)
        info = _described(opened)
        metadata = _make_room(opened)
        content = _saved(opened)
    with _opened(content) as again:
        places, whole = _places(again), frame(again, content)
    return Base(whole, language, info, metadata, places, Faces(language, fonts), Words(language))


def copy(base: Base, mark: Mark) -> bytes:
    """Return a client's copy; the same report and mark give the same bytes.

    The pages stay as they are: ``reportgen verify`` still knows them, and tells of the stamp.

    Args:
        base: the report.
        mark: whose copy it is.

    Raises:
        DataError: a letter of the name is in no face, or its letters are in too many.
    """
    places, info = base.places, base.frame.size
    made = stamp(mark, base.words, base.faces, min(width for width, _ in places.stamps))
    objects = {info: b"<< %b /%b (%b) >>" % (base.info, INFO[1:].encode(), mark.code.encode())}
    objects[places.metadata] = stream(
        _with_identity(base.metadata, mark), b"/Type /Metadata /Subtype /XML"
    )
    for size, number in places.stamps.items():
        objects[number] = stream(made.drawing(*size))
    first = info + 1
    for number, face in zip(places.fonts, made.faces.values(), strict=False):
        objects |= face.objects(number, first)
        first += _OBJECTS_OF_A_FACE
    for number in places.fonts:  # a name for a face that the line has no use for
        objects.setdefault(number, objects[places.fonts[0]])
    return assembled(base.frame, objects, info, mark.identity)


def _with_identity(metadata: bytes, mark: Mark) -> bytes:
    digits = mark.identity.hex()
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    said = _IDENTITY.format("-".join(parts)).encode()
    return metadata.replace(_END_OF_METADATA, said + _END_OF_METADATA)


# -- taking a report apart, once ------------------------------------------------------------


def _opened(pdf: bytes) -> pikepdf.Pdf:
    try:
        return pikepdf.open(BytesIO(pdf))
    except pikepdf.PasswordError:
        raise DataError("The PDF is encrypted; a copy is made of an edition's own file.") from None
    except pikepdf.PdfError as problem:
        raise DataError(f"The PDF cannot be copied: it is damaged ({problem}).") from None


def _refuse(pdf: pikepdf.Pdf) -> None:
    """Refuse what is no report of ours as it was published."""
    identity = pdf.trailer.get("/ID")
    if INFO in pdf.docinfo or (identity is not None and code_in(bytes(identity[0]))):
        raise DataError("The PDF is a client's copy; a copy is made of an edition's own file.")
    if _END_OF_METADATA not in _metadata(pdf) or not len(pdf.pages):
        raise DataError("The PDF is no edition's: it has no pages or does not describe itself.")


def _metadata(pdf: pikepdf.Pdf) -> bytes:
    found = pdf.Root.get("/Metadata")
    return found.read_bytes() if isinstance(found, pikepdf.Stream) else b""


def _language(pdf: pikepdf.Pdf) -> str:
    tag = str(pdf.Root.get("/Lang", ""))
    for language in LANGUAGES:
        if language.tag == tag:
            return language.code
    raise DataError(f"The PDF is no edition's: it is in the language {tag!r}.")


def _described(pdf: pikepdf.Pdf) -> bytes:
    """Return the entries that describe a document, and take them out."""
    entries = [key.encode() + b" " + value.unparse() for key, value in pdf.docinfo.items()]
    del pdf.docinfo
    return b" ".join(entries)


def _make_room(pdf: pikepdf.Pdf) -> bytes:
    """Put a place for the stamp on every page, and one for the metadata, which is returned."""
    metadata = _metadata(pdf)
    pdf.Root.Metadata = pdf.make_stream(b" ")
    before = pdf.make_stream(b"q\n")
    fonts = [pdf.make_indirect(pikepdf.Dictionary()) for _ in range(SLOTS)]
    stamps: dict[tuple[float, float], Any] = {}
    for page in pdf.pages:
        size = _size(page)
        if size not in stamps:
            stamps[size] = pdf.make_stream(b"Q\n")
        page.obj.Contents = pikepdf.Array([before, *_contents(page), stamps[size]])
        for number, font in enumerate(fonts):
            named = page.resources.get("/Font")
            if named is None:
                named = page.resources.Font = pikepdf.Dictionary()
            named["/" + FONT % number] = font
    return metadata


def _contents(page: pikepdf.Page) -> list[Any]:
    contents: Any = page.obj.get("/Contents", [])
    return list(contents) if isinstance(contents, pikepdf.Array) else [contents]


def _size(page: pikepdf.Page) -> tuple[float, float]:
    left, bottom, right, top = map(float, page.mediabox)
    if left or bottom or page.obj.get("/Rotate", 0):
        raise DataError("The PDF is no edition's: a page of it is turned or moved.")
    return right, top


def _saved(pdf: pikepdf.Pdf) -> bytes:
    target = BytesIO()
    pdf.save(
        target,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
        recompress_flate=False,
    )
    return target.getvalue()


def _places(pdf: pikepdf.Pdf) -> Places:
    fonts = pdf.pages[0].resources.Font
    return Places(
        metadata=pdf.Root.Metadata.objgen[0],
        fonts=tuple(fonts["/" + FONT % number].objgen[0] for number in range(SLOTS)),
        stamps={_size(page): page.obj.Contents[-1].objgen[0] for page in pdf.pages},
    )
