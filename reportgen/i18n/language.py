"""The languages of the report: one entry and one catalogue folder each."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from reportgen.errors import UsageError


@dataclass(frozen=True)
class Language:
    """A language of the report.

    Args:
        code: name on the command line, in file names and in ``locales/``.
        tag: BCP 47 tag for ``lang`` attributes and the PDF.
        locale: Babel's locale identifier.
        own_name: the language's name for itself, for links between editions.
        scale: names of the powers of ten in which large amounts are written, largest first:
            pairs of exponent and catalogue code.
        range_sign: what stands between two bounds.
        compound: whether an amount is written in two orders of magnitude (2兆8,580億).
    """

    code: str
    tag: str
    locale: str
    own_name: str
    scale: tuple[int, ...]
    range_sign: str
    compound: bool = False


SOURCE_LANGUAGE = "en"
"""The language the messages are written in; it needs no catalogue."""

LANGUAGES: tuple[Language, ...] = (
    Language("zh", "zh-Hans", "zh_Hans_CN", "简体中文", (12, 8, 4), "–"),
    Language("ja", "ja", "ja_JP", "日本語", (12, 8, 4), "～", compound=True),
    Language("en", "en", "en", "English", (12, 9, 6), "–"),
)


def language_of(code: str) -> Language:
    """Return the language with that code; ``UsageError`` names the nearest one."""
    known = {language.code: language for language in LANGUAGES}
    if code in known:
        return known[code]
    near = difflib.get_close_matches(code, known, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise UsageError(f"There is no language {code!r}.", f"{hint}Known: {', '.join(known)} and all.")
