"""WeasyPrint's lines under our rules: even edges, no forbidden ends, nothing lost, nothing left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
import weasyprint
from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text import line_break

from reportgen.render import spacing
from reportgen.render.fonts import FontSet
from reportgen.render.isolation import isolated
from reportgen.render.pdf import Setting

CHINESE = (
    "12月1日缩表结束时，准备金余额为2.87万亿美元，比六个月前少了4,300亿美元，相当于银行总资产的11.6%。"
    "这一比例离“接近稀缺”（低于11%）只差不到一个百分点；《华尔街日报》（11月21日）援引的调查给出的数字更高。"
    "——逆回购工具几乎见底，意味着财政部一般账户的每一次回补，都会一对一地从准备金里抽走……这不是<b>2018年</b>的重演，"
    "但做市商、<b>套息交易</b>与“零日期权”同时收缩的组合，历史上只出现过三次。"
)
JAPANESE = (
    "担保付翌日物金利（SOFR）は直近20営業日のうち14日で準備預金金利を上回り、平均で8ベーシスポイント高かった。"
    "「延期」と「削減」を区別しない調査の数字はこれより高いが、ハイパースケーラーの設備投資は約4,500億ドルで、"
    "前年比58%増、営業キャッシュフローの<b>64%</b>を占める。『ウォール・ストリート・ジャーナル』（11月21日）によれば、"
    "見通しの変化に株価が敏感になることを意味する。"
)
ENGLISH = (
    "The secured overnight financing rate closed above the rate on reserve balances on fourteen of "
    "the last twenty trading days, by eight basis points on average; a year earlier it did so on "
    "two. The spread itself is small, but it says that funding pressure is real."
)
NEVER_FIRST = set("，。、；：！？）」』》”’ー々っッ%")
NEVER_LAST = set("（「『《“‘")
WIDTHS = (180, 243, 300, 377, 411, 500)


def _paragraphs(language: str, text: str, widths: Iterable[int]) -> str:
    body = "".join(f'<p style="width:{width}px">{text}</p>' for width in widths)
    page = "@page{size:600px 9000px;margin:10px}"
    style = page + "p{font:14px/1.7 var(--serif);text-align:justify;margin:0}"
    return f'<html lang="{language}"><style>{style}</style>{body}</html>'


def _layout(
    code: str, language: str, text: str, widths: Iterable[int] = WIDTHS
) -> list[tuple[Any, list[Any]]]:
    """Paragraphs and their lines as WeasyPrint lays them out under our rules."""
    setting = Setting(_paragraphs(language, text, widths), {}, FontSet.for_language(code))
    with isolated(datetime(2025, 12, 7, tzinfo=UTC)), spacing.cjk_spacing() as active:
        assert active
        pages = [page._page_box for page in setting.lay_out().pages]
    return [
        (box, [child for child in box.children if isinstance(child, boxes.LineBox)])
        for page in pages
        for box in page.descendants()
        if box.element_tag == "p" and isinstance(box, boxes.BlockBox)
    ]


def _pieces(line: Any) -> list[Any]:
    return [box for box in line.descendants() if isinstance(box, boxes.TextBox)]


def _text(line: Any) -> str:
    return "".join(box.text for box in _pieces(line))


@pytest.fixture(scope="module", params=[("zh", "zh-Hans", CHINESE), ("ja", "ja", JAPANESE)])
def laid_out(request: pytest.FixtureRequest) -> tuple[str, list[tuple[Any, list[Any]]]]:
    """A paragraph in several widths, with the text it was made of."""
    code, language, text = request.param
    return text.replace("<b>", "").replace("</b>", ""), _layout(code, language, text)


def test_private_names_of_weasyprint_are_as_they_were() -> None:
    """Fails loudly when WeasyPrint changes what this room leans on: adapt it, or drop it."""
    assert spacing.changed_names() == ()


def test_lines_of_squares_have_even_edges(
    laid_out: tuple[str, list[tuple[Any, list[Any]]]],
) -> None:
    """Every line but the last ends within a tenth of a pixel of the column's edge."""
    for paragraph, lines in laid_out[1]:
        edge = paragraph.content_box_x() + paragraph.width
        assert len(lines) > 3
        for line in lines[:-1]:
            last = _pieces(line)[-1]
            assert last.position_x + last.width == pytest.approx(edge, abs=0.1), _text(line)


