"""The program itself: libraries, fonts, catalogues, the figures that come with it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from reportgen.health.finding import Finding, Scene, look


def of_program(scene: Scene) -> Iterator[Finding]:
    """Look at what every report needs."""
    yield look("libraries", _libraries)
    yield from _fonts(scene)
    yield look("catalogues", _catalogues)
    yield look("bundled figures", _figures)


def _libraries() -> str:
    import weasyprint  # noqa: F401 - loads Pango, which the system provides

    from reportgen.render.colophon import library_versions

    return ", ".join(f"{name} {version}" for name, version in library_versions().items())


def _fonts(scene: Scene) -> Iterator[Finding]:
    from reportgen.i18n.language import LANGUAGES

    named = scene.settings.fonts.folder
    folder = Path(named) if named else None
    for language in LANGUAGES:
        yield look(f"fonts for {language.code}", partial(_faces, language.code, folder))


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
