"""What a machine needs before a report can be written, looked at piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import ReportgenError

if TYPE_CHECKING:
    from reportgen.config import Settings


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what it is, whether it is sound, and what was found."""

    what: str
    sound: bool
    detail: str


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at libraries, fonts, catalogues, bundled figures and the output folder."""
    return (
        _looked_at("libraries", _libraries),
        *_fonts(settings),
        _looked_at("catalogues", _catalogues),
        _looked_at("bundled figures", _figures),
        _looked_at("output folder", lambda: _output(settings)),
    )


def _looked_at(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except (ReportgenError, OSError, ImportError) as problem:
        hint = getattr(problem, "hint", "")
        return Finding(what, False, f"{problem} {hint}".strip())


def _libraries() -> str:
    import weasyprint  # noqa: F401 - loads Pango, which the system provides

    from reportgen.render.colophon import library_versions

    return ", ".join(f"{name} {version}" for name, version in library_versions().items())


def _fonts(settings: Settings) -> Iterator[Finding]:
    from reportgen.i18n.language import LANGUAGES

    folder = Path(settings.fonts.folder) if settings.fonts.folder else None
    for language in LANGUAGES:
        yield _looked_at(f"fonts for {language.code}", partial(_faces, language.code, folder))


def _faces(code: str, folder: Path | None) -> str:
    from reportgen.render.fonts import FontSet

    fonts = FontSet.for_language(code, folder)
    return ", ".join(face.postscript for face in (*fonts.sans, *fonts.serif, *fonts.symbols))


def _catalogues() -> str:
    from reportgen.i18n import LANGUAGES, load_catalogue
    from reportgen.resources import locales_folder

    for language in LANGUAGES:
        load_catalogue(locales_folder(), language)
    return ", ".join(language.code for language in LANGUAGES)


def _figures() -> str:
    from reportgen import bundled

    return f"as of {bundled.load().as_of}"


def _output(settings: Settings) -> str:
    from reportgen.archive import check_writable

    check_writable(Path(settings.build.output))
    return settings.build.output
