"""The faces of a language, cut to a document's characters and named in CSS.

Every language has families by name and no generic one, so that a Chinese report can never be set
in Japanese forms. Each (family, weight, style) becomes exactly one small file: with two files under
one triple WeasyPrint draws wrong characters without a warning.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import uharfbuzz as hb

from reportgen.errors import DataError, UsageError
from reportgen.render.typefaces import Face, Family, find_face

REGULAR, BOLD = 400, 700

# Features the page uses beside HarfBuzz's default set. Vertical setting is never needed, and forms
# by language must not be: the face is the language's own, whatever the locale of the process says.
_KEPT_FEATURES = ("palt", "halt", "tnum", "lnum", "kern", "ccmp", "liga")
_DROPPED_FEATURES = ("locl", "vert", "vrt2", "vkrn", "vpal", "vhal", "valt")


@dataclass(frozen=True)
class LanguageFamilies:
    """Which families set a language.

    Attributes:
        sans: headings, tables, charts, side column.
        serif: running text in print.
        italic: whether emphasis is slanted (never in Chinese and Japanese).
        symbols: families asked, in order, for characters the text faces lack.
    """

    sans: Family
    serif: Family
    italic: bool = False
    symbols: tuple[Family, ...] = ()


def _cjk(region: str) -> LanguageFamilies:
    return LanguageFamilies(
        sans=Family((f"Noto Sans CJK {region}", f"Noto Sans {region}"), "fonts-noto-cjk"),
        serif=Family((f"Noto Serif CJK {region}", f"Noto Serif {region}"), "fonts-noto-cjk"),
    )


LANGUAGE_FAMILIES = {
    "zh": _cjk("SC"),
    "zh-Hant": _cjk("TC"),
    "ja": _cjk("JP"),
    "en": LanguageFamilies(
        sans=Family(("Noto Sans",), "fonts-noto-core"),
        serif=Family(("Noto Serif",), "fonts-noto-core"),
        italic=True,
        # Noto Sans has no minus sign, arrows or comparisons, and no geometric marks.
        symbols=(
            Family(("Noto Sans Math",), "fonts-noto-core"),
            Family(("Noto Sans Symbols2", "Noto Sans Symbols 2"), "fonts-noto-core"),
        ),
    ),
}


@dataclass(frozen=True)
class FontFile:
    """A face cut to the characters of one document.

    Attributes:
        face: where it comes from.
        data: the font, TrueType or OpenType.
    """

    face: Face
    data: bytes

    @property
    def name(self) -> str:
        """The PostScript name: the file's name in the document's own address space."""
        return self.face.postscript

    @property
    def format(self) -> str:
        """The word CSS has for the font's outlines."""
        return "opentype" if self.data[:4] == b"OTTO" else "truetype"


