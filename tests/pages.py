"""Reading finished reports as a reader's programs would."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path


class _Figures(HTMLParser):
    """Collects the marked-up figures of a page: key, value and printed text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._open: list[tuple[str, str]] = []
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a figure."""
        given = dict(attrs)
        if tag == "data" and given.get("data-key"):
            self._open.append((str(given["data-key"]), str(given["value"])))
            self._text = ""

    def handle_data(self, data: str) -> None:
        """Collect its text."""
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        if tag == "data" and self._open:
            key, value = self._open.pop()
            self.found[key].add((value, self._text))


def figures_of(html: str) -> dict[str, set[tuple[str, str]]]:
    """Return pairs of canonical value and printed text by the figure's key."""
    parser = _Figures()
    parser.feed(html)
    return parser.found


def text_of(pdf: Path) -> str:
    """Return what ``pdftotext`` reads, without white space and line-break hyphens."""
    read = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    )
    return read.stdout


def squeezed(text: str) -> str:
    """Return the text without any white space."""
    return re.sub(r"\s+", "", text)
