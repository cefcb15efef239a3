"""A client's copy of the report as a page: its name above and below, its code at every section."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import Markup, escape

from reportgen.deliver.copies.mark import Mark
from reportgen.deliver.copies.words import Words
from reportgen.errors import DataError

META = "reportgen-copy"
ATTRIBUTE = "data-copy"
_HEAD, _TITLE, _SECTION, _END = "</head>", "<h1", "<section ", "</main>"
_PLACES = (_HEAD, _TITLE, _SECTION, _END)
_LANGUAGES = re.compile(r'<nav class="languages".*?</nav>\n?', re.S)
"""The reports in other languages: a copy stands alone, and there they lead nowhere."""


def html_copy(page: bytes, mark: Mark, language: str) -> bytes:
    """Return a client's copy of a page; the same page and mark give the same bytes.

    It leads to no other language: those reports are not where the copy is.

    Args:
        page: an edition's HTML.
        mark: whose copy it is.
        language: of the page.

    Raises:
        DataError: it is no edition's, or a copy already.
    """
    text = page.decode("utf-8")
    if any(place not in text for place in _PLACES) or f'"{META}"' in text:
        raise DataError("The page is no edition's, or a client's copy already.")
    line = f'<p class="small muted">{_line(mark, language)}</p>\n'
    meta = f'<meta name="{META}" content="{mark.code}">\n'
    text = _LANGUAGES.sub("", text, count=1)
    text = text.replace(_HEAD, meta + _HEAD, 1).replace(_TITLE, line + _TITLE, 1)
    text = text.replace(_SECTION, f'{_SECTION}{ATTRIBUTE}="{mark.code}" ')
    before, _, after = text.rpartition(_END)
    return f"{before}{line}{_END}{after}".encode()


def _line(mark: Mark, language: str) -> Markup:
    """Return the line; its reference, which is asked for, is never broken."""
    said, kept = escape(_words(language).line(mark)), escape(mark.reference)
    return Markup(said.replace(kept, Markup('<span class="nowrap">{}</span>').format(kept)))


@lru_cache
def _words(code: str) -> Words:
    return Words(code)
