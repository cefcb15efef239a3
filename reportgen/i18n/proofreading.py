"""What a proof-reader sees without knowing the subject: signs, spaces, scripts, placeholders."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from reportgen.errors import ConfigError, MissingInputError
from reportgen.resources import locales_folder

AVOID = "avoid.csv"
LETTER = "letter"
"""Context of what is said to a person: polite forms, which a report does not have, are right."""
SALUTATION = "salutation"
"""Context of how a letter begins and ends, where each language has signs of its own."""
CJK_LANGUAGES = ("zh", "zh-Hant", "ja")

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3005"
_CJK = rf"{_HAN}\u3040-\u30ff\u31f0-\u31ff"
_WIDE = "，。、；：？！（）「」『』《》【】～"
_PLACEHOLDER = re.compile(r"%\(\w+\)s|(?<!%)\{\w+\}")
_TAG = re.compile(r"<[^<>]+>")
_ENDINGS = {"。": ".", "．": ".", "？": "?", "！": "!", "：": ":", "；": ";", "，": ",", "、": ","}
_CLOSERS = "）」』”’》)]\"'"
_CHARACTER_SETS = {"zh": "gb2312", "ja": "shift_jis", "zh-Hant": "big5"}
"""Where a Han character of another script shows: it has no code in the language's own set."""

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?<=[{_CJK}])[,.;:?!()]|[,.;:?!()](?=[{_CJK}])"), "has the half-width sign"),
    (re.compile(rf"[{_CJK}] +[\w%{{&$+#]|[\w%\)}}] +[{_CJK}]"), "has a typed space in"),
    (re.compile(rf"[{_WIDE}] | [{_WIDE}]"), "has a space beside a full-width sign in"),
    (re.compile(r"[０-９Ａ-Ｚａ-ｚ]"), "has the full-width digit or letter"),
)
_QUOTATION = {"zh": '「」『』"', "zh-Hant": '“”"', "ja": '“”"'}


@dataclass(frozen=True)
class Phrase:
    """A phrase that the language must not use, and why; ``place`` is ``report`` or anywhere."""

    language: str
    text: str
    reason: str
    place: str


@cache
def avoided() -> tuple[Phrase, ...]:
    """Return the phrases of ``locales/avoid.csv``.

    Raises:
        MissingInputError: there is no such file.
        ConfigError: its head is not ``language,phrase,reason,place``.
    """
    path = locales_folder() / AVOID
    if not path.is_file():
        raise MissingInputError(f"{path}: there is no such file.")
    with path.open(encoding="utf-8", newline="") as source:
        rows = csv.DictReader(source)
        head = ["language", "phrase", "reason", "place"]
        if rows.fieldnames != head:
            raise ConfigError(f"{AVOID}: the head must be {','.join(head)}.")
        return tuple(Phrase(*(row[name] for name in head)) for row in rows)


def source_faults(text: str, *, interpolated: bool = False) -> Iterator[str]:
    """Yield what is wrong with an English message; ``interpolated`` as in ``faults``."""
    if interpolated and _single_percent(text):
        yield "has a single %"
    yield from _anywhere(text)
    yield from _avoided_in(text, "en")
    if re.search(rf"[{_CJK}{_WIDE}]", text):
        yield "has signs of another script"


def faults(
    source: str, text: str, code: str, *, interpolated: bool, context: str = ""
) -> Iterator[str]:
    """Yield what is wrong with one translation.

    Args:
        source: the English text (its plural, where it has one).
        text: the translation.
        code: its language.
        interpolated: whether the text is formatted with ``%``, so that a bare one is a fault.
        context: of the message.
    """
    if set(_PLACEHOLDER.findall(source)) != set(_PLACEHOLDER.findall(text)):
        yield f"has other placeholders in {text!r}"
    if sorted(_TAG.findall(source)) != sorted(_TAG.findall(text)):
        yield f"has other tags in {text!r}"
    if interpolated and _single_percent(text):
        yield f"has a single % in {text!r}"
    if re.search(r"\w", source) and context != SALUTATION and ending(source) != ending(text):
        yield f"ends otherwise in {text!r}"
    yield from _anywhere(text)
    yield from _avoided_in(text, code, letter=context in (LETTER, SALUTATION))
    if code in CJK_LANGUAGES:
        yield from _typography(text, code)


def ending(text: str) -> str:
    """Return the kind of sign a text ends with: one of ``. ? ! : ; ,`` or nothing."""
    bare = _TAG.sub("", text).rstrip().rstrip(_CLOSERS)
    last = _ENDINGS.get(bare[-1:], bare[-1:])
    return last if last in ".?!:;," else ""


def _single_percent(text: str) -> bool:
    return "%" in _PLACEHOLDER.sub("", text).replace("%%", "")


def _anywhere(text: str) -> Iterator[str]:
    if "  " in text:
        yield "has doubled spaces"
    if text != text.strip() and text.strip(" ,:;"):
        yield "begins or ends with a space"


def _avoided_in(text: str, code: str, *, letter: bool = False) -> Iterator[str]:
    words = _PLACEHOLDER.sub("0", text)
    for phrase in avoided():
        if phrase.language != code or (letter and phrase.place == "report"):
            continue
        pattern = re.escape(phrase.text)
        if code == "en":
            pattern = rf"\b{pattern}\b"
        if re.search(pattern, words, re.IGNORECASE):
            yield f"uses {phrase.text!r} ({phrase.reason})"


def _typography(text: str, code: str) -> Iterator[str]:
    plain = _PLACEHOLDER.sub("0", _TAG.sub("", text))
    for pattern, fault in _PATTERNS:
        for found in pattern.finditer(plain):
            around = plain[max(0, found.start() - 4) : found.end() + 4]
            yield f"{fault} {found[0]!r} ({around})"
    wrong_quotes = set(plain) & set(_QUOTATION[code])
    if wrong_quotes:
        yield f"quotes with {''.join(sorted(wrong_quotes))}"
    foreign = [sign for sign in plain if re.match(rf"[{_HAN}]", sign) and not _at_home(sign, code)]
    if foreign:
        yield f"has characters of another script: {''.join(foreign)}"


def _at_home(sign: str, code: str) -> bool:
    try:
        sign.encode(_CHARACTER_SETS[code])
    except UnicodeEncodeError:
        return False
    return True
