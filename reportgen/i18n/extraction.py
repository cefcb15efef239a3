"""From templates to catalogues: extraction, update, and the checks a translator relies on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.i18n.catalogue import DOMAIN, catalogue_path
from reportgen.i18n.language import LANGUAGES, SOURCE_LANGUAGE, Language, language_of
from reportgen.resources import locales_folder, templates_folder

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

Key = tuple[str, str]
"""Context and id of a message."""

JINJA_OPTIONS = {
    "extensions": "jinja2.ext.i18n,jinja2.ext.do,jinja2.ext.loopcontrols",
    "trimmed": "true",
    "silent": "false",
    "newstyle_gettext": "true",
}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "forms": (1, 2),
}
WIDTH = 92


def extract_template() -> Catalog:
    """Return every message of the templates and of the unit patterns, in order of place."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_dir

    found = Catalog(project="reportgen", charset="utf-8", fuzzy=False)
    package = Path(__file__).parent.parent
    sources = (
        (templates_folder(), [("**.j2", "jinja2")], {"**.j2": JINJA_OPTIONS}, "templates"),
        (package / "i18n", [("units.py", "python")], {}, "reportgen/i18n"),
        (package / "series", [("catalogue.toml", _NAMES)], {}, "reportgen/series"),
    )
    for folder, methods, options, shown in sources:
        for name, line, message, comments, context in extract_from_dir(
            folder, methods, options, KEYWORDS, ("L10N:",)
        ):
            places = [(f"{shown}/{name}", line)]
            found.add(message, locations=places, auto_comments=comments, context=context)
    return found


def _series_names(
    source: Any, keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, Any, list[str]]]:
    """Extract the names of the series from their catalogue."""
    for number, line in enumerate(source.read().decode().splitlines(), 1):
        named = re.fullmatch(r'(?:name|publisher)\s*=\s*"(.*)"\s*', line)
        if named:
            yield number, "gettext", named[1], []


_NAMES = _series_names


def update(
    template: Catalog, code: str, translations: Mapping[Key, str | tuple[str, ...]] | None = None
) -> Catalog:
    """Bring a language's catalogue up to the template and write both files.

    Messages that are no longer used are dropped; nothing is guessed (no fuzzy matching).

    Args:
        template: what ``extract_template`` returned.
        code: the language.
        translations: further translations by context and id; they replace what stands there.
    """
    language = language_of(code)
    found = _stored(language)
    found.update(template, no_fuzzy_matching=True)
    found.obsolete.clear()
    for message in found:
        given = (translations or {}).get(key_of(message))
        if given is not None:
            plural = not isinstance(message.id, str)
            message.string = (given if isinstance(given, tuple) else (given,)) if plural else given
    write(found, catalogue_path(locales_folder(), language))
    write(template, locales_folder() / f"{DOMAIN}.pot")
    return found


def _stored(language: Language) -> Catalog:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    path = catalogue_path(locales_folder(), language)
    if not path.exists():
        return Catalog(locale=language.locale, project="reportgen", charset="utf-8", fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=language.locale)


def write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue without dates and line numbers, so that a change shows as one line."""
    from io import BytesIO

    from babel.messages.pofile import write_po

    for message in catalogue:
        message.locations = sorted({(name, 0) for name, _ in message.locations})
    buffer = BytesIO()
    write_po(buffer, catalogue, width=WIDTH, omit_header=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Content-Transfer-Encoding: 8bit\\n"\n{_plural_header(catalogue)}\n'
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + buffer.getvalue().decode().lstrip("\n"), encoding="utf-8")


def _plural_header(catalogue: Catalog) -> str:
    if catalogue.locale is None:
        return ""
    return f'"Language: {catalogue.locale}\\n"\n"Plural-Forms: {catalogue.plural_forms}\\n"\n'


def key_of(message: Message) -> Key:
    """Return context and id (the singular one) of a message."""
    identity = message.id if isinstance(message.id, str) else message.id[0]
    return message.context or "", identity


def problems(template: Catalog, language: Language) -> Iterator[str]:
    """Yield what is wrong with a language's catalogue: gaps, fuzziness, leftovers, placeholders."""
    if language.code == SOURCE_LANGUAGE:
        return
    stored = {key_of(message): message for message in _stored(language) if message.id}
    wanted = {key_of(message): message for message in template if message.id}
    for key in wanted.keys() - stored.keys():
        yield f"{language.code}: {key[1]!r} is not in the catalogue"
    for key in stored.keys() - wanted.keys():
        yield f"{language.code}: {key[1]!r} is no longer used"
    for key in sorted(wanted.keys() & stored.keys()):
        yield from (f"{language.code}: {key[1]!r} {fault}" for fault in _faults(stored[key]))


def _faults(message: Message) -> Iterator[str]:
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not forms or not all(forms):
        yield "is not translated"
        return
    if message.fuzzy:
        yield "is fuzzy"
    source = message.id if isinstance(message.id, str) else message.id[-1]
    for form in forms:
        if _placeholders(source) != _placeholders(form):
            yield f"has other placeholders in {form!r}"


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|(?<!%)\{\w+\}|<[^>]+>", text))


LANGUAGES_WITH_CATALOGUE = tuple(one for one in LANGUAGES if one.code != SOURCE_LANGUAGE)
"""Languages that have a catalogue: all but the source language."""
