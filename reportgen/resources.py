"""Where the files that are not code lie: templates, catalogues, data beside the modules."""

from __future__ import annotations

import hashlib
from functools import cache
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


@cache
def code_sha256() -> str:
    """Return the sha256 over all that shapes an edition: code, bundled files, templates, words.

    The same in a wheel and in a checkout; what the interpreter writes beside the code does not
    count.
    """
    content = hashlib.sha256()
    folders = {"reportgen": PACKAGE, "templates": templates_folder(), "locales": locales_folder()}
    for name, folder in folders.items():
        for path in sorted(folder.rglob("*")):
            place = path.relative_to(folder)
            own = name != "reportgen" or place.parts[0] not in ("templates", "locales")
            if own and path.is_file() and path.suffix not in (".pyc", ".pot"):
                content.update(f"{name}/{place.as_posix()}|{path.stat().st_size}|".encode())
                content.update(path.read_bytes())
    return content.hexdigest()
