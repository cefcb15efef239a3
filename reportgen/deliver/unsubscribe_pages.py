"""The pages on which one unsubscribes, written once when the server starts."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, TemplateError

from reportgen.deliver.unsubscribe import EVERY, Page, Pages
from reportgen.errors import ConfigError, DataError
from reportgen.i18n import Formatter, Language, language_of, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.resources import locales_folder, templates_folder

_OWN = ("ask", "done", "wrong")
_ALL = ("unknown", "wrong", "later")


def pages(publisher: str, languages: Sequence[str]) -> Pages:
    """Return every page, in each language and, for strangers, in all of them.

    Args:
        publisher: its name.
        languages: codes of the languages the house writes to clients in, its own first.

    Raises:
        ConfigError: a template is broken.
        DataError: a phrase has no translation.
    """
    try:
        tongues = {code: _tongue(code) for code in languages}
        found = {
            (code, name): _page(publisher, name, (tongue,))
            for code, tongue in tongues.items()
            for name in _OWN
        }
        every = tuple(tongues.values())
        return found | {(EVERY, name): _page(publisher, name, every) for name in _ALL}
    except TemplateError as problem:
        raise ConfigError(f"A template of the unsubscribe page is broken: {problem}.") from None


@dataclass(frozen=True)
class _Tongue:
    """A language, its templates, and the words of the pages in it."""

    language: Language
    env: Environment
    words: Any


def _tongue(code: str) -> _Tongue:
    language = language_of(code)
    catalogue = load_catalogue(locales_folder(), language)
    env = environment(templates_folder(), catalogue, Formatter(language, catalogue))
    words = env.get_template("mail/unsubscribe.txt.j2").make_module()
    if catalogue.missing:
        raise DataError(
            f"A phrase of the unsubscribe page has no translation in {code}: "
            f"{min(catalogue.missing)}.",
            "Run reportgen messages check.",
        )
    return _Tongue(language, env, words)


def _page(publisher: str, name: str, tongues: Sequence[_Tongue]) -> Page:
    style = (templates_folder() / "mail" / "unsubscribe.css").read_text(encoding="utf-8")
    body = (
        tongues[0]
        .env.get_template("mail/unsubscribe.html.j2")
        .render(
            name=name, parts=[_part(name, one) for one in tongues], publisher=publisher, style=style
        )
    )
    return Page(body.encode(), _policy(style))


def _part(name: str, tongue: _Tongue) -> dict[str, Any]:
    """Return the words of a page in one language."""
    return {
        "tag": tongue.language.tag,
        "title": getattr(tongue.words, f"{name}_title"),
        "lines": getattr(tongue.words, f"{name}_lines"),
        "button": getattr(tongue.words, f"{name}_button", ""),
    }


def _policy(style: str) -> str:
    """Return a policy that allows the page's own style and its form, and nothing else."""
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    )
