"""The one room that teaches WeasyPrint 70 to set Chinese and Japanese lines.

WeasyPrint stretches only spaces, so justified lines without spaces stay ragged, and it neither
closes up full-width marks nor parts ideographs from Latin. Inside ``cjk_spacing()`` the lines of
these languages are broken and justified by the rules of ``cjk``; the additional lengths are kept
beside each piece of text and put into Pango's glyph positions when it is drawn.

This touches private names. They are compared with what they were in WeasyPrint 70; if anything has
changed, the page is set by WeasyPrint's own rules and ``changed_names`` says why (a test fails).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import weasyprint
from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline, preferred
from weasyprint.text import line_break

from reportgen.render.cjk import Rules, rules_for
from reportgen.render.justification import is_plain, justify, mark_neighbours, text_from
from reportgen.render.lines import drawn_first_line, is_ours, set_line

KNOWN_VERSION = "70."

# Private functions and their parameters as they were when this module was written.
_LINE_PARAMETERS = """context box position_x max_x bottom_space skip_stack containing_block
    absolute_boxes fixed_boxes line_placeholders waiting_floats line_children
    first_letter_style first_line_style"""
_TEXT_PARAMETERS = "text style context max_width justification_spacing is_line_start minimum"
_EXPECTED: tuple[tuple[Any, str, str], ...] = (
    (inline, "split_inline_box", _LINE_PARAMETERS),
    (inline, "split_text_box", "context box available_width skip is_line_start"),
    (inline, "split_first_line", _TEXT_PARAMETERS),
    (inline, "justify_line", "context line extra_width"),
    (preferred, "split_first_line", _TEXT_PARAMETERS),
    (line_break, "line_size", "line style"),
    (line_break.Layout, "__init__", "self style justification_spacing max_width"),
    (line_break.Layout, "get_first_line", "self"),
    (line_break.Layout, "set_text", "self text justify"),
    (line_break.Layout, "deactivate", "self"),
)

# A last line of fewer characters, marks not counted, looks like a mistake: in squares, in letters.
_SHORTEST_LAST_LINE, _SHORTEST_LAST_WORD = 2, 9


def changed_names() -> tuple[str, ...]:
    """What differs from the WeasyPrint this module was written for; empty when nothing does."""
    problems = []
    if not weasyprint.VERSION.startswith(KNOWN_VERSION):
        problems.append(f"WeasyPrint is {weasyprint.VERSION}, not {KNOWN_VERSION}x")
    for owner, name, parameters in _EXPECTED:
        function = getattr(owner, name, None)
        if function is None:
            problems.append(f"{owner.__name__}.{name} is gone")
        elif list(inspect.signature(function).parameters) != parameters.split():
            problems.append(f"{owner.__name__}.{name} takes other parameters")
    return tuple(problems)


@contextmanager
def cjk_spacing() -> Iterator[bool]:
    """Within it, WeasyPrint sets Chinese and Japanese by our rules; ``False`` when it cannot."""
    if changed_names():
        yield False
        return
    setter = _Setter()
    replaced = [
        (inline, "split_first_line", setter.split_first_line),
        (preferred, "split_first_line", setter.split_first_line),
        (inline, "split_text_box", setter.split_text_box),
        (inline, "split_inline_box", setter.split_inline_box),
        (inline, "justify_line", setter.justify_line),
        (line_break.Layout, "get_first_line", drawn_first_line(line_break.Layout.get_first_line)),
    ]
    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in replaced]
    for owner, name, function in replaced:
        setattr(owner, name, function)
    try:
        yield True
    finally:
        for owner, name, function in originals:
            setattr(owner, name, function)


class _Setter:
    """Stands in for WeasyPrint's line functions; keeps the originals."""

    def __init__(self) -> None:
        self._split_first_line = inline.split_first_line
        self._split_text_box = inline.split_text_box
        self._split_inline_box = inline.split_inline_box
        self._justify_line = inline.justify_line
        self._following = ""

    def split_text_box(self, context: Any, box: Any, *rest: Any, **options: bool) -> Any:
        """As WeasyPrint's, but telling the line breaker what stands behind the box."""
        self._following = getattr(box, "following", "")
        return self._split_text_box(context, box, *rest, **options)

    def split_first_line(
        self,
        text: str,
        style: Any,
        context: Any,
        max_width: float | None,
        justification_spacing: float,
        **options: bool,
    ) -> Any:
        """The first line of a text: by our rules in Chinese and Japanese, else by WeasyPrint's."""
        following, self._following = self._following, ""
        rules = rules_for(style["lang"])
        line = None
        if rules and is_ours(text, style, following):
            starts_line = options.get("is_line_start", True)
            line = set_line(text, style, rules, max_width, (starts_line, following))
        return line or self._split_first_line(
            text, style, context, max_width, justification_spacing, **options
        )

    def split_inline_box(
        self, context: Any, box: Any, position_x: float, max_x: float, *rest: Any
    ) -> Any:
        """As WeasyPrint's; a line is shortened when a lone character would be left over.

        WeasyPrint breaks a line far too early where a piece of text fits but for the blank behind
        it; a little more or less room then gives the line that fits.
        """
        if not isinstance(box, boxes.LineBox):
            return self._split_inline_box(context, box, position_x, max_x, *rest)
        rules = rules_for(box.style["lang"])
        if rules:
            mark_neighbours(box)
        em, width = box.style["font_size"], max_x - position_x

        def within(room: float) -> Any:
            del rest[_LINE_CHILDREN][:]
            return self._split_inline_box(context, box, position_x, position_x + room, *rest)

        room, result = width, within(width)
        if _breaks_early(box, result, width):
            for room in (*(width + ems * em for ems in _NUDGES), width):
                result = within(room)
                if _visible(context, result) <= width and not _breaks_early(box, result, width):
                    break
        if _leaves_enough(box, result, rules):
            return result
        for ems in _SHORTENINGS:
            shorter = within(width - ems * em)
            if _leaves_enough(box, shorter, rules) and not _breaks_early(box, shorter, width):
                return shorter
        return within(room)

    def justify_line(self, context: Any, line: Any, extra_width: float) -> None:
        """Give the slack to the boundaries between squares, never more than half an em each."""
        rules = rules_for(line.style["lang"])
        if rules is None or not is_plain(line, atomic=True):
            self._justify_line(context, line, extra_width)
        else:
            justify(line, rules, extra_width)


