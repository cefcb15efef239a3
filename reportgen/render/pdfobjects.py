"""Objects of a PDF from anybody: their digests, and the drawings and resources in them.

A digest is taken over what an object says with all it points to, not over its number or the way it
is packed. Every stream is unpacked against a limit, and what is nested too deeply is refused.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import pikepdf

from reportgen.errors import DataError

MOST_STREAM = 20_000_000
"""Bytes of any one stream of a page, unpacked."""
MOST_DRAWING = 1_000_000
"""Bytes of a stream of drawing instructions, unpacked; a page of a report has some 60,000."""
MOST_UNPACKED = 200_000_000
"""Bytes of all streams of a file together, unpacked."""
MOST_OBJECTS = 2_000_000
"""Objects and instructions looked at in a file; a report of thirty pages has some 200,000."""
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
_NAME_PLACE = {"/Font": 0}
"""Which operand is the name; the last unless it stands here."""
_NAMING = " ".join(_RESOURCE_OF)
_DEFAULT_COLOURS = ("/DefaultGray", "/DefaultRGB", "/DefaultCMYK")
_USUAL = ["/FlateDecode"]
_PAIR = re.compile(rb"<[0-9a-fA-F]{1,64}>[ \t]*<[0-9a-fA-F]{0,64}>")
Named = frozenset[tuple[str, str]]
"""Kind and name of resources, ``("/Font", "/F1")``."""


class Objects:
    """Takes the digests of a file's objects, each once.

    Args:
        numbers: of the pages, from 0, by their object; a page stands for its number.
    """

    def __init__(self, numbers: dict[tuple[int, int], int]) -> None:
        self._numbers = numbers
        self._known: dict[tuple[int, int], bytes] = {}
        self._bytes_left = MOST_UNPACKED
        self._objects_left = MOST_OBJECTS

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

    def digest(self, item: Any, depth: int) -> bytes:
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
            return b"array" + hashed([self.digest(one, depth + 1) for one in item])
        if isinstance(item, pikepdf.Stream):
            return b"stream" + self._stream(item, depth)
        if isinstance(item, pikepdf.Dictionary):
            return b"dictionary" + hashed(self.entries(item, (), depth))
        return _plain(item)

    def _stream(self, item: Any, depth: int) -> bytes:
        """Return the digest of a stream; how it is packed does not count where it is usual."""
        packing = ("/Length", "/Filter") if is_usual(item) else ("/Length",)
        if _is_drawing(item) and "/Resources" in item:
            drawn = self._drawing(item, item.Resources, depth)
            return hashed([drawn, *self.entries(item, (*packing, "/Resources"), depth)])
        return hashed([self.unpacked(item), *self.entries(item, packing, depth)])

    def entries(self, item: Any, left_out: tuple[str, ...], depth: int) -> list[bytes]:
        """Return keys and digests of what a dictionary holds."""
        parts = []
        for key in sorted(item.keys()):
            if key in left_out:
                continue
            if key == "/ToUnicode" and isinstance(item[key], pikepdf.Stream):
                parts += [key.encode(), self._letters(item[key])]
            else:
                parts += [key.encode(), self.digest(item[key], depth + 1)]
        return parts

    def _letters(self, table: Any) -> bytes:
        """Return the digest of what the glyphs of a font stand for, in whatever order.

        The order is that of their first use in the whole document, so that one word on one page
        would change every page.
        """
        content = self.unpacked(table)
        pairs = sorted(_PAIR.findall(content))
        return hashed([_PAIR.sub(b"", content), *pairs])

    def _drawing(self, stream: Any, resources: Any, depth: int) -> bytes:
        """Return the digest of a form or pattern: the stream, and the resources it uses."""
        steps = self.instructions(stream, _NAMING) if is_usual(stream) else ()
        return hashed([self.unpacked(stream), *self.used(named_in(steps), resources, depth)])

    def used(self, named: Named, resources: Any, depth: int) -> list[bytes]:
        """Return the digests of the resources that are used.

        What else stands among them does not count: pages share them, and a stamp adds its own.
        """
        parts = []
        for kind, name in sorted(named):
            there = (resources or {}).get(kind, {}).get(name)
            if there is not None:
                parts += [kind.encode(), name.encode(), self.digest(there, depth + 1)]
                if _is_drawing(there) and "/Resources" not in there:
                    parts.append(self._drawing(there, resources, depth + 1))
        return parts

    def instructions(self, stream: Any, wanted: str) -> Iterator[Any]:
        """Yield the instructions in a stream; all unless some operators are named."""
        self.unpacked(stream, MOST_DRAWING)
        for one in pikepdf.parse_content_stream(stream, wanted):
            self._count()
            yield one


def named_in(steps: Iterable[Any]) -> Named:
    """Return kind and name of every resource that instructions use."""
    found = {("/ColorSpace", name) for name in _DEFAULT_COLOURS}
    for one in steps:
        kind = _RESOURCE_OF.get(str(one.operator))
        operands = one.operands if kind is not None else ()
        place = _NAME_PLACE.get(str(kind), -1)
        if operands and isinstance(operands[place], pikepdf.Name):
            found.add((str(kind), str(operands[place])))
    return frozenset(found)


def _is_drawing(item: Any) -> bool:
    """Tell whether an object is drawn as a page is: a form, or a pattern of tiles."""
    return isinstance(item, pikepdf.Stream) and (
        item.get("/Subtype") == "/Form" or item.get("/PatternType") == 1
    )


def is_usual(stream: Any) -> bool:
    """Tell whether a stream is packed as reports are, so that unpacking it can be limited."""
    return _filters(stream) in ([], _USUAL) and "/DecodeParms" not in stream


def too_large() -> DataError:
    """Return the error for a file with more in it than any report has."""
    return DataError("The PDF holds more than any report does.")


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


def hashed(parts: list[bytes]) -> bytes:
    """Return the sha256 of parts, each with its length, so that none runs into the next."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.digest()
