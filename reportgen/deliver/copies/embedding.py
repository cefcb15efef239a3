"""A face cut down to the glyphs of one copy, and the objects that put it into a PDF.

Each copy has a face of its own: one that many copies shared would carry the letters of every
client's name to all the others.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import uharfbuzz as hb
from fontTools.cffLib import CFFFontSet

from reportgen.deliver.copies.assembly import stream
from reportgen.deliver.copies.faces import Opened
from reportgen.deliver.copies.shaping import Glyph

_UNNEEDED = ("GSUB", "GPOS", "GDEF", "BASE", "name", "OS/2", "post", "cmap", "VORG", "vhea", "vmtx")
"""Tables of a font that a PDF has no use for, or that speak of letters."""
_PREFIX = 6
_BOX = 36
"""Where a font's head table says the box of its glyphs."""
_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /%(name)b /Encoding /Identity-H "
    b"/DescendantFonts [%(first)d 0 R] /ToUnicode %(letters)d 0 R >>"
)
_DESCENDANT = (
    b"<< /Type /Font /Subtype /%(kind)b /BaseFont /%(name)b "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
    b"/FontDescriptor %(descriptor)d 0 R /DW 1000 /W [%(widths)b]%(map)b >>"
)
_DESCRIPTOR = (
    b"<< /Type /FontDescriptor /FontName /%(name)b /Flags 4 /FontBBox [%(box)b] /ItalicAngle 0 "
    b"/Ascent %(ascent)d /Descent %(descent)d /CapHeight %(ascent)d /StemV 80 "
    b"/%(file)b %(data)d 0 R >>"
)
_LETTERS = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
%b
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""
_BLOCK = 100
"""Entries of one block of a character map at most."""


@dataclass(frozen=True)
class Embedded:
    """A face with the glyphs of one copy.

    Args:
        codes: what stands for each glyph in the drawing, by its number in the whole face.
        widths: by code, in thousandths of the size.
        letters: what each code stands for.
        font: the cut face.
        is_outline: whether it is CFF, else TrueType.
        metrics: box, ascent and descent in thousandths.
        title: name of the whole face.
    """

    codes: Mapping[int, int]
    widths: Mapping[int, float]
    letters: Mapping[int, str]
    font: bytes
    is_outline: bool
    metrics: tuple[int, ...]
    title: str

    def objects(self, number: int, first: int) -> dict[int, bytes]:
        """Return the objects of the font: its own and four others.

        Args:
            number: of the font.
            first: of the four others.
        """
        values = self._values(first)
        kind = b"/Subtype /CIDFontType0C" if self.is_outline else b"/Length1 %d" % len(self.font)
        return {
            number: _FONT % values,
            first: _DESCENDANT % values,
            first + 1: _DESCRIPTOR % values,
            first + 2: stream(self.font, kind),
            first + 3: stream(self._map()),
        }

    def _values(self, first: int) -> dict[bytes, Any]:
        *box, ascent, descent = self.metrics
        return {
            b"name": self._name(),
            b"first": first,
            b"descriptor": first + 1,
            b"data": first + 2,
            b"letters": first + 3,
            b"kind": b"CIDFontType0" if self.is_outline else b"CIDFontType2",
            b"map": b"" if self.is_outline else b" /CIDToGIDMap /Identity",
            b"file": b"FontFile3" if self.is_outline else b"FontFile2",
            b"box": b" ".join(b"%d" % side for side in box),
            b"ascent": ascent,
            b"descent": descent,
            b"widths": b" ".join(b"%d [%d]" % (code, w) for code, w in sorted(self.widths.items())),
        }

    def _name(self) -> bytes:
        """Return the name with the prefix of a subset, which follows from its content."""
        digest = hashlib.sha256(self.font + self._map()).digest()
        prefix = bytes(ord("A") + byte % 26 for byte in digest[:_PREFIX])
        return prefix + b"+" + self.title.encode("ascii", "ignore").replace(b" ", b"")

    def _map(self) -> bytes:
        pairs = [
            b"<%04x> <%b>" % (code, letters.encode("utf-16-be").hex().encode())
            for code, letters in sorted(self.letters.items())
        ]
        blocks = [pairs[start : start + _BLOCK] for start in range(0, len(pairs), _BLOCK)]
        lines = (
            b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks
        )
        return _LETTERS % b"\n".join(lines)


def embedded(opened: Opened, glyphs: Iterable[Glyph]) -> Embedded:
    """Cut a face down to some glyphs; the same glyphs give the same bytes.

    Args:
        opened: the face.
        glyphs: set in it; the first that stands for letters says what its number stands for.
    """
    used = list(glyphs)
    plan = hb.SubsetPlan(opened.source, _wanted(opened, {glyph.number for glyph in used}))
    cut = plan.execute()
    is_outline = "CFF " in cut.table_tags
    data = bytes((cut.reference_table("CFF ") if is_outline else cut.blob).data)
    places = dict(plan.old_to_new_glyph_mapping)
    codes = _codes(data, places) if is_outline else places
    letters: dict[int, str] = {}
    for glyph in used:
        if glyph.letters:
            letters.setdefault(codes[glyph.number], glyph.letters)
    widths = {codes[old]: width for old, width in _widths(cut, places).items()}
    title = opened.face.postscript
    return Embedded(codes, widths, letters, data, is_outline, _metrics(cut), title)


def _widths(cut: hb.Face, places: Mapping[int, int]) -> dict[int, int]:
    font, scale = hb.Font(cut), 1000 / cut.upem
    return {old: round(font.get_glyph_h_advance(new) * scale) for old, new in places.items()}


def _metrics(cut: hb.Face) -> tuple[int, ...]:
    """Return the box of all glyphs, ascent and descent, in thousandths."""
    box = struct.unpack_from(">4h", cut.reference_table("head").data, _BOX)
    extents = hb.Font(cut).get_font_extents("ltr")
    measures = (*box, extents.ascender, extents.descender)
    return tuple(round(one * 1000 / cut.upem) for one in measures)


def _wanted(opened: Opened, glyphs: set[int]) -> hb.SubsetInput:
    wanted = hb.SubsetInput()
    wanted.glyph_set.update(glyphs)
    for tag in _UNNEEDED:
        wanted.drop_table_tag_set.add(int.from_bytes(tag.encode("ascii"), "big"))
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    if opened.face.variable:
        wanted.pin_all_axes_to_default(opened.source)
        wanted.pin_axis_location(opened.source, "wght", float(opened.face.weight))
    return wanted


def _codes(data: bytes, places: Mapping[int, int]) -> dict[int, int]:
    """Return the code of each glyph of a CFF font: its CID, which the font keeps when it is cut."""
    fonts = CFFFontSet()
    fonts.decompile(BytesIO(data), None)
    top = fonts[0]
    if not hasattr(top, "ROS"):
        return dict(places)
    return {
        old: int(top.charset[new].removeprefix("cid")) if new else 0 for old, new in places.items()
    }
