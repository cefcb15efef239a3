"""The analyst's note: Markdown without raw HTML, links and pictures, as safe HTML."""

from __future__ import annotations

from pathlib import Path

from reportgen.errors import DataError

LIMIT = 20_000
"""Most characters a note may hold: about two pages."""


def note_html(folder: Path, period: str, language: str) -> str:
    """Return the note ``<folder>/<period>.<language>.md`` as HTML; empty when there is none.

    Raises:
        DataError: when the file is not UTF-8 text or is too long.
    """
    path = folder / f"{period}.{language}.md"
    if not path.is_file():
        return ""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DataError(f"The analyst's note {path} is not UTF-8 text.") from None
    if len(text) > LIMIT:
        raise DataError(f"The analyst's note {path} is longer than {LIMIT} characters.")
    from markdown_it import MarkdownIt

    reader = MarkdownIt("zero", {"html": False}).enable(
        ["heading", "list", "blockquote", "emphasis", "newline", "escape", "entity"]
    )
    return str(reader.render(text))
