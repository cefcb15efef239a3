"""Figures find the place where they leave no hole, and stay with their text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from weasyprint.formatting_structure import boxes

from reportgen.render.fonts import FontSet
from reportgen.render.isolation import isolated
from reportgen.render.pdf import Setting
from reportgen.render.placement import FARTHEST, Block, Kind, best_order

PAGE = 1000.0
HEAD = Block(Kind.HEAD, 40)
FIGURE = Block(Kind.MOVABLE, 400)


def _text(height: float, **given: Any) -> Block:
    return Block(Kind.TEXT, height, line=20, **given)


def test_a_flow_without_holes_stays_as_it_is() -> None:
    """Nothing moves for nothing."""
    flow = [HEAD, _text(400), FIGURE, _text(400)]
    assert best_order(flow, PAGE) == (0, 1, 2, 3)


def test_a_figure_that_does_not_fit_lets_paragraphs_pass() -> None:
    """700 of 1000 are used: the figure of 400 slides behind the next paragraph."""
    flow = [HEAD, _text(660), FIGURE, _text(400), _text(300)]
    assert best_order(flow, PAGE) == (0, 1, 3, 2, 4)


def test_a_figure_at_the_end_of_its_subsection_comes_forward() -> None:
    """Nothing may pass it from below, so it passes the paragraph above that can be parted."""
    flow = [HEAD, _text(400), _text(400), FIGURE, Block(Kind.HEAD, 40, group=1)]
    assert best_order([*flow, _text(200, group=1)], PAGE) == (0, 1, 3, 2, 4, 5)


def test_nothing_leaves_its_subsection_or_passes_a_box() -> None:
    """The paragraphs of another subsection, or behind a box, do not fill the hole."""
    other = [HEAD, _text(660), FIGURE, _text(400, group=1)]
    boxed = [HEAD, _text(660), FIGURE, Block(Kind.WHOLE, 100), _text(400)]
    assert best_order(other, PAGE) == (0, 2, 1, 3) or best_order(other, PAGE) == (0, 1, 2, 3)
    assert best_order(boxed, PAGE).index(3) == 3


def test_a_heading_is_followed_by_its_first_paragraph() -> None:
    """A figure does not come between a heading and the text that began below it."""
    flow = [_text(560), HEAD, _text(300), FIGURE]
    order = best_order(flow, PAGE)
    assert order.index(2) == order.index(1) + 1


KINDS = st.sampled_from([Kind.TEXT, Kind.TEXT, Kind.MOVABLE, Kind.HEAD, Kind.WHOLE, Kind.LONG])
FLOWS = st.lists(
    st.builds(
        Block,
        kind=KINDS,
        height=st.floats(20, 600),
        above=st.floats(0, 30),
        below=st.floats(0, 30),
        group=st.integers(0, 1),
        starts_page=st.booleans(),
    ),
    max_size=14,
)


@given(FLOWS)
def test_whatever_the_flow_nothing_is_lost_and_order_is_kept(flow: list[Block]) -> None:
    """Every block once; figures among themselves and all else among themselves in order."""
    order = best_order(flow, PAGE)
    assert sorted(order) == list(range(len(flow)))
    for movable in (True, False):
        kept = [index for index in order if (flow[index].kind is Kind.MOVABLE) is movable]
        assert kept == sorted(kept)
    figures = {index for index, block in enumerate(flow) if block.kind is Kind.MOVABLE}
    for index in figures:
        passed = {other for other in order[: order.index(index)] if other not in figures}
        before = {other for other in range(index) if other not in figures}
        assert len(passed ^ before) <= FARTHEST


PARAGRAPH = "The index closed lower and the reserves fell with it. " * 6
STYLE = """@page{size:400px 500px;margin:20px}body{font:14px/20px var(--serif);margin:0}
p,h3,h4,figure,header,section{margin:0}header{break-after:avoid;break-inside:avoid}
figure{break-inside:avoid;height:260px}.side{float:left;margin-left:-60px;width:50px}
.side-body{display:inline-block}main{margin-left:60px}"""


def _lay_out(body: str) -> Any:
    html = f'<html lang="en"><style>{STYLE}</style><body><main>{body}</main></body></html>'
    setting = Setting(html, {}, FontSet.for_language("en"))
    with isolated(datetime(2025, 12, 7, tzinfo=UTC)):
        return setting.lay_out()


def _pages(document: Any) -> list[str]:
    """The text of each page's lines, figures as their captions."""
    return [
        "".join(box.text for box in page._page_box.descendants() if isinstance(box, boxes.TextBox))
        for page in document.pages
    ]


def _section(*parts: str) -> str:
    return f'<section class="section">{"".join(parts)}</section>'


def test_a_laid_out_figure_leaves_no_hole() -> None:
    """The paragraph behind a figure fills the page that the figure would have left empty."""
    texts = [f"<p>({number}) {PARAGRAPH}</p>" for number in range(4)]
    flow = [
        "<header><h3>A</h3></header>",
        texts[0],
        texts[1],
        "<figure>FIGURE</figure>",
        *texts[2:],
    ]
    pages = _pages(_lay_out(_section(*flow)))
    found = re.findall(r"\(\d\)|FIGURE", "".join(pages))
    assert sorted(found) == ["(0)", "(1)", "(2)", "(3)", "FIGURE"]
    assert found != ["(0)", "(1)", "FIGURE", "(2)", "(3)"]
    assert len(pages) == 2


@pytest.mark.parametrize("lines", range(14, 24))
def test_a_heading_is_never_left_alone_by_its_side_note(lines: int) -> None:
    """Wherever the heading comes: it, its note and the first lines stand on one page."""
    filler = "<br>".join(["x"] * lines)
    note = '<aside class="side"><div class="side-body">NOTE NOTE NOTE NOTE NOTE</div></aside>'
    flow = f"<p>{filler}</p>" + _section(
        "<header><h3>HEAD</h3></header>", note, f"<p>FIRST {PARAGRAPH}</p>"
    )
    pages = _pages(_lay_out(_section(flow)))
    assert sum(page.count("NOTE") for page in pages) == 5
    (home,) = [page for page in pages if "HEAD" in page]
    assert home.count("NOTE") == 5
    assert "FIRST" in home
