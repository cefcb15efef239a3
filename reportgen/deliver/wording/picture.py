"""The one chart of a letter: each headline probability beside its interval and its base rate.

A raster picture, because mail readers show no other; wide enough for a screen of two dots a
point, its type large enough for a telephone.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D

from reportgen.charts.pen import (
    ACCENT,
    INK,
    PAPER,
    RULE,
    SECONDARY,
    WARNING,
    Pen,
    house_style,
    use_faces,
)
from reportgen.i18n import Formatter
from reportgen.render.figures import Figure
from reportgen.render.fonts import FontSet

WIDTH = 480
"""Columns it takes on a desk, in points of a screen; the picture has twice as many."""
_MILLIMETRES, _ROW, _FOOT = 84.0, 12.5, 12.0
_BAR, _DOT, _INTERVAL = 5.5, 6.0, "#b3cfe0"
_HOUSE: dict[str, Any] = {"linewidth": 1.2, "linestyle": (0, (3, 1.5))}
_STEP = 20.0
"""The axis ends at a multiple of it, per cent."""


def pen_of(formatter: Formatter, fonts: Path | None) -> Pen:
    """Return the pen of a language; ``fonts`` is a folder with faces, ``None`` the system's."""
    faces = FontSet.for_language(formatter.language.code, folder=fonts)
    use_faces(str(face.path) for face in (*faces.sans, *faces.symbols))
    return Pen(formatter, faces.sans_stack)


def picture(
    figures: Sequence[Figure], names: Sequence[str], key: Mapping[str, str], pen: Pen
) -> bytes:
    """Return the chart as PNG, the same bytes for the same figures.

    Args:
        figures: the probabilities, each with a value.
        names: of their events, in the same order.
        key: what ``model``, ``interval``, ``base`` and ``house`` are called.
        pen: of the language.
    """
    with house_style(pen.family, "letter"):
        drawing = _draw(figures, names, key, pen)
        buffer = io.BytesIO()
        dots = 2 * WIDTH / drawing.get_figwidth()
        drawing.savefig(buffer, format="png", dpi=dots, metadata={"Software": None})
    return buffer.getvalue()


def _draw(
    figures: Sequence[Figure], names: Sequence[str], key: Mapping[str, str], pen: Pen
) -> Drawing:
    height = _ROW * len(figures) + _FOOT
    drawing = Drawing(figsize=(_MILLIMETRES / 25.4, height / 25.4), facecolor=PAPER)
    axes = drawing.add_axes((0.02, _FOOT / height, 0.96, 1 - _FOOT / height))
    top = _top(figures)
    axes.set_xlim(0, top)
    axes.set_ylim(len(figures) - 0.2, -0.45)
    axes.set_yticks([])
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SECONDARY)
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(length=2, width=0.5, color=SECONDARY, labelcolor=SECONDARY)
    axes.set_xticks([step * _STEP for step in range(int(top / _STEP) + 1)])
    pen.numbers(axes, suffix="%", which="x")
    first, *_, last = axes.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    for row, (figure, name) in enumerate(zip(figures, names, strict=True)):
        _row(axes, row, figure, name, pen)
    _legend(drawing, axes, key, with_house=any(one.house for one in figures))
    return drawing


def _row(axes: Any, row: int, figure: Figure, name: str, pen: Pen) -> None:
    """Draw one event: its name, and below it bar, dot and strokes."""
    if figure.value is None:
        return
    value, place = 100 * figure.value.value, row + 0.42
    axes.text(0, row - 0.02, f" {name}", va="center", color=INK, bbox=pen.ground())
    if figure.interval:
        low, high = 100 * figure.interval.low.value, 100 * figure.interval.high.value
        axes.plot([low, high], [place] * 2, color=_INTERVAL, linewidth=_BAR, solid_capstyle="butt")
    if figure.house:
        low, high = 100 * figure.house.low.value, 100 * figure.house.high.value
        axes.plot(
            [low, high], [place + 0.22] * 2, color=WARNING, linewidth=1.2, linestyle=(0, (3, 1.5))
        )
        if low == high:
            axes.plot(high, place + 0.22, "D", markersize=3, color=WARNING)
    if figure.base:
        at = 100 * figure.base.value
        axes.plot([at] * 2, [place - 0.15, place + 0.15], color=INK, linewidth=1.4)
    axes.plot(value, place, "o", markersize=_DOT, color=ACCENT, markeredgecolor=PAPER)


def _legend(drawing: Drawing, axes: Any, key: Mapping[str, str], *, with_house: bool) -> None:
    shown: list[tuple[str, Mapping[str, Any]]] = [
        ("model", {"marker": "o", "color": ACCENT, "linestyle": "none"}),
        ("interval", {"color": _INTERVAL, "linewidth": _BAR}),
        ("base", {"marker": "|", "color": INK, "linestyle": "none", "markeredgewidth": 1.4}),
    ]
    if with_house:
        shown.append(("house", {"color": WARNING, **_HOUSE}))
    handles = [Line2D([], [], label=key[code], **style) for code, style in shown]
    drawing.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.0, 0.0),
        ncols=len(handles),
        frameon=False,
        handlelength=1.3,
        handletextpad=0.65,
        columnspacing=0.9,
        labelcolor=SECONDARY,
        borderaxespad=0.2,
    )


def _top(figures: Sequence[Figure]) -> float:
    """Return where the axis ends: beyond every figure, at most at certainty."""
    heights = [
        100 * bound.value
        for one in figures
        for bound in (
            one.value,
            one.base,
            one.interval.high if one.interval else None,
            one.house.high if one.house else None,
        )
        if bound is not None
    ]
    return min(100.0, _STEP * (int(max(heights) / _STEP) + 1))
