"""What could not be gathered is said in the report: on the cover, in appendix and section."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from desks import lacking
from pages import prose_of, write_html

from reportgen.i18n import LANGUAGES
from reportgen.snapshot.records import Note

if TYPE_CHECKING:
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

CODES = tuple(one.code for one in LANGUAGES)
RETRIEVED = date(2025, 12, 4)
RUNGS = {"skew": "from_other_source", "gold": "from_cache", "sofr": "from_bundled"}
"""Series that came from a lower rung, by the note a gathering gives them."""


@pytest.fixture(scope="module")
def pages(snapshot: Snapshot, house: HouseView) -> dict[str, str]:
    """The report without dollar-yen and the VIX, with a series from every lower rung."""
    figures = lacking(snapshot, "usdjpy", "vix")
    for name, code in RUNGS.items():
        data = figures.data(name)
        note = Note(code=code, last=RETRIEVED if code != "from_bundled" else None)
        figures = figures.with_series(replace(data, notes=(*data.notes, note)))
    return {code: prose_of(html) for code, html in write_html(figures, house, 1_000).items()}


SAID = {
    "en": (
        "Not to be had: VIX; US dollar in yen",
        "Not in this snapshot: VIX; US dollar in yen",
        "the same fall with a VIX of 35 or more and the rates after calm starts are not counted",
        "these values come from another one, retrieved on 2025-12-04",
        "No source could be reached; these are the values retrieved on 2025-12-04.",
        "No source could be used; these are the values that come with the program.",
        "Three of four layers",
        "Not run in this edition: yen carry (missing: dollar-yen rate).",
        "Left out for want of data: yen carry",
        "not run for want of data: yen carry",
    ),
    "zh": (
        "未能取得：VIX、美元兑日元",
        "本次数据快照未含：VIX、美元兑日元",
        "本期数据不含VIX",
        "这些数值取自另一来源，取得日期为2025-12-04",
        "各来源均无法取得；此处为2025-12-04取得的数值。",
        "各来源均无法使用；此处为程序自带的数值。",
        "四层中的三层",
        "本期未运行的层：日元套息（缺少：美元兑日元汇率）。",
        "因缺少数据未纳入：日元套息",
        "因缺少数据未运行：日元套息",
    ),
    "ja": (
        "入手できないもの：VIX、ドル円",
        "今回のスナップショットに含まれないもの：VIX、ドル円",
        "今号のデータにVIXがないため",
        "これらの値は2025-12-04に別の出所から取得した。",
        "いずれの出所も使えず、2025-12-04に取得した値を示す。",
        "いずれの出所も使えず、プログラムに付属する値を示す。",
        "4つのうち3つの層",
        "今号で計算していない層：円キャリー（欠けているもの：ドル円相場）。",
        "データが欠けるため計算に含めていない層：円キャリー",
        "データが欠けるため計算していない層：円キャリー",
    ),
}


@pytest.mark.parametrize("code", CODES)
def test_the_report_says_what_is_missing_and_where_figures_come_from(
    pages: dict[str, str], code: str
) -> None:
    """Cover, appendix, section 6.1 with its figure and section 7.1 name series and reason."""
    assert [words for words in SAID[code] if words not in pages[code]] == []


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_printed_raw(pages: dict[str, str], code: str) -> None:
    """What is missing leaves no template or Python residue."""
    residue = r"\bNone\b(?! of)|\bnan\b|\{\{|%\(|Undefined|<data"
    assert re.findall(residue, pages[code]) == []
