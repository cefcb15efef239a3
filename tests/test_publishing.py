"""An edition is published once, whole, or not at all, whenever and however a run is stopped."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from crashes import NOW, PERIOD, REPORT, assessed_as, order_for, publish, seen, written

from reportgen.archive import editions, sealing
from reportgen.errors import DataError, DiskError, LockedError, UnreachableError
from reportgen.pipeline import assessing
from reportgen.publishing import state, steps
from reportgen.publishing.order import correction_of
from reportgen.publishing.rehearsal import rehearsed
from reportgen.record.ledger import FILE, append, read
from reportgen.record.rows import Corrected
from reportgen.render import edition as rendering

if TYPE_CHECKING:
    from conftest import Build

PROGRAM = Path(__file__).with_name("crashes.py")


@pytest.fixture
def shop(built: Build, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The models and the page engine stand aside; all else of publishing is real."""
    given = assessed_as(built.folder / "assessment.json")
    monkeypatch.setattr(assessing, "own_assessment", given)
    monkeypatch.setattr(rendering, "write_languages", written)
    return iter(())


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_an_edition_is_published_once(shop: None, tmp_path: Path) -> None:
    """It stands in archive, ledger and site; the same again does nothing and says so."""
    first = publish(order_for(tmp_path))
    before = _tree(tmp_path / "editions")
    again = publish(order_for(tmp_path))
    assert first.fresh
    assert not again.fresh
    assert again.edition == first.edition
    assert _tree(tmp_path / "editions") == before
    found = seen(tmp_path)
    assert found == {
        "editions": [PERIOD],
        "faults": [],
        "statements": found["statements"],
        "doubles": 0,
        "head": [True],
        "left": [],
        "site": True,
    }
    assert found["statements"] > 30


def test_the_folder_holds_what_the_edition_is_made_from(shop: None, tmp_path: Path) -> None:
    """Snapshot, house view, settings, statements and run report stand beside the reports."""
    folder = publish(order_for(tmp_path)).edition.folder  # type: ignore[union-attr]
    assert (folder / "snapshot" / "snapshot.json").is_file()
    assert (folder / "inputs" / "house.toml").is_file()
    assert json.loads((folder / "inputs" / "settings.json").read_text())["paths"] == 2_000
    assert (folder / "statements.jsonl").read_bytes() == (tmp_path / FILE).read_bytes()
    assert json.loads((folder / "run.json").read_text())["result"] == "sealed"
    assert (folder / REPORT).is_file()
    assert (folder / "headlines.json").is_file()


