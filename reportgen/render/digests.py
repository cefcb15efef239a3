"""What is drawn on the pages of a PDF, as a digest of each.

The digest is taken over a page's own drawing, the fonts, pictures and states that uses, its boxes
and its links. It stays when the file is saved anew, encrypted or renumbered, and when a stamp is
drawn over the page; it changes with any word, picture or font of the page. What the file says
beside its pages - title, outline, tags and descriptions for a screen reader - is no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pikepdf

from reportgen.render.pdfobjects import Named, Objects, hashed, is_usual, named_in, too_large

_MOST_PAGES = 2_000
_HIGHEST = 60
"""Nodes above a page at most."""
_INHERITED = ("/MediaBox", "/CropBox", "/Rotate")
_LOOK = ("/Group", "/UserUnit", "/TrimBox", "/BleedBox", "/ArtBox")
_PLACE = ("/P", "/Parent", "/StructParent")
"""Of a link: where it stands in the file."""
_PAINTING = frozenset(("f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "INLINE IMAGE"))
_UNREAD = "Do"
"""Stands for a stamp packed in a way that is not unpacked here: it may paint."""


@dataclass(frozen=True)
class Stamp:
    """What was drawn over a page afterwards.

    Args:
        page: number of the page, from 1.
        paints: whether it fills areas or shows pictures, under which the page may be hidden.
    """

    page: int
    paints: bool


@dataclass(frozen=True)
class _Drawn:
    """A page's own drawing in one form, the resources it uses, the operators drawn over it."""

    content: bytes
    named: Named = frozenset()
    over: frozenset[str] = frozenset()


def _streams_of(page: pikepdf.Page) -> list[Any]:
    """Return the content streams of a page, in the order they are drawn."""
    contents = page.obj.get("/Contents")
    if contents is None:
        return []
    return list(contents) if isinstance(contents, pikepdf.Array) else [contents]


class Reader:
    """Reads the pages of a file.

    Args:
        pdf: the file; anybody's.

    Raises:
        DataError: it has more pages than any report.
    """

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        if len(pdf.pages) > _MOST_PAGES:
            raise too_large()
        self._pdf = pdf
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        self.objects = Objects(numbers)

    def digests(self) -> tuple[str, ...]:
        """Return the sha256 of each page."""
        pages = zip(self._pdf.pages, self._drawings, strict=True)
        return tuple(self._page(page, own).hex() for page, own in pages)

    def stamps(self) -> Iterator[Stamp]:
        """Yield the pages that were drawn over."""
        for number, drawn in enumerate(self._drawings, start=1):
            over = drawn.over - {"q", "Q"}
            if over:
                yield Stamp(number, bool(over & _PAINTING))

    @cached_property
    def _drawings(self) -> tuple[_Drawn, ...]:
        return tuple(self._drawn(page) for page in self._pdf.pages)

    def _page(self, page: Any, own: _Drawn) -> bytes:
        parts = [self.objects.digest(_inherited(page.obj, key), 0) for key in _INHERITED]
        parts += [self.objects.digest(page.obj.get(key), 0) for key in _LOOK]
        for link in page.obj.get("/Annots", []):
            parts.append(hashed(self.objects.entries(link, _PLACE, 0)))
        resources = _inherited(page.obj, "/Resources")
        parts += [own.content, *self.objects.used(own.named, resources, 0)]
        return hashed(parts)

    def _drawn(self, page: Any) -> _Drawn:
        """Tell a page's own drawing from what was drawn over it.

        Who stamps a page saves the state of drawing before it and restores it behind it, so the
        page's own drawing begins after the first instructions to save, and ends where as many
        are restored, or with its stream. Any other instruction before it counts as the page's
        own, so that the digest is another.
        """
        saved, own, over = 0, None, set[str]()
        for stream in _streams_of(page):
            steps = self._steps(stream)
            if own is not None:
                over |= _operators(steps)
            elif steps is None:
                own = _Drawn(self.objects.unpacked(stream))
            else:
                lead = next((n for n, one in enumerate(steps) if _operator(one) != "q"), len(steps))
                saved += lead
                if lead < len(steps):
                    mine, rest = _until_restored(steps[lead:]) if saved else (steps, [])
                    own = _Drawn(bytes(pikepdf.unparse_content_stream(mine)), named_in(mine))
                    over |= _operators(rest)
        return replace(own or _Drawn(b""), over=frozenset(over))

    def _steps(self, stream: Any) -> list[Any] | None:
        """Return the instructions in a stream; ``None`` when it is packed in another way."""
        return list(self.objects.instructions(stream, "")) if is_usual(stream) else None


def _operator(step: Any) -> str:
    return str(step.operator)


def _operators(steps: Sequence[Any] | None) -> set[str]:
    return {_UNREAD} if steps is None else {_operator(one) for one in steps}


def _until_restored(steps: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return the instructions up to the one that restores more than was saved, and the rest."""
    depth = 0
    for number, one in enumerate(steps):
        depth += {"q": 1, "Q": -1}.get(_operator(one), 0)
        if depth < 0:
            return steps[:number], steps[number:]
    return steps, []


def _inherited(node: Any, key: str) -> Any:
    """Return an entry of a page that may stand above it."""
    for _ in range(_HIGHEST):
        if node is None or key in node:
            break
        node = node.get("/Parent")
    return None if node is None else node.get(key)
