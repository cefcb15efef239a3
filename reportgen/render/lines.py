"""Lines of Chinese and Japanese inside WeasyPrint: shaped by Pango, broken and spaced by ``cjk``.

The additional lengths of a line live in ``Layout.cjk_spacing``: for the byte offset of a character
the lengths before and behind it, px. They are part of the box's width from the start, and reach
Pango's glyphs when the line is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, pango
from weasyprint.text.line_break import Layout, line_size

from reportgen.render import cjk

Spacing = dict[int, tuple[float, float]]

_WRAPPING = ("normal", "pre-wrap", "pre-line")
_COLLAPSING = ("normal", "nowrap", "pre-line")
_LEFT_TO_WEASYPRINT = frozenset("\n\t\f\r\xad\u2028\u2029")


def is_ours(text: str, style: Any, following: str) -> bool:
    """Whether a text is set here: it holds squares, or one follows it, and nothing exotic."""
    if style["font_size"] <= 0 or style["direction"] != "ltr":
        return False
    if style["letter_spacing"] not in ("normal", 0) or style["word_spacing"]:
        return False
    if style["white_space"] in ("pre", "pre-wrap") or _LEFT_TO_WEASYPRINT & set(text):
        return False
    return any(map(cjk.is_wide, text)) or (bool(text) and bool(following))


def set_line(
    text: str, style: Any, rules: cjk.Rules, max_width: float | None, place: tuple[bool, str]
) -> Any:
    """The first line of a text.

    Args:
        text: what is left of a box.
        style: its computed style.
        rules: the language's.
        max_width: room, px; ``None`` when the line is not limited.
        place: whether the text begins the line, and the character behind the box.

    Returns:
        What WeasyPrint's ``split_first_line`` returns; ``None`` when the line runs over and
        words may be broken, which WeasyPrint does itself.
    """
    starts_line, following = place
    if style["white_space"] not in _WRAPPING:
        max_width = None
    run = _shaped(text, style, max_width)
    width = float("inf") if max_width is None else max_width
    length = cjk.first_line_length(run, rules, width, starts_line=starts_line)
    if length < len(text) and style["font_weight"] >= 700 and style["text_align_all"] != "justify":
        length = cjk.whole_phrases(text, length, run.breaks)
    broken = length < len(text)
    shown = text[:length]
    if broken and style["white_space"] in _COLLAPSING:
        shown = shown.rstrip(" ")
    gaps = cjk.gaps(shown, rules, starts_line=starts_line, ends_line=broken)
    used = sum(run.advances[: len(shown)]) + sum(gaps) * run.em
    if used > width + 1e-6 and _breaks_words(style) and starts_line:
        return None
    if following and not broken:
        behind = rules.gap(shown[-1], following)
        if used + behind * run.em <= width:
            gaps[-1] += behind
            used += behind * run.em
    resume_at = len(text[:length].encode()) if broken else None
    return _finished(shown, style, gaps, used, resume_at)


def _breaks_words(style: Any) -> bool:
    return (
        style["overflow_wrap"] in ("anywhere", "break-word") or style["word_break"] == "break-all"
    )


def _shaped(text: str, style: Any, max_width: float | None) -> cjk.Run:
    """The text, or as much of it as a line can hold, with the advances Pango gives it."""
    em = style["font_size"]
    # Squares are one em wide and figures about half, so this is more than a line holds.
    enough = len(text) if max_width is None else int(max(0, max_width) / em * 2.5) + 12
    layout = Layout(style)
    layout.set_text(text[:enough])
    advances = _advances(layout)
    if enough < len(text) and max_width is not None and sum(advances) <= max_width + 2 * em:
        return _shaped(text, style, None)
    attributes = pango.pango_layout_get_log_attrs_readonly(layout.layout, ffi.NULL)
    breaks = [bool(attributes[index].is_line_break) for index in range(len(advances))]
    if enough < len(text) and not any(breaks[1:]):
        return _shaped(text, style, None)
    advances += [em] * (len(text) - len(advances))
    breaks += [False] * (len(text) - len(breaks))
    layout.deactivate()
    return cjk.Run(text, advances, breaks, em)


def _advances(layout: Any) -> list[float]:
    """The advance of each character, px; a ligature's goes to its first character."""
    by_offset: dict[int, float] = {}
    for glyph, offset in _glyphs(layout.get_first_line()[0]):
        by_offset[offset] = by_offset.get(offset, 0.0) + glyph.geometry.width * FROM_UNITS
    return [by_offset.get(offset, 0.0) for offset in offsets(layout.text)[:-1]]


def offsets(text: str) -> list[int]:
    """The byte offset of each character of a text, and of its end."""
    return list(accumulate((len(character.encode()) for character in text), initial=0))


def _glyphs(line: Any) -> Iterator[tuple[Any, int]]:
    """Each glyph of a Pango line with the byte offset of the character it draws."""
    node = line.runs[0] if line.runs != ffi.NULL else ffi.NULL
    while node != ffi.NULL:
        item = node.data
        glyphs = item.glyphs
        for index in range(glyphs.num_glyphs):
            yield glyphs.glyphs[index], item.item.offset + glyphs.log_clusters[index]
        node = node.next


def _finished(shown: str, style: Any, gaps: list[float], used: float, resume_at: int | None) -> Any:
    layout = Layout(style)
    layout.set_text(shown)
    first_line, _ = layout.get_first_line()
    _, height = line_size(first_line, style)
    baseline = pango.pango_layout_get_baseline(layout.layout) * FROM_UNITS
    layout.cjk_spacing = _spacing(shown, gaps, style["font_size"])
    layout.deactivate()
    return layout, len(shown.encode()), resume_at, used, height, baseline


def _spacing(text: str, gaps: list[float], em: float) -> Spacing:
    before, *behind = gaps
    spacing = {
        offset: (0.0, gap * em) for offset, gap in zip(offsets(text), behind, strict=False) if gap
    }
    if before:
        spacing[0] = (before * em, spacing.get(0, (0.0, 0.0))[1])
    return spacing


def drawn_first_line(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``Layout.get_first_line`` that puts the line's additional lengths into its glyphs."""

    def get_first_line(layout: Any) -> Any:
        line, index = original(layout)
        spacing: Spacing = getattr(layout, "cjk_spacing", {})
        if spacing:
            em = layout.style["font_size"]
            for glyph, offset in _glyphs(line):
                if offset in spacing:
                    _space(glyph.geometry, *spacing[offset], em)
        return line, index

    return get_first_line


def _space(geometry: Any, before: float, behind: float, em: float) -> None:
    geometry.width += _units(before + behind, em)
    # WeasyPrint writes offsets as thousandths of an em, without the 1.024 of Pango's units.
    geometry.x_offset += int(before * 1000)


def _units(length: float, em: float) -> int:
    """A length in Pango units, so that WeasyPrint's cut to thousandths of an em loses nothing."""
    thousandths = round(length / em * 1000)
    sign = (thousandths > 0) - (thousandths < 0)
    return int(thousandths * em * TO_UNITS / 1000) + sign
