"""What people write for a language, a format, a day, yes and no."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from reportgen.i18n.language import LANGUAGES

FORMATS = ("pdf", "html")

_YES = {"yes", "y", "true", "1", "x", "是", "真", "はい", "○", "✓", "√"}
_NO = {"", "no", "n", "false", "0", "否", "假", "いいえ", "×"}
_WORDS = {
    "zh": "中文 汉语 漢語 chinese cn 中国語",
    "ja": "日文 日语 日語 japanese jp",
    "en": "英文 英语 英語 english",
}
"""For a language, besides its code, its tag and its own name."""
_DAY = re.compile(
    r"([0-9]{4})(?:(-|/|\.)([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)"
)


def languages(given: Iterable[str]) -> tuple[str, ...] | None:
    """Return the codes of languages, each once; ``None`` where one is not the report's."""
    found = [_LANGUAGES.get(one.strip().casefold()) for one in given]
    known = [one for one in found if one is not None]
    return tuple(dict.fromkeys(known)) if len(known) == len(found) else None


def formats(given: Iterable[str]) -> tuple[str, ...] | None:
    """Return the formats, by default PDF; ``None`` where one is not the report's."""
    found = {one.strip().lower() for one in given} or {"pdf"}
    return tuple(one for one in FORMATS if one in found) if found <= set(FORMATS) else None


def truth(text: str) -> bool | None:
    """Return what a yes or no means, an empty text meaning no; ``None`` for anything else."""
    said = text.strip().casefold()
    return said in _YES if said in _YES | _NO else None


def day(text: str) -> date | None:
    """Return a day, the year first, as spreadsheets in China and Japan write it too.

    ``None`` for anything else: what stands first in 3/4/2026 depends on who wrote it.
    """
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    parts = [int(part) for part in found.groups() if part and part.isdigit()]
    try:
        return date(*parts)
    except ValueError:
        return None


def _spelt(locale: str) -> tuple[str, ...]:
    """Return ``zh_Hans_CN``, ``zh_CN`` and ``zh-CN``."""
    parts = locale.split("_")
    return locale, f"{parts[0]}_{parts[-1]}", f"{parts[0]}-{parts[-1]}"


_LANGUAGES = {
    text.casefold(): one.code
    for one in LANGUAGES
    for text in (
        *_WORDS.get(one.code, "").split(),
        *_spelt(one.locale),
        *(one.code, one.tag, one.own_name),
    )
}
