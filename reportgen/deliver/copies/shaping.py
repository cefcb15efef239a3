"""A line of text as glyphs in their places, whatever the script and the direction of its parts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import uharfbuzz as hb

if TYPE_CHECKING:
    from reportgen.deliver.copies.faces import Faces, Opened

_GAP = 200.0
"""Between Chinese or Japanese and other letters, in thousandths of the size."""


@dataclass(frozen=True)
class Glyph:
    """A glyph in its place.

    Args:
        number: in its face.
        advance, right, up: how far the pen goes on, and how far beside it the glyph stands; in
            thousandths of the size.
        letters: what it stands for; empty where the glyph before stands for it too.
    """

    number: int
    advance: float
    right: float
    up: float
    letters: str


@dataclass(frozen=True)
class Run:
    """Glyphs of one face, from left to right."""

    opened: Opened
    glyphs: tuple[Glyph, ...]


@dataclass(frozen=True)
class Line:
    """A line of text.

    Args:
        text: as it is read.
        runs: as it is drawn.
    """

    text: str
    runs: tuple[Run, ...]

    @property
    def width(self) -> float:
        """How far the pen goes, in thousandths of the size."""
        return sum(glyph.advance for run in self.runs for glyph in run.glyphs)

    @property
    def turns(self) -> bool:
        """Whether a part of it is read from right to left."""
        return any(map(_is_leftward, self.text))


def shaped(text: str, faces: Faces) -> Line:
    """Set a line.

    Args:
        text: a line; read from left to right as a whole, with parts the other way.
        faces: that it may be set in.

    Raises:
        DataError: no face has one of its letters.
    """
    letters = list(zip(text, faces.for_letters(text), _directions(text), strict=True))
    pieces = []
    for (_, leftward), group in groupby(letters, key=lambda one: (id(one[1]), one[2])):
        part = list(group)
        pieces.append((leftward, _shaped("".join(one[0] for one in part), part[0][1], leftward)))
    return Line(text, tuple(_parted(list(_in_order(pieces)))))


def _in_order(pieces: list[tuple[int, Run]]) -> Iterator[Run]:
    """Yield runs from left to right: what is read leftward, with figures in it, is turned."""
    for turned, group in groupby(pieces, key=lambda one: one[0] > 0):
        runs = [run for _, run in group]
        yield from reversed(runs) if turned else runs


def _parted(runs: list[Run]) -> Iterator[Run]:
    """Put a little room between Chinese or Japanese and other letters, as the report does."""
    firsts = [glyph.letters[:1] for run in runs for glyph in run.glyphs]
    place = 0
    for run in runs:
        glyphs = []
        for glyph in run.glyphs:
            place += 1
            after = firsts[place] if place < len(firsts) else ""
            gap = _GAP if _is_gap(glyph.letters[-1:], after) else 0.0
            glyphs.append(replace(glyph, advance=glyph.advance + gap))
        yield Run(run.opened, tuple(glyphs))


def _is_gap(one: str, other: str) -> bool:
    return one.isalnum() and other.isalnum() and _is_wide(one) != _is_wide(other)


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def _shaped(text: str, opened: Opened, direction: int) -> Run:
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if direction == 1 else "ltr"
    font = opened.font()
    hb.shape(font, buffer)
    scale = 1000 / opened.source.upem
    glyphs = []
    starts = [*sorted({info.cluster for info in buffer.glyph_infos}), len(text)]
    ends = dict(pairwise(starts))
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        end = ends.pop(info.cluster, info.cluster)  # told once
        glyphs.append(
            Glyph(
                number=info.codepoint,
                advance=scale * place.x_advance,
                right=scale * place.x_offset,
                up=scale * place.y_offset,
                letters=text[info.cluster : end],
            )
        )
    return Run(opened, tuple(glyphs))


def _directions(text: str) -> list[int]:
    """Return of each letter: 0 in a part read rightward, 1 leftward, 2 a figure in such a part.

    A part is read leftward from its first such letter to its last, with what stands between that
    has no direction; figures in it keep their own. This is what the algorithm of Unicode (UAX 9)
    gives for a name in a line; brackets inside such names are mirrored by the shaper.
    """
    found = [0] * len(text)
    start = None
    for place, sign in enumerate(text):
        kind = unicodedata.bidirectional(sign)
        if kind in ("R", "AL"):
            start = place if start is None else start
            for between in range(start, place + 1):
                found[between] = _inside(text[between])
            start = place
        elif kind == "L":
            start = None
        elif kind == "NSM" and place and found[place - 1]:
            found[place] = found[place - 1]
    return found


def _inside(sign: str) -> int:
    return 2 if unicodedata.bidirectional(sign) in ("EN", "AN") else 1


def _is_leftward(sign: str) -> bool:
    return unicodedata.bidirectional(sign) in ("R", "AL")