@dataclass(frozen=True)
class FontSet:
    """The faces of one language, found on this machine.

    Attributes:
        language: the language's code.
        sans: the sans faces, regular first.
        serif: the serif faces, regular first.
        symbols: regular faces for what the text faces lack, in the order they are asked.
    """

    language: str
    sans: tuple[Face, ...]
    serif: tuple[Face, ...]
    symbols: tuple[Face, ...]

    @classmethod
    def for_language(cls, language: str, folder: Path | None = None) -> FontSet:
        """Find the faces of a language.

        Args:
            language: a key of ``LANGUAGE_FAMILIES``.
            folder: look only here; by default in the system's fonts.

        Raises:
            UsageError: no families are named for the language.
            MissingInputError: a face is not there; names the family and its Debian package.
        """
        if language not in LANGUAGE_FAMILIES:
            raise UsageError(f"no font families are named for the language {language!r}")
        families = LANGUAGE_FAMILIES[language]
        styles = [(REGULAR, False), (BOLD, False)] + [(REGULAR, True)] * families.italic

        def faces(family: Family) -> tuple[Face, ...]:
            return tuple(
                find_face(family, weight, italic=italic, folder=folder) for weight, italic in styles
            )

        symbols = tuple(
            find_face(family, REGULAR, italic=False, folder=folder) for family in families.symbols
        )
        return cls(language, faces(families.sans), faces(families.serif), symbols)

    @property
    def sans_stack(self) -> tuple[str, ...]:
        """Family names for headings, tables and charts, in the order they are asked."""
        return (self.sans[0].family, *self._symbol_families)

    @property
    def serif_stack(self) -> tuple[str, ...]:
        """Family names for running text in print, in the order they are asked."""
        return (self.serif[0].family, *self._symbol_families)

    @property
    def _symbol_families(self) -> tuple[str, ...]:
        return tuple(face.family for face in self.symbols)

    @property
    def expected_names(self) -> frozenset[str]:
        """PostScript names that may stand in a finished PDF, and no others."""
        return frozenset(face.postscript for face in (*self.sans, *self.serif, *self.symbols))

    def cut(self, characters: Iterable[str], *, serif: bool = True) -> tuple[FontFile, ...]:
        """Cut every face to the characters of a document.

        Args:
            characters: every character the document shows.
            serif: whether the serif faces are wanted (the screen uses the sans alone).

        Returns:
            One font per (family, weight, style), text faces first; symbol faces only when a
            character needs them.

        Raises:
            DataError: naming the characters that a text face lacks and no symbol face has.
        """
        needed = {ord(character) for character in characters}
        text_faces = (*self.sans, *self.serif) if serif else self.sans
        lacking = {face: needed - _coverage(face) for face in text_faces}
        outside = set[int]().union(*lacking.values())
        covered: set[int] = set()
        symbol_files = []
        for face in self.symbols:
            here = (outside - covered) & _coverage(face)
            if here:
                # A run in a symbol face takes the space beside it along.
                symbol_files.append(FontFile(face, _subset(face, here | {ord(" ")})))
                covered |= here
        for face, missing in lacking.items():
            _refuse_missing(face, missing - covered)
        text_files = [FontFile(face, _subset(face, needed - lacking[face])) for face in text_faces]
        return (*text_files, *symbol_files)


def _coverage(face: Face) -> set[int]:
    return set(face.open().unicodes)


def _refuse_missing(face: Face, missing: set[int]) -> None:
    if missing:
        names = ", ".join(f"{chr(code)!r} (U+{code:04X})" for code in sorted(missing)[:8])
        more = f" and {len(missing) - 8} more" if len(missing) > 8 else ""
        raise DataError(f"the face {face.postscript} has no glyph for {names}{more}")


def _subset(face: Face, characters: set[int]) -> bytes:
    """The face with these characters only: same input, same bytes."""
    source = face.open()
    wanted = hb.SubsetInput()
    wanted.unicode_set.update(characters)
    wanted.layout_feature_tag_set.update(map(_tag, _KEPT_FEATURES))
    for feature in _DROPPED_FEATURES:
        wanted.layout_feature_tag_set.discard(_tag(feature))
    wanted.flags = hb.SubsetFlags.NO_HINTING
    if face.variable:
        wanted.pin_all_axes_to_default(source)
        wanted.pin_axis_location(source, "wght", float(face.weight))
    return bytes(hb.subset(source, wanted).blob.data)


def _tag(feature: str) -> int:
    return int.from_bytes(feature.encode("ascii"), "big")


def font_face_css(files: Iterable[FontFile], address: Callable[[FontFile], str]) -> str:
    """The ``@font-face`` rules of cut fonts.

    Args:
        files: the fonts.
        address: gives the ``src`` value (``url(…) format(…)``) of a font.
    """
    return "\n".join(
        f'@font-face{{font-family:"{file.face.family}";font-weight:{file.face.weight};'
        f"font-style:{'italic' if file.face.italic else 'normal'};src:{address(file)}}}"
        for file in files
    )


def stack_css(fonts: FontSet) -> str:
    """The language's families as the CSS variables ``--sans`` and ``--serif``."""

    def quoted(names: tuple[str, ...]) -> str:
        return ",".join(f'"{name}"' for name in names)

    return f":root{{--sans:{quoted(fonts.sans_stack)};--serif:{quoted(fonts.serif_stack)}}}"


def woff2(file: FontFile) -> bytes:
    """The font compressed for the screen; the same input gives the same bytes."""
    from fontTools.ttLib import TTFont

    font = TTFont(BytesIO(file.data), recalcTimestamp=False, recalcBBoxes=False)
    font.flavor = "woff2"
    target = BytesIO()
    font.save(target, reorderTables=None)
    return target.getvalue()


def data_address(file: FontFile) -> str:
    """A ``src`` value that carries the font inside the style sheet."""
    return f'url(data:font/woff2;base64,{b64encode(woff2(file)).decode("ascii")}) format("woff2")'
