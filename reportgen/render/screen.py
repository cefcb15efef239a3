"""The report as one self-contained file for the screen."""

from __future__ import annotations

from reportgen.errors import DataError
from reportgen.render.characters import shown_characters
from reportgen.render.fonts import FontSet, data_address, font_face_css, stack_css

_END_OF_HEAD = "</head>"


def finish_html(html: str, fonts: FontSet) -> str:
    """Put the faces of its language, cut to its characters, into a document.

    The screen is set in the sans faces alone: two files instead of four, and easier to read on a
    telephone. Parts in other languages (links to the other editions) use the reader's own fonts.

    Args:
        html: the document with its style sheets and drawings inside.
        fonts: the faces of its language.

    Raises:
        DataError: a character has no glyph, or the document has no head.
    """
    if _END_OF_HEAD not in html:
        raise DataError("the HTML edition has no head to put its fonts into")
    files = fonts.cut(shown_characters(html, foreign=False), serif=False)
    css = font_face_css(files, data_address) + stack_css(fonts)
    return html.replace(_END_OF_HEAD, f"<style>{css}</style>\n{_END_OF_HEAD}", 1)
