"""From templates to catalogues: extraction, update, and the checks a translator relies on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
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
HOUSE = "house"
"""Whom a house view names for the publisher itself: a code, not a name."""


def extract_template() -> Catalog:
    """Return every message of templates, unit patterns and named data, in order of place."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_dir

    found = Catalog(project="reportgen", charset="utf-8", fuzzy=False)
    for folder, shown, pattern, method, options in _sources():
        for name, line, message, comments, context in extract_from_dir(
            folder, [(pattern, method)], {pattern: options}, KEYWORDS, ("L10N:",)
        ):
            found.add(message, None, [(f"{shown}/{name}", line)], (), comments, context=context)
    return found


def _sources() -> tuple[tuple[Path, str, str, Any, dict[str, str]], ...]:
    """Return where messages stand: folder, its name, file pattern, how to read it, options."""
    package = Path(__file__).parent.parent
    return (
        (templates_folder(), "templates", "**.j2", "jinja2", JINJA_OPTIONS),
        (package / "i18n", "reportgen/i18n", "units.py", "python", {}),
        (package / "series", "reportgen/series", "catalogue.toml", _named_values, {}),
        (package / "bundled", "reportgen/bundled", "**/snapshot.json", _named_values, {}),
        (package / "bundled", "reportgen/bundled", "house/*.toml", _named_values, {}),
    )


def _named_values(
    source: Any, keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Extract the names of things, publishers and persons from a TOML or JSON file of data."""
    for number, line in enumerate(source.read().decode().splitlines(), 1):
        named = re.fullmatch(r'\s*"?(?:name|publisher|by)"?\s*[=:]\s*"(.*)",?\s*', line)
        if named and named[1] != HOUSE:
            yield number, "gettext", named[1], []


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
    # Written first: the catalogue takes over messages of the template and translates them.
    write(template, locales_folder() / f"{DOMAIN}.pot")
    found = _stored(language)
    found.update(template, no_fuzzy_matching=True)
    found.obsolete.clear()
    for message in found:
        given = (translations or {}).get(key_of(message))
        if given is not None:
            plural = not isinstance(message.id, str)
            message.string = (given if isinstance(given, tuple) else (given,)) if plural else given
    write(found, catalogue_path(locales_folder(), language))
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


def refresh() -> None:
    """Bring the template and every catalogue up to what the sources say, and write them."""
    template = extract_template()
    for language in LANGUAGES_WITH_CATALOGUE:
        update(template, language.code)


def check() -> list[str]:
    """Return every fault of the messages in every language, each naming language and message."""
    template = extract_template()
    found = list(_template_faults(template))
    for language in LANGUAGES_WITH_CATALOGUE:
        found += problems(template, language)
    return found


def problems(template: Catalog, language: Language) -> Iterator[str]:
    """Yield what is wrong with a catalogue: gaps, leftovers, fuzziness, faults of each message."""
    stored = {key_of(message): message for message in _stored(language) if message.id}
    wanted = {key_of(message): message for message in template if message.id}
    for key in sorted(wanted.keys() - stored.keys()):
        yield f"{language.code}: {key[1]!r} is not in the catalogue"
    for key in sorted(stored.keys() - wanted.keys()):
        yield f"{language.code}: {key[1]!r} is no longer used"
    for key in sorted(wanted.keys() & stored.keys()):
        for fault in _faults(wanted[key], stored[key], language.code):
            yield f"{language.code}: {key[1]!r} {fault}"


def _template_faults(template: Catalog) -> Iterator[str]:
    """Yield faults of the English messages, and whether the written template is behind."""
    from reportgen.i18n.proofreading import source_faults

    wanted = {key_of(message) for message in template if message.id}
    if wanted != {key_of(message) for message in _written_template() if message.id}:
        yield f"{DOMAIN}.pot is not what the sources say; run reportgen messages update"
    for message in template:
        for text in [message.id] if isinstance(message.id, str) else list(message.id):
            for fault in source_faults(text, interpolated=_in_template(message)):
                yield f"{SOURCE_LANGUAGE}: {text!r} {fault}"


def _written_template() -> Iterable[Message]:
    from babel.messages.pofile import read_po

    path = locales_folder() / f"{DOMAIN}.pot"
    if not path.exists():
        return ()
    with path.open("rb") as source:
        return read_po(source)


def _faults(wanted: Message, message: Message, code: str) -> Iterator[str]:
    from reportgen.i18n.glossary import glossary_faults
    from reportgen.i18n.proofreading import faults

    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not forms or not all(forms):
        yield "is not translated"
        return
    if message.fuzzy:
        yield "is fuzzy"
    source = wanted.id if isinstance(wanted.id, str) else wanted.id[-1]
    for form in forms:
        place = wanted.context or ""
        yield from faults(source, form, code, interpolated=_in_template(wanted), context=place)
        yield from glossary_faults(source, form, code)


def _in_template(message: Message) -> bool:
    """Tell whether a template formats the message, so that a literal per cent sign is doubled."""
    return any(place.startswith("templates/") for place, _ in message.locations)


LANGUAGES_WITH_CATALOGUE = tuple(one for one in LANGUAGES if one.code != SOURCE_LANGUAGE)
"""Languages that have a catalogue: all but the source language."""
