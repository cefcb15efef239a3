"""The main path from figures to files, as the command line runs it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from conftest import FEW_PATHS
from pages import prose_of

if TYPE_CHECKING:
    from conftest import Build

NAME = "nasdaq-risk-assessment-2025-12"


def run(
    *arguments: str, seed: str = "0", environ: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the program as a user would, in its own process."""
    return subprocess.run(
        [sys.executable, "-m", "reportgen", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONHASHSEED": seed, **(environ or {})},
    )


def build(output: Path, *more: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Build the report on few paths into ``output``, with ``more`` options."""
    paths = str(FEW_PATHS)
    return run("build", "--output", str(output), "--paths", paths, *more, seed=seed)


def test_a_build_writes_every_file_it_names(built: Build) -> None:
    """Reports, assessment, charts and manifest stand in the draft's folder."""
    names = {path.name for path in built.folder.iterdir()}
    reports = {f"{NAME}.{code}.{end}" for code in ("zh", "ja", "en") for end in ("pdf", "html")}
    assert names == reports | {"assessment.json", "charts", "manifest.json"}


def test_the_manifest_is_right_about_every_file(built: Build) -> None:
    """Each sha256 matches; snapshot, program, libraries and fonts are named."""
    manifest = json.loads((built.folder / "manifest.json").read_text())
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((built.folder / name).read_bytes()).hexdigest() == digest
    listed = {str(p.relative_to(built.folder)) for p in built.folder.rglob("*") if p.is_file()}
    assert set(manifest["files"]) == listed - {"manifest.json"}
    assessed = json.loads((built.folder / "assessment.json").read_text())
    assert manifest["snapshot"] == assessed["edition"]["snapshot"]
    assert {"weasyprint", "arch"} <= manifest["libraries"].keys()
    assert any("CJKsc" in name for name in manifest["fonts"])


@pytest.fixture(scope="module")
def typed(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The Chinese report built in a process of its own, as a user builds it; what it printed."""
    output = tmp_path_factory.mktemp("typed")
    return output / "drafts" / "2025-12", build(output, "--lang", "zh", seed="1")


def test_the_same_inputs_give_the_same_bytes_in_two_processes(
    built: Build, typed: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    """Nothing cached, another process, another hash seed, one language instead of three.

    Every file of the language is the same.
    """
    folder, done = typed
    assert done.returncode == 0, done.stderr
    alone, together = (
        json.loads((one / "manifest.json").read_text())["files"] for one in (folder, built.folder)
    )
    assert {"assessment.json", f"{NAME}.zh.pdf", f"{NAME}.zh.html"} < alone.keys()
    assert alone == {name: together[name] for name in alone}


def test_one_language_at_a_time_keeps_the_others(built: Build, tmp_path: Path) -> None:
    """Building Japanese after English leaves the English report of the same assessment there."""
    folder = tmp_path / "drafts/2025-12"
    folder.mkdir(parents=True)
    for name in ("assessment.json", f"{NAME}.en.html"):
        shutil.copy(built.folder / name, folder)
    shutil.copytree(built.cache, tmp_path / "cache")
    done = build(tmp_path, "--lang", "ja", "--format", "html", "--json")
    assert json.loads(done.stdout)["cached"] is True
    assert {path.name for path in folder.glob("*.html")} == {f"{NAME}.en.html", f"{NAME}.ja.html"}
    assert f"{NAME}.en.html" in json.loads((folder / "manifest.json").read_text())["files"]


def test_the_first_page_says_what_is_old(built: Build) -> None:
    """The box on the cover names the late series with their days, and where to read why."""
    prose = prose_of(built.file("en", "html").read_text(encoding="utf-8"))
    cover = " ".join(prose[:3000].split())
    assert "Unemployment rate (September 2025). The data appendix says why." in cover


def test_a_pipe_gets_plain_lines_and_a_last_line(
    typed: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """Phases on stderr without colours; stdout ends with what was written, pages, seconds."""
    _, done = typed
    assert [line.split()[0] for line in done.stderr.splitlines()] == [
        "gather",
        "snapshot",
        "assess",
        "write",
        "bind",
    ]
    assert "\x1b" not in done.stderr + done.stdout
    assert "pages, in" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["build", "--lang", "xx"], 64, "'xx'"),
        (["build", "--format", "docx"], 64, "docx"),
        (["build", "--data", "nowhere"], 64, "'nowhere'"),
        (["--config", "missing.toml", "build"], 66, "missing.toml"),
        (["build", "--house", "missing.toml"], 66, "missing.toml"),
        (["nonsense"], 64, "nonsense"),
    ],
)
def test_what_is_wrong_on_the_command_line_is_named(
    tmp_path: Path, arguments: list[str], code: int, word: str
) -> None:
    """One sentence that names the word at fault, the documented exit code, nothing written."""
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == code
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "output" / "drafts" / "2025-12").exists()


def test_help_of_every_command_has_an_example() -> None:
    """Each command answers ``--help`` at once and shows how it is used."""
    from click.testing import CliRunner

    from reportgen.cli import main

    commands = list(_commands(main, ()))
    assert ("series", "import") in commands
    for words in commands:
        done = CliRunner().invoke(main, [*words, "--help"])
        assert done.exit_code == 0
        assert "Example" in done.output, words


def _commands(group: click.Group, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every command below a group, as the words one types."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*words, name))
        else:
            yield (*words, name)


def test_the_command_line_imports_nothing_heavy() -> None:
    """``--help`` stays instant: no pandas, matplotlib or weasyprint before they are used."""
    script = (
        "import sys; import reportgen.cli; "
        "print([name for name in ('pandas', 'numpy', 'matplotlib', 'weasyprint', 'jinja2', "
        "'babel', 'scipy', 'arch', 'rich', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
