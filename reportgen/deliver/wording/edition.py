"""What every recipient of an edition in one language is told, written once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import Environment, Template, TemplateError
from markupsafe import Markup, escape

from reportgen.archive.editions import Edition
from reportgen.archive.manifest import EditionHead
from reportgen.config.report import Publisher
from reportgen.deliver.message.letter import File
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.wording.columns import held
from reportgen.deliver.wording.plain import told
from reportgen.deliver.wording.summary import Cleaner, Summary, summary_of
from reportgen.errors import ConfigError, DataError, DiskError
from reportgen.i18n import LANGUAGES, Catalogue, Formatter, Language, language_of, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.render.edition import file_name
from reportgen.resources import locales_folder, templates_folder

if TYPE_CHECKING:
    from reportgen.config import Settings

LONGEST_NAME = 60
"""Signs of a file name in a letter; some mail readers cut what is longer."""
_UNSAFE = frozenset('/\\:*?"<>|')
Naming = Literal["ascii", "localised"]


@dataclass(frozen=True)
class Imprint:
    """Whose letters they are.

    Args:
        publisher: name, contact, logo, disclaimer.
        site: address of the site's front page; empty for none.
        fonts: folder with the faces of the chart; ``None`` for the system's.
    """

    publisher: Publisher
    site: str = ""
    fonts: Path | None = None


def imprint_of(settings: Settings) -> Imprint:
    """Return the imprint the settings describe."""
    fonts = settings.fonts.folder
    return Imprint(settings.publisher, settings.site.base_url, Path(fonts) if fonts else None)


@dataclass(frozen=True)
class Wording:
    """What all letters of an edition in one language have in common.

    Args:
        edition: the edition.
        language: the language.
        imprint: whose letters they are.
        correction: why the edition was issued again, and the language that is said in; empty
            texts for a first edition.
        verdict: the sentence of the cover.
        text: the summary as plain text.
        page: the same as rows of the page.
        pictures: shown in the page: the chart, and the logo where it is a PNG.
        phrases: those around the summary that all letters share, by name.
        openings: the sentences before it, by whether files are attached and to be fetched.
        words: the phrases that name a recipient.
        day: writes a day.
        style: of the page.
        frame: the page.
        catalogue: knows what has no translation.
    """

    edition: EditionHead
    language: Language
    imprint: Imprint
    correction: tuple[str, str]
    verdict: str
    text: str
    page: Markup
    pictures: tuple[File, ...]
    phrases: Mapping[str, str]
    openings: Mapping[tuple[bool, bool], str]
    words: Any
    day: Callable[[date], str]
    style: Any
    frame: Template
    catalogue: Catalogue

    def say(self, phrase: str, *about: Any) -> str:
        """Return a phrase of the letter as plain text on one line."""
        return _said(self.words, self.language.code, phrase, *about)

    def check(self) -> None:
        """Raise ``DataError`` when a phrase had no translation."""
        if self.catalogue.missing:
            raise DataError(
                f"A phrase of the letter has no translation in {self.language.code}: "
                f"{min(self.catalogue.missing)}.",
                "Run reportgen messages check.",
            )


def edition_letter(edition: Edition, language: str, outbox: Outbox, imprint: Imprint) -> Wording:
    """Return what every recipient of an edition in a language is told.

    Args:
        edition: the edition; whether its files are as they were is ``sealing.intact``'s.
        language: code of the language.
        outbox: where the pictures go.
        imprint: whose letters they are.

    Raises:
        DataError: the edition has no headlines, or a phrase no translation.
        ConfigError: a template is broken.
    """
    tongue = language_of(language)
    catalogue = load_catalogue(locales_folder(), tongue)
    formatter = Formatter(tongue, catalogue)
    env = environment(templates_folder(), catalogue, formatter, edition.head.as_of)
    try:
        summary = summary_of(edition, env, formatter)
        pictures = _pictures(summary, formatter, outbox, imprint)
        style = env.get_template("mail/style.html.j2").make_module(
            {"colours": imprint.publisher.colours}
        )
        page = _page(env, summary, pictures[0], style)
        words = env.get_template("mail/words.txt.j2").make_module()
        frame = env.get_template("mail/letter.html.j2")
    except TemplateError as problem:
        raise ConfigError(f"A template of the letter is broken: {problem}.") from None
    say, publisher = partial(_said, words, language), imprint.publisher
    found = Wording(
        edition=edition.head,
        language=tongue,
        imprint=imprint,
        correction=_correction(edition.head, language),
        verdict=summary.verdict,
        text=told(summary),
        page=page,
        pictures=pictures,
        phrases=_phrases(say, edition.head, publisher.name, publisher.disclaimer.get(language, "")),
        openings={
            (attached, fetched): say("opening", edition.head, attached, fetched)
            for attached in (False, True)
            for fetched in (False, True)
        },
        words=words,
        day=lru_cache(maxsize=64)(formatter.day),
        style=style,
        frame=frame,
        catalogue=catalogue,
    )
    found.check()
    return found


def attachment_name(base: Wording, ending: str, naming: Naming) -> str:
    """Return the name of a report file as the client sees it.

    Args:
        base: of the edition and language.
        ending: ``pdf`` or ``html``.
        naming: ``ascii`` for the name in the archive, ``localised`` for one in the language.
    """
    if naming == "ascii":
        return file_name(base.edition.name, base.language.code, ending)
    name = base.say("file_name", base.edition, "").rstrip(".")
    safe = "".join("-" if sign in _UNSAFE else sign for sign in name)
    return f"{safe[: LONGEST_NAME - len(ending) - 1].strip(' .-')}.{ending}"


def _said(words: Any, code: str, phrase: str, *about: Any) -> str:
    return Cleaner(code)(escape(getattr(words, phrase)(*about)))


def _phrases(
    say: Callable[..., str], head: EditionHead, publisher: str, disclaimer: str
) -> dict[str, str]:
    """Return what is the same in all letters."""
    return {
        "subject": say("subject", head, publisher),
        "title": f"{say('title')} · {say('edition', head)}",
        "dates": say("dates", head),
        "disclaimer": say("disclaimer", disclaimer),
        **{name: say(name) for name in ("correction", "your_copy", "more", "answer", "closing")},
    }


def _correction(head: EditionHead, language: str) -> tuple[str, str]:
    """Return why an edition was issued again, in the reader's language where it is said in it."""
    if head.correction is None:
        return "", language
    reason = head.correction.reason
    found = next(code for code in (language, "en", *sorted(reason)) if code in reason)
    tags = {one.code: one.tag for one in LANGUAGES}
    return " ".join(reason[found].split()), tags.get(found, found)


def _pictures(
    summary: Summary, formatter: Formatter, outbox: Outbox, imprint: Imprint
) -> tuple[File, ...]:
    from reportgen.deliver.wording.picture import pen_of, picture

    names = [row[0] for row in summary.table.rows]
    drawn = picture(summary.figures, names, summary.key, pen_of(formatter, imprint.fonts))
    chart = _shown("chart", drawn, outbox)
    logo = imprint.publisher.logo
    if not logo.lower().endswith(".png"):  # mail readers show no SVG
        return (chart,)
    try:
        return chart, _shown("logo", Path(logo).read_bytes(), outbox)
    except OSError as problem:
        raise DiskError(f"{logo} cannot be read: {problem.strerror}.") from None


def _shown(name: str, content: bytes, outbox: Outbox) -> File:
    blob = outbox.put(content)
    return File(f"{name}.png", "image/png", blob, f"{name}.{blob.sha256[:24]}@reportgen")


def _page(env: Environment, summary: Summary, chart: File, style: Any) -> Markup:
    template = env.get_template("mail/summary_page.html.j2")
    return Markup(template.render(summary=summary, chart=chart, style=style, held=held))
