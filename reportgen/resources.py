"""Where the files that are not code lie: templates, catalogues, data beside the modules."""

from __future__ import annotations

from pathlib import Path

from reportgen.errors import MissingInputError

PACKAGE = Path(__file__).resolve().parent


def find(name: str) -> Path:
    """Return the folder ``name`` (``templates`` or ``locales``).

    In a wheel it lies inside the package, in a checkout beside it.

    Raises:
        MissingInputError: it lies in neither place.
    """
    places = (PACKAGE / name, PACKAGE.parent / name)
    for place in places:
        if place.is_dir():
            return place
    looked = " and ".join(str(place) for place in places)
    raise MissingInputError(
        f"The folder {name} is missing: looked in {looked}.", "Install reportgen again."
    )


def templates_folder() -> Path:
    """Return the folder of the one template set for all languages."""
    return find("templates")


def locales_folder() -> Path:
    """Return the folder of the catalogues, one subfolder a language."""
    return find("locales")
