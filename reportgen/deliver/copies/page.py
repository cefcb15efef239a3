"""A client's copy of the report as a page: its name above and below, its code at every section."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import escape

from reportgen.deliver.copies.mark import Mark
from reportgen.deliver.copies.words import Words
from reportgen.errors import DataError

META = "reportgen-copy"
ATTRIBUTE = "data-copy"
_HEAD, _TITLE, _SECTION, _END = "</head>", "<h1", "<section ", "</main>"
_PLACES = (_HEAD, _TITLE, _SECTION, _END)


def html_copy(page: bytes, mark: Mark, language: str) -> bytes:
    """Return a client's copy of a page; the same page and mark give the same bytes.

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
    line = f'<p class="small muted">{escape(_words(language).line(mark))}</p>\n'
    meta = f'<meta name="{META}" content="{mark.code}">\n'
    text = text.replace(_HEAD, meta + _HEAD, 1).replace(_TITLE, line + _TITLE, 1)
    text = text.replace(_SECTION, f'{_SECTION}{ATTRIBUTE}="{mark.code}" ')
    before, _, after = text.rpartition(_END)
    return f"{before}{line}{_END}{after}".encode()


@lru_cache
def _words(code: str) -> Words:
    return Words(code)
