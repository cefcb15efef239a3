"""HTML to PDF: only the document's own resources and faces, nothing silent, the same bytes again.

The page is set in a world of its own: no system font can stand in for a missing glyph, no address
but the ones handed over can be read, and every complaint of WeasyPrint fails the build.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pydyf
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from reportgen.errors import DataError
from reportgen.render.characters import shown_characters
from reportgen.render.fonts import FontFile, FontSet, font_face_css, stack_css
from reportgen.render.spacing import cjk_spacing

PDF_VARIANT = "pdf/ua-1"
FONT_SCHEME = "font:"

_MEDIA_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".css": "text/css",
}
_NO_SYSTEM_FONTS = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
    "<fontconfig><cachedir>{folder}</cachedir></fontconfig>"
)
# Slower, but the result is the same: WeasyPrint falls back to it without HarfBuzz's subsetter.
_HARMLESS = ("Using fontTools instead of HarfBuzz-Subset",)
_MOST_REPORTED = 5


@dataclass(frozen=True)
class DocumentInfo:
    """What the PDF says about itself beside the title, author and language of its HTML.

    Attributes:
        created: when the edition is dated, with its zone; also its time of modification.
        subject: one sentence on what it is.
        keywords: in the document's language.
    """

    created: datetime
    subject: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True)
class AttachedFile:
    """A file carried inside the PDF.

    Attributes:
        name: its file name.
        data: its content.
        description: what it is, in the document's language.
        relationship: ``Data``, ``Source``, ``Supplement`` or ``Unspecified`` (ISO 32000-2, 7.11.3).
    """

    name: str
    data: bytes
    description: str
    relationship: str = "Data"


def write_pdf(
    html: str,
    resources: Mapping[str, bytes],
    fonts: FontSet,
    info: DocumentInfo,
    attachments: Sequence[AttachedFile] = (),
) -> bytes:
    """Set a document as tagged PDF.

    Args:
        html: the document, its style sheets inside; title, author and language are its own.
        resources: what its addresses stand for, for example ``chart:index.svg``; the ending
            says what it is.
        fonts: the faces of its language; they are cut to its characters here.
        info: dates and description.
        attachments: files carried inside.

    Returns:
        The PDF; the same arguments give the same bytes in every process.

    Raises:
        DataError: a character has no glyph, an address is not among the resources, or WeasyPrint
            complains of anything else (a broken style, a picture without description …).
    """
    drawings = [data for address, data in resources.items() if address.endswith(".svg")]
    files = fonts.cut(shown_characters(html, drawings))
    fetcher = _OwnResources({**resources, **{FONT_SCHEME + file.name: file.data for file in files}})
    with _isolated(info.created), _complaints() as complaints, cjk_spacing():
        configuration = FontConfiguration()
        faces = weasyprint.CSS(
            string=font_face_css(files, _font_address) + stack_css(fonts),
            font_config=configuration,
            url_fetcher=fetcher,
        )
        source = weasyprint.HTML(string=html, url_fetcher=fetcher)
        document = source.render(
            font_config=configuration, stylesheets=[faces], pdf_variant=PDF_VARIANT
        )
        _describe(document, info)
        finished = document.write_pdf(
            finisher=_Finisher(files, attachments),
            pdf_variant=PDF_VARIANT,
            attachments=[_attachment(file, info, fetcher) for file in attachments],
        )
    _refuse(fetcher.refused, complaints)
    return bytes(finished)


def _font_address(file: FontFile) -> str:
    return f'url({FONT_SCHEME}{file.name}) format("{file.format}")'


def _describe(document: Any, info: DocumentInfo) -> None:
    moment = info.created.isoformat(timespec="seconds")
    metadata = document.metadata
    metadata.created = metadata.modified = moment
    metadata.description = info.subject or metadata.description
    metadata.keywords = list(info.keywords) or metadata.keywords


def _attachment(file: AttachedFile, info: DocumentInfo, fetcher: URLFetcher) -> Any:
    moment = info.created.astimezone(UTC)  # WeasyPrint writes the figures and a Z behind them
    return weasyprint.Attachment(
        string=file.data,
        name=file.name,
        description=file.description,
        created=moment,
        modified=moment,
        relationship=file.relationship,
        url_fetcher=fetcher,
    )


class _OwnResources(URLFetcher):  # type: ignore[misc]
    """Serves the document's own resources and remembers every other address it was asked for."""

    def __init__(self, resources: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self._resources = resources
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url not in self._resources:
            self.refused.append(url)
            raise ValueError(f"{url} is not among the document's resources")
        kind = _MEDIA_TYPES.get(Path(url).suffix, "application/octet-stream")
        return URLFetcherResponse(url, self._resources[url], {"Content-Type": kind})


class _Finisher:
    """The last touch before a PDF is written: names of fonts, relationships of attached files.

    Pango names a font by family and style; readers expect the PostScript name. WeasyPrint writes
    the relationship of an attached file only for PDF/A.
    """

    def __init__(self, fonts: Sequence[FontFile], attachments: Sequence[AttachedFile]) -> None:
        self._names = {_pango_name(file): file.name for file in fonts}
        self._attachments = attachments

    def __call__(self, _: Any, pdf: pydyf.PDF) -> None:
        dictionaries = [item for item in pdf.objects if isinstance(item, pydyf.Dictionary)]
        for item in dictionaries:
            for key in ("BaseFont", "FontName"):
                if key in item:
                    item[key] = self._renamed(item[key])
        specifications = [item for item in dictionaries if item.get("Type") == "/Filespec"]
        for item, file in zip(specifications, self._attachments, strict=True):
            item["AFRelationship"] = f"/{file.relationship}"
        if specifications:
            pdf.catalog["AF"] = pydyf.Array([item.reference for item in specifications])

    def _renamed(self, name: bytes) -> bytes:
        prefix, _, described = name.partition(b"+")
        known = self._names.get(described.decode("ascii"))
        return prefix + b"+" + known.encode("ascii") if known else name


def _pango_name(file: FontFile) -> str:
    style = " Bold" * (file.face.weight >= 600) + " Italic" * file.face.italic
    return (file.face.family + style).replace(" ", "-")


@contextmanager
def _isolated(moment: datetime) -> Iterator[None]:
    """A process environment without system fonts and without a clock."""
    with tempfile.TemporaryDirectory(prefix="reportgen-") as folder:
        path = Path(folder) / "fonts.conf"
        path.write_text(_NO_SYSTEM_FONTS.format(folder=folder), encoding="utf-8")
        ours = {"FONTCONFIG_FILE": str(path), "SOURCE_DATE_EPOCH": str(int(moment.timestamp()))}
        before = {key: os.environ.get(key) for key in ours}
        os.environ.update(ours)
        try:
            yield
        finally:
            for key, value in before.items():
                if value is None:
                    del os.environ[key]
                else:
                    os.environ[key] = value


class _Collector(logging.Handler):
    """Collects what this thread's libraries complain of."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._messages = messages
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.thread == self._thread and not message.startswith(_HARMLESS):
            self._messages.append(message)


@contextmanager
def _complaints() -> Iterator[list[str]]:
    messages: list[str] = []
    collector = _Collector(messages)
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    for logger in loggers:
        logger.addHandler(collector)
    try:
        yield messages
    finally:
        for logger in loggers:
            logger.removeHandler(collector)


def _refuse(refused: Sequence[str], complaints: Sequence[str]) -> None:
    if refused:
        listed = ", ".join(sorted(set(refused))[:_MOST_REPORTED])
        raise DataError(f"the document asks for what it was not given: {listed}")
    if complaints:
        different = list(dict.fromkeys(complaints))
        more = len(different) - _MOST_REPORTED
        listed = "; ".join(different[:_MOST_REPORTED]) + (f"; and {more} more" if more > 0 else "")
        raise DataError(f"WeasyPrint complains: {listed}")