# Place of ``line_children`` among the arguments behind ``max_x``.
_LINE_CHILDREN = 7
# By how much a line is shortened, em, to leave more for the last one.
_SHORTENINGS = (1.1, 1.5, 2.1, 2.6, 3.1, 3.6, 4.6)
# By how much the room of a line is changed, em, that was broken early; and what counts as early.
_NUDGES = (0.3, -0.3, -0.6, -1.1, -2.1)
_EARLY = 0.7


def _breaks_early(box: Any, result: Any, width: float) -> bool:
    """Whether a line of text that goes on leaves much of its room blank without need."""
    line, resume_at, forced = result[:3]
    return (
        resume_at is not None
        and not forced
        and line is not None
        and line.width < _EARLY * width
        and is_plain(box, atomic=False)
    )


def _visible(context: Any, result: Any) -> float:
    """The width of a line without the blank at its end, px."""
    return float(result[0].width - inline.trailing_whitespace_size(context, result[0]))


def _leaves_enough(box: Any, result: Any, rules: Rules | None) -> bool:
    """Whether what a line leaves over is nothing, or enough to look like a line."""
    resume_at = result[1]
    if resume_at is None or not is_plain(box, atomic=False):
        return True
    left = text_from(box, resume_at).strip()
    if not left:
        return True
    if rules:
        return rules.weight(left) >= _SHORTEST_LAST_LINE
    return " " in left or len(left) >= _SHORTEST_LAST_WORD
