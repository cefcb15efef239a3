"""What goes wrong is said in one sentence, and what was there before stays as it was."""

from __future__ import annotations

import shutil
from concurrent.futures import Future
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import FEW_PATHS, NOW
from pages import write_html

from reportgen.config import Settings
from reportgen.errors import (
    ConfigError,
    DataError,
    MissingInputError,
    ReportgenError,
    UsageError,
)
from reportgen.i18n import language_of
from reportgen.pipeline import Request, build
from reportgen.snapshot import seal, write

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

EARLIER = "an earlier report"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output folder that holds an earlier draft."""
    draft = tmp_path / "output" / "drafts" / "2025-12"
    draft.mkdir(parents=True)
    (draft / "report.txt").write_text(EARLIER)
    return tmp_path / "output"


def _build(
    output: Path,
    data: str = "bundled",
    house: Path | None = None,
    cache: Path | None = None,
) -> None:
    """Build the English HTML; from an assessment that is kept, if there is one."""
    if cache is not None:
        shutil.copytree(cache, output / "cache", dirs_exist_ok=True)
    request = Request(
        languages=(language_of("en"),),
        formats=("html",),
        data=data,
        now=NOW,
        output=output,
        settings=Settings(),
        paths=FEW_PATHS,
        jobs=1,
        house=house,
    )
    build(request, lambda phase, detail: None)


def _own_templates(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the templates, so that a test may break them; pages are set in this process then."""
    root = Path(__file__).parent.parent
    templates = folder / "templates"
    shutil.copytree(root / "templates", templates)
    folders = {"templates": templates, "locales": root / "locales"}
    monkeypatch.setattr("reportgen.resources.find", folders.__getitem__)
    monkeypatch.setattr("reportgen.render.edition.limited", lambda workers: nullcontext(Here()))
    return templates


class Here:
    """Runs at once, in this process, what pages are set with in another."""

    def submit(self, within: Any, limits: Any, work: Any, *given: Any) -> Future[Any]:
        """Run it, without its limits."""
        done: Future[Any] = Future()
        try:
            done.set_result(work(*given))
        except ReportgenError as problem:
            done.set_exception(problem)
        return done


@pytest.fixture
def kept(assessment: Assessment, shared: Path) -> Path:
    """The folder in which the assessment of the bundled figures is kept."""
    assert assessment.edition.period == "2025-12"
    return shared / "built" / "cache"


def _untouched(output: Path) -> bool:
    drafts = output / "drafts"
    names = [path.name for path in drafts.iterdir()]
    return names == ["2025-12"] and (drafts / "2025-12/report.txt").read_text() == EARLIER


def test_a_typo_in_the_house_view_is_named_and_nothing_is_written(
    output: Path, tmp_path: Path
) -> None:
    """File, key and the key that was meant."""
    source = Path(__file__).parent.parent / "reportgen/bundled/house/2025-12.toml"
    house = tmp_path / "view.toml"
    house.write_text(source.read_text().replace("[level.main]", "[level.mian]"))
    with pytest.raises(ConfigError, match=r"view\.toml.*level\.mian") as caught:
        _build(output, house=house)
    assert "level.main" in caught.value.message + caught.value.hint
    assert caught.value.exit_code == 78
    assert _untouched(output)


@pytest.mark.parametrize("value", ["nan", "-5.0", "1e9", "twelve"])
def test_a_figure_that_cannot_be_is_named_and_nothing_is_written(
    output: Path, tmp_path: Path, snapshot: Snapshot, value: str
) -> None:
    """NaN, out of range, no number at all: the file is named."""
    folder = tmp_path / "figures"
    write(snapshot, folder)
    path = folder / "observations" / "vix.csv"
    lines = path.read_text().splitlines()
    day, _, released = lines[-1].split(",")
    path.write_text("\n".join([*lines[:-1], f"{day},{value},{released}"]) + "\n")
    with pytest.raises(DataError, match="vix"):
        seal(folder)
    with pytest.raises(DataError, match=r"vix\.csv"):
        _build(output, data=str(folder))
    assert _untouched(output)


def test_a_missing_file_of_a_series_is_named(
    output: Path, tmp_path: Path, snapshot: Snapshot
) -> None:
    """A snapshot that lost a file is no snapshot."""
    folder = tmp_path / "figures"
    write(snapshot, folder)
    (folder / "observations" / "nasdaq_composite.csv").unlink()
    with pytest.raises(MissingInputError, match=r"nasdaq_composite\.csv"):
        _build(output, data=str(folder))
    assert _untouched(output)


def test_without_the_index_there_is_no_report(snapshot: Snapshot, house: HouseView) -> None:
    """The one series nothing can be said without."""
    with pytest.raises(DataError, match="nasdaq_composite"):
        write_html(snapshot.without("nasdaq_composite"), house)


def test_a_broken_template_is_named_with_its_line(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Path
) -> None:
    """The template and the line at fault, and the earlier draft as it was."""
    templates = _own_templates(tmp_path, monkeypatch)
    broken = templates / "front" / "verdict.html.j2"
    broken.write_text(broken.read_text() + "\n{% if %}\n")
    with pytest.raises(ConfigError, match=r"front/verdict\.html\.j2, line \d+"):
        _build(output, cache=kept)
    assert _untouched(output)


def test_a_figure_the_assessment_does_not_hold_is_named(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Path
) -> None:
    """A template that asks for what is not there never prints a blank."""
    templates = _own_templates(tmp_path, monkeypatch)
    part = templates / "sections" / "10_summary.html.j2"
    part.write_text(part.read_text().replace("{{ level_text() }}", "{{ a.market.clsoe|q }}"))
    with pytest.raises(DataError, match="clsoe"):
        _build(output, cache=kept)
    assert _untouched(output)


def test_data_that_is_not_there_is_named(output: Path) -> None:
    """Neither a word the program knows nor a folder."""
    with pytest.raises(UsageError, match="nowhere"):
        _build(output, data="nowhere")
    assert _untouched(output)
