"""A finished PDF taken apart once and put together with other objects many times.

What every copy shares - pages, fonts, pictures, tags - stays as the bytes it is; the few objects
that are a copy's own are written behind it, and one table of all objects behind those. The file
has one revision: there is no earlier one in it to go back to.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import pikepdf

from reportgen.errors import DataError

_WIDTHS = (1, 4, 2)
_ROW = sum(_WIDTHS)
_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_OBJECT = re.compile(rb"(\d+) 0 obj")
_UP = b"\x02"


@dataclass(frozen=True)
class Frame:
    """What all copies of a report share.

    Args:
        body: the file without its table of objects.
        rows: of the table, one for each object.
        table: number of the object that is the table.
        root: number of the catalogue.
        packed: the rows as they stand in the file, each as the difference from the one above.
    """

    body: bytes
    rows: tuple[bytes, ...]
    table: int
    root: int
    packed: bytes

    @property
    def size(self) -> int:
        """Count of the objects: the first number that is free."""
        return len(self.rows)


def frame(pdf: pikepdf.Pdf, content: bytes) -> Frame:
    """Take a file apart that pikepdf saved with object streams.

    Args:
        pdf: the file, opened again.
        content: its bytes.

    Raises:
        DataError: its table of objects is not where it has to be.
    """
    found = _START.search(content)
    start = int(found[1]) if found else len(content)
    table = _OBJECT.match(content, start)
    if table is None:
        raise DataError("The PDF cannot be taken apart: it ends without a table of objects.")
    number = int(table[1])
    rows = _rows(pdf.get_object((number, 0)))
    return Frame(content[:start], rows, number, pdf.Root.objgen[0], _filtered(rows))


def assembled(frame: Frame, objects: Mapping[int, bytes], info: int, identity: bytes) -> bytes:
    """Return a file with other objects.

    Args:
        frame: what it shares with others.
        objects: what stands between ``obj`` and ``endobj``, by number; any from ``frame.size``
            on are new, without a gap.
        info: number of the object that describes the document.
        identity: of the file, 16 bytes.
    """
    place, parts, rows = len(frame.body), [frame.body], {}
    for number, content in sorted(objects.items()):
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, content))
        rows[number] = _row(1, place, 0)
        place += len(parts[-1])
    rows[frame.table] = _row(1, place, 0)
    size = max(frame.size, max(rows) + 1)
    entries = (
        b"/Type /XRef /Size %d /W [%d %d %d] /Root %d 0 R /Info %d 0 R /ID [<%b> <%b>] "
        b"/DecodeParms << /Predictor 12 /Columns %d >>"
    ) % (
        *(size, *_WIDTHS, frame.root, info),
        *(identity.hex().encode(), identity.hex().encode(), _ROW),
    )
    table = stream(_patched(frame, rows, size), entries)
    parts.append(b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (frame.table, table, place))
    return b"".join(parts)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """Return an object that is a stream, packed.

    Args:
        data: what is in it.
        entries: of its dictionary, beside length and packing.
    """
    packed = zlib.compress(data, 6)
    return b"<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (
        entries,
        len(packed),
        packed,
    )


def _rows(table: pikepdf.Object) -> tuple[bytes, ...]:
    """Return the rows of a table of objects in our widths."""
    widths = [int(one) for one in table.W]
    data, count = table.read_bytes(), int(table.Size)
    first, second = widths[0], widths[0] + widths[1]
    found = []
    for start in range(0, sum(widths) * count, sum(widths)):
        row = data[start : start + sum(widths)]
        fields = (row[:first], row[first:second], row[second:])
        found.append(_row(*(int.from_bytes(one, "big") for one in fields)))
    if len(data) != sum(widths) * count or "/Index" in table:
        raise DataError("The PDF cannot be taken apart: its table of objects has gaps.")
    return tuple(found)


def _row(kind: int, place: int, index: int) -> bytes:
    fields = zip((kind, place, index), _WIDTHS, strict=True)
    return b"".join(value.to_bytes(width, "big") for value, width in fields)


def _filtered(rows: tuple[bytes, ...]) -> bytes:
    """Return rows as they are packed: each as its difference from the one above."""
    before = (bytes(_ROW), *rows)
    return b"".join(map(_difference, rows, before))


def _difference(row: bytes, above: bytes) -> bytes:
    return _UP + bytes((one - other) & 0xFF for one, other in zip(row, above, strict=True))


def _patched(frame: Frame, rows: Mapping[int, bytes], size: int) -> bytes:
    """Return the whole table, filtered; only rows that changed, and those below, are made anew."""

    def now(number: int) -> bytes:
        return rows.get(number) or (frame.rows[number] if number >= 0 else bytes(_ROW))

    packed = bytearray(frame.packed) + bytes((_ROW + 1) * (size - frame.size))
    for number in {place for one in rows for place in (one, one + 1) if place < size}:
        start = number * (_ROW + 1)
        packed[start : start + _ROW + 1] = _difference(now(number), now(number - 1))
    return bytes(packed)
