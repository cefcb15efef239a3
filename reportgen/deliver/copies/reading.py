"""What is written on the pages of a PDF from anybody: its text, and the marks in its drawing.

Programs that print a PDF to a file keep neither names nor tags, and write fonts of their own; the
text of a line stays. It is read here as a search in the file would find it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf

from reportgen.render.pdfobjects import Objects, is_usual

KEY = "/Copy"
"""Entry of an artifact that holds the code."""
_WANTED = "Tf Tj TJ ' \" ET BDC Do"
_DEEPEST = 8
"""Forms within forms: pages set on sheets together are such."""
_MOST_LETTERS = 200_000
"""Bytes of a font's character map."""
_BLOCK = re.compile(rb"begin(codespacerange|bfchar|bfrange)(.*?)end\1", re.DOTALL)
_HEX = re.compile(rb"<([0-9a-fA-F\s]*)>")
_WIDEST_RANGE = 0x10000


@dataclass(frozen=True)
class Written:
    """What is written on a page.

    Args:
        text: in the order it is drawn.
        marks: what stands in ``/Copy`` of its artifacts.
    """

    text: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class _Letters:
    """What the codes of a font stand for; ``width`` bytes each."""

    width: int
    told: Mapping[int, str]

    def read(self, codes: bytes) -> str:
        """Return the text of a string that is shown."""
        if not self.told:
            return codes.decode("latin-1")
        steps = range(0, len(codes), self.width)
        found = (self.told.get(int.from_bytes(codes[at : at + self.width], "big")) for at in steps)
        return "".join(one or "\ufffd" for one in found)


class PageReader:
    """Reads the pages of a file, each font once."""

    def __init__(self) -> None:
        self._objects = Objects({})
        self._fonts: dict[tuple[int, int], _Letters] = {}

    def read(self, page: pikepdf.Page) -> Written:
        """Return what is written on a page.

        Raises:
            DataError: there is more in it than in any report.
        """
        marks: list[str] = []
        contents: Any = page.obj.get("/Contents", [])
        streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        text = "".join(self._drawn(one, page.resources, marks, 0) for one in streams)
        return Written(text, tuple(marks))

    def _drawn(self, stream: Any, resources: Any, marks: list[str], depth: int) -> str:
        return "".join(self._texts(stream, resources, marks, depth))

    def _texts(self, stream: Any, resources: Any, marks: list[str], depth: int) -> Iterator[str]:
        if depth > _DEEPEST or not isinstance(stream, pikepdf.Stream) or not is_usual(stream):
            return
        letters = _Letters(1, {})
        for step in self._objects.instructions(stream, _WANTED):
            operator, operands = str(step.operator), step.operands
            if operator == "Tf":
                letters = self._letters(_resource(resources, "/Font", operands[0]))
            elif operator == "BDC":
                marks.extend(_marked(operands))
            elif operator == "Do":
                form = _resource(resources, "/XObject", operands[0])
                if isinstance(form, pikepdf.Stream) and form.get("/Subtype") == "/Form":
                    own = form.get("/Resources", resources)
                    yield self._drawn(form, own, marks, depth + 1)
            elif operator == "ET":
                yield "\n"
            else:
                yield "".join(map(letters.read, _strings(operands)))

    def _letters(self, font: Any) -> _Letters:
        if font is None:
            return _Letters(1, {})
        place = font.objgen
        if place not in self._fonts or place == (0, 0):
            self._fonts[place] = self._told(font)
        return self._fonts[place]

    def _told(self, font: Any) -> _Letters:
        table = font.get("/ToUnicode")
        if isinstance(table, pikepdf.Stream) and is_usual(table):
            return _read_map(self._objects.unpacked(table, _MOST_LETTERS))
        return _Letters(1, {})


def _resource(resources: Any, kind: str, name: Any) -> Any:
    return (resources or {}).get(kind, {}).get(str(name))


def _marked(operands: Any) -> Iterator[str]:
    properties = operands[-1]
    if isinstance(properties, pikepdf.Dictionary) and KEY in properties:
        yield str(properties[KEY])


def _strings(operands: Any) -> Iterator[bytes]:
    for one in operands:
        if isinstance(one, pikepdf.Array):
            yield from _strings(one)
        elif isinstance(one, pikepdf.String):
            yield bytes(one)


def _read_map(table: bytes) -> _Letters:
    """Read a character map: single codes, ranges, and how many bytes a code has."""
    width, told = 2, dict[int, str]()
    for block in _BLOCK.finditer(table):
        values = [re.sub(rb"\s", b"", one) for one in _HEX.findall(block[2])]
        if block[1] == b"codespacerange" and values:
            width = max(1, len(values[0]) // 2)
        elif block[1] == b"bfchar":
            pairs = zip(values[::2], values[1::2], strict=False)
            told |= {int(code or b"0", 16): _text(letters) for code, letters in pairs}
        elif b"[" not in block[2]:  # ranges with a list have one letter each; nobody needs them
            for first, last, letters in zip(values[::3], values[1::3], values[2::3], strict=False):
                told |= _range(int(first or b"0", 16), int(last or b"0", 16), letters)
    return _Letters(width, told)


def _range(first: int, last: int, letters: bytes) -> dict[int, str]:
    start = int(letters or b"0", 16)
    size = min(last - first + 1, _WIDEST_RANGE)
    digits = max(4, len(letters))
    return {first + n: _text(b"%0*x" % (digits, start + n)) for n in range(size)}


def _text(digits: bytes) -> str:
    even = digits if len(digits) % 2 == 0 else digits + b"0"
    return bytes.fromhex(even.decode("ascii")).decode("utf-16-be", "replace")
