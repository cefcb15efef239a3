"""Languages: catalogues read from text, numbers and dates as each language writes them."""

from reportgen.i18n.catalogue import Catalogue, load_catalogue
from reportgen.i18n.language import LANGUAGES, Language, language_of
from reportgen.i18n.numbers import Formatter

__all__ = ["LANGUAGES", "Catalogue", "Formatter", "Language", "language_of", "load_catalogue"]
