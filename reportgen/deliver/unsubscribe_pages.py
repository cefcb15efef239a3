"""The pages on which one unsubscribes, written once when the server starts."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from types import SimpleNamespace

from jinja2 import TemplateError

from reportgen.deliver.unsubscribe import EVERY, Page, Pages
from reportgen.errors import ConfigError, DataError
from reportgen.i18n import Formatter, language_of, load_catalogue
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
        found = {
            (code, name): _page(publisher, name, (code,)) for code in languages for name in _OWN
        }
        return found | {(EVERY, name): _page(publisher, name, languages) for name in _ALL}
    except TemplateError as problem:
        raise ConfigError(f"A template of the unsubscribe page is broken: {problem}.") from None


def _page(publisher: str, name: str, languages: Sequence[str]) -> Page:
    parts = [_part(name, code) for code in languages]
    style = (templates_folder() / "mail" / "unsubscribe.css").read_text(encoding="utf-8")
    language = language_of(languages[0])
    catalogue = load_catalogue(locales_folder(), language)
    env = environment(templates_folder(), catalogue, Formatter(language, catalogue))
    body = env.get_template("mail/unsubscribe.html.j2").render(
        name=name, parts=parts, publisher=publisher, style=style
    )
    return Page(body.encode(), _policy(style))


def _part(name: str, code: str) -> SimpleNamespace:
    """Return the words of a page in one language."""
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
    return SimpleNamespace(
        language=language,
        title=getattr(words, f"{name}_title"),
        lines=getattr(words, f"{name}_lines"),
        button=getattr(words, f"{name}_button", ""),
    )


def _policy(style: str) -> str:
    """Return a policy that allows the page's own style and its form, and nothing else."""
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    )
