"""The gates a finished document passes before anybody sees it.

Each check returns what is wrong as sentences; an empty list opens the gate. Nothing but the bytes
of the document is asked, so an old edition can be checked as well as a new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from reportgen.render.cjk import rules_for
from reportgen.render.htmlgate import check_html
from reportgen.render.pdftext import REPLACEMENT, fonts_of, page_texts

__all__ = ["check_html", "check_pdf", "count_pages"]

A4_POINTS = (595.28, 841.89)
_SIZE_TOLERANCE = 0.5
_SQUARE = "[\\u3001-\\u30ff\\u4e00-\\u9fff\\uff01-\\uff60]"
# A line end in a template or catalogue becomes a space, which these languages do not write.
_SPACED = re.compile(f"{_SQUARE} +{_SQUARE}")
_SAFE_ADDRESSES = ("https:", "http:", "mailto:")


def check_pdf(source: bytes | Path, language: str, expected_names: Iterable[str]) -> list[str]:
    """Everything that is wrong with a finished PDF.

    Args:
        source: the document or its path.
        language: code or tag of the language it must say it is in.
        expected_names: PostScript names of the faces that may stand in it.
    """
    document = BytesIO(source) if isinstance(source, bytes) else source
    with pikepdf.open(document) as pdf:
        return [
            *check_fonts(pdf, frozenset(expected_names)),
            *check_text(pdf, language),
            *check_pages(pdf),
            *check_tags(pdf, language),
            *check_outline(pdf),
            *check_links(pdf),
        ]


def count_pages(source: bytes | Path) -> int:
    """The number of pages of a PDF."""
    with pikepdf.open(BytesIO(source) if isinstance(source, bytes) else source) as pdf:
        return len(pdf.pages)


def check_fonts(pdf: pikepdf.Pdf, expected_names: frozenset[str]) -> list[str]:
    """Fonts that are not embedded, not subset, or not of the intended faces."""
    problems = []
    fonts = fonts_of(pdf)
    if not fonts:
        problems.append("the PDF holds no font")
    for font in fonts:
        prefix, _, name = font.name.rpartition("+")
        if len(prefix) != 6 or not prefix.isupper():
            problems.append(f"the font {font.name} is not a subset")
        if not font.embedded:
            problems.append(f"the font {font.name} is not embedded")
        if name not in expected_names:
            problems.append(f"the font {name} is not one of the intended faces")
    return problems


def check_text(pdf: pikepdf.Pdf, language: str) -> list[str]:
    """Glyphs that are missing or unreadable, pages without a word, spaces between ideographs."""
    problems = []
    for number, text in enumerate(page_texts(pdf), start=1):
        if lost := text.count(REPLACEMENT):
            problems.append(f"page {number} shows {lost} glyphs that are missing or unreadable")
        if not text.strip():
            problems.append(f"page {number} is empty")
        if rules_for(language):
            problems += [
                f"page {number} has a space inside {match.group()!r}"
                for match in _SPACED.finditer(text)
            ]
    return problems


def check_pages(pdf: pikepdf.Pdf) -> list[str]:
    """Pages that are not upright A4."""
    problems = []
    for number, page in enumerate(pdf.pages, start=1):
        left, bottom, right, top = (float(value) for value in page.mediabox.as_list())
        size = (right - left, top - bottom)
        if any(
            abs(side - wanted) > _SIZE_TOLERANCE
            for side, wanted in zip(size, A4_POINTS, strict=True)
        ):
            problems.append(f"page {number} is {size[0]:.0f} by {size[1]:.0f} points, not A4")
    return problems


def check_tags(pdf: pikepdf.Pdf, language: str) -> list[str]:
    """What a reader with a screen reader would miss: language, title, tags, descriptions."""
    root = pdf.Root
    problems = []
    said = str(root.get("/Lang", ""))
    if said.split("-")[0] != language.split("-")[0]:
        problems.append(f"the PDF says its language is {said!r}, not {language!r}")
    if not str(pdf.docinfo.get("/Title", "")).strip():
        problems.append("the PDF has no title")
    if not bool(root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked", False)):
        problems.append("the PDF is not tagged")
    if "/StructTreeRoot" not in root:
        return [*problems, "the PDF has no structure tree"]
    kinds = [str(element.get("/S", "")) for element in _elements(root.StructTreeRoot)]
    if "/H2" not in kinds and "/H1" not in kinds:
        problems.append("the structure tree has no heading")
    for element in _elements(root.StructTreeRoot):
        if element.get("/S") == "/Figure" and not str(element.get("/Alt", "")).strip():
            problems.append("a figure has no description")
    return problems


def _elements(node: Any) -> Iterator[Any]:
    """Every structure element below a node, depth first."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, pikepdf.Array):
            waiting.extend(reversed(list(current)))
        elif isinstance(current, pikepdf.Dictionary):
            if current.get("/S") is not None:
                yield current
            if "/K" in current:
                waiting.append(current.K)


def check_outline(pdf: pikepdf.Pdf) -> list[str]:
    """A missing outline, or an entry of it that leads nowhere."""
    with pdf.open_outline() as outline:
        entries = list(outline.root)
        if not entries:
            return ["the PDF has no outline"]
        return [
            f"the outline's entry {entry.title!r} leads nowhere"
            for entry in entries
            if entry.destination is None and entry.action is None
        ]


def check_links(pdf: pikepdf.Pdf) -> list[str]:
    """Links to places that are not in the document, and actions that are no links."""
    targets = _named_targets(pdf)
    problems = []
    for number, page in enumerate(pdf.pages, start=1):
        for annotation in page.get("/Annots", []):
            if annotation.get("/Subtype") == "/Link":
                problems += [
                    f"page {number}: {what}" for what in _link_problems(annotation, targets)
                ]
    return problems


def _link_problems(annotation: Any, targets: frozenset[str]) -> Iterator[str]:
    action = annotation.get("/A")
    target = annotation.get("/Dest")
    if action is not None and action.get("/S") == "/GoTo":
        target = action.get("/D")
    elif action is not None and action.get("/S") == "/URI":
        address = str(action.get("/URI", ""))
        if not address.startswith(_SAFE_ADDRESSES):
            yield f"a link leads to {address!r}"
        return
    elif action is not None:
        yield f"an action {action.get('/S')} is no link"
        return
    if target is None:
        yield "a link leads nowhere"
    elif not isinstance(target, pikepdf.Array) and str(target) not in targets:
        yield f"a link leads to {str(target)!r}, which is not in the document"


def _named_targets(pdf: pikepdf.Pdf) -> frozenset[str]:
    names = pdf.Root.get("/Names")
    if names is None or "/Dests" not in names:
        return frozenset()
    return frozenset(map(str, pikepdf.NameTree(names.Dests)))
