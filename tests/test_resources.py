"""Folders that are not code are found, or their absence is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen import resources
from reportgen.errors import MissingInputError


def test_a_checkout_has_the_folders_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Templates and catalogues beside the package are found."""
    for name in ("reportgen", "templates", "locales"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "reportgen")
    assert resources.templates_folder() == tmp_path / "templates"
    assert resources.locales_folder() == tmp_path / "locales"


def test_a_wheel_has_them_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder inside the package goes before one that happens to lie beside it."""
    (tmp_path / "reportgen" / "templates").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "reportgen")
    assert resources.templates_folder() == tmp_path / "reportgen" / "templates"


def test_a_missing_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says which folder is missing and where it was looked for."""
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "reportgen")
    with pytest.raises(MissingInputError, match=r"folder locales is missing: looked in .+locales"):
        resources.locales_folder()


def test_figures_do_not_depend_on_the_number_of_processors() -> None:
    """Linear algebra runs in one thread, whatever the surroundings ask for."""
    code = "import reportgen, os; print(os.environ['OPENBLAS_NUM_THREADS'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "8"},
    )
    assert done.stdout.strip() == "1"
