"""What the pages were made with: versions of libraries, the faces and their hashes."""

from __future__ import annotations

from importlib.metadata import version

LIBRARIES = ("arch", "babel", "jinja2", "matplotlib", "numpy", "pandas", "scipy", "uharfbuzz", "weasyprint")


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that shape figures and pages."""
    return {name: version(name) for name in LIBRARIES}