def test_nothing_is_published_when_a_gate_fails(
    shop: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Archive, ledger and site are as before, no half is left, and the next run begins anew."""

    def refused(*_: Any) -> None:
        raise DataError("The PDF in zh failed its checks.")

    with monkeypatch.context() as gate:
        gate.setattr(rendering, "write_languages", refused)
        with pytest.raises(DataError):
            publish(order_for(tmp_path))
    assert not (tmp_path / "editions").exists()
    assert not (tmp_path / FILE).exists()
    assert not (tmp_path / "site").exists()
    assert state.under_way(tmp_path) == ()
    assert publish(order_for(tmp_path)).fresh


def test_a_disk_full_while_pages_are_written_is_named(
    shop: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends with 74 and the next goes on from the figures that were frozen."""

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(rendering, "write_languages", full)
        with pytest.raises(DiskError, match="No space left"):
            publish(order_for(tmp_path))
    assert state.load(tmp_path, PERIOD).step == "frozen"  # type: ignore[union-attr]
    assert publish(order_for(tmp_path)).fresh


def test_figures_of_another_day_are_not_published(shop: None, tmp_path: Path) -> None:
    """An edition is of its own as-of date or waits."""
    order = order_for(tmp_path)
    early = replace(order, plan=replace(order.plan, as_of=date(2025, 12, 4)))
    assert publish(order).fresh
    with pytest.raises((UnreachableError, DataError)):
        publish(replace(early, plan=replace(early.plan, period="2026-01", as_of=date(2026, 1, 2))))


def test_statements_made_for_another_ledger_are_made_anew(
    shop: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When somebody writes to the ledger meanwhile, the edition prints the ledger as it then is."""
    append(tmp_path / FILE, lambda _: [], NOW)
    real = steps.record
    done: list[int] = []

    def late(run: Any, now: Any) -> Any:
        if not done:
            done.append(1)
            append(tmp_path / FILE, lambda _: [_remark()], NOW)
        return real(run, now)

    monkeypatch.setitem(steps.STEPS, "bound", late)
    edition = publish(order_for(tmp_path)).edition
    assert edition is not None
    ledger = read(tmp_path / FILE)
    assert edition.head.ledger_head == ledger.head
    assert edition.head.ledger_rows == len(ledger.rows)
    assert seen(tmp_path)["doubles"] == 0


def _remark() -> Corrected:
    return Corrected("2025-11-x", date(2025, 11, 3), "A row of somebody else.", None)


def test_a_stage_leaves_off_where_the_next_begins(shop: None, tmp_path: Path) -> None:
    """Gathering and building can be two processes, the second without a network."""
    order = order_for(tmp_path)
    gathered = publish(replace(order, stages=frozenset({"gather"})))
    assert gathered.edition is None
    assert state.load(tmp_path, PERIOD).step == "frozen"  # type: ignore[union-attr]
    elsewhere = replace(order.request, data="no such folder")
    built = publish(replace(order, request=elsewhere, stages=frozenset({"build"})))
    assert built.fresh


def test_a_correction_takes_the_place_and_leaves_the_old_one(shop: None, tmp_path: Path) -> None:
    """Revision 2 bears the reason; the first stays as it was and on record nothing doubles."""
    order = order_for(tmp_path)
    first = publish(order).edition
    assert first is not None
    before = _tree(first.folder)
    correction = correction_of(first, {"en": "A misprint."}, NOW.date())
    second = publish(replace(order, correction=correction)).edition
    assert second is not None
    assert second.name == "2025-12-r2"
    assert second.head.correction == correction
    assert _tree(first.folder) == before
    assessment = json.loads((second.folder / "assessment.json").read_text())
    assert assessment["edition"]["revision"] == 2
    assert assessment["corrections"][0]["reason"] == {"en": "A misprint."}
    assert seen(tmp_path)["doubles"] == 0
    assert editions.superseded_by(first, editions.editions(tmp_path)) == second


def test_a_correction_does_not_go_on_from_another_run(shop: None, tmp_path: Path) -> None:
    """What was begun without this reason is finished first: the reason would be lost."""
    order = order_for(tmp_path)
    first = publish(order).edition
    assert first is not None
    correction = correction_of(first, {"en": "A misprint."}, NOW.date())
    frozen = replace(order, correction=correction, stages=frozenset({"gather"}))
    publish(frozen)
    other = correction_of(first, {"en": "Another one."}, NOW.date())
    with pytest.raises(LockedError, match="not for this reason") as locked:
        publish(replace(order, correction=other))
    assert PERIOD in locked.value.hint
    done = publish(replace(order, correction=correction)).edition
    assert done is not None
    assert done.head.correction == correction


def test_a_ledger_that_has_lost_rows_is_not_built_on(shop: None, tmp_path: Path) -> None:
    """Rows an edition printed are gone, all or the last: nothing more is published."""
    order = order_for(tmp_path)
    first = publish(order).edition
    assert first is not None
    correction = correction_of(first, {"en": "A misprint."}, NOW.date())
    whole = (tmp_path / FILE).read_bytes()
    for rest in (b"", whole[: whole.rstrip(b"\n").rindex(b"\n") + 1]):
        (tmp_path / FILE).write_bytes(rest)
        with pytest.raises(DataError, match=f"rows that edition {PERIOD} printed") as lost:
            publish(replace(order, correction=correction))
        assert "from a copy" in lost.value.hint
        assert (tmp_path / FILE).read_bytes() == rest
    assert state.under_way(tmp_path) == ()
    assert [one.name for one in editions.editions(tmp_path)] == [PERIOD]


def test_an_edition_whose_inputs_no_longer_read_is_compared_without_causes(
    shop: None, tmp_path: Path
) -> None:
    """Another version's edition does not stop the next; what changed is told, why is not."""
    from sealed import head_of, stage_of

    first = publish(order_for(tmp_path / "other")).edition
    assert first is not None
    printed = json.loads((first.folder / "headlines.json").read_text())
    printed |= {"name": "2025-11", "period": "2025-11", "as_of": "2025-11-03"}
    odds = next(one for one in printed["headlines"] if one["kind"] == "probability")
    odds["value"] = 0.9
    stage = stage_of(tmp_path, "2025-11", **{"headlines.json": json.dumps(printed)})
    sealing.seal(stage, head_of("2025-11"))
    sealing.place(stage, tmp_path, "2025-11")
    edition = publish(order_for(tmp_path)).edition
    assert edition is not None
    changes = json.loads((edition.folder / "assessment.json").read_text())["changes"]
    assert changes["edition"] == "2025-11"
    assert [len(step["causes"]) for one in changes["changed"] for step in one["steps"]] == [4]


def test_a_rehearsal_changes_nothing(shop: None, tmp_path: Path) -> None:
    """It goes all the way in a folder of its own, beside a real output that stays as it is."""
    order = order_for(tmp_path)
    outcome = publish(rehearsed(order))
    assert outcome.fresh
    assert not (tmp_path / "editions").exists()
    assert not (tmp_path / FILE).exists()
    assert not (tmp_path / "site").exists()
    publish(order)
    kept = _tree(tmp_path / "editions")
    publish(rehearsed(replace(order, run="second")))
    assert _tree(tmp_path / "editions") == kept


def test_of_two_runs_at_once_one_leaves(shop: None, tmp_path: Path) -> None:
    """The second is told who is at work and ends with 75; waiting, it finds the work done."""
    from reportgen.archive import lock

    with lock.held(tmp_path, 0.0), pytest.raises(LockedError) as told:
        publish(order_for(tmp_path))
    assert told.value.exit_code == 75
    assert publish(order_for(tmp_path)).fresh


def test_a_damaged_work_folder_is_not_placed(shop: None, tmp_path: Path) -> None:
    """What changed between sealing and the archive is found, and the run begins anew."""
    order = order_for(tmp_path)
    real = steps.place

    def spoilt(run: Any, now: Any) -> Any:
        (run.work(now) / REPORT).write_text("other")
        return real(run, now)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(steps.STEPS, "recorded", spoilt)
        with pytest.raises(DataError):
            publish(order)
    assert not (tmp_path / "editions" / PERIOD).exists()


def _crashed(built: Build, output: Path, *what: str) -> dict[str, Any]:
    command = [sys.executable, str(PROGRAM), str(built.folder / "assessment.json"), str(output)]
    done = subprocess.run(
        [*command, *what],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(PROGRAM.parent.parent)},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _check(results: dict[str, Any], code: int = -9) -> None:
    for point, found in results.items():
        assert found["codes"] == [code, 0], point
        assert found["editions"] == [PERIOD], point
        assert found["faults"] == [], point
        assert found["doubles"] == 0, point
        assert found["statements"] > 30, point
        assert found["head"] == [True], point
        assert found["left"] == [], point
        assert found["site"], point


def test_a_killed_run_is_taken_up(built: Build, tmp_path: Path) -> None:
    """Killed in any part of the way, then run again: one whole edition, no statement twice."""
    touches = _crashed(built, tmp_path / "whole", "count")["touches"]
    points = [round(touches * part) for part in (0.3, 0.72, 0.97)]
    _check(_crashed(built, tmp_path, "kill", ",".join(map(str, points))))


def test_a_full_disk_is_named_and_costs_nothing(built: Build, tmp_path: Path) -> None:
    """A disk full in any part of the way ends with 74; with room again the edition comes out."""
    touches = _crashed(built, tmp_path / "whole", "count")["touches"]
    points = [round(touches * part) for part in (0.3, 0.8)]
    _check(_crashed(built, tmp_path, "full", ",".join(map(str, points))), 74)


def test_two_processes_at_once_make_one_edition(built: Build, tmp_path: Path) -> None:
    """Begun together, one publishes; the other waits, finds it there and adds nothing."""
    found = _crashed(built, tmp_path, "both")
    assert found["codes"] == [10, 20]
    assert found["editions"] == [PERIOD]
    assert (found["faults"], found["doubles"], found["left"]) == ([], 0, [])


@pytest.mark.long
def test_killed_at_fifty_points_nothing_is_lost_or_doubled(built: Build, tmp_path: Path) -> None:
    """The same at fifty points spread over everything that touches the disk."""
    touches = _crashed(built, tmp_path / "whole", "count")["touches"]
    points = sorted({1 + touches * number // 50 for number in range(50)})
    _check(_crashed(built, tmp_path, "kill", ",".join(map(str, points))))


def test_the_settings_of_an_edition_read_back(shop: None, tmp_path: Path) -> None:
    """What a folder says it is made from is what the request was."""
    from reportgen.publishing import frozen

    order = order_for(tmp_path)
    edition = publish(order).edition
    assert edition is not None
    made = frozen.request_of(edition.folder, order.request)
    assert (made.as_of, made.known_at) == (order.plan.as_of, order.plan.known_at)
    assert made.dates == order.plan.dates
    assert (made.paths, made.formats) == (2_000, ("html",))
    assert sealing.intact(edition) == ()
    assert msgspec.to_builtins(edition.head)["period"] == PERIOD
