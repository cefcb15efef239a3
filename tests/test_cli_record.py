"""``record``: issue, resolve, show, verify and correct, as a person or a program runs them."""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from conftest import FEW_PATHS

from reportgen import recording
from reportgen.cli import main
from reportgen.record.history import accounts
from reportgen.record.ledger import FILE, read

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment

NOW = datetime(2025, 12, 9, 12, tzinfo=UTC)
DAYS = ("2022-09-30", "2022-10-31", "2025-12-05")


def _run(folder: Path, *words: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in ("build", "record"):  # commands hide their modules of the same name
            patch.setattr(sys.modules[f"reportgen.cli.{name}"], "now", lambda: NOW)
        return CliRunner().invoke(main, ["record", *words])


def _issue(folder: Path, day: str, *more: str) -> Result:
    paths = str(FEW_PATHS if day == DAYS[-1] else 1_000)
    fixed = ("--data", "bundled", "--paths", paths, "--as-of", day)
    return _run(folder, "issue", *fixed, *more)


@pytest.fixture(scope="module")
def answers(
    tmp_path_factory: pytest.TempPathFactory, assessment: Assessment, shared: Path
) -> tuple[Path, list[Result]]:
    """Three editions put on record from the bundled figures, and the answers.

    The first two were made in the bear market of 2022; the assessment of the third is kept.
    """
    folder = tmp_path_factory.mktemp("desk")
    assert assessment.edition.as_of.day.isoformat() == DAYS[-1]
    shutil.copytree(shared / "built" / "cache", folder / "output" / "cache")
    return folder, [_issue(folder, day) for day in DAYS]


@pytest.fixture
def folder(answers: tuple[Path, list[Result]], tmp_path: Path) -> Path:
    """A copy of those editions, to be changed."""
    shutil.copytree(answers[0] / "output", tmp_path / "output")  # with its assessments
    return tmp_path


def test_issuing_tells_what_it_did(answers: tuple[Path, list[Result]]) -> None:
    """The first edition decides nothing; each later one decides first, then issues its own."""
    assert [one.exit_code for one in answers[1]] == [0, 0, 0]
    first, second, third = (one.output for one in answers[1])
    assert "As of 2022-09-30: 0 statements decided, " in first
    assert "0 on record already" in first
    assert int(second.split("As of 2022-10-31: ")[1].split()[0]) >= 20
    assert int(third.split("As of 2025-12-05: ")[1].split()[0]) >= 80
    kinds = [type(row.entry).__name__ for row in read(answers[0] / "output" / FILE).rows]
    runs = [name for name, _ in itertools.groupby(kinds)]
    assert runs == ["Issued", "Resolved", "Issued", "Resolved", "Issued"]


def test_months_are_resolved_and_scored(answers: tuple[Path, list[Result]]) -> None:
    """Autumn 2022, known since: each edition thirty statements and more, all of them decided.

    No onset of a bear market was stated within one; every forecaster is scored on the rest.
    """
    told = json.loads(_run(answers[0], "show", "--json").output)
    assert told["editions"] == ["2022-09", "2022-10", "2025-11", "2025-12"]
    found = accounts(read(answers[0] / "output" / FILE).rows)
    then = [one for one in found if one.statement.as_of.year == 2022]
    assert all(one.resolution is not None for one in then)
    models = Counter(one.statement.edition for one in then if one.statement.forecaster == "model")
    assert min(models.values()) >= 30
    depths = {getattr(one.statement.event, "depth", 0.0) for one in then}
    assert depths == {0.0, 0.1, 0.35}
    scored = {(one["forecaster"], one["horizon"], one["set"]) for one in told["probabilities"]}
    assert {(who, "all", "due") for who in ("model", "climatology")} <= scored


def test_issuing_an_edition_again_adds_nothing(folder: Path) -> None:
    """Not a byte; the answer says how many are there."""
    before = (folder / "output" / FILE).read_bytes()
    done = _issue(folder, DAYS[-1], "--json")
    told = json.loads(done.output)
    assert (told["issued"], told["resolved"], told["refused"]) == ([], [], [])
    assert told["held"] > 60
    assert (folder / "output" / FILE).read_bytes() == before


def test_other_settings_do_not_change_what_was_stated(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edition made again with other settings is refused, and the answer says so."""
    before = (folder / "output" / FILE).read_bytes()
    monkeypatch.setattr(recording, "config_hash", lambda request, gathered: "1" * 64)
    done = _issue(folder, DAYS[-1])
    assert done.exit_code == 0
    assert "2025-12 model: issued before from other figures or settings" in done.output
    assert (folder / "output" / FILE).read_bytes() == before


def test_the_record_is_shown_as_it_stood(folder: Path) -> None:
    """On the day of the first edition nothing was decided; by the second, scores are there."""
    early = json.loads(_run(folder, "show", "--as-of", DAYS[0], "--json").output)
    assert early["editions"] == ["2022-09"]
    assert (early["statements"]["decided"], early["probabilities"]) == (0, [])
    late = _run(folder, "show")
    assert late.exit_code == 0
    assert "forecaster" in late.output
    assert "climatology" in late.output


def test_an_empty_record_is_no_error(tmp_path: Path) -> None:
    """Nothing on record: said so, and no file made."""
    for command in ("show", "verify"):
        done = _run(tmp_path, command)
        assert done.exit_code == 0
    assert "Nothing is on record." in _run(tmp_path, "show").output
    assert not (tmp_path / "output").exists()


def test_a_sound_chain_is_verified(folder: Path) -> None:
    """Rows and head, for a person and for a program."""
    ledger = read(folder / "output" / FILE)
    assert ledger.head in _run(folder, "verify").output
    told = json.loads(_run(folder, "verify", "--json").output)
    assert told == {"rows": len(ledger.rows), "head": ledger.head, "torn_bytes": 0}


def test_a_changed_figure_ends_with_65(folder: Path) -> None:
    """The line is named; nothing is issued behind it, and no build uses it."""
    path = folder / "output" / FILE
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"model_version":"', b'"model_version":"9')
    path.write_bytes(b"".join(lines))
    for done in (_run(folder, "verify"), _run(folder, "show"), _issue(folder, DAYS[-1])):
        assert done.exit_code == 65
        assert "line 3: the row was changed" in done.output
        assert "Traceback" not in done.output
    assert path.read_bytes() == b"".join(lines)


def test_half_a_line_is_named_and_cut(folder: Path) -> None:
    """Verifying tells of it and leaves it; the next run that writes cuts it and says so."""
    path = folder / "output" / FILE
    sound = path.read_bytes()
    path.write_bytes(sound + b'{"previous":"00')
    done = _run(folder, "verify")
    assert done.exit_code == 0
    assert "not finished (15 bytes)" in done.output
    assert path.read_bytes() != sound
    assert "it was cut off" in _issue(folder, DAYS[-1]).output
    assert path.read_bytes() == sound


def test_resolving_alone_issues_nothing(folder: Path) -> None:
    """What is due by the figures is decided; here the second edition has done so already."""
    done = _run(folder, "resolve", "--data", "bundled", "--json")
    told = json.loads(done.output)
    assert (told["issued"], told["resolved"]) == ([], [])


def test_a_correction_withdraws_by_a_new_row(folder: Path) -> None:
    """The statement leaves the scores, the rows before stay; an unknown id ends with 66."""
    path = folder / "output" / FILE
    before = path.read_bytes()
    entry = read(path).rows[0].entry
    identity = entry.statement.id  # type: ignore[union-attr]
    done = _run(folder, "correct", identity, "--reason", "A typing error.")
    assert done.exit_code == 0
    assert path.read_bytes().startswith(before)
    told = json.loads(_run(folder, "show", "--json").output)
    assert told["statements"]["withdrawn"] == 1
    unknown = _run(folder, "correct", "nonsense", "--reason", "?")
    assert unknown.exit_code == 66
    assert "no statement nonsense" in unknown.output
    assert _run(folder, "correct", identity).exit_code == 64


def test_a_build_reads_the_record_and_does_not_write_it(folder: Path) -> None:
    """The assessment of a draft shows what is on record, and leaves the ledger as it is."""
    before = (folder / "output" / FILE).read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys.modules["reportgen.cli.build"], "now", lambda: NOW)
        words = ["assess", "--data", "bundled", "--paths", "1000"]
        done = CliRunner().invoke(main, words)
    record = json.loads(done.output)["back"]["record"]
    assert record["state"] == "scored"
    assert record["head"] == read(folder / "output" / FILE).head
    assert record["own"]["value"] > 60
    assert (folder / "output" / FILE).read_bytes() == before
