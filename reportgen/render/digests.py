"""What is drawn on the pages of a PDF, as a digest of each.

The digest is taken over a page's own content stream, the fonts, pictures and states that stream
uses, its boxes and its links. It stays when the file is saved anew, encrypted or renumbered, and
when a stamp is drawn over the page by further content streams; it changes with any word, picture
or font of the page.

A PDF comes from anybody here: every stream is unpacked against a limit, and what is nested too
deeply is refused.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pikepdf

from reportgen.errors import DataError

MOST_STREAM = 20_000_000
"""Bytes of any one stream of a page, unpacked."""
MOST_DRAWING = 4_000_000
"""Bytes of a stream of drawing instructions, unpacked; a page of a report has some 200,000."""
MOST_UNPACKED = 200_000_000
"""Bytes of all streams of a file together, unpacked."""
MOST_OBJECTS = 2_000_000
"""Objects and instructions looked at in a file; a report of thirty pages has some 50,000."""
_MOST_PAGES = 2_000
_DEEPEST = 60
_RESOURCE_OF = {
    "Tf": "/Font",
    "Do": "/XObject",
    "gs": "/ExtGState",
    "sh": "/Shading",
    "CS": "/ColorSpace",
    "cs": "/ColorSpace",
    "SCN": "/Pattern",
    "scn": "/Pattern",
    "BDC": "/Properties",
    "DP": "/Properties",
}
_NAMING = " ".join(_RESOURCE_OF)
_DEFAULT_COLOURS = ("/DefaultGray", "/DefaultRGB", "/DefaultCMYK")
_INHERITED = ("/MediaBox", "/CropBox", "/Rotate")
_LOOK = ("/Group", "/UserUnit", "/TrimBox", "/BleedBox", "/ArtBox")
_PLACE = ("/P", "/Parent", "/StructParent")
"""Of a link: where it stands in the file."""
_USUAL = ["/FlateDecode"]
_PAINTING = frozenset(("f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "INLINE IMAGE"))
_UNREAD = "Do"
"""Stands for a stamp packed in a way that is not unpacked here: it may paint."""


@dataclass(frozen=True)
class Stamp:
    """What was drawn over a page afterwards.

    Args:
        page: number of the page, from 1.
        paints: whether it fills areas or shows pictures, under which the page may be hidden.
    """

    page: int
    paints: bool


def streams_of(page: pikepdf.Page) -> list[Any]:
    """Return the content streams of a page, in the order they are drawn."""
    contents = page.obj.get("/Contents")
    if contents is None:
        return []
    return list(contents) if isinstance(contents, pikepdf.Array) else [contents]


class Reader:
    """Takes the digests of a file's pages, each object once."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        if len(pdf.pages) > _MOST_PAGES:
            raise too_large()
        self._pdf = pdf
        self._numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        self._known: dict[tuple[int, int], bytes] = {}
        self._bytes_left = MOST_UNPACKED
        self._objects_left = MOST_OBJECTS

    def digests(self) -> tuple[str, ...]:
        """Return the sha256 of each page."""
        return tuple(self._page(page).hex() for page in self._pdf.pages)

    def stamps(self) -> Iterator[Stamp]:
        """Yield the pages that were drawn over."""
        for number, page in enumerate(self._pdf.pages, start=1):
            _, over = self._split(page)
            operators = {one for stream in over for one in self._operators(stream)}
            if operators - {"q", "Q"}:
                yield Stamp(number, bool(operators & _PAINTING))

    def unpacked(self, stream: Any, most: int = MOST_STREAM) -> bytes:
        """Return what is in a stream; if it is packed otherwise than usual, as it is packed.

        Raises:
            DataError: there is more than ``most`` bytes in it.
        """
        if int(stream.get("/Length", 0)) > most:
            raise too_large()
        data = bytes(stream.read_raw_bytes())
        if _filters(stream) == _USUAL:
            data = _inflated(data, min(most, self._bytes_left))
        self._bytes_left -= len(data)
        if self._bytes_left < 0 or len(data) > most:
            raise too_large()
        return data

    def _count(self) -> None:
        self._objects_left -= 1
        if self._objects_left < 0:
            raise too_large()

    # A page

    def _page(self, page: Any) -> bytes:
        own, _ = self._split(page)
        parts = [self._digest(_inherited(page.obj, key), 0) for key in _INHERITED]
        parts += [self._digest(page.obj.get(key), 0) for key in _LOOK]
        for link in page.obj.get("/Annots", []):
            parts.append(_hashed(self._entries(link, _PLACE, 0)))
        if own is not None:
            parts.append(self._drawing(own, _inherited(page.obj, "/Resources"), 0))
        return _hashed(parts)

    def _split(self, page: Any) -> tuple[Any, list[Any]]:
        """Return a page's own stream, and those drawn over it.

        Who stamps a page first puts a stream before it that saves the state of drawing and does
        nothing else; any other stream there counts as the page's own, so that the digest is
        another.
        """
        streams = streams_of(page)
        while len(streams) > 1 and self.unpacked(streams[0]).split() == [b"q"]:
            streams.pop(0)
        return (streams[0], streams[1:]) if streams else (None, [])

    def _drawing(self, stream: Any, resources: Any, depth: int) -> bytes:
        """Return the digest of what is drawn: the stream, and the resources it names.

        What else stands among the resources does not count: pages share them, and a stamp adds
        its own.
        """
        parts = [self.unpacked(stream)]
        for kind, name in sorted(self._named(stream)):
            there = (resources or {}).get(kind, {}).get(name)
            if there is not None:
                parts += [kind.encode(), name.encode(), self._digest(there, depth + 1)]
                if _is_drawing(there) and "/Resources" not in there:
                    parts.append(self._drawing(there, resources, depth + 1))
        return _hashed(parts)

    def _named(self, stream: Any) -> frozenset[tuple[str, str]]:
        """Return kind and name of every resource a stream uses."""
        found = {("/ColorSpace", name) for name in _DEFAULT_COLOURS}
        for operands, operator in self._instructions(stream, _NAMING):
            kind = _RESOURCE_OF.get(operator)
            names = [str(one) for one in operands if isinstance(one, pikepdf.Name)]
            if kind is not None and names:
                found.add((kind, names[0] if kind == "/Font" else names[-1]))
        return frozenset(found)

    def _operators(self, stream: Any) -> Iterator[str]:
        if not _is_usual(stream):
            yield _UNREAD
        for _, operator in self._instructions(stream, ""):
            yield operator

    def _instructions(self, stream: Any, wanted: str) -> Iterator[tuple[Any, str]]:
        """Yield operands and operator of a stream's instructions; all unless some are named."""
        if not _is_usual(stream):
            return
        self.unpacked(stream, MOST_DRAWING)
        for one in pikepdf.parse_content_stream(stream, wanted):
            self._count()
            yield one.operands, str(one.operator)

    # Any object

    def _digest(self, item: Any, depth: int) -> bytes:
        """Return the digest of an object with all it points to, whatever its number."""
        self._count()
        if depth > _DEEPEST:
            raise too_large()
        if not isinstance(item, pikepdf.Object):
            return _plain(item)
        place = item.objgen
        if place == (0, 0):
            return self._contents(item, depth)
        if place in self._numbers:
            return b"page %d;" % self._numbers[place]
        if place not in self._known:
            self._known[place] = b"circle;"  # what points back to what it is in
            self._known[place] = self._contents(item, depth)
        return self._known[place]

    def _contents(self, item: Any, depth: int) -> bytes:
        if isinstance(item, pikepdf.Array):
            return b"array" + _hashed([self._digest(one, depth + 1) for one in item])
        if isinstance(item, pikepdf.Stream):
            return b"stream" + self._stream(item, depth)
        if isinstance(item, pikepdf.Dictionary):
            return b"dictionary" + _hashed(self._entries(item, (), depth))
        return _plain(item)

    def _stream(self, item: Any, depth: int) -> bytes:
        """Return the digest of a stream; how it is packed does not count where it is usual."""
        packing = ("/Length", "/Filter") if _is_usual(item) else ("/Length",)
        if _is_drawing(item) and "/Resources" in item:
            drawn = self._drawing(item, item.Resources, depth)
            return _hashed([drawn, *self._entries(item, (*packing, "/Resources"), depth)])
        return _hashed([self.unpacked(item), *self._entries(item, packing, depth)])

    def _entries(self, item: Any, left_out: tuple[str, ...], depth: int) -> list[bytes]:
        parts = []
        for key in sorted(item.keys()):
            if key not in left_out:
                parts += [key.encode(), self._digest(item[key], depth + 1)]
        return parts


