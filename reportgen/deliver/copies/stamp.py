"""What is drawn over the pages of a copy: a line at the head, and the code unseen at the foot.

Both are artifacts: no part of the text that a screen reader reads. Nothing is filled and no
picture is shown, so that nothing of the page can be hidden under them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.deliver.copies.embedding import Embedded, embedded
from reportgen.deliver.copies.faces import Faces, Opened
from reportgen.deliver.copies.mark import JOINERS, Mark
from reportgen.deliver.copies.shaping import Glyph, Line, shaped
from reportgen.deliver.copies.words import Words
from reportgen.errors import DataError

FONT = "CopyFace%d"
SLOTS = 6
"""Faces of one line at most."""
LARGEST, SMALLEST = 6.8, 5.0
"""Points."""
SIDE = 57.0
"""Points left free on both sides, as the margins of the page are."""
HEAD, FOOT = 18.0, 9.0
"""Points from the edge of the paper to the line, and to the code: where a page has nothing."""
_GREY = b"0.357 0.392 0.439 rg"
_FAINT, _TINY = b"0.95 g", 1.0
"""Drawn, as what is invisible gets lost in printing to a file; but no eye finds it."""
_ELLIPSIS = "…"
_LINE = b"/Type /Pagination /Subtype /Header /Attached [/Top]"
_CODE = b"/Type /Pagination /Subtype /Footer /Attached [/Bottom]"


@dataclass(frozen=True)
class Stamp:
    """The stamp of one copy.

    Args:
        mark: whose copy it is.
        line, code: set.
        size: of the line, in points.
        faces: that both are set in, cut to their glyphs.
    """

    mark: Mark
    line: Line
    code: Line
    size: float
    faces: dict[Opened, Embedded]

    def drawing(self, width: float, height: float) -> bytes:
        """Return what is drawn over a page of that size, in points."""
        left = (width - self.line.width * self.size / 1000) / 2
        line = [_GREY, b"1 0 0 1 %.2f %.2f Tm" % (left, height - HEAD)]
        line += self._shown(self.line, self.size)
        code = [_FAINT, b"1 0 0 1 %.2f %.2f Tm" % (SIDE, FOOT)]
        code += self._shown(self.code, _TINY)
        return b"\n".join((b"Q", *self._artifact(_LINE, line), *self._artifact(_CODE, code)))

    def _artifact(self, kind: bytes, steps: list[bytes]) -> Iterator[bytes]:
        yield b"/Artifact << %b /Copy (%b) >> BDC" % (kind, self.mark.code.encode())
        yield from (b"q", b"BT", *steps, b"ET", b"Q", b"EMC")

    def _shown(self, line: Line, size: float) -> Iterator[bytes]:
        slots = {opened: number for number, opened in enumerate(self.faces)}
        for run in line.runs:
            name = (FONT % slots[run.opened]).encode()
            yield b"/%b %.4g Tf" % (name, size)
            yield from _glyphs(run.glyphs, self.faces[run.opened], size)


def _glyphs(glyphs: tuple[Glyph, ...], face: Embedded, size: float) -> Iterator[bytes]:
    """Yield the instructions for a run; a glyph above or below the line is shown by itself."""
    risen, parts = 0.0, list[bytes]()
    for glyph in glyphs:
        if glyph.up != risen:
            yield from _together(parts)
            yield b"%.3f Ts" % (glyph.up * size / 1000)
            risen, parts = glyph.up, []
        code = face.codes[glyph.number]
        rest = face.widths[code] + glyph.right - glyph.advance
        parts += [_pushed(-glyph.right), b"<%04x>" % code, _pushed(rest)]
    yield from _together(parts)
    if risen:
        yield b"0 Ts"


def _pushed(thousandths: float) -> bytes:
    return b"%d" % round(thousandths) if round(thousandths) else b""


def _together(parts: list[bytes]) -> Iterator[bytes]:
    if parts:
        yield b"[" + b" ".join(filter(None, parts)).replace(b"> <", b"") + b"] TJ"


def stamp(mark: Mark, words: Words, faces: Faces, width: float) -> Stamp:
    """Set the stamp of a copy.

    Args:
        mark: whose copy it is.
        words: of the line.
        faces: that it may be set in.
        width: of the narrowest page, in points.

    Raises:
        DataError: a letter of the name is in no face, or its letters are in too many.
    """
    line, size = _fitted(mark, words, faces, width - 2 * SIDE)
    code = shaped(mark.code, faces)
    used: dict[Opened, list[Glyph]] = {}
    for run in (*line.runs, *code.runs):
        used.setdefault(run.opened, []).extend(run.glyphs)
    if len(used) > SLOTS:
        raise DataError(f"{mark.organisation!r} cannot be printed: it mixes too many scripts.")
    cut = {opened: embedded(opened, glyphs) for opened, glyphs in used.items()}
    return Stamp(mark, line, code, size, cut)


def _fitted(mark: Mark, words: Words, faces: Faces, room: float) -> tuple[Line, float]:
    """Return the line and its size.

    A long line is smaller; where that is not enough, the name is cut. The reference is whole in
    any case, and with it whose copy it is.
    """
    name = mark.organisation
    line = shaped(words.line(mark), faces)
    while line.width * SMALLEST > room * 1000 and len(name) > 1:
        name = _shorter(name, room * 1000 / (line.width * SMALLEST))
        line = shaped(words.line(mark, name + _ELLIPSIS), faces)
    return line, min(LARGEST, room * 1000 / line.width)


def _shorter(name: str, part: float) -> str:
    """Return the beginning of a name, without parting a letter from its marks."""
    end = max(1, min(len(name) - 1, int(len(name) * part)))
    while end > 1 and (name[end] in JOINERS or unicodedata.category(name[end])[0] == "M"):
        end -= 1
    return name[:end].rstrip()
