"""The text follows the figures: a calm market and a stressed one read true."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from markets import calm, stressed
from pages import figures_of, prose_of, write_html

from reportgen.i18n import LANGUAGES

if TYPE_CHECKING:
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

CODES = tuple(one.code for one in LANGUAGES)
Pages = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def pages(snapshot: Snapshot, house: HouseView) -> Pages:
    """The report of three markets in every language, as HTML, by market and language."""
    markets = {
        "stressed": (stressed(snapshot), house),
        "calm": (calm(snapshot), house),
        "alone": (snapshot, None),
    }
    return {
        (name, code): html
        for name, (figures, view) in markets.items()
        for code, html in write_html(figures, view, 1_000).items()
    }


SENTENCES = {
    # (market, language): what must stand there, what must not
    ("stressed", "en"): (
        ("is already in a bear market", "Yen carry is being unwound"),
        ("near its record", "Yen carry is calm", "little to amplify"),
    ),
    ("stressed", "zh"): (("指数已处于熊市", "日元套息交易正在平仓"), ("日元套息交易平稳",)),
    ("stressed", "ja"): (("すでに弱気相場", "巻き戻しの局面"), ("円キャリー取引は落ち着いている",)),
    ("calm", "en"): (("has little to amplify",), ("in a bear market,", "being unwound")),
    ("calm", "zh"): (("缺少可放大的波动",), ("指数已处于熊市", "正在平仓")),
    ("calm", "ja"): (("増幅する値動きは乏しい",), ("すでに弱気相場", "巻き戻しの局面")),
}


@pytest.mark.parametrize(("market", "code"), SENTENCES)
def test_sentences_follow_the_market(pages: Pages, market: str, code: str) -> None:
    """What is said of the index, the yen and volatility is what the figures show."""
    wanted, unwanted = SENTENCES[market, code]
    text = prose_of(pages[market, code])
    assert [sentence for sentence in wanted if sentence not in text] == []
    assert [sentence for sentence in unwanted if sentence in text] == []


@pytest.mark.parametrize("market", ["stressed", "calm", "alone"])
def test_languages_agree_in_every_market(pages: Pages, market: str) -> None:
    """The same figures by key and value stand in all languages, whatever the market."""
    printed = [
        {
            key: {value for value, _ in pairs}
            for key, pairs in figures_of(pages[market, code]).items()
        }
        for code in CODES
    ]
    assert printed[0] == printed[1] == printed[2]


@pytest.mark.parametrize(
    ("code", "words"),
    [("en", r"[Hh]ouse view|[Tt]he house\b"), ("zh", "机构观点"), ("ja", "ハウスビュー")],
)
def test_without_a_house_view_the_text_mentions_none(pages: Pages, code: str, words: str) -> None:
    """Outside the definitions of words, a report without a house view does not speak of one."""
    text = prose_of(pages["alone", code], without=("glossary",))
    assert re.findall(rf".{{0,40}}(?:{words}).{{0,40}}", text) == []


@pytest.mark.parametrize("market", ["stressed", "calm", "alone"])
@pytest.mark.parametrize("code", CODES)
def test_nothing_is_printed_raw(pages: Pages, market: str, code: str) -> None:
    """No template or Python residue reaches a reader."""
    text = prose_of(pages[market, code])
    assert re.findall(r"\bNone\b(?! of)|\bnan\b|\{\{|%\(|Undefined|<data", text) == []
