"""What the pages were made with: versions of libraries, the faces and their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from reportgen.render.fonts import FontSet

LIBRARIES = (
    "arch",
    "babel",
    "jinja2",
    "matplotlib",
    "numpy",
    "pandas",
    "pikepdf",
    "scipy",
    "uharfbuzz",
    "weasyprint",
)


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that shape figures and pages."""
    return {name: version(name) for name in LIBRARIES}


def fonts_used(languages: Iterable[str], folder: Path | None) -> dict[str, str]:
    """Return the sha256 of every font file the languages are set in, by PostScript name."""
    found: dict[str, str] = {}
    hashes: dict[Path, str] = {}
    for code in languages:
        fonts = FontSet.for_language(code, folder)
        for face in (*fonts.sans, *fonts.serif, *fonts.symbols):
            if face.path not in hashes:
                hashes[face.path] = _sha256(face.path)
            found[face.postscript] = hashes[face.path]
    return dict(sorted(found.items()))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