def test_no_line_begins_or_ends_with_a_mark_that_must_not(
    laid_out: tuple[str, list[tuple[Any, list[Any]]]],
) -> None:
    """No stop or closing bracket first, no opening bracket last, no torn dash."""
    for _, lines in laid_out[1]:
        for line, following in pairwise(lines):
            first, last = _text(following)[0], _text(line)[-1]
            assert first not in NEVER_FIRST
            assert last not in NEVER_LAST
            assert (last, first) not in {("—", "—"), ("…", "…")}
            assert not (last.isdigit() and first in "年月日亿億万点円元%")


def test_no_paragraph_ends_with_a_lone_character(
    laid_out: tuple[str, list[tuple[Any, list[Any]]]],
) -> None:
    """The last line has at least two characters, marks not counted."""
    for _, lines in laid_out[1]:
        assert sum(character.isalnum() for character in _text(lines[-1])) >= 2


def test_no_character_is_lost_or_added(
    laid_out: tuple[str, list[tuple[Any, list[Any]]]],
) -> None:
    """The lines together are the text, to the character."""
    text, paragraphs = laid_out
    for _, lines in paragraphs:
        assert "".join(map(_text, lines)) == text


def test_no_gap_is_wider_than_half_an_em(
    laid_out: tuple[str, list[tuple[Any, list[Any]]]],
) -> None:
    """Slack beyond half an em a place is left at the end of the line instead."""
    for _, lines in laid_out[1]:
        for line in lines:
            for piece in _pieces(line):
                lengths = getattr(piece.pango_layout, "cjk_spacing", {}).values()
                assert all(behind <= 0.71 * 14 for _, behind in lengths)


def test_an_english_paragraph_does_not_end_with_a_short_word() -> None:
    """A lone short word is joined by the word before it; the text stays the same."""
    for _, lines in _layout("en", "en", ENGLISH):
        last = _text(lines[-1]).strip()
        assert " " in last or len(last) >= 9
        assert " ".join(_text(line).strip() for line in lines) == ENGLISH


def test_another_weasyprint_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an unknown version the page is set by WeasyPrint's own rules, and the reason is told."""
    monkeypatch.setattr(weasyprint, "VERSION", "71.0")
    before = inline.justify_line
    with spacing.cjk_spacing() as active:
        assert not active
        assert inline.justify_line is before
    assert spacing.changed_names() == ("WeasyPrint is 71.0, not 70.x",)


def test_changed_parameters_and_lost_names_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that takes something else, or is gone, is reported by name."""
    monkeypatch.setattr(inline, "justify_line", lambda line: None)
    monkeypatch.delattr(line_break.Layout, "deactivate")
    assert spacing.changed_names() == (
        "weasyprint.layout.inline.justify_line takes other parameters",
        "Layout.deactivate is gone",
    )


def test_weasyprint_is_as_before_afterwards() -> None:
    """Whatever happens inside, the functions are put back."""
    before = [getattr(owner, name) for owner, name, _ in spacing._EXPECTED]
    with spacing.cjk_spacing():
        assert inline.justify_line is not before[3]
    with pytest.raises(RuntimeError):
        _fail_inside()
    assert [getattr(owner, name) for owner, name, _ in spacing._EXPECTED] == before


def _fail_inside() -> None:
    with spacing.cjk_spacing():
        raise RuntimeError


MARKED = (
    "It stands <i>24.2%</i> below its 200-day average of <i>2,272</i> (<i>−25.4%</i> against the "
    "200-week average); the VIX is at <i>59.89</i>, realized volatility over the last "
    "21\N{NO-BREAK SPACE}trading days at <i>79.7%</i>."
)


def test_no_line_is_broken_far_too_early() -> None:
    """A text that fits but for the blank behind it keeps its line full (WeasyPrint 70 does not)."""
    for box, lines in _layout("en", "en", MARKED, range(360, 420, 2)):
        assert all(line.width >= 0.7 * box.width for line in lines[:-1])
