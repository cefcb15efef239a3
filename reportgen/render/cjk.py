"""How Chinese and Japanese lines are set: what closes up, what opens, what may break or stretch.

Pure rules on characters, after the requirements for Chinese and Japanese text layout (W3C CLREQ
section 3 and JLREQ section 3). Lengths are in em of the running size.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

HALF = 0.5
WESTERN_GAP = 0.2
MAXIMUM_STRETCH = 0.5

_BRACKETS_OPEN = frozenset("（「『《〈【〔［｛〖")
_BRACKETS_CLOSE = frozenset("）」』》〉】〕］｝〗")
_DASHES = frozenset("—―⸺")
_ELLIPSES = frozenset("…⋯")
_WESTERN_SIGNS = frozenset("%‰°$€£¥+−±×÷=≈≤≥<>&#@")
# A number is never parted from the sign of its unit.
_UNITS = frozenset(
    "年月日号號时時点點分秒季度期週周元円圆圓兆亿億万萬千百个個倍次回件名人家只支股份社本台届頁页％ポベ"
    "基营営四交カか"
)
# Words that follow figures and mean nothing in halves.
_PAIRS = frozenset(
    {"カ月", "か月", "美元", "日元", "亿美", "億ド", "兆ド", "ドル", "基点", "営業", "交易"}
)


@dataclass(frozen=True)
class Rules:
    """Which full-width marks carry their blank where, in one language.

    Attributes:
        opening: blank in the left half.
        closing: brackets and quotation marks with the blank in the right half.
        stops: commas and stops with the blank in the right half.
    """

    opening: frozenset[str]
    closing: frozenset[str]
    stops: frozenset[str]

    @property
    def blank_behind(self) -> frozenset[str]:
        """Every mark whose right half is blank."""
        return self.closing | self.stops

    def gap(self, before: str, after: str) -> float:
        """What is added between two neighbours, em; negative when they close up."""
        if before in self.blank_behind and (after in self.blank_behind or after in self.opening):
            return -HALF
        if before in self.opening and after in self.opening:
            return -HALF
        if _western_boundary(before, after):
            return WESTERN_GAP
        return 0.0

    def at_start(self, first: str) -> float:
        """What is added before the first character of a line, em."""
        return -HALF if first in self.opening else 0.0

    def at_end(self, last: str) -> float:
        """What is added behind the last character of a line, em."""
        return -HALF if last in self.blank_behind else 0.0

    def stretches(self, before: str, after: str) -> bool:
        """Whether slack may go between two neighbours."""
        if before == " ":
            return True
        if after == " " or before in self.opening or after in self.blank_behind:
            return False
        if {before, after} <= _DASHES or {before, after} <= _ELLIPSES:
            return False
        return is_wide(before) or is_wide(after)

    def weight(self, text: str) -> int:
        """How many characters of a text are more than a mark or a space."""
        marks = self.opening | self.blank_behind | {" ", "…", "—"}
        return sum(character not in marks for character in text)


_CHINESE_QUOTES = (frozenset("“‘"), frozenset("”’"))
_SIMPLIFIED = Rules(
    _BRACKETS_OPEN | _CHINESE_QUOTES[0],
    _BRACKETS_CLOSE | _CHINESE_QUOTES[1],
    frozenset("，、。．；：！？"),
)
# In Traditional forms the stops stand in the middle of their square.
_TRADITIONAL = Rules(
    _BRACKETS_OPEN | _CHINESE_QUOTES[0], _BRACKETS_CLOSE | _CHINESE_QUOTES[1], frozenset()
)
_JAPANESE = Rules(_BRACKETS_OPEN, _BRACKETS_CLOSE, frozenset("，、。．"))


@lru_cache(maxsize=32)
def rules_for(tag: str | None) -> Rules | None:
    """The rules of a BCP 47 tag; ``None`` for a language that is not set in squares."""
    parts = (tag or "").casefold().split("-")
    if parts[0] == "ja":
        return _JAPANESE
    if parts[0] == "zh":
        return _TRADITIONAL if {"hant", "tw", "hk", "mo"} & set(parts) else _SIMPLIFIED
    return None


@lru_cache(maxsize=8192)
def is_wide(character: str) -> bool:
    """Whether a character fills a square: ideographs, kana, full-width marks, long dashes."""
    return unicodedata.east_asian_width(character) in "WF" or character in "“”‘’—―…⋯"


@lru_cache(maxsize=8192)
def _is_ideograph(character: str) -> bool:
    wide = unicodedata.east_asian_width(character) == "W"
    return wide and unicodedata.category(character) in ("Lo", "Lm", "Nl")


@lru_cache(maxsize=8192)
def _is_western(character: str) -> bool:
    if character in _WESTERN_SIGNS:
        return True
    narrow = unicodedata.east_asian_width(character) not in "WF"
    return narrow and unicodedata.category(character)[0] in "LN"


def _western_boundary(before: str, after: str) -> bool:
    return (_is_ideograph(before) and _is_western(after)) or (
        _is_western(before) and _is_ideograph(after)
    )


def holds_together(before: str, after: str) -> bool:
    """Whether a line must not break here although the general rules allow it."""
    if (before.isdecimal() or before == "%") and after in _UNITS:
        return True
    return before + after in _PAIRS


@dataclass(frozen=True)
class Run:
    """A piece of text on its way to being broken into lines.

    Attributes:
        text: the characters.
        advances: width of each character, any unit.
        breaks: for each character, whether a line may begin with it.
        em: the size, in the same unit.
    """

    text: str
    advances: Sequence[float]
    breaks: Sequence[bool]
    em: float


def gaps(text: str, rules: Rules, *, starts_line: bool, ends_line: bool) -> list[float]:
    """What is added behind each character of a finished line, em; the first is for its start.

    Returns:
        ``len(text) + 1`` lengths: before the first character, then behind each one.
    """
    if not text:
        return [0.0]
    inner = [rules.gap(before, after) for before, after in pairwise(text)]
    start = rules.at_start(text[0]) if starts_line else 0.0
    end = rules.at_end(text[-1]) if ends_line else 0.0
    return [start, *inner, end]


def first_line_length(run: Run, rules: Rules, width: float, *, starts_line: bool) -> int:
    """How many characters go on a line.

    Args:
        run: the text that is left.
        rules: the language's.
        width: room on the line, in the run's unit.
        starts_line: whether the run begins the line.

    Returns:
        The whole length when everything fits; otherwise the length up to the last break that
        fits, or up to the first break when none does (the line then runs over).
    """
    used = rules.at_start(run.text[0]) * run.em if starts_line else 0.0
    best = 0
    for index, character in enumerate(run.text):
        if index and run.breaks[index] and not holds_together(run.text[index - 1], character):
            # Blank at a line's end hangs: a space wholly, a mark by its empty half.
            ink = used - _hanging(run, rules, index)
            if ink > width and best:
                return best
            best = index
            if ink > width:
                return best
        if index:
            used += rules.gap(run.text[index - 1], character) * run.em
        used += run.advances[index]
    last = len(run.text)
    return last if not best or used - _hanging(run, rules, last) <= width else best


def _hanging(run: Run, rules: Rules, end: int) -> float:
    length = 0.0
    while end and run.text[end - 1] == " ":
        end -= 1
        length += run.advances[end]
    if end:
        length -= rules.at_end(run.text[end - 1]) * run.em
    return length


def whole_phrases(text: str, length: int, breaks: Sequence[bool]) -> int:
    """Where the first line of a heading ends, so that words and their endings stay whole.

    A phrase ends behind a mark, and in Japanese where hiragana (particles, endings) give way to
    anything else. A line that would lose more than two fifths keeps its length.
    """
    for end in range(length, round(0.6 * length), -1):
        if end < len(text) and breaks[end] and _phrase_ends(text[end - 1], text[end]):
            return end
    return length


def _phrase_ends(before: str, after: str) -> bool:
    if unicodedata.category(before)[0] in "PZ":
        return True
    return _is_hiragana(before) and not _is_hiragana(after)


def _is_hiragana(character: str) -> bool:
    return "\u3041" <= character <= "\u309f"
