"""The whole site, from the archive to the folder that is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reportgen.config import Settings
from reportgen.errors import ConfigError
from reportgen.i18n import LANGUAGES, Language
from reportgen.render.edition import Logo
from reportgen.site import feeds, searching
from reportgen.site.addresses import INDEX, Addresses, edition_file, front
from reportgen.site.desk import Desk, desk_of, script, style
from reportgen.site.pages import Page, Shelf, pages
from reportgen.site.placing import Stage, placing, shown
from reportgen.site.shelf import Volume
from reportgen.site.shelf import shelf as shelf_of

MISSING = "404.html"


@dataclass(frozen=True)
class Imprint:
    """What every page says of the site itself.

    Args:
        publisher, contact: who publishes it.
        disclaimers: the publisher's own, by language.
        logo: as a data URI; empty for none.
        base: the address of the front page; empty without one.
        zone: the publisher's, in which moments are printed.
        css: the style sheet.
    """

    publisher: str
    contact: str
    disclaimers: dict[str, str]
    logo: str
    base: str
    zone: ZoneInfo
    css: str


def write(output: Path, settings: Settings) -> Path:
    """Make the site of an archive anew and put it in its place; returns ``output/site``.

    It is made from the editions alone and knows no clock: the same archive gives the same site.

    Args:
        output: the output folder.
        settings: publisher, address, order of languages, faces.

    Raises:
        MissingInputError: there is no edition, or a face of a language is missing.
        DataError: an edition is damaged; names it. The site stays as it was.
        ConfigError: the logo or the time zone cannot be used.
        CannotCreateError, DiskError: the folder cannot be written to.
    """
    every = shelf_of(output)
    imprint = _imprint(settings)
    languages = _languages(every, settings.report.languages)
    fonts = Path(settings.fonts.folder) if settings.fonts.folder else None
    shelves = [Shelf(desk_of(one, fonts), every, languages) for one in languages]
    with placing(output) as stage:
        _write_editions(stage, every)
        written = [page for shelf in shelves for page in _write_language(stage, shelf, imprint)]
        _write_rest(stage, shelves, imprint, written)
    return output / "site"


def left_out(settings: Settings) -> tuple[str, ...]:
    """Return the sections and keys without which something is left out of the site."""
    return () if settings.site.base_url else ("site.base_url",)


def digest(output: Path) -> str:
    """Return the digest of the site that is shown; empty where there is none."""
    found = shown(output)
    return found.name if found is not None else ""


def _imprint(settings: Settings) -> Imprint:
    publisher = settings.publisher
    colours = {"accent": publisher.colours.primary, "warning": publisher.colours.accent}
    rules = "".join(f"--{name}:{value};" for name, value in colours.items() if value)
    return Imprint(
        publisher=publisher.name,
        contact=publisher.contact,
        disclaimers=publisher.disclaimer,
        logo=_logo(publisher.logo),
        base=settings.site.base_url,
        zone=_zone(settings.schedule.timezone),
        css=style() + (f"\n:root{{{rules}}}" if rules else ""),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(f"schedule.timezone: there is no time zone {name!r}.") from None


def _logo(name: str) -> str:
    if not name:
        return ""
    path = Path(name)
    ending = path.suffix.lower().lstrip(".")
    if ending not in ("svg", "png"):
        raise ConfigError(f"publisher.logo: {name} is neither an SVG nor a PNG file.")
    try:
        return Logo(path.read_bytes(), ending).embedded
    except OSError as problem:
        raise ConfigError(f"publisher.logo: {name} cannot be read: {problem.strerror}.") from None


def _languages(every: tuple[Volume, ...], wanted: tuple[str, ...]) -> tuple[Language, ...]:
    """Return the languages of the editions, in the order of the settings, others behind."""
    found = [one for one in LANGUAGES if any(one in volume.languages for volume in every)]
    return tuple(
        sorted(found, key=lambda one: wanted.index(one.code) if one.code in wanted else len(wanted))
    )


def _write_editions(stage: Stage, every: tuple[Volume, ...]) -> None:
    """Put the files of the editions on the site, each under its own name and checked."""
    for volume in every:
        for file in volume.files:
            stage.put(edition_file(volume.name, file.name), volume.bytes_of(file))


def _write_language(stage: Stage, shelf: Shelf, imprint: Imprint) -> Iterator[Page]:
    addresses, code = Addresses(imprint.base), shelf.language.code
    for page in pages(shelf):
        values = _common(page.path, shelf.desk, imprint) | {"page": page, **page.values}
        stage.put(page.path, shelf.desk.page(page.template, values))
        yield page
    for volume in shelf.own:
        found = searching.shard(volume, code)
        if found is not None:
            stage.put(searching.shard_path(code, volume.name), found)
    if imprint.base:
        path = feeds.feed_path(code)
        values = _common(path, shelf.desk, imprint) | feeds.feed(shelf, addresses)
        stage.put(path, shelf.desk.file("feed.xml.j2", values))


def _common(path: str, desk: Desk, imprint: Imprint) -> dict[str, Any]:
    """Return what every template may use."""
    addresses = Addresses(imprint.base)
    return {
        "site": {
            "publisher": imprint.publisher,
            "contact": imprint.contact,
            "disclaimer": imprint.disclaimers.get(desk.language.code, ""),
            "logo": imprint.logo,
            "base": imprint.base,
        },
        "css": imprint.css,
        "script": script(),
        "tags": {one.code: one.tag for one in LANGUAGES},
        "local": lambda at: at.astimezone(imprint.zone),
        "href": partial(addresses.link, path),
        "absolute": addresses.absolute,
    }


def _write_rest(stage: Stage, shelves: list[Shelf], imprint: Imprint, written: list[Page]) -> None:
    """Write what belongs to no language: the choice of one, and what programs read."""
    addresses, first = Addresses(imprint.base), shelves[0].desk
    parts = [_part(shelf) for shelf in shelves]
    for path, template in ((INDEX, "root.html.j2"), (MISSING, "missing.html.j2")):
        values = _common(path, first, imprint) | {"parts": parts}
        stage.put(path, first.page(template, values))
    stage.put("robots.txt", feeds.robots(addresses))
    if imprint.base:
        values = _common("sitemap.xml", first, imprint) | feeds.mapped(written)
        stage.put("sitemap.xml", first.file("sitemap.xml.j2", values))


def _part(shelf: Shelf) -> dict[str, Any]:
    """Return a language's part of the pages that hold all of them."""
    latest = shelf.current[0]
    words = shelf.desk.words("parts.txt.j2", {"latest": latest})
    return {
        "language": shelf.language,
        "path": front(shelf.language.code),
        "title": words.title,
        "edition": words.edition,
        "missing": words.missing,
        "verdict": latest.headlines.verdict[shelf.language.code],
    }
