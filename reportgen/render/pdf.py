"""HTML to PDF: only the document's own resources and faces, nothing silent, the same bytes again.

The page is set in a world of its own: no system font can stand in for a missing glyph, no address
but the ones handed over can be read, and every complaint of WeasyPrint fails the build.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pydyf
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetchingError

from reportgen.render.characters import shown_characters
from reportgen.render.flow import emptiness, place_figures, take_along, tuck_sides
from reportgen.render.fonts import FontFile, FontSet, font_face_css, stack_css
from reportgen.render.isolation import OwnResources, complaints_of, isolated, refuse
from reportgen.render.spacing import cjk_spacing

PDF_VARIANT = "pdf/ua-1"
FONT_SCHEME = "font:"
LAYOUTS = 3
"""How often a document is laid out at most: each layout is measured to place the figures."""


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
    setting = Setting(html, resources, fonts)
    with isolated(info.created), complaints_of() as complaints, cjk_spacing():
        try:
            finished = _written(setting, info, attachments)
        except URLFetchingError:  # WeasyPrint goes on without most of what it cannot get
            refuse(setting.fetcher.refused, complaints)
            raise
    refuse(setting.fetcher.refused, complaints)
    return finished


def _written(setting: Setting, info: DocumentInfo, attachments: Sequence[AttachedFile]) -> bytes:
    document = setting.lay_out()
    _describe(document, info)
    return bytes(
        document.write_pdf(
            finisher=_Finisher(setting.files, attachments),
            pdf_variant=PDF_VARIANT,
            attachments=[_attachment(file, info, setting.fetcher) for file in attachments],
        )
    )


class Setting:
    """A document with its resources and the faces cut to its characters.

    Args:
        html: the document.
        resources: what its addresses stand for.
        fonts: the faces of its language.

    Raises:
        DataError: a character has no glyph.
    """

    def __init__(self, html: str, resources: Mapping[str, bytes], fonts: FontSet) -> None:
        drawings = [data for address, data in resources.items() if address.endswith(".svg")]
        self.files = fonts.cut(shown_characters(html, drawings))
        cut = {FONT_SCHEME + file.name: file.data for file in self.files}
        self.fetcher = OwnResources({**resources, **cut})
        self._html = html
        self._faces = font_face_css(self.files, _font_address) + stack_css(fonts)

    def lay_out(self) -> Any:
        """WeasyPrint's document, laid out; to be called inside ``isolated``."""
        configuration = FontConfiguration()
        faces = weasyprint.CSS(
            string=self._faces, font_config=configuration, url_fetcher=self.fetcher
        )
        source = weasyprint.HTML(string=self._html, url_fetcher=self.fetcher)

        def render() -> Any:
            return source.render(
                font_config=configuration, stylesheets=[faces], pdf_variant=PDF_VARIANT
            )

        tuck_sides(source.etree_element)
        found = [render()]
        worth = [emptiness(found[0])]  # before the tree changes under the layout
        while len(found) < LAYOUTS:
            moved = place_figures(source.etree_element, found[-1])
            taken = take_along(source.etree_element, found[-1])
            if not moved and not taken:
                break
            found.append(render())
            worth.append(emptiness(found[-1]))
        return found[worth.index(min(worth))]


def _font_address(file: FontFile) -> str:
    return f'url({FONT_SCHEME}{file.name}) format("{file.format}")'


def _describe(document: Any, info: DocumentInfo) -> None:
    moment = info.created.isoformat(timespec="seconds")
    metadata = document.metadata
    metadata.created = metadata.modified = moment
    metadata.description = info.subject or metadata.description
    metadata.keywords = list(info.keywords) or metadata.keywords


def _attachment(file: AttachedFile, info: DocumentInfo, fetcher: OwnResources) -> Any:
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
