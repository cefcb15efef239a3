"""The configuration: ``reportgen.toml`` and the environment, as frozen settings.

Every key has a default here; a file states only what differs. No secret is ever read from it.
"""

from __future__ import annotations

import os
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from reportgen import toml
from reportgen.errors import ConfigError

FILE = "reportgen.toml"
PREFIX = "REPORTGEN_"

Colour = Annotated[str, msgspec.Meta(pattern="^(#[0-9A-Fa-f]{6})?$")]
Filled = Annotated[str, msgspec.Meta(min_length=1)]


class Colours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The brand's colours, ``#rrggbb``; empty for the report's own."""

    primary: Colour = ""
    accent: Colour = ""


class Publisher(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who publishes the report.

    Args:
        name: printed on the cover and in the running heads; stands for ``house`` in the house view.
        logo: an SVG or PNG file; empty for none.
        contact: one line: an address, a telephone number, a mailbox.
        colours: brand colours.
        disclaimer: text by language; a language without one has the report's own.
    """

    name: Filled = "Reportgen Research"
    logo: str = ""
    contact: str = ""
    colours: Colours = Colours()
    disclaimer: dict[str, str] = {}


class ReportSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written when the command line does not say."""

    languages: Annotated[tuple[Filled, ...], msgspec.Meta(min_length=1)] = ("zh", "ja", "en")
    formats: Annotated[tuple[Literal["pdf", "html"], ...], msgspec.Meta(min_length=1)] = (
        "pdf",
        "html",
    )


class Fonts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where fonts are looked for; empty for those of the system."""

    folder: str = ""


class Build(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much is computed, with how many hands, and where the result goes.

    Args:
        paths: simulated paths a window.
        jobs: languages written side by side; 0 for one a processor.
        output: folder for drafts, editions and caches.
        data: where the figures come from when the command line does not say.
    """

    paths: Annotated[int, msgspec.Meta(ge=1_000, le=5_000_000)] = 200_000
    jobs: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    output: Filled = "output"
    data: Filled = "auto"


class SourceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one publisher is reached.

    Args:
        base_url: a mirror, a proxy or a local server in the publisher's place; empty for its own.
        enabled: whether it is asked at all.
    """

    base_url: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s?#@]+)?$")] = ""
    enabled: bool = True


class SourcesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the month's figures are gathered.

    Args:
        contact: a mail address, told to the publishers in the user agent; the SEC refuses
            whoever gives none, so without one it is not asked.
        budget: seconds for all publishers together.
        folder: CSV files of figures you hold a licence for, one a series; asked first.
    """

    contact: Annotated[str, msgspec.Meta(pattern=r"^([^\s@<>()]+@[^\s@<>()]+)?$")] = ""
    budget: Annotated[float, msgspec.Meta(ge=1, le=3600)] = 60.0
    folder: str = ""
    fred: SourceSettings = SourceSettings()
    fred_api: SourceSettings = SourceSettings()
    cboe: SourceSettings = SourceSettings()
    treasury: SourceSettings = SourceSettings()
    cftc: SourceSettings = SourceSettings()
    sec: SourceSettings = SourceSettings()
    bis: SourceSettings = SourceSettings()
    boj: SourceSettings = SourceSettings()
    lbma: SourceSettings = SourceSettings()
    yahoo: SourceSettings = SourceSettings(enabled=False)


class Paths(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files beside the program: the analyst's notes."""

    notes: Filled = "notes"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings, in the sections of the file."""

    publisher: Publisher = Publisher()
    report: ReportSettings = ReportSettings()
    fonts: Fonts = Fonts()
    build: Build = Build()
    sources: SourcesSettings = SourcesSettings()
    paths: Paths = Paths()


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings.

    Args:
        path: the configuration file; by default ``reportgen.toml`` in the working folder, where
            there is one. Relative paths in it are taken from its own folder.
        environ: the environment; a variable ``REPORTGEN_SECTION__KEY`` goes before the file.

    Raises:
        MissingInputError: the named file does not exist.
        ConfigError: an unknown key (with the nearest known one), a value of the wrong type or out
            of range; names file or variable and key.
    """
    here = Path(FILE)
    chosen = path or (here if here.is_file() else None)
    data = toml.load(chosen) if chosen else {}
    where = chosen.name if chosen else FILE
    settings = toml.convert(data, Settings, where)
    if chosen is not None:
        settings = _anchored(settings, chosen.parent)
    return _overridden(settings, os.environ if environ is None else environ)


def _anchored(settings: Settings, folder: Path) -> Settings:
    """Take the paths of a file from the file's own folder, wherever the program was started."""

    def at(text: str) -> str:
        return str(folder / text) if text else ""

    replace = msgspec.structs.replace
    return replace(
        settings,
        publisher=replace(settings.publisher, logo=at(settings.publisher.logo)),
        fonts=replace(settings.fonts, folder=at(settings.fonts.folder)),
        build=replace(settings.build, output=at(settings.build.output)),
        sources=replace(settings.sources, folder=at(settings.sources.folder)),
        paths=replace(settings.paths, notes=at(settings.paths.notes)),
    )


def _overridden(settings: Settings, environ: Mapping[str, str]) -> Settings:
    changed: Any = settings
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and "__" in variable:
            keys = variable.removeprefix(PREFIX).lower().split("__")
            changed = _set(changed, keys, environ[variable], variable)
    return changed  # type: ignore[no-any-return]


def _set(target: Any, keys: list[str], text: str, variable: str) -> Any:
    """Return ``target`` with the value under ``keys`` read from ``text``."""
    if isinstance(target, dict):
        return {**target, "__".join(keys): text}
    known = {field.name: field.type for field in msgspec.structs.fields(type(target))}
    name, rest = keys[0], keys[1:]
    if name not in known:
        raise ConfigError(
            f"The environment variable {variable} names no setting.", toml.suggestion(name, known)
        )
    if rest:
        value = _set(_inner(getattr(target, name), variable), rest, text, variable)
    else:
        value = _parse(text, known[name], variable)
    return msgspec.structs.replace(target, **{name: value})


def _inner(value: Any, variable: str) -> Any:
    if isinstance(value, dict | msgspec.Struct):
        return value
    raise ConfigError(f"The environment variable {variable} names no setting.")


def _parse(text: str, kind: Any, variable: str) -> Any:
    """Return the text as a value of the setting's type; lists are separated by commas."""
    if _holds_sections(kind):
        raise ConfigError(f"The environment variable {variable} names a section, not a setting.")
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    given: Any = text
    if get_origin(bare) is tuple:
        given = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return msgspec.convert(given, type=kind, strict=False)
    except msgspec.ValidationError as problem:
        reason = str(problem).partition(" - at `$")[0].replace("`", "")
        raise ConfigError(
            f"The environment variable {variable} is {text!r}: {reason[:1].lower()}{reason[1:]}."
        ) from None


def _holds_sections(kind: Any) -> bool:
    options = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    return any(
        get_origin(one) is dict or (isinstance(one, type) and issubclass(one, msgspec.Struct))
        for one in options
    )
