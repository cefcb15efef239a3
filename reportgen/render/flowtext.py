"""A finished page as its gates read it: running text in stretches, tables in rows, figures marked.

A stretch of running text ends where a table, a chart or a section comes between; the cover is one
stretch, for it is seen at once. Drawings and what stands folded away on screen are left out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "li", "dd", "dt", "h1", "h2", "h3", "h4"})
_UNSEEN = frozenset({"head", "style", "script", "svg", "details", "nav"})
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Figure:
    """One printed figure.

    Args:
        key: its name in the assessment.
        value: as rounded, with its unit behind.
        shown: as printed.
        start: where it begins in its stretch of text.
    """

    key: str
    value: str
    shown: str
    start: int

    @property
    def unit(self) -> str:
        """The unit behind the value."""
        return self.value.rpartition(" ")[2]

    @property
    def below_half(self) -> bool:
        """Whether it is a probability whose upper end is below 50 per cent."""
        number, _, unit = self.value.rpartition(" ")
        return unit == "probability" and float(number.split()[-1].lstrip("<")) < 50


@dataclass
class Passage:
    """A stretch of running text, a paragraph a line; ``whole`` when it is seen at once."""

    whole: bool = False
    text: str = ""
    figures: list[Figure] = field(default_factory=list)

    def near(self, figure: Figure, limit: int) -> range:
        """Return the places at most ``limit`` columns before or behind a figure."""
        if self.whole:
            return range(len(self.text))
        end = figure.start + len(figure.shown)
        before = _reach(self.text[: figure.start][::-1], limit)
        return range(figure.start - before, end + _reach(self.text[end:], limit))

    def paragraph(self, figure: Figure) -> str:
        """Return the paragraph a figure stands in."""
        start = self.text.rfind("\n", 0, figure.start) + 1
        return self.text[start:].partition("\n")[0]

    def around(self, figure: Figure) -> str:
        """Return a few words about a figure, to find it by."""
        start = self.text.rfind("\n", 0, figure.start) + 1
        return repr(self.text[max(start, figure.start - 40) : figure.start + 30].strip())


@dataclass
class Row:
    """One row of a table with the heading of its group."""

    group: str = ""
    text: str = ""
    heading: bool = False
    figures: list[Figure] = field(default_factory=list)


@dataclass
class Table:
    """A table: caption, column heads and source as words with their figures; links; rows."""

    name: str
    words: str = ""
    figures: list[Figure] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass
class Reading:
    """What stands on a page."""

    passages: list[Passage]
    tables: dict[str, Table]


def columns(text: str) -> int:
    """Return the width of a text in columns, an ideograph as two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def read_page(document: str) -> Reading:
    """Return the running text and the tables of a finished page."""
    reader = _Reader()
    reader.feed(document)
    reader.close()
    return Reading([one for one in reader.passages if one.text], reader.tables)


def _reach(text: str, limit: int) -> int:
    """Return how many characters from the beginning fill ``limit`` columns."""
    used = 0
    for place, one in enumerate(text):
        used += columns(one)
        if used > limit:
            return place
    return len(text)


class _Reader(HTMLParser):
    """Walks a page once."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.passages = [Passage()]
        self.tables: dict[str, Table] = {}
        self._unseen = 0
        self._cover = False
        self._frame: Table | None = None
        self._row: Row | None = None
        self._in_head = False
        self._group = ""
        self._open: tuple[str, str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self._unseen += 1
        if self._unseen:
            return
        if tag == "header" and "cover" in given.get("class", "").split():
            self._cover = True
            self.passages.append(Passage(whole=True))
        elif tag in ("figure", "section", "table"):
            self._begin(tag, given)
        elif tag == "data" and given.get("data-key"):
            self._open = (given["data-key"], given.get("value", ""), len(self._text()))
        elif self._frame is not None:
            self._in_frame(tag, given, self._frame)
        elif tag in _BLOCKS and self.passages[-1].text:
            self.passages[-1].text += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen -= 1
        if self._unseen or tag in _UNSEEN:
            return
        if tag == "header" and self._cover:
            self._cover = False
            self.passages.append(Passage())
        elif tag == "data" and self._open is not None:
            self._close_figure(*self._open)
            self._open = None
        elif tag == "tr" and self._row is not None and self._frame is not None:
            self._close_row(self._row, self._frame)
            self._row = None
        elif tag in ("figure", "table") and (tag == "figure" or not self._named()):
            self._frame = None

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        text = _SPACE.sub(" ", data)
        if self._row is not None:
            self._row.text += text
        elif self._frame is not None:
            self._frame.words += text
        elif text.strip() or not self.passages[-1].text.endswith("\n"):
            self.passages[-1].text += text

    def _in_frame(self, tag: str, given: dict[str, str], frame: Table) -> None:
        if tag in ("thead", "tbody"):
            self._in_head = tag == "thead"
        elif tag == "tr":
            self._row = Row(group=self._group)
        elif tag == "th" and self._row is not None and given.get("scope") == "rowgroup":
            self._row.heading = True
        elif tag == "a" and given.get("href", "").startswith("#"):
            frame.links.append(given["href"][1:])

    def _begin(self, tag: str, given: dict[str, str]) -> None:
        if self._frame is None and tag != "section":
            name = given.get("id") or f"{len(self.tables) + 1}"
            self._frame = self.tables.setdefault(name, Table(name))
            self._group, self._in_head = "", False
        if not self._cover:
            self.passages.append(Passage())

    def _named(self) -> bool:
        return self._frame is not None and not self._frame.name.isdigit()

    def _text(self) -> str:
        if self._row is not None:
            return self._row.text
        return self._frame.words if self._frame is not None else self.passages[-1].text

    def _close_figure(self, key: str, value: str, start: int) -> None:
        figure = Figure(key, value, self._text()[start:], start)
        if self._row is not None:
            self._row.figures.append(figure)
        elif self._frame is not None:
            self._frame.figures.append(figure)
        else:
            self.passages[-1].figures.append(figure)

    def _close_row(self, row: Row, table: Table) -> None:
        if self._in_head:
            table.words += f" {row.text}"
            table.figures += row.figures
        elif row.heading:
            self._group = row.text
        else:
            table.rows.append(row)