def _is_drawing(item: Any) -> bool:
    """Tell whether an object is drawn as a page is: a form, or a pattern of tiles."""
    return isinstance(item, pikepdf.Stream) and (
        item.get("/Subtype") == "/Form" or item.get("/PatternType") == 1
    )


def _is_usual(stream: Any) -> bool:
    """Tell whether a stream is packed as reports are, so that unpacking it can be limited."""
    return _filters(stream) in ([], _USUAL) and "/DecodeParms" not in stream


def too_large() -> DataError:
    """Return the error for a file with more in it than any report has."""
    return DataError("The PDF holds more than any report does.")


def _inherited(node: Any, key: str) -> Any:
    """Return an entry of a page that may stand above it."""
    for _ in range(_DEEPEST):
        if node is None or key in node:
            break
        node = node.get("/Parent")
    return None if node is None else node.get(key)


def _filters(stream: Any) -> list[str]:
    named = stream.get("/Filter")
    if named is None:
        return []
    return [str(one) for one in named] if isinstance(named, pikepdf.Array) else [str(named)]


def _inflated(raw: bytes, most: int) -> bytes:
    engine = zlib.decompressobj()
    try:
        data = engine.decompress(raw, most + 1)
    except zlib.error as problem:
        raise DataError(f"The PDF is damaged ({problem}).") from None
    if len(data) > most:
        raise too_large()
    return data


def _plain(item: Any) -> bytes:
    """Return a canonical form of what holds nothing else."""
    if isinstance(item, pikepdf.String):
        return b"string" + bytes(item).hex().encode() + b";"
    if isinstance(item, pikepdf.Name):
        return b"name" + str(item).encode() + b";"
    if isinstance(item, bool) or item is None:
        return f"{item};".encode()
    if isinstance(item, int | Decimal | float):
        return f"number{Decimal(item).normalize():f};".encode()
    return f"{type(item).__name__} {item};".encode()


def _hashed(parts: list[bytes]) -> bytes:
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.digest()
