"""Which face has the letters of a client's name, in whatever script it is written.

The report's own face is asked first, then one for every European alphabet, those of Chinese,
Japanese and Korean, and the one of the letter's own script. A face is looked for on this machine
only when a letter needs it, and nothing is drawn that no face has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Lock

import uharfbuzz as hb

from reportgen.deliver.copies.mark import JOINERS
from reportgen.errors import DataError, MissingInputError
from reportgen.render.fonts import LANGUAGE_FAMILIES, REGULAR
from reportgen.render.typefaces import Face, Family, find_face

_CORE = "fonts-noto-core"
_EUROPEAN = Family(("Noto Sans",), _CORE)
_REGIONS = {
    code: Family((f"Noto Sans CJK {code}", f"Noto Sans {code}"), "fonts-noto-cjk")
    for code in ("SC", "TC", "JP", "KR")
}
_SCRIPTS = {
    "ARABIC": "Arabic",
    "ARMENIAN": "Armenian",
    "BENGALI": "Bengali",
    "DEVANAGARI": "Devanagari",
    "ETHIOPIC": "Ethiopic",
    "GEORGIAN": "Georgian",
    "GUJARATI": "Gujarati",
    "GURMUKHI": "Gurmukhi",
    "HEBREW": "Hebrew",
    "KANNADA": "Kannada",
    "KHMER": "Khmer",
    "LAO": "Lao",
    "MALAYALAM": "Malayalam",
    "MYANMAR": "Myanmar",
    "SINHALA": "Sinhala",
    "TAMIL": "Tamil",
    "TELUGU": "Telugu",
    "THAI": "Thai",
}
"""First word of a letter's name, and the family that has its script."""
_PICTURES = (range(0x1F000, 0x20000), range(0xFE00, 0xFE10), range(0xE0000, 0xE1000))
"""Pictograms, and what picks their colours: they are no part of a name that can be printed."""


class Faces:
    """The faces of this machine, each opened once.

    Args:
        language: code of the report's language.
        folder: look only here; by default in the system's fonts.
    """

    def __init__(self, language: str, folder: Path | None = None) -> None:
        self._own = LANGUAGE_FAMILIES[language].sans
        self._folder = folder
        self._opened: dict[str, Opened | None] = {}
        self._lock = Lock()

    def for_letters(self, text: str) -> list[Opened]:
        """Return the face of each letter of a text.

        A letter stays in the face of the one before it where that has it, so that a mark is never
        parted from its letter; but the report's own face is gone back to.

        Raises:
            DataError: no face has one of them; names it.
        """
        chain = [self._own, _EUROPEAN, *_regions(text)]
        found: list[Opened] = []
        for sign in text:
            joined = bool(found) and (sign in JOINERS or unicodedata.category(sign)[0] == "M")
            if joined and (sign in JOINERS or found[-1].has(sign)):
                found.append(found[-1])
            else:
                found.append(self._with(sign, chain, text))
        return found

    def _with(self, sign: str, chain: list[Family], text: str) -> Opened:
        if not any(ord(sign) in block for block in _PICTURES):
            for family in (*chain, *_own_script(sign)):
                opened = self._open(family)
                if opened is not None and opened.has(sign):
                    return opened
        raise DataError(
            f"{text!r} cannot be printed: no face has {sign!r} (U+{ord(sign):04X}).",
            "Write the name without it, or install fonts-noto-core and fonts-noto-cjk.",
        )

    def _open(self, family: Family) -> Opened | None:
        name = family.names[0]
        with self._lock:
            if name not in self._opened:
                self._opened[name] = self._looked_for(family)
            return self._opened[name]

    def _looked_for(self, family: Family) -> Opened | None:
        try:
            return Opened(find_face(family, REGULAR, italic=False, folder=self._folder))
        except MissingInputError:
            if family is self._own:  # without it there is no report either
                raise
            return None


class Opened:
    """A face, ready to set letters in.

    Args:
        face: which.
    """

    def __init__(self, face: Face) -> None:
        self.face = face
        self.source = face.open()
        self._letters = frozenset(self.source.unicodes)

    def has(self, sign: str) -> bool:
        """Tell whether it has a letter; white space and joiners need none."""
        return ord(sign) in self._letters or sign in JOINERS

    def font(self) -> hb.Font:
        """Return it in its own size, at the weight of running text."""
        font = hb.Font(self.source)
        if self.face.variable:
            font.set_variations({"wght": float(self.face.weight)})
        return font


def _regions(text: str) -> Iterator[Family]:
    """Yield the faces of East Asia, first the one whose forms of a character the text is in."""
    first = next(filter(None, map(_region_of, text)), "SC")
    yield _REGIONS[first]
    yield from (family for code, family in _REGIONS.items() if code != first)


def _region_of(sign: str) -> str:
    start = _script(sign)
    if start in ("HIRAGANA", "KATAKANA"):
        return "JP"
    return {"HANGUL": "KR", "BOPOMOFO": "TC"}.get(start, "")


def _own_script(sign: str) -> Iterator[Family]:
    known = _SCRIPTS.get(_script(sign))
    if known is not None:
        yield Family((f"Noto Sans {known}",), _CORE)


@cache
def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0]
