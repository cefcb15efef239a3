"""The configuration: ``reportgen.toml`` and the environment, as frozen settings.

Every key has a default here; a file states only what differs. No secret is ever read from it.
"""

from __future__ import annotations

import os
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from reportgen import toml
from reportgen.config.delivery import JOURNAL, Delivery
from reportgen.config.publishing import (
    Heartbeat,
    Operator,
    Retention,
    Schedule,
    Signing,
    Site,
    Smtp,
)
from reportgen.config.report import (
    Build,
    Fonts,
    Paths,
    Publisher,
    ReportSettings,
    SourceSettings,
    SourcesSettings,
)
from reportgen.errors import ConfigError

__all__ = ["Settings", "SourceSettings", "SourcesSettings", "load"]

FILE = "reportgen.toml"
PREFIX = "REPORTGEN_"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings, in the sections of the file."""

    publisher: Publisher = Publisher()
    report: ReportSettings = ReportSettings()
    fonts: Fonts = Fonts()
    build: Build = Build()
    sources: SourcesSettings = SourcesSettings()
    paths: Paths = Paths()
    schedule: Schedule = Schedule()
    site: Site = Site()
    signing: Signing = Signing()
    operator: Operator = Operator()
    smtp: Smtp = Smtp()
    delivery: Delivery = Delivery()
    heartbeat: Heartbeat = Heartbeat()
    retention: Retention = Retention()


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
        paths=Paths(notes=at(settings.paths.notes), house=at(settings.paths.house)),
        schedule=replace(settings.schedule, holidays=at(settings.schedule.holidays)),
        smtp=replace(settings.smtp, ca_file=at(settings.smtp.ca_file)),
        delivery=_delivery(settings.delivery, at),
    )


def _delivery(delivery: Delivery, at: Callable[[str], str]) -> Delivery:
    if delivery.relay_log == JOURNAL:
        return delivery
    return msgspec.structs.replace(delivery, relay_log=at(delivery.relay_log))


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
