"""What the pages need beside the assessment: publisher, notes, faces, colours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.pipeline.request import Request

if TYPE_CHECKING:
    from reportgen.render.edition import Logo, Look


def look(request: Request, period: str) -> Look:
    """Return what the pages need beside the assessment, from the configuration."""
    from reportgen.render.edition import Look
    from reportgen.render.note import note_html
    from reportgen.render.report import Brand

    settings = request.settings
    publisher, notes = settings.publisher, Path(settings.paths.notes)
    brands = {
        language.code: Brand(
            name=publisher.name,
            contact=publisher.contact,
            disclaimer=publisher.disclaimer.get(language.code, ""),
        )
        for language in request.languages
    }
    return Look(
        brands=brands,
        notes={one.code: note_html(notes, period, one.code) for one in request.languages},
        font_folder=font_folder(request),
        logo=_logo(publisher.logo),
        colours={
            name: value
            for name, value in (
                ("accent", publisher.colours.primary),
                ("warning", publisher.colours.accent),
            )
            if value
        },
        draft=request.draft,
    )


def _logo(name: str) -> Logo | None:
    from reportgen.errors import ConfigError
    from reportgen.render.edition import Logo

    if not name:
        return None
    path = Path(name)
    ending = path.suffix.lower().lstrip(".")
    if ending not in ("svg", "png"):
        raise ConfigError(f"publisher.logo: {name} is neither an SVG nor a PNG file.")
    try:
        return Logo(path.read_bytes(), ending)
    except OSError as problem:
        raise ConfigError(f"publisher.logo: {name} cannot be read: {problem.strerror}.") from None


def font_folder(request: Request) -> Path | None:
    """Return the folder the faces are taken from; ``None`` for the system's."""
    folder = request.settings.fonts.folder
    return Path(folder) if folder else None
