"""The one-sentence verdict of an edition as plain text, for lists, feeds and mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from reportgen.i18n.language import language_of

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment

TEMPLATE = "front/verdict.html.j2"


def verdict(assessment: Assessment, code: str) -> str:
    """Return the sentence of the cover in a language, without its markup."""
    from reportgen.i18n import Formatter, load_catalogue
    from reportgen.i18n.environment import environment
    from reportgen.i18n.spaces import closed_up
    from reportgen.resources import locales_folder, templates_folder

    language = language_of(code)
    catalogue = load_catalogue(locales_folder(), language)
    formatter = Formatter(language, catalogue)
    env = environment(templates_folder(), catalogue, formatter, assessment.edition.as_of.day)
    module = env.get_template(TEMPLATE).make_module({"a": assessment})
    said = closed_up(str(module.verdict()))  # type: ignore[attr-defined]
    return Markup(said).striptags()
