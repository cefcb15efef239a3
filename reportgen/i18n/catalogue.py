"""Catalogues: ``locales/<lang>/LC_MESSAGES/reportgen.po``, read as text and held in memory.

English message ids are the English text, so English needs no catalogue. For every other
language a message that is missing or fuzzy is remembered, and the build refuses it.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import ConfigError
from reportgen.i18n.language import SOURCE_LANGUAGE, Language

if TYPE_CHECKING:
    from babel.support import NullTranslations


DOMAIN = "reportgen"


class Catalogue:
    """The words of one language; remembers what it was asked for and did not have."""

    def __init__(self, translations: NullTranslations, known: frozenset[tuple[str, str]] | None):
        """``known``: pairs of context and id that are translated; ``None`` means all are."""
        self._translations = translations
        self._known = known
        self.missing: set[str] = set()

    def gettext(self, message: str) -> str:
        """Return the message in this language."""
        self._remember("", message)
        return str(self._translations.gettext(message))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the form of the message for ``n`` things."""
        self._remember("", singular)
        return str(self._translations.ngettext(singular, plural, n))

    def pgettext(self, context: str, message: str) -> str:
        """Return the message as used in ``context``."""
        self._remember(context, message)
        return str(self._translations.pgettext(context, message))

    def name(self, name: str) -> str:
        """Return a proper name as this language has it; one it does not know stays as it is.

        For names that come with data (publishers, persons) and may be the user's own.
        """
        known = self._known is None or ("", name) in self._known
        return self.gettext(name) if known else name

    def npgettext(self, context: str, singular: str, plural: str, n: int) -> str:
        """Return the form of the message for ``n`` things as used in ``context``."""
        self._remember(context, singular)
        return str(self._translations.npgettext(context, singular, plural, n))

    def _remember(self, context: str, message: str) -> None:
        if self._known is not None and (context, message) not in self._known:
            self.missing.add(f"[{context}] {message}" if context else message)


def catalogue_path(locales: Path, language: Language) -> Path:
    """Return where the catalogue of a language stands."""
    return locales / language.code / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def _compiled(path: Path) -> tuple[bytes, frozenset[tuple[str, str]]]:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as source:
            catalogue = read_po(source, abort_invalid=True)
    except FileNotFoundError:
        raise ConfigError(f"The catalogue {path} is missing.") from None
    except (PoFileError, UnicodeDecodeError, ValueError) as problem:
        raise ConfigError(f"The catalogue {path} cannot be read: {problem}.") from None
    known = frozenset(
        (message.context or "", message.id if isinstance(message.id, str) else message.id[0])
        for message in catalogue
        if message.id and not message.fuzzy and _translated(message.string)
    )
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue(), known


def _translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    forms = [string] if isinstance(string, str) else list(string or ())
    return bool(forms) and all(forms)


def load_catalogue(locales: Path, language: Language) -> Catalogue:
    """Return the words of ``language`` from the folder ``locales``.

    Raises:
        ConfigError: when the file is missing or malformed.
    """
    from babel.support import NullTranslations, Translations

    if language.code == SOURCE_LANGUAGE:
        return Catalogue(NullTranslations(), None)
    compiled, known = _compiled(catalogue_path(locales, language))
    return Catalogue(Translations(BytesIO(compiled), domain=DOMAIN), known)
