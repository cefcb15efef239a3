"""Finer points of the words on the page, in one place for all templates.

English: typographic quotes and apostrophes, figures that stay with what they count. Every
language: a figure stays with the sign of its origin. Only text between tags is touched, never an
attribute, a style sheet or a drawing.
"""

from __future__ import annotations

import re
from itertools import pairwise

NO_BREAK = "\N{NO-BREAK SPACE}"

_TAG = re.compile(r"(<!--.*?-->|<[^>]+>)", re.S)
_UNTOUCHED = ("style", "script", "title", "svg", "code", "pre")
_BLOCKS = re.compile(r"</?(?:p|h[1-6]|li|d[tdl]|t[dhr]|div|section|aside|figcaption|title)\b")
_OPENING_AFTER = frozenset(" \n\t([{\u2014\u2013\N{NO-BREAK SPACE}\u201c\u2018/")
_COUNTED = (
    "trading|days?|weeks?|months?|years?|quarters?|percentage|basis|points?|trillion|billion"
    "|million|yen|contracts?|times|paths|windows|decisions|meetings|of(?= \\d)"
)
_BEHIND_FIGURE = re.compile(rf"(?<=\d) (?={_COUNTED}\b)")
_BEHIND_DATA = re.compile(rf"(?<=\d)</data> (?={_COUNTED}\b)")
_NAMES = re.compile(r"\b(S&amp;P|Nasdaq|Figure|Table|[Ss]ection|Form|Model) (?=[A-Z]?\d)")
_HYPHENED = re.compile(r"\b([A-Z]-(?:date|dates))\b")
_FIGURE_AND_SIGN = re.compile(
    r'(<data [^>]*>[^<]{1,24}</data>)\s*(<span class="origin[^"]*"[^>]*>[^<]*</span>)'
)


def refined(html: str, language: str) -> str:
    """Return a document with its finer points set.

    Args:
        html: a whole document.
        language: its code, ``zh``, ``ja`` or ``en``.
    """
    html = _FIGURE_AND_SIGN.sub(r'<span class="nowrap">\1\2</span>', html)
    return _english(html) if language == "en" else html


def quoted(text: str, before: str = "") -> str:
    """Return English text with typographic quotes and apostrophes.

    Args:
        text: without tags.
        before: the character that stands in front of it; empty at the start of a block.
    """
    characters = [before, *text]
    return "".join(
        _quote(character, previous) if character in "'\"" else character
        for previous, character in pairwise(characters)
    )


def _quote(character: str, before: str) -> str:
    opens = before == "" or before in _OPENING_AFTER
    if character == "'":
        return "\N{LEFT SINGLE QUOTATION MARK}" if opens else "\N{RIGHT SINGLE QUOTATION MARK}"
    return "\N{LEFT DOUBLE QUOTATION MARK}" if opens else "\N{RIGHT DOUBLE QUOTATION MARK}"


def _english(html: str) -> str:
    pieces = _TAG.split(html)
    closing, before = "", ""
    for place, piece in enumerate(pieces):
        if place % 2:
            closing = _still_closed(piece, closing)
            before = "" if _BLOCKS.match(piece) else before
        elif piece and not closing:
            pieces[place] = _text(piece, before)
            before = pieces[place][-1]
    return _BEHIND_DATA.sub(rf"</data>{NO_BREAK}", "".join(pieces))


def _still_closed(tag: str, closing: str) -> str:
    """The end tag that ends the untouched part a tag begins or stands in."""
    if closing:
        return "" if tag == closing else closing
    for name in _UNTOUCHED:
        if re.match(rf"<{name}\b", tag) and not tag.endswith("/>"):
            return f"</{name}>"
    return ""


def _text(text: str, before: str) -> str:
    text = quoted(text.replace("&#39;", "'").replace("&#34;", '"'), before)
    text = _BEHIND_FIGURE.sub(NO_BREAK, text)
    text = _NAMES.sub(rf"\1{NO_BREAK}", text)
    return _HYPHENED.sub(r'<span class="nowrap">\1</span>', text)
