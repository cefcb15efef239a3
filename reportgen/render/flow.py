"""The flow of a laid-out document: its blocks and their measures, its figures moved in its tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from weasyprint.formatting_structure import boxes

from reportgen.render.placement import Block, Kind, best_order

LONG_TABLE = 12
"""Rows beyond which a table may be parted; the same number stands in page.css."""

_TEXTS = frozenset({"p", "ul", "ol", "dl"})
_HEADS = frozenset({"header", "h4"})


@dataclass(frozen=True)
class _Piece:
    """An element of the flow and the subsection it stands in."""

    element: Any
    parent: Any
    group: int
    starts_page: bool


def tuck_sides(root: Any) -> None:
    """Put side notes that stand below a heading where they cannot part it from its text.

    WeasyPrint breaks a page before a float that does not fit, also between a heading and its
    text: inside the heading's block, the note takes the heading along.
    """
    for parent in list(root.iter("section")):
        children = list(parent)
        for head, note in pairwise(children):
            if "side" in _classes(note) and head.tag == "header":
                parent.remove(note)
                head.append(note)
            elif "side" in _classes(note) and head.tag in _HEADS:
                parent.remove(note)
                parent.insert(list(parent).index(head), note)


def take_along(root: Any, document: Any) -> bool:
    """Put side notes that were left at the foot of a page into the paragraph on the next.

    A note is a float before its paragraph; where it fits and two lines do not, it stays alone.
    Inside the paragraph it may still stay, so the paragraph is told to begin the page it began.

    Args:
        root: the tree the document was laid out from; changed in place.
        document: WeasyPrint's document laid out from it.

    Returns:
        Whether there were any.
    """
    stranded = list(_stranded(document))
    parents = {child: parent for parent in root.iter() for child in parent}
    for note, paragraph in stranded:
        parents[note].remove(note)
        note.tail, paragraph.text = paragraph.text, None
        paragraph.insert(0, note)
        paragraph.set("style", "break-before: page")
    return bool(stranded)


def _stranded(document: Any) -> Iterator[tuple[Any, Any]]:
    """Yield side notes with the paragraphs they precede, where these begin on a later page."""
    pages: dict[Any, int] = {}
    for number, page in enumerate(document.pages):
        for box in page._page_box.descendants():
            if box.element is not None and box.element_tag == box.element.tag:
                pages.setdefault(box.element, number)
    root = document.pages[0]._page_box.children[0].element
    for parent in root.iter("section"):
        for note, paragraph in pairwise(parent):
            beside = "side" in _classes(note) and paragraph.tag == "p"
            if beside and pages.get(note, 0) < pages.get(paragraph, 0):
                yield note, paragraph


def place_figures(root: Any, document: Any) -> bool:
    """Move figures of a document's tree to where they leave no holes.

    Args:
        root: the tree the document was laid out from; changed in place.
        document: WeasyPrint's document laid out from it.

    Returns:
        Whether anything was moved.
    """
    measured = _measured(document)
    pieces = [piece for piece in _pieces(root) if piece.element in measured]
    blocks = list(_blocks(pieces, measured))
    order = best_order(blocks, document.pages[-1]._page_box.height)
    if list(order) == sorted(order):
        return False
    for before, index in pairwise(order):
        parent = pieces[index].parent
        if blocks[index].kind is Kind.MOVABLE and parent is pieces[before].parent:
            parent.remove(pieces[index].element)
            place = list(parent).index(pieces[before].element) + 1
            parent.insert(place, pieces[index].element)
    return True


def emptiness(document: Any) -> tuple[int, int, float]:
    """How long and how uneven a document is: pages, stranded notes, squares of empty parts.

    The last page ends where the text ends and does not count.
    """
    parts = [_empty_part(page._page_box) for page in document.pages[:-1]]
    stranded = sum(1 for _ in _stranded(document))
    return len(document.pages), stranded, sum(part**2 for part in parts)


def _empty_part(page: Any) -> float:
    """The part of a page's height that is empty at its foot, 0 to 1."""
    drawn = (boxes.LineBox, boxes.ReplacedBox, boxes.TableRowBox)
    ends = [
        box.position_y + box.height
        for box in page.children[0].descendants()
        if isinstance(box, drawn)
    ]
    foot = page.content_box_y() + page.height
    return float(max(0.0, (foot - max(ends, default=0.0)) / page.height))


def _measured(document: Any) -> dict[Any, list[Any]]:
    """The boxes of each element, one for each page it stands on."""
    found: dict[Any, list[Any]] = {}
    for page in document.pages:
        for box in page._page_box.descendants():
            block = isinstance(box, boxes.BlockLevelBox) and box.element is not None
            if block and box.element_tag == box.element.tag:
                found.setdefault(box.element, []).append(box)
    return found


