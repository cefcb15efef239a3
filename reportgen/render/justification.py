"""Justified lines of Chinese and Japanese: where the slack of a WeasyPrint line goes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from weasyprint.formatting_structure import boxes

from reportgen.render import cjk
from reportgen.render.lines import Spacing, offsets


def is_plain(box: Any, *, atomic: bool) -> bool:
    """Whether a line is only text: nothing out of the flow, no leader.

    Args:
        box: a line box or what is in it.
        atomic: whether inline blocks and images are allowed.
    """
    if isinstance(box, boxes.TextBox):
        return True
    if isinstance(box, (boxes.LineBox, boxes.InlineBox)):
        return not box.is_leader and all(is_plain(child, atomic=atomic) for child in box.children)
    return atomic and bool(box.is_in_normal_flow())


def mark_neighbours(line: Any) -> None:
    """Tell each piece of text of a line which character stands behind it."""
    if getattr(line, "neighbours_marked", False):
        return
    line.neighbours_marked = True
    pieces = list(_sequence(line))
    for piece, after in zip(pieces, [*pieces[1:], None], strict=True):
        if piece is not None:
            piece.following = after.text[0] if after is not None and after.text else ""


def _sequence(box: Any) -> Iterator[Any]:
    """The pieces of text of a line in order, ``None`` for everything else in the flow."""
    if isinstance(box, boxes.TextBox):
        if box.text:
            yield box
    elif isinstance(box, (boxes.LineBox, boxes.InlineBox)):
        for child in box.children:
            yield from _sequence(child)
    else:
        yield None


def text_from(box: Any, resume_at: Any) -> str:
    """The text of a line box from where the next line resumes."""
    if isinstance(box, boxes.TextBox):
        skip = 0 if resume_at is None else next(iter(resume_at))
        return str(box.text.encode()[skip:].decode())
    if not isinstance(box, (boxes.LineBox, boxes.InlineBox)):
        return ""
    start, inner = (0, None) if resume_at is None else next(iter(resume_at.items()))
    texts = []
    for index, child in enumerate(box.children[start:]):
        texts.append(text_from(child, inner if index == 0 else None))
    return "".join(texts)


def justify(line: Any, rules: cjk.Rules, slack: float) -> None:
    """Spread the slack of a line over the places that may stretch.

    Args:
        line: a line box laid out at its natural width.
        rules: the language's.
        slack: px between the line's width and its room.
    """
    pieces = list(_sequence(line))
    lengths: dict[Any, dict[int, float]] = {piece: {} for piece in pieces if piece is not None}
    slack += _hang_end(pieces, rules, lengths)
    places = list(_stretching(pieces, rules))
    if places and slack > 0:
        each = min(slack / len(places), cjk.MAXIMUM_STRETCH * line.style["font_size"])
        _spread(places, each, lengths)
    for piece, additions in lengths.items():
        _lengthen(piece, additions)
    _move(line, {piece: sum(additions.values()) for piece, additions in lengths.items()}, 0.0)


def _spread(
    places: list[tuple[Any, int]], each: float, lengths: dict[Any, dict[int, float]]
) -> None:
    """Add ``each`` at every place in whole thousandths of an em, carrying what is left over."""
    carried = 0.0
    for piece, offset in places:
        em = piece.style["font_size"]
        length = round((each + carried) / em * 1000) / 1000 * em
        carried += each - length
        lengths[piece][offset] = lengths[piece].get(offset, 0.0) + length


def _stretching(pieces: list[Any], rules: cjk.Rules) -> Iterator[tuple[Any, int]]:
    """The pieces and byte offsets of the characters behind which a line may stretch."""
    previous: tuple[Any, int, str] | None = None
    for piece in pieces:
        if piece is None:
            previous = None
            continue
        for character, offset in zip(piece.text, offsets(piece.text), strict=False):
            if previous is not None and rules.stretches(previous[2], character):
                yield previous[0], previous[1]
            previous = (piece, offset, character)


def _hang_end(pieces: list[Any], rules: cjk.Rules, lengths: dict[Any, dict[int, float]]) -> float:
    """Let the last mark of a line hang by its blank half; returns the room this gives, px.

    Needed when a line ends at the end of a box: the box could not know that the line would.
    """
    piece = pieces[-1] if pieces else None
    if piece is None:
        return 0.0
    offset = offsets(piece.text)[-2]
    now = getattr(piece.pango_layout, "cjk_spacing", {}).get(offset, (0.0, 0.0))[1]
    change = rules.at_end(piece.text[-1]) * float(piece.style["font_size"]) - float(now)
    if change:
        lengths[piece][offset] = change
    return -change


def _lengthen(piece: Any, additions: dict[int, float]) -> None:
    """Give a piece of text additional lengths; boxes of other lines may share its layout."""
    layout = copy.copy(piece.pango_layout)
    spacing: Spacing = dict(getattr(layout, "cjk_spacing", {}))
    for offset, length in additions.items():
        before, behind = spacing.get(offset, (0.0, 0.0))
        spacing[offset] = (before, behind + length)
    layout.cjk_spacing = spacing
    piece.pango_layout = layout


def _move(box: Any, widened: dict[Any, float], moved: float) -> float:
    """Move what stands behind widened text to the right; returns how far the next thing moves."""
    if isinstance(box, boxes.TextBox):
        box.position_x += moved
        longer = widened.get(box, 0.0)
        box.width += longer
        return moved + longer
    if isinstance(box, (boxes.LineBox, boxes.InlineBox)):
        box.position_x += moved
        start = moved
        for child in box.children:
            if child.is_in_normal_flow():
                moved = _move(child, widened, moved)
        box.width += moved - start
        return moved
    box.translate(moved, 0)
    return moved
