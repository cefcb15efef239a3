"""From the bytes of a list to its text, in whatever a spreadsheet has saved it.

What the bytes cannot decide is asked for: a name read in the wrong encoding would stand on a
client's copy.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reportgen.errors import DataError, UsageError

_SPELT = {
    "utf-8": "utf8 utf-8-sig",
    "utf-16": "utf16 unicode",
    "utf-16-le": "",
    "utf-16-be": "",
    "gb18030": "gbk gb2312 cp936 936",
    "cp932": "shift_jis shift-jis sjis ms932 windows-31j 932",
    "big5": "cp950 950",
    "euc-jp": "",
    "euc-kr": "cp949 949",
    "cp1252": "windows-1252 latin-1 iso-8859-1 ansi",
}
ENCODINGS = tuple(_SPELT)
"""Those that can be named."""
_NAMES = {name: one for one, others in _SPELT.items() for name in (one, *others.split())}
_PYTHON = {"utf-8": "utf-8-sig", "big5": "cp950", "euc-kr": "cp949"}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)

_CLEAR, _APART = 0.75, 0.25
"""How many of the signs have to be everyday ones, and how many fewer in every other encoding."""


_HEAD = 10_000
"""Signs among which the headers stand."""


@dataclass(frozen=True)
class Decoded:
    """The text of a list.

    Args:
        text: all of it, without the mark at its beginning.
        encoding: what it was read as.
        certain: whether the file or a person said so, or no other text has such bytes; else it
            was concluded from them.
    """

    text: str
    encoding: str
    certain: bool


def encoding_of(name: str) -> str:
    """Return the encoding people call by a name.

    Raises:
        UsageError: there is none, or it is not one lists of clients come in.
    """
    found = _NAMES.get(name.strip().lower())
    if found is None:
        raise UsageError(
            f"Lists are not read in the encoding {name[:40]!r}.", f"Known: {', '.join(ENCODINGS)}."
        )
    return found


def decode(
    content: bytes, declared: str | None = None, headers: Callable[[str], int] = lambda line: 0
) -> Decoded:
    """Return the text of a file.

    Args:
        content: its bytes.
        declared: the encoding a person named; ``None`` to conclude it.
        headers: how many headers in the first lines are known and not ASCII; that decides first.

    Raises:
        UsageError: the declared encoding is unknown.
        DataError: the bytes are not of the declared encoding, or it cannot be concluded.
    """
    if declared is not None:
        return _declared(content, encoding_of(declared))
    for mark, encoding, codec in _MARKS:
        if content.startswith(mark):
            return _checked(Decoded(_read(content, codec, encoding), encoding, certain=True))
    if b"\0" in content:
        raise DataError(
            "The file is no text: it holds zero bytes.",
            "A workbook (.xlsx) is first saved as CSV UTF-8; UTF-16 without its mark is named "
            "with --encoding utf-16-le.",
        )
    try:
        return _checked(Decoded(content.decode(), "utf-8", certain=True))
    except UnicodeDecodeError:
        return _checked(_concluded(content, headers))


def _declared(content: bytes, encoding: str) -> Decoded:
    text = _read(content, _PYTHON.get(encoding, encoding), encoding)
    return _checked(Decoded(text.removeprefix("\ufeff"), encoding, certain=True))


def _read(content: bytes, codec: str, encoding: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise DataError(
            f"Line {line} is not {encoding}.", "Save the list as CSV UTF-8, or name its --encoding."
        ) from None


def _checked(found: Decoded) -> Decoded:
    if "\0" in found.text:
        raise DataError("The file is no text: it holds zero bytes.")
    return found


def _concluded(content: bytes, headers: Callable[[str], int]) -> Decoded:
    """Return the text in the one encoding of East Asia in which it makes sense."""
    texts = {}
    for encoding in _FIRST_LEVEL:
        try:
            texts[encoding] = content.decode(_PYTHON.get(encoding, encoding))
        except UnicodeDecodeError:
            continue
    known = {one: headers(_beginning(text)) for one, text in texts.items()}
    chosen = _alone(known, clear=1, apart=1) or _alone(
        {one: _everyday(text, one) for one, text in texts.items()}, clear=_CLEAR, apart=_APART
    )
    if chosen is None:
        raise DataError(
            "The file is not UTF-8, and which encoding it is in cannot be told from its bytes.",
            "Save it as CSV UTF-8, or name it: --encoding gb18030, cp932, big5 or cp1252.",
        )
    return Decoded(texts[chosen], chosen, certain=False)


def _beginning(text: str) -> str:
    """Return the first lines: the headers may stand below one that names the separator."""
    return " ".join(text[:_HEAD].splitlines()[:2])


def _alone(scores: Mapping[str, float], *, clear: float, apart: float) -> str | None:
    """Return the one that scores clearly, and clearly more than any other."""
    ordered = sorted(scores, key=lambda one: -scores[one])
    if not ordered or scores[ordered[0]] < clear:
        return None
    second = scores[ordered[1]] if len(ordered) > 1 else 0
    return ordered[0] if scores[ordered[0]] - second >= apart else None


def _everyday(text: str, encoding: str) -> float:
    """Return the share of the signs beyond ASCII that people write every day."""
    signs = [sign for sign in text if not sign.isascii()]
    return sum(_is_everyday(sign, encoding) for sign in signs) / len(signs) if signs else 0.0


_FIRST_LEVEL = {
    "gb18030": (0xB0, 0xD7),
    "cp932": (0x88, 0x97),
    "big5": (0xA4, 0xC6),
    "euc-jp": (0xB0, 0xCF),
    "euc-kr": (0xB0, 0xC8),
}
"""Lead bytes of the characters each standard has first: the frequent ones."""
_SIGNS = {
    "gb18030": (0xA1, 0xA3),
    "cp932": (0x81, 0x83),
    "big5": (0xA1, 0xA2),
    "euc-jp": (0xA1, 0xA5),
    "euc-kr": (0xA1, 0xA3),
}
"""Of punctuation, full-width letters and, in Japan, kana."""
_EXTENDED = ("gb18030", "euc-kr")
"""Those that later standards filled up with rare characters, second bytes below A1."""


def _is_everyday(sign: str, encoding: str) -> bool:
    try:
        coded = sign.encode(_PYTHON.get(encoding, encoding))
    except UnicodeEncodeError:
        return False
    if len(coded) != 2 or (encoding in _EXTENDED and coded[1] < 0xA1):
        return False
    return any(low <= coded[0] <= high for low, high in (_FIRST_LEVEL[encoding], _SIGNS[encoding]))
