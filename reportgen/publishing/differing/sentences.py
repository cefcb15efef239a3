"""Sentences of two reports compared: another figure in the same sentence is no other sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser

BLOCKS = frozenset({"p", "li", "dd", "dt", "h2", "h3", "h4"})
UNSEEN = frozenset({"head", "style", "script", "svg", "details", "nav", "table"})
NUMBERS = ("section-number", "subsection-number")
"""Blocks that hold the number of a heading."""
OPEN, CLOSE = "\ue000", "\ue001"
"""Stand around a figure while its sentence is cut out; no report holds these characters."""
FIGURE = "#"
SIGNS = str.maketrans("", "", "●◆○")
"""Signs of a figure's origin."""

_MARKED = re.compile(f"{OPEN}[^{CLOSE}]*{CLOSE}")
_MONTHS = re.compile(
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
_NUMBERS = re.compile(rf"[+−-]?(?:\d[\d.,]*\d|\d|{FIGURE})%?")
_RUNS = re.compile(rf"{FIGURE}(?:[\s年月日]*{FIGURE})+")
_ENDS = re.compile(r"(?<=[。！？])(?![」』”）])|(?<=[。！？][」』”）])|(?<=[.!?])\s+(?=[^a-z])")


@dataclass(frozen=True)
class Sentence:
    """A sentence as printed, with the heading it stands under, and with its figures masked."""

    heading: str
    text: str
    masked: str


@dataclass(frozen=True)
class Passage:
    """Sentences that took one another's place; one of the two may be empty."""

    heading: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def compared(before: str, after: str) -> tuple[Passage, ...]:
    """Return the sentences of running text that are in one of two HTML reports only."""
    first, second = sentences_in(before), sentences_in(after)
    matcher = SequenceMatcher(
        None, [one.masked for one in first], [one.masked for one in second], autojunk=False
    )
    return tuple(
        _passage(first[a:b], second[c:d])
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
    )


def sentences_in(document: str) -> tuple[Sentence, ...]:
    """Return the sentences of a report's running text, headings and notes; tables are left out."""
    reader = _Reader()
    reader.feed(document)
    reader.close()
    return tuple(
        Sentence(heading, _shown(part), masked(part))
        for heading, block in reader.blocks
        for part in _ENDS.split(block)
        if part.strip()
    )


def masked(text: str) -> str:
    """Return a sentence with its figures and dates masked."""
    plain = _MONTHS.sub(FIGURE, _NUMBERS.sub(FIGURE, _MARKED.sub(FIGURE, text)))
    return _RUNS.sub(FIGURE, " ".join(plain.split()))


def _shown(text: str) -> str:
    return " ".join(text.replace(OPEN, "").replace(CLOSE, "").split())


def _passage(before: Sequence[Sentence], after: Sequence[Sentence]) -> Passage:
    heading = (after or before)[0].heading
    return Passage(heading, tuple(one.text for one in before), tuple(one.text for one in after))


class _Reader(HTMLParser):
    """Collects the blocks of running text, each with the last heading above it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[str, str]] = []
        self._heading = ""
        self._unseen = 0
        self._numbering = False
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self._unseen += 1
        elif not self._unseen and tag in BLOCKS:
            self._close("")
            self._text = None if dict(attrs).get("class") in NUMBERS else []
        elif self._text is not None:
            self._text.append({"data": OPEN, "br": " "}.get(tag, ""))
            self._numbering = ("class", "caption-number") in attrs

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in BLOCKS and not self._unseen:
            self._close(tag)
        elif self._text is not None:
            self._text.append(CLOSE if tag == "data" else " " if self._numbering else "")
            self._numbering = False

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._unseen:
            self._text.append(data.translate(SIGNS))

    def _close(self, tag: str) -> None:
        text = "".join(self._text or ()).strip()
        self._text = None
        if not text:
            return
        if tag in ("h2", "h3"):
            self._heading = _shown(text)
        self.blocks.append((self._heading, text))
