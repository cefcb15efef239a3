"""The desk of one language: its words, figures and faces, and how it fills a template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateError

from reportgen.charts.pen import Pen, use_faces
from reportgen.errors import ConfigError, DataError
from reportgen.i18n import Catalogue, Formatter, Language, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.i18n.spaces import closed_up
from reportgen.render.fonts import FontSet
from reportgen.render.typography import refined
from reportgen.resources import locales_folder, templates_folder
from reportgen.site.policy import secured

FOLDER = "site"
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.S)


@dataclass(frozen=True)
class Desk:
    """Writes pages in one language.

    Args:
        language: the language.
        catalogue: its words.
        formatter: its figures.
        env: its templates.
        fonts: folder with the faces of the drawings; ``None`` for the system's.
    """

    language: Language
    catalogue: Catalogue
    formatter: Formatter
    env: Environment
    fonts: Path | None

    def page(self, template: str, values: Mapping[str, Any]) -> bytes:
        """Return a finished page.

        Raises:
            ConfigError: the template is broken; names it.
            DataError: a message has no translation.
        """
        text = self._filled(template, values)
        return secured(refined(closed_up(text), self.language.code)).encode()

    def file(self, template: str, values: Mapping[str, Any]) -> bytes:
        """Return a finished file that is no page."""
        return closed_up(self._filled(template, values)).encode()

    def words(self, template: str, values: Mapping[str, Any]) -> Any:
        """Return a template's names as attributes: words for a drawing."""
        return self.env.get_template(f"{FOLDER}/{template}").make_module(dict(values))

    def _filled(self, template: str, values: Mapping[str, Any]) -> str:
        try:
            text = self.env.get_template(f"{FOLDER}/{template}").render(values)
        except TemplateError as problem:
            raise ConfigError(f"The template {FOLDER}/{template} is broken: {problem}.") from None
        if self.catalogue.missing:
            raise DataError(
                f"A message has no translation in {self.language.code}: "
                f"{min(self.catalogue.missing)}.",
                "Run reportgen messages check.",
            )
        return text

    @cached_property
    def pen(self) -> Pen:
        """The pen of its drawings."""
        faces = FontSet.for_language(self.language.code, folder=self.fonts)
        use_faces(str(face.path) for face in (*faces.sans, *faces.symbols))
        return Pen(self.formatter, faces.sans_stack)


def desk_of(language: Language, fonts: Path | None) -> Desk:
    """Return the desk of a language."""
    catalogue = load_catalogue(locales_folder(), language)
    formatter = Formatter(language, catalogue)
    env = environment(templates_folder(), catalogue, formatter)
    return Desk(language, catalogue, formatter, env, fonts)


def style() -> str:
    """Return the style sheet of every page."""
    folder = templates_folder()
    sheets = (folder / "css" / "common.css", folder / FOLDER / "site.css")
    return _COMMENT.sub("", "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets))


def script() -> str:
    """Return the script of the search."""
    return (templates_folder() / FOLDER / "search.js").read_text(encoding="utf-8")
