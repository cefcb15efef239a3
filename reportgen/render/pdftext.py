"""Reading a finished PDF: its fonts, its text as a reader's program finds it, its lost glyphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

REPLACEMENT = "\ufffd"

_PAIR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>")
_SHOWING = "Tf Tj TJ Do ET ' \""


@dataclass(frozen=True)
class PdfFont:
    """A font of a PDF.

    Attributes:
        name: its base font, with the prefix of a subset.
        embedded: whether the font itself is in the document.
        letters: what each glyph stands for.
    """

    name: str
    embedded: bool
    letters: dict[int, str]


def fonts_of(pdf: pikepdf.Pdf) -> tuple[PdfFont, ...]:
    """Every font the pages and the forms on them use, in order of name."""
    fonts: dict[tuple[int, int], Any] = {}
    seen: set[tuple[int, int]] = set()
    for page in pdf.pages:
        for resources in _resources(page.get("/Resources", pikepdf.Dictionary()), seen):
            for font in resources.get("/Font", pikepdf.Dictionary()).values():
                fonts[font.objgen] = font
    return tuple(sorted(map(_font, fonts.values()), key=lambda font: font.name))


def _resources(resources: Any, seen: set[tuple[int, int]]) -> Iterator[Any]:
    """The resources and those of the forms and patterns in them, each once."""
    if resources.objgen in seen and resources.is_indirect:
        return
    seen.add(resources.objgen)
    yield resources
    for kind in ("/XObject", "/Pattern"):
        for item in resources.get(kind, pikepdf.Dictionary()).values():
            if "/Resources" in item and item.objgen not in seen:
                seen.add(item.objgen)
                yield from _resources(item.Resources, seen)


def _font(font: Any) -> PdfFont:
    described = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    descriptor = described.get("/FontDescriptor", pikepdf.Dictionary())
    embedded = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    letters = {}
    if "/ToUnicode" in font:
        for glyph, text in _PAIR.findall(_mapping_part(font.ToUnicode.read_bytes())):
            letters[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
    return PdfFont(str(font.get("/BaseFont", "/")).lstrip("/"), embedded, letters)


def _mapping_part(table: bytes) -> bytes:
    """A character map without the range of codes it begins with."""
    return table.partition(b"endcodespacerange")[2]


def page_texts(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    """The text of each page in the order it is drawn, one line for each piece.

    A glyph that is missing in its font, or stands for no character, is read as U+FFFD.
    """
    reader = _Reader()
    return tuple("".join(reader.read(page, page.get("/Resources"))) for page in pdf.pages)


class _Reader:
    """Reads content streams, each font once."""

    def __init__(self) -> None:
        self._letters: dict[tuple[int, int], dict[int, str]] = {}

    def read(self, stream: Any, resources: Any) -> Iterator[str]:
        """The pieces of text of a page or form."""
        letters: dict[int, str] = {}
        for instruction in pikepdf.parse_content_stream(stream, _SHOWING):
            operands, operator = instruction.operands, str(instruction.operator)
            if operator == "Tf":
                letters = self._font_letters(resources.Font[str(operands[0])])
            elif operator == "Do":
                form = resources.XObject[str(operands[0])]
                if form.get("/Subtype") == "/Form":
                    yield from self.read(form, form.get("/Resources", resources))
            elif operator == "ET":
                yield "\n"
            else:
                yield "".join(_decoded(operands, letters))

    def _font_letters(self, font: Any) -> dict[int, str]:
        if font.objgen not in self._letters:
            self._letters[font.objgen] = _font(font).letters
        return self._letters[font.objgen]


def _decoded(operands: Any, letters: dict[int, str]) -> Iterator[str]:
    for operand in operands:
        if isinstance(operand, pikepdf.Array):
            yield from _decoded(operand, letters)
        elif isinstance(operand, pikepdf.String):
            codes = bytes(operand)
            for place in range(0, len(codes) - 1, 2):
                glyph = int.from_bytes(codes[place : place + 2], "big")
                yield (letters.get(glyph) or REPLACEMENT) if glyph else REPLACEMENT
