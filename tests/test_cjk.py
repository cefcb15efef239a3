"""The rules of Chinese and Japanese setting, on characters alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.render.cjk import (
    WESTERN_GAP,
    Run,
    first_line_length,
    gaps,
    holds_together,
    is_wide,
    rules_for,
    whole_phrases,
)

CHINESE, JAPANESE = rules_for("zh-Hans"), rules_for("ja")
assert CHINESE is not None
assert JAPANESE is not None


@pytest.mark.parametrize("tag", ["en", "en-US", "", None, "ko"])
def test_other_languages_have_no_rules(tag: str | None) -> None:
    """Only Chinese and Japanese are set in squares here."""
    assert rules_for(tag) is None


@pytest.mark.parametrize(
    ("before", "after"), ["，“", "”。", "。」", "）（", "（“", "」、", "：“", "》（"]
)
def test_neighbouring_marks_close_up_by_half_a_square(before: str, after: str) -> None:
    """Two full-width marks side by side take one and a half squares (CLREQ 3.1.6)."""
    assert CHINESE is not None
    assert CHINESE.gap(before, after) == -0.5


def test_centred_japanese_marks_keep_their_square() -> None:
    """In Japanese forms ： and ！ stand in the middle of their square and are not closed up."""
    assert JAPANESE is not None
    assert JAPANESE.gap("！", "」") == 0
    assert JAPANESE.gap("：", "「") == 0
    assert JAPANESE.gap("。", "「") == -0.5


@pytest.mark.parametrize("pair", ["年8", "8月", "为A", "A股", "约$", "%的", "は5", "第3", "β系"])
def test_ideographs_and_latin_are_parted(pair: str) -> None:
    """A fifth of an em between ideograph or kana and letter, figure or sign (CLREQ 3.2.3)."""
    assert CHINESE is not None
    assert CHINESE.gap(*pair) == WESTERN_GAP


@pytest.mark.parametrize("pair", ["，8", "8，", "（A", "12", "字字", "A b", "—8", "8 ", " 年"])
def test_nothing_is_added_elsewhere(pair: str) -> None:
    """Marks bring their own blank; a typed space is enough."""
    assert CHINESE is not None
    assert CHINESE.gap(pair[0], pair[-1]) == 0


def test_long_dash_and_dots_are_never_torn_apart() -> None:
    """No slack goes inside —— or ……, but it may go around them."""
    assert CHINESE is not None
    assert not CHINESE.stretches("—", "—")
    assert not CHINESE.stretches("…", "…")
    assert CHINESE.stretches("字", "—")


def test_slack_goes_to_squares_and_spaces_not_into_words_or_brackets() -> None:
    """Words, figures and the inside of brackets keep their spacing."""
    assert CHINESE is not None
    assert CHINESE.stretches("字", "字")
    assert CHINESE.stretches(" ", "b")
    for pair in ("ab", "12", "（字", "字）", "字，", "a "):
        assert not CHINESE.stretches(*pair)


def test_a_number_stays_with_its_unit() -> None:
    """A line does not end between 4,500 and 亿 or between 12 and 月."""
    assert holds_together("0", "亿")
    assert holds_together("2", "月")
    assert not holds_together("字", "月")


def test_the_blank_of_marks_hangs_at_the_edges_of_a_line() -> None:
    """An opening bracket begins flush, a stop ends flush."""
    assert CHINESE is not None
    assert gaps("“字。", CHINESE, starts_line=True, ends_line=True) == [-0.5, 0, 0, -0.5]
    assert gaps("“字。", CHINESE, starts_line=False, ends_line=False) == [0, 0, 0, 0]


def _run(text: str) -> Run:
    """Squares of 1 and narrow characters of a half; breaks before every square but marks."""
    advances = [1.0 if is_wide(character) else 0.5 for character in text]
    breaks = [is_wide(character) and character not in "，。”）" for character in text]
    return Run(text, advances, breaks, 1.0)


def test_a_stop_may_end_a_full_line_by_its_ink() -> None:
    """Four squares and a comma fit a width of four and a half: the comma's blank hangs."""
    assert CHINESE is not None
    assert first_line_length(_run("一二三四，五六"), CHINESE, 4.5, starts_line=True) == 5
    assert first_line_length(_run("一二三四，五六"), CHINESE, 4.4, starts_line=True) == 3


def test_a_text_that_fits_is_one_line() -> None:
    """Everything fits: the whole length, whatever breaks there are."""
    assert CHINESE is not None
    assert first_line_length(_run("一二三"), CHINESE, 3, starts_line=True) == 3


@given(text=st.text("一二三，。“”（）12ab ", min_size=1, max_size=60), width=st.floats(1, 30))
def test_a_line_always_moves_on_and_never_begins_wrongly(text: str, width: float) -> None:
    """Whatever the text and width: at least one character a line, breaks only where allowed."""
    assert CHINESE is not None
    run = _run(text)
    length = first_line_length(run, CHINESE, width, starts_line=True)
    assert 0 < length <= len(text)
    assert length == len(text) or run.breaks[length]


def test_the_weight_of_a_last_line_counts_no_marks() -> None:
    """素”。 is one character, however many marks follow it."""
    assert CHINESE is not None
    assert CHINESE.weight("素”。") == 1
    assert CHINESE.weight("因素”。") == 2


def test_a_heading_breaks_between_phrases() -> None:
    """Neither a run of katakana nor an ending of hiragana is parted; a short line is not made."""
    text = "失業率は上昇：「軽度のスタグフレーション」に当てはまる"
    breaks = [True] * len(text)
    assert text[: whole_phrases(text, 17, breaks)] == "失業率は上昇：「軽度の"
    assert whole_phrases("あ" * 20, 15, [True] * 20) == 15
