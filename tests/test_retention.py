"""Retention: what may go goes, and nothing else, whatever stands beside it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from reportgen.archive.lock import held
from reportgen.cli import main
from reportgen.config.publishing import Retention
from reportgen.operations.retention import USED, find, remove

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OLD, YOUNG = 500, 3
GOOD, ANSWERED, FORGOTTEN = (letter * 64 for letter in "abc")


def put(path: Path, days: int, content: str = "x" * 100) -> Path:
    """Write a file that was last used so many days ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    age(path, days)
    for folder in path.parents:
        if folder.name in ("", "output") or folder.parent.name == "output":
            break
        age(folder, days)
    return path


def age(path: Path, days: int) -> None:
    """Set the times of a file or folder."""
    moment = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment), follow_symlinks=False)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output folder with old and young things of every kind."""
    output = tmp_path / "output"
    for name in ("editions/2025-01/manifest.json", "forecasts.jsonl", "site/index.html"):
        put(output / name, OLD)
    put(
        output / "publishing/2026-12.json", OLD, json.dumps({"snapshot": "2025-02-03-222222222222"})
    )
    put(output / "publishing/2026-12/part.pdf", OLD)
    for days, tag in ((OLD, "1" * 12), (OLD, "2" * 12), (YOUNG, "3" * 12)):
        put(output / f"snapshots/2025-0{tag[0]}-03-{tag}/snapshot.json", days)
    for kind in ("drafts", "rehearsals"):
        put(output / kind / "old" / "a.pdf", OLD)
        put(output / kind / "young" / "a.pdf", YOUNG)
    put(output / "cache/old.json", OLD)
    put(output / "cache/pages/old.pdf", OLD)
    put(output / "cache/young.json", YOUNG)
    put(output / "runs/20250101T000000Z-publish.json", OLD)
    put(output / "runs/20250101T000000Z-publish.txt", OLD)
    put(output / "runs/20261101T000000Z-publish.json", YOUNG)
    for body in (GOOD, ANSWERED, FORGOTTEN):
        put(output / f"store/bodies/{body[:2]}/{body}.gz", OLD)
    put(output / "store/good/fred/1.json", OLD, json.dumps({"answers": [{"sha256": GOOD}]}))
    put(output / "store/answers/1.json", OLD, json.dumps({"sha256": ANSWERED}))
    return output


def names(output: Path, found: object) -> set[str]:
    """Return what was found by name below the output folder."""
    return {one.path.relative_to(output).as_posix() for one in found}  # type: ignore[attr-defined]


def test_only_what_is_old_and_can_be_made_again_goes(output: Path) -> None:
    """Of every kind the old goes; editions, ledger, state, last good answers never do."""
    assert names(output, find(output, Retention(), NOW)) == {
        "cache/old.json",
        "cache/pages/old.pdf",
        "drafts/old",
        "rehearsals/old",
        "snapshots/2025-01-03-111111111111",
        "runs/20250101T000000Z-publish.json",
        "runs/20250101T000000Z-publish.txt",
        f"store/bodies/cc/{FORGOTTEN}.gz",
    }


def test_what_is_found_is_removed_and_counted(output: Path) -> None:
    """Everything found is gone afterwards, everything else is there, and the bytes add up."""
    found = find(output, Retention(), NOW)
    before = {path for path in output.rglob("*") if path.is_file()}
    done = remove(found)
    gone = before - {path for path in output.rglob("*") if path.is_file()}
    assert done.removed == found
    assert sum(one.size for one in done.removed) == 100 * len(gone)
    assert find(output, Retention(), NOW) == ()


def test_the_newest_of_its_kind_stays_however_old(tmp_path: Path) -> None:
    """A machine that stood still for years keeps its last snapshot and its last run report."""
    output = tmp_path / "output"
    for month in (1, 2):
        put(output / f"snapshots/2020-0{month}-03-{month}/snapshot.json", 2000)
        put(output / f"runs/20200{month}01T000000Z-publish.json", 2000)
        put(output / f"runs/20200{month}01T000000Z-publish.txt", 2000)
    assert names(output, find(output, Retention(), NOW)) == {
        "snapshots/2020-01-03-1",
        "runs/20200101T000000Z-publish.json",
        "runs/20200101T000000Z-publish.txt",
    }


def test_what_is_used_meanwhile_stays(output: Path) -> None:
    """A build that takes a draft or a page up again between look and removal keeps it."""
    found = find(output, Retention(), NOW)
    (output / "drafts/old/a.pdf").write_text("new")
    (output / "cache/old.json").write_text("new")
    kept = remove(found).kept
    assert names(output, [one for one, _ in kept]) == {"drafts/old", "cache/old.json"}
    assert {why for _, why in kept} == {USED}


def test_a_read_only_rehearsal_goes_and_the_edition_it_links_stays(output: Path) -> None:
    """Links out of a rehearsal are removed as links; a second name of an edition's file frees 0."""
    edition = output / "editions/2025-01/manifest.json"
    rehearsal = output / "rehearsals/old"
    (rehearsal / "editions").mkdir()
    (rehearsal / "editions/manifest.json").hardlink_to(edition)
    (rehearsal / "cache").symlink_to(output / "cache", target_is_directory=True)
    (rehearsal / "editions").chmod(0o550)
    for path in (rehearsal / "editions", rehearsal / "cache", rehearsal):
        age(path, OLD)
    done = remove(one for one in find(output, Retention(), NOW) if one.kind == "rehearsal")
    assert [one.size for one in done.removed] == [100]
    assert not rehearsal.exists()
    assert edition.read_text() == "x" * 100
    assert (output / "cache/young.json").is_file()


def test_left_over_folders_of_killed_runs_go_after_two_days(output: Path) -> None:
    """A hidden folder may be somebody's work for a day, not for a week."""
    put(output / "drafts/.2026-11-new-99-x/a.pdf", 7)
    put(output / "drafts/.2026-12-new-99-y/a.pdf", 1)
    found = [one for one in find(output, Retention(), NOW) if one.kind == "leftover"]
    assert names(output, found) == {"drafts/.2026-11-new-99-x"}


def command(output: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    """Run the command at the moment of these tests."""
    monkeypatch.setattr(import_module("reportgen.cli.tidy"), "now", lambda: NOW)
    done = CliRunner().invoke(main, ["tidy", "--output", str(output), *words])
    return done.exit_code, done.output


def test_a_dry_run_names_everything_and_removes_nothing(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says is what the run itself then does."""
    code, said = command(output, monkeypatch, "--dry-run", "--json")
    planned = json.loads(said)
    assert (code, planned["dry_run"], len(planned["removed"])) == (0, True, 8)
    assert (output / "drafts/old/a.pdf").is_file()
    _, said = command(output, monkeypatch, "--json")
    assert json.loads(said)["removed"] == planned["removed"]
    assert not (output / "drafts/old").exists()
    assert command(output, monkeypatch)[1] == "Removed nothing; 0.0 MB.\n"


def test_beside_a_publication_it_leaves_with_75(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an edition is being made nothing is removed."""
    with held(output, 0.0):
        code, said = command(output, monkeypatch)
    assert code == 75
    assert "Another run is at work" in said
    assert (output / "drafts/old/a.pdf").is_file()


def test_without_an_output_folder_there_is_nothing_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fresh machine is tidy, and nothing is made on it."""
    code, said = command(tmp_path / "none", monkeypatch)
    assert (code, said) == (0, "Removed nothing; 0.0 MB.\n")
    assert not (tmp_path / "none").exists()