def _pieces(root: Any) -> Iterator[_Piece]:
    body = root.find("body")
    main = body.find("main") if body is not None else None
    if main is None:
        return
    groups = 0
    for section in main.iter("section"):
        groups += 1
        starts = "section-page" in _classes(section)
        for child in section:
            classes = _classes(child)
            if child.tag == "section" or "side" in classes:
                continue
            yield _Piece(child, section, groups, starts)
            starts = False


def _classes(element: Any) -> frozenset[str]:
    return frozenset((element.get("class") or "").split())


def _blocks(pieces: list[_Piece], measured: dict[Any, list[Any]]) -> Iterator[Block]:
    # At the top of a page a box has lost its margin; others of its class still have theirs.
    margins: dict[str, float] = {}
    for piece in pieces:
        margins[_sort(piece)] = max(margins.get(_sort(piece), 0.0), _above(piece, measured))
    for piece in pieces:
        above = _above(piece, measured)
        if _behaviour(piece.element)[0] is not Kind.TEXT:
            above = margins[_sort(piece)]
        yield _block(piece, measured[piece.element], (above, _beside(piece, measured)))


def _sort(piece: _Piece) -> str:
    """Elements of one sort have the same margin above, whatever their width."""
    return f"{piece.element.tag} {(piece.element.get('class') or '').split(' ')[0]}"


def _above(piece: _Piece, measured: dict[Any, list[Any]]) -> float:
    """The margin above an element; it collapses with that of a parent it begins."""
    above = float(measured[piece.element][0].margin_top)
    if piece.element is piece.parent[0]:
        for box in measured.get(piece.parent, [])[:1]:
            above = max(above, float(box.margin_top))
    return above


def _beside(piece: _Piece, measured: dict[Any, list[Any]]) -> float:
    """How far below the top of an element the side note ends that begins with it, px."""
    notes = [child for child in piece.element if "side" in _classes(child)]
    place = list(piece.parent).index(piece.element)
    if place and "side" in _classes(piece.parent[place - 1]):
        notes.append(piece.parent[place - 1])
    if not notes or notes[0] not in measured:
        return 0.0
    note = measured[notes[0]][0]
    below = notes[0] in list(piece.element) and piece.element.tag != "p"
    lowered = float(measured[piece.element][0].height) if below else 0.0
    return lowered + float(note.margin_height())


def _block(piece: _Piece, parts: list[Any], outside: tuple[float, float]) -> Block:
    first, last = parts[0], parts[-1]
    height = sum(part.border_height() for part in parts)
    kind, line = _behaviour(piece.element)
    if kind is Kind.TEXT:
        line = _line_height(first)
    elif len(parts) > 1 and kind is not Kind.HEAD:
        kind = Kind.LONG
    fixed, repeated = 0.0, 0.0
    if kind is Kind.LONG and piece.element.tag == "figure":
        line, fixed, repeated = _rows(parts)
        height -= repeated * (len(parts) - 1)
    return Block(
        kind=kind,
        height=height,
        above=outside[0],
        below=float(last.margin_bottom),
        line=line or 23.0,
        group=piece.group,
        starts_page=piece.starts_page,
        beside=outside[1],
        fixed=fixed,
        repeated=repeated,
    )


def _behaviour(element: Any) -> tuple[Kind, float]:
    """How an element behaves at the foot of a page, and its line or row when that is known, px."""
    classes = _classes(element)
    if element.tag in _TEXTS:
        return Kind.TEXT, 0.0
    if element.tag in _HEADS:
        return Kind.HEAD, 0.0
    if element.tag == "figure":
        rows = sum(1 for body in element.iter("tbody") for _ in body.iter("tr"))
        return (Kind.MOVABLE, 0.0) if rows <= LONG_TABLE else (Kind.LONG, 22.0)
    if classes & {"figure-pair", "heat-map"}:
        return Kind.MOVABLE, 0.0
    if classes & {"cards", "glossary", "box-analyst", "box-method"}:
        return Kind.LONG, 17.0
    return Kind.WHOLE, 0.0


def _rows(parts: list[Any]) -> tuple[float, float, float]:
    """The mean height of a table's rows, what stands above the first, what is repeated, px."""
    groups = [box for part in parts for box in part.descendants()]
    groups = [box for box in groups if isinstance(box, boxes.TableRowGroupBox)]
    rows = [row for group in groups if not group.is_header for row in group.children]
    if not rows:
        return 22.0, 0.0, 0.0
    repeated = max((float(group.height) for group in groups if group.is_header), default=0.0)
    mean = sum(float(row.height) for row in rows) / len(rows)
    return mean, float(rows[0].position_y - parts[0].position_y - parts[0].margin_top), repeated


def _line_height(box: Any) -> float:
    for inner in box.descendants():
        if isinstance(inner, boxes.LineBox):
            return float(inner.height)
    return 0.0
