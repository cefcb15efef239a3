"""The line on a personal copy, in the language of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.i18n.language import language_of

if TYPE_CHECKING:
    from reportgen.deliver.copies.mark import Mark

TEMPLATE = "copies/line.txt.j2"


class Words:
    """Says for whom a copy is.

    Args:
        code: of the report's language.

    Raises:
        UsageError: there is no such language.
    """

    def __init__(self, code: str) -> None:
        from reportgen.i18n import Formatter, load_catalogue
        from reportgen.i18n.environment import environment
        from reportgen.resources import locales_folder, templates_folder

        language = language_of(code)
        catalogue = load_catalogue(locales_folder(), language)
        env = environment(templates_folder(), catalogue, Formatter(language, catalogue))
        self._template = env.get_template(TEMPLATE)

    def line(self, mark: Mark, organisation: str | None = None) -> str:
        """Return the line; its parts are values and are not looked into.

        Args:
            mark: of the copy.
            organisation: the name as there is room for it; by default whole.
        """
        name = mark.organisation if organisation is None else organisation
        said = self._template.render(organisation=name, reference=mark.reference)
        return " ".join(said.split())
