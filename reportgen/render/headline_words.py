"""Headlines in words, for lists and comparisons outside the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from reportgen.i18n.language import language_of

if TYPE_CHECKING:
    from reportgen.facts import Quantity
    from reportgen.facts.changes import Cause, ChangeStep, HeadlineChange, Stated

TEMPLATE = "macros/headlines.html.j2"


class HeadlineWords:
    """Names and figures of headlines in one language, as plain text."""

    def __init__(self, code: str):
        """``code`` is that of the language."""
        from reportgen.i18n import Formatter, load_catalogue
        from reportgen.i18n.environment import environment
        from reportgen.resources import locales_folder, templates_folder

        language = language_of(code)
        catalogue = load_catalogue(locales_folder(), language)
        self._format = Formatter(language, catalogue)
        env = environment(templates_folder(), catalogue, self._format)
        self._words: Any = env.get_template(TEMPLATE).module

    def name(self, code: str) -> str:
        """Return the name of a headline."""
        return _plain(self._words.headline_name(code))

    def cause(self, cause: Cause) -> str:
        """Return the name of a cause."""
        return _plain(self._words.cause_name(cause))

    def stated(self, change: HeadlineChange, end: Stated | None) -> str:
        """Return what an edition prints; a dash where it lacks it."""
        return _plain(self._words.stated(change, end))

    def size(self, change: HeadlineChange, step: ChangeStep) -> str:
        """Return the part of a step, empty where it is no number."""
        return self._difference(change, step.change)

    def whole(self, change: HeadlineChange) -> str:
        """Return the change, empty where it is no number."""
        return self._difference(change, change.change)

    def _difference(self, change: HeadlineChange, size: Quantity | None) -> str:
        if size is None:
            return ""
        return self._format.quantity(size, change.digits, signed=True, bare=True)


def _plain(said: Any) -> str:
    return Markup(str(said)).striptags()
