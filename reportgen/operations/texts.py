"""What the operator reads: plain English text from ``templates/operator``."""

from __future__ import annotations

import textwrap
from functools import cache
from typing import TYPE_CHECKING

from reportgen.resources import locales_folder, templates_folder

if TYPE_CHECKING:
    from jinja2 import Environment

WIDTH = 76


def text(name: str, **values: object) -> str:
    """Return ``templates/operator/<name>.txt.j2`` filled in; figures as the report prints them."""
    lines = (line.rstrip() for line in _rendered(name, values).splitlines())
    return "\n".join(_wrapped(line) for line in lines).strip("\n") + "\n"


def table(name: str, **values: object) -> str:
    """Return a template as it is, its lines not broken: for a terminal."""
    return "\n".join(line.rstrip() for line in _rendered(name, values).strip("\n").splitlines())


def line(name: str, **values: object) -> str:
    """Return a template as one line: the subject of a mail."""
    return " ".join(_rendered(name, values).split())


def _rendered(name: str, values: dict[str, object]) -> str:
    return _environment().get_template(f"operator/{name}.txt.j2").render(**values)


def _wrapped(line: str) -> str:
    """Break a long line between words; a paragraph goes on at its edge, an item indented."""
    if len(line) <= WIDTH:
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    deeper = "  " if indent or "  " in line else ""
    return textwrap.fill(
        line.strip(),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + deeper,
        break_long_words=False,
        break_on_hyphens=False,
    )


@cache
def _environment() -> Environment:
    from reportgen.i18n import Formatter, language_of, load_catalogue
    from reportgen.i18n.environment import environment

    english = language_of("en")
    catalogue = load_catalogue(locales_folder(), english)
    return environment(templates_folder(), catalogue, Formatter(english, catalogue))
