"""Plain text in columns of a terminal: lines that end where a reader expects it, and tables.

A sign of a Chinese or Japanese script takes two columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from markupsafe import Markup, escape

WIDTH = 72
"""Columns of a letter; a quoted answer still fits in a terminal of 80."""
GAP = 2
"""Columns between two columns of a table."""

_NOT_FIRST = frozenset(
    "，。、；：？！）」』】〕》〉”’％…・ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
_MAGNITUDES = frozenset("年月兆億亿万")
_NOT_LAST = frozenset("（「『【〔《〈“‘")
_BETWEEN = frozenset("–～〜")
_COUNTED = "万亿美元|亿美元|億ドル|兆ドル|个交易日|営業日|个月|カ月"
_PIECE = re.compile(
    rf"{_COUNTED}"
    r"|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]"  # one sign of a script without spaces
    r"|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]+|\N{NO-BREAK SPACE}"
    r"|[^\S\N{NO-BREAK SPACE}]+"
)

_BEHIND_YEAR = re.compile(r"(?<=\d年)(?=\d)")
_COULD_PART = re.compile(
    r"\d[\u2e80-\u9fff]|[\u2e80-\u9fff]\d|\d%?[–～〜]"  # where a page would end a line
)

_PARAGRAPHS = 256
"""That are kept: all but a few of a letter's paragraphs are every client's."""


def columns(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(map(_columns_of, text))


@lru_cache(maxsize=8192)
def _columns_of(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


@lru_cache(maxsize=_PARAGRAPHS, typed=True)  # what is escaped already is another text
def wrapped(text: str, width: int = WIDTH) -> str:
    """Return a paragraph in lines of at most ``width`` columns.

    A line begins with no closing sign and ends with no opening one. A word longer than a line,
    an address, keeps a line of its own.
    """
    if len(text) * 2 <= width or (text.isascii() and len(text) <= width):
        return text
    lines, line, used = [], "", 0
    for unit in _units(text):
        if line and used + columns(unit.rstrip(" ")) > width:
            lines.append(line.rstrip(" "))
            line, used, unit = "", 0, unit.lstrip(" ")
        line += unit
        used += columns(unit)
    return "\n".join((*lines, line.rstrip(" ")))


def _units(text: str) -> Iterator[str]:
    """Yield what stands on one line in any case: words, signs with what must stay beside them."""
    held = ""
    for piece in _PIECE.findall(text):
        if held and not _together(held[-1], piece[0]):
            yield held
            held = ""
        held += piece
    yield held


def _together(before: str, after: str) -> bool:
    """Tell whether no line may end between two signs: marks, figures and what they count."""
    return (
        after in _NOT_FIRST
        or before in _NOT_LAST
        or "\N{NO-BREAK SPACE}" in (before, after)
        or (before.isdigit() and after.isalpha())
        or (before in _MAGNITUDES and after.isdigit())
        or (before in _BETWEEN and after.isdigit())
        or (after in _BETWEEN and (before.isdigit() or before == "%"))
    )


@lru_cache(maxsize=_PARAGRAPHS, typed=True)  # what is escaped already is another text
def held(text: str) -> Markup:
    """Return a paragraph of a page in which figures stay with what they count.

    A page may end its lines before and after any sign of a Chinese or Japanese script, between a
    figure and its unit too; what :func:`wrapped` keeps on a line is kept there as well. Only a
    date may end a line with its year: a narrow page would be ragged otherwise.
    """
    return Markup("").join(
        Markup('<span style="white-space:nowrap">{}</span>').format(unit)
        if _COULD_PART.search(unit)
        else escape(unit)
        for whole in _units(text)
        for unit in _BEHIND_YEAR.split(whole)
    )


def laid_out(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int = WIDTH) -> str:
    """Return a table: the first column at the left, the others at the right below their heads.

    Where it is too wide each row begins with a line of its own for the first column.
    """
    table = [list(heads), *(list(row) for row in rows)]
    widths = [max(columns(row[place]) for row in table) for place in range(len(heads))]
    figures = sum(widths[1:]) + GAP * (len(widths) - 1)
    stacked = widths[0] + figures > width
    first = width - figures if stacked else widths[0]
    lines = [_line(row, [first, *widths[1:]], stacked=stacked) for row in table]
    rule = "-" * min(width, first + figures)
    return "\n".join((rule, lines[0], rule, *lines[1:], rule))


def _line(row: Sequence[str], widths: Sequence[int], *, stacked: bool) -> str:
    figures = "".join(
        " " * (GAP + width - columns(cell)) + cell
        for cell, width in zip(row[1:], widths[1:], strict=True)
    )
    room = widths[0] - columns(row[0])
    if stacked and room < 0:
        return f"{row[0]}\n{' ' * widths[0]}{figures}".rstrip()
    return f"{row[0]}{' ' * room}{figures}".rstrip()
