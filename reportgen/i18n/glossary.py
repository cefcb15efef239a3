"""The glossary: one term for one thing in every language, and the check that texts keep to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from reportgen.errors import ConfigError
from reportgen.i18n.tables import read_table
from reportgen.resources import locales_folder

FILE = "glossary.csv"
LANGUAGES = ("zh", "zh-Hant", "ja")
HEAD = ("en", *(f"{code}{part}" for code in LANGUAGES for part in ("", ":also", ":never")), "note")
"""Columns: the term; per language the term, further allowed ones, forbidden ones (``|``)."""


@dataclass(frozen=True)
class Rendering:
    """A term in one language.

    Args:
        term: what the glossary of the report prints.
        also: other wordings a text may use.
        never: wordings no text may use.
    """

    term: str
    also: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def found_in(self, text: str) -> bool:
        """Tell whether the text uses the term or an allowed wording."""
        folded = text.casefold()
        return any(wording.casefold() in folded for wording in (self.term, *self.also))


@dataclass(frozen=True)
class Term:
    """A term: English, its renderings by language, and a note for translators."""

    english: str
    renderings: Mapping[str, Rendering]
    note: str = ""

    @property
    def pattern(self) -> str:
        """A regular expression for the term in English text: singular or plural, any hyphens."""
        words = [re.escape(word) for word in re.split(r"[ -]", self.english)]
        last = words[-1]
        words[-1] = rf"{last[:-1]}(?:y|ies)" if last.endswith("y") else rf"{last}(?:s|es)?"
        return r"[ -]".join(words)


@cache
def glossary() -> tuple[Term, ...]:
    """Return the terms of ``locales/glossary.csv``."""
    return read_glossary(locales_folder() / FILE)


def read_glossary(path: Path) -> tuple[Term, ...]:
    """Return the terms of a glossary file, in its order.

    Raises:
        MissingInputError: there is no such file.
        ConfigError: the head is another one, or a term is empty or stands there twice.
    """
    terms = tuple(_term(row, path.name) for row in read_table(path, HEAD))
    _refuse_repetition(terms, path.name)
    return terms


def term_in(code: str, english: str) -> str:
    """Return what the report prints for a term; ``ConfigError`` when it is not in the glossary."""
    found = _by_name().get(english)
    if found is None:
        raise ConfigError(f"{FILE}: there is no term {english!r}.")
    return found.renderings[code].term if code in found.renderings else found.english


def glossary_faults(source: str, text: str, code: str) -> Iterator[str]:
    """Yield the terms of the English text that a translation does not render by the glossary.

    Of overlapping terms the longest counts. Forbidden wordings are reported whether or not the
    English text holds the term.
    """
    for term in terms_in(source):
        rendering = term.renderings[code]
        if not rendering.found_in(text):
            yield f"lacks {rendering.term!r} for {term.english!r} in {text!r}"
    for term in glossary():
        for wording in term.renderings[code].never:
            if wording in text:
                yield f"uses {wording!r} instead of {term.renderings[code].term!r}"


def terms_in(source: str) -> tuple[Term, ...]:
    """Return the terms an English text holds, in order of place; the longest match wins."""
    text = re.sub(r"%\(\w+\)s|\{\w+\}|<[^<>]+>", " ", source)
    found = dict.fromkeys(match.lastgroup for match in _matcher().finditer(text))
    terms = glossary()
    return tuple(terms[int(name[1:])] for name in found if name)


@cache
def _matcher() -> re.Pattern[str]:
    numbered = sorted(enumerate(glossary()), key=lambda pair: -len(pair[1].english))
    either = "|".join(f"(?P<t{number}>{term.pattern})" for number, term in numbered)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


@cache
def _by_name() -> Mapping[str, Term]:
    return MappingProxyType({term.english: term for term in glossary()})


def _term(row: Mapping[str, str | None], name: str) -> Term:
    cells = {column: (row.get(column) or "").strip() for column in HEAD}
    for column in ("en", *LANGUAGES):
        if not cells[column]:
            raise ConfigError(f"{name}: the term {cells['en']!r} has nothing in column {column}.")
    renderings = {
        code: Rendering(cells[code], _parts(cells[f"{code}:also"]), _parts(cells[f"{code}:never"]))
        for code in LANGUAGES
    }
    return Term(cells["en"], MappingProxyType(renderings), cells["note"])


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def _refuse_repetition(terms: tuple[Term, ...], name: str) -> None:
    seen: set[str] = set()
    for term in terms:
        if term.english.casefold() in seen:
            raise ConfigError(f"{name}: the term {term.english!r} stands there twice.")
        seen.add(term.english.casefold())
