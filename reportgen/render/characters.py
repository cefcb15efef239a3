"""Which characters a document shows, so that its faces can be cut to them."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser

# Whatever the text: digits of page numbers, leaders, bullets, the hyphen that breaks words.
ALWAYS = frozenset(map(chr, range(0x20, 0x7F))) | {"\u2010", "\u2022", "\u00a0"}

_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"}) | {
    "param",
    "source",
    "track",
    "wbr",
}
# HarfBuzz makes spaces of other widths from the plain one; controls and joiners are not drawn.
_WITHOUT_GLYPH = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_SPACES_WITH_GLYPH = frozenset(" \u00a0\u3000")
_GENERATED = re.compile(r"""["']([^"'\n]*)["']""")
_SVG_TEXT = re.compile(r"<(?:text|tspan)\b[^>]*>([^<]*)")


def shown_characters(
    document: str, drawings: Iterable[bytes] = (), *, foreign: bool = True
) -> frozenset[str]:
    """Every character a document can show.

    Args:
        document: the HTML, style sheets included (their quoted strings count as text).
        drawings: SVG files that the document shows.
        foreign: whether parts marked with another language than the document's count; on the
            screen they are left to the reader's own fonts.

    Returns:
        The characters, without those that have no glyph (line ends, joiners, soft hyphens).
    """
    collector = _Collector(foreign=foreign)
    collector.feed(document)
    collector.close()
    text = "".join(collector.texts)
    for drawing in drawings:
        text += html.unescape("".join(_SVG_TEXT.findall(drawing.decode("utf-8"))))
    return frozenset(filter(_visible, text)) | ALWAYS


def _visible(character: str) -> bool:
    return character in _SPACES_WITH_GLYPH or unicodedata.category(character) not in _WITHOUT_GLYPH


class _Collector(HTMLParser):
    """Collects text, remembering for each open element whether it speaks another language."""

    def __init__(self, *, foreign: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._foreign = foreign
        self._language = ""
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        language = dict(attrs).get("lang") or ""
        if tag == "html":
            self._language = language
        other = bool(language) and _primary(language) != _primary(self._language)
        if tag not in _VOID:
            self._open.append((tag, other))

    def handle_endtag(self, tag: str) -> None:
        tags = [name for name, _ in self._open]
        if tag in tags:
            del self._open[len(tags) - 1 - tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        tag = self._open[-1][0] if self._open else ""
        if tag == "style":
            self.texts.extend(_GENERATED.findall(data))
        elif tag != "script" and (self._foreign or not any(other for _, other in self._open)):
            self.texts.append(data)


def _primary(language: str) -> str:
    return language.split("-")[0].casefold()
