"""What a report says, section by section, for the search: from its HTML file and nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_BULK = re.compile(
    r"<(style|script|svg)\b.*?</\1\s*>|<details\b[^>]*\bclass=\"data\".*?</details\s*>",
    re.S | re.I,
)
"""Faces, drawings and the tables behind charts: nine tenths of the file, and no sentence."""

_WITHIN = re.compile(r"</?(?:a|b|data|em|i|strong|sub|sup)\b[^>]*>")
_CELLS = re.compile(r"</?(?:col|colgroup|dd|dl|dt|li|ol|table|tbody|td|th|thead|tr|ul)\b[^>]*>")
"""Tags that change nothing but where words end: nine in ten, and quicker taken out beforehand."""

_SILENT = frozenset(
    {
        *("languages", "contents", "running-title", "running-edition", "running-pages"),
        *("origin", "section-number", "subsection-number", "caption-number", "card-number"),
    }
)
"""Classes of what is not the report's text."""
_INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "em", "i", "mark", "q", "s"),
        *("small", "span", "strong", "sub", "sup", "time", "u", "wbr"),
    }
)
"""Elements whose neighbors stand in the same word or line."""
_HEADINGS = frozenset({"h1", "h2", "h3"})


@dataclass(frozen=True)
class Passage:
    """A section of a report.

    Args:
        anchor: its id in the file; empty for what stands before the first.
        heading: of it.
        text: of it, without the heading and without sections within it.
    """

    anchor: str
    heading: str
    text: str


def passages(document: str) -> tuple[Passage, ...]:
    """Return the sections of an HTML report that say something, in their order."""
    reader = _Reader()
    reader.feed(_CELLS.sub(" ", _WITHIN.sub("", _BULK.sub(" ", document))))
    reader.close()
    return tuple(one for one in reader.told() if one.text or one.heading)


@dataclass
class _Section:
    anchor: str
    heading: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Follows the tags; text belongs to the innermost section that has an id."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._sections = [_Section("")]
        self._inside = [self._sections[0]]
        self._silent: list[str] = []
        self._in_heading = False

    def told(self) -> Iterator[Passage]:
        """Return what was read."""
        for one in self._sections:
            yield Passage(one.anchor, _joined(one.heading), _joined(one.text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._part(tag)
        values = {name: value or "" for name, value in attrs}
        if self._silent:
            self._silent += [tag] * (tag == self._silent[0])
        elif tag == "head" or not _SILENT.isdisjoint(values.get("class", "").split()):
            self._silent.append(tag)
        if tag == "section":
            self._open(values.get("id", ""))
        if tag in _HEADINGS and not self._inside[-1].heading:
            self._in_heading = True

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[0]:
            self._silent.pop()
        if tag == "section" and len(self._inside) > 1:
            self._inside.pop()
        if tag in _HEADINGS:
            self._in_heading = False
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            section = self._inside[-1]
            (section.heading if self._in_heading else section.text).append(data)

    def _open(self, anchor: str) -> None:
        """Go into a section; one without an id belongs to the one around it."""
        section = _Section(anchor) if anchor else self._inside[-1]
        if anchor:
            self._sections.append(section)
        self._inside.append(section)

    def _part(self, tag: str) -> None:
        """Keep the words of two blocks apart."""
        if tag not in _INLINE:
            self.handle_data(" ")


def _joined(parts: list[str]) -> str:
    """Return the text in one line, its characters composed."""
    return unicodedata.normalize("NFC", " ".join("".join(parts).split()))
