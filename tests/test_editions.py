"""Editions: sealed, placed once and for ever, found by name, checked file by file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealed import edition_of, head_of, stage_of

from reportgen import disk
from reportgen.archive import editions, manifest, sealing
from reportgen.archive.editions import Edition
from reportgen.archive.manifest import Manifest, Name, edition_name
from reportgen.archive.sealing import Fault
from reportgen.errors import CannotCreateError, DataError, MissingInputError, UsageError

NAMES = ("2025-12", "2025-12-r2", "2026-01", "2026-01-r2", "2026-01-r10", "2026-03")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three months, two of them revised; not to be changed."""
    output = tmp_path_factory.mktemp("output")
    for name in ("2026-03", "2026-01-r10", "2025-12", "2026-01", "2025-12-r2", "2026-01-r2"):
        edition_of(output, name)
    for stranger in ("2026-13", "2026-01-r1", "2026-01-r02", ".2026-01-x", "notes"):
        (output / "editions" / stranger).mkdir()
    (output / "editions" / "README").write_text("Whatever a person put there.")
    return output


# -- names and order ------------------------------------------------------------------------


def test_editions_stand_by_period_and_revision(archive: Path) -> None:
    """A tenth revision comes after the second; what has no edition's name is left alone."""
    assert tuple(one.name for one in editions.editions(archive)) == NAMES
    assert editions.editions(archive / "nowhere") == ()


def test_the_last_revision_of_a_month_is_its_latest(archive: Path) -> None:
    """And the edition before a month is the last revision of the newest earlier month."""
    latest, previous = editions.latest(archive, "2026-01"), editions.previous(archive, "2026-02")
    assert latest is not None
    assert previous is not None
    assert latest.name == previous.name == "2026-01-r10"
    assert editions.latest(archive, "2026-02") is None
    before = editions.previous(archive, "2026-01")
    assert before is not None
    assert before.name == "2025-12-r2"
    assert editions.previous(archive, "2025-12") is None


def test_a_revision_takes_the_place_of_those_before(archive: Path) -> None:
    """The last revision stands for all of them, and is superseded by none."""
    there = editions.editions(archive)
    later = [editions.superseded_by(one, there) for one in there]
    assert [one.name if one else None for one in later] == [
        "2025-12-r2",
        None,
        "2026-01-r10",
        "2026-01-r10",
        None,
        None,
    ]


def test_the_next_revision_is_one_more_than_the_highest(archive: Path, tmp_path: Path) -> None:
    """The first of a month is 1; after 99 there is no name left."""
    following = {one: editions.next_revision(archive, one) for one in ("2026-01", "2026-02")}
    assert following == {"2026-01": 11, "2026-02": 1}
    (tmp_path / "editions" / "2026-01-r99").mkdir(parents=True)
    with pytest.raises(DataError, match="98 times"):
        editions.next_revision(tmp_path, "2026-01")


def test_an_edition_is_found_by_its_name(archive: Path) -> None:
    """With head and manifest; the sha256 is that of the manifest's file."""
    found = editions.find(archive, "2026-01-r2")
    assert (found.name, found.head.revision, found.folder.name) == ("2026-01-r2", 2, "2026-01-r2")
    content = (found.folder / "manifest.json").read_bytes()
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_what_is_not_there_is_said(archive: Path) -> None:
    """66 with the newest there is; a name no edition can have is a slip of the keyboard, 64."""
    with pytest.raises(MissingInputError, match="no edition 2026-02") as missing:
        editions.find(archive, "2026-02")
    assert "2026-03" in missing.value.hint
    for name in ("2026-1", "2026-01-r1", "../2026-01", "2026-01\n", "２０２６-01", ""):
        with pytest.raises(UsageError, match="no name of an edition"):
            editions.find(archive, name)


periods = st.builds("{:04}-{:02}".format, st.integers(0, 9999), st.integers(1, 12))


@given(periods, st.integers(1, 99))
def test_a_name_says_period_and_revision(period: str, revision: int) -> None:
    """Every period and revision has a name that leads back to them and fits the manifest."""
    name = edition_name(period, revision)
    assert editions.parts_of(name) == (period, revision)
    assert msgspec.convert(name, Name) == name


@given(st.text("0123456789-r ./\n\u0661", max_size=12) | st.text(max_size=12))
def test_only_names_of_editions_are_taken_for_them(text: str) -> None:
    """What is accepted is what a period and a revision are written as, and nothing else."""
    try:
        parts = editions.parts_of(text)
    except UsageError:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(text, Name)
    else:
        assert edition_name(*parts) == text


# -- sealing and placing --------------------------------------------------------------------


def test_a_sealed_folder_lists_every_file(tmp_path: Path) -> None:
    """By relative name, with sha256 and size; all but the manifest itself and its signature."""
    stage = stage_of(tmp_path, **{"snapshot/manifest.json": "{}", "manifest.json.minisig": "old"})
    found = sealing.seal(stage, head_of())
    entry = found.files["charts/index.en.svg"]
    assert (entry.sha256, entry.size) == (hashlib.sha256(b"<svg/>\n").hexdigest(), 7)
    there = {p.relative_to(stage).as_posix() for p in stage.rglob("*") if p.is_file()}
    assert set(found.files) == there - {"manifest.json"}
    assert "snapshot/manifest.json" in found.files
    assert not (stage / "manifest.json.minisig").exists()
    content = (stage / "manifest.json").read_bytes()
    assert manifest.decode(content, "manifest.json") == found


def test_sealing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """The manifest depends on the files and the head alone."""
    stage = stage_of(tmp_path)
    sealing.seal(stage, head_of())
    first = (stage / "manifest.json").read_bytes()
    sealing.seal(stage, head_of())
    assert (stage / "manifest.json").read_bytes() == first


def test_links_are_not_sealed(tmp_path: Path) -> None:
    """What a link points to can change, so an edition holds none."""
    stage = stage_of(tmp_path)
    (stage / "charts" / "later.svg").symlink_to("index.en.svg")
    with pytest.raises(DataError, match=r"later\.svg: an edition holds plain files only"):
        sealing.seal(stage, head_of())


def test_an_edition_is_placed_read_only(tmp_path: Path) -> None:
    """Files 0440 and folders 0550, whatever the umask; the stage is gone."""
    found = edition_of(tmp_path)
    assert found.folder == tmp_path / "editions" / "2026-01"
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in found.folder.rglob("*")}
    assert modes == {False: 0o440, True: 0o550}
    assert found.folder.stat().st_mode & 0o777 == 0o550
    assert list((tmp_path / "publishing").iterdir()) == []
    assert sealing.intact(found) == ()


def test_everything_is_on_the_disk_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file and folder of the stage first, then the rename, then the folders that name it."""
    synced: list[str] = []

    def sync(path: Path) -> None:
        synced.append(path.relative_to(tmp_path).as_posix())

    monkeypatch.setattr(disk, "sync", sync)
    monkeypatch.setattr(sealing, "sync", sync)
    edition_of(tmp_path)
    renamed = synced.index("publishing")
    before = set(synced[:renamed])
    assert {"publishing/2026-01/charts/index.en.svg", "publishing/2026-01/charts"} <= before
    assert {"publishing/2026-01/manifest.json", "publishing/2026-01"} <= before
    assert synced[renamed:] == ["publishing", "editions/2026-01", "editions"]


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from sealed import edition_of, sealing, stage_of
from reportgen import disk
output = Path(sys.argv[1])
if os.geteuid() == 0:
    os.chown(output, 65534, 65534)
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
edition = edition_of(output)
try:
    (edition.folder / "new").write_text("")
except PermissionError:
    print("refused")
assert sealing.intact(edition) == ()
dead = stage_of(output, "2026-02")
for path in (dead / "assessment.json", dead / "charts", dead):
    path.chmod(0o440 if path.is_file() else 0o550)
sealing.sweep(output)
assert list((output / "publishing").iterdir()) == []
disk.remove(edition.folder)
"""


def test_an_ordinary_user_can_publish_and_nobody_can_change_it() -> None:
    """Modes bind everybody but root: the rename, the protection and the sweep work without it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        output = Path(folder) / "output"
        output.mkdir()
        here = os.pathsep.join(str(path) for path in Path(__file__).parents[:2])
        done = subprocess.run(
            [sys.executable, "-c", UNPRIVILEGED, str(output)],
            env={**os.environ, "PYTHONPATH": here},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout, done.returncode) == ("refused\n", 0), done.stderr


@pytest.mark.parametrize("obstacle", ["edition", "folder", "file", "link"])
def test_nothing_is_ever_overwritten(tmp_path: Path, obstacle: str) -> None:
    """Whatever has the name already, it stays, and the stage stays too."""
    target = tmp_path / "editions" / "2026-01"
    target.parent.mkdir(parents=True)
    if obstacle == "edition":
        edition_of(tmp_path, "2026-01", paths=3_000)
    elif obstacle == "folder":
        target.mkdir()
        (target / "file").write_text("whatever")
    elif obstacle == "file":
        target.write_text("whatever")
    else:
        target.symlink_to("nowhere")
    stage = stage_of(tmp_path)
    sealing.seal(stage, head_of())
    with pytest.raises(CannotCreateError, match="never overwritten"):
        sealing.place(stage, tmp_path, "2026-01")
    assert (stage / "manifest.json").is_file()
    if obstacle == "edition":
        assert editions.find(tmp_path, "2026-01").head.paths == 3_000
    assert os.path.lexists(target)


def test_a_race_for_the_name_is_lost_by_the_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another edition appears after the look, the rename itself fails."""
    stage = stage_of(tmp_path)
    sealing.seal(stage, head_of())
    check = sealing._check

    def meanwhile(folder: Path, name: str) -> None:
        check(folder, name)
        (tmp_path / "editions" / name).mkdir(parents=True)
        (tmp_path / "editions" / name / "manifest.json").write_text("of another")

    monkeypatch.setattr(sealing, "_check", meanwhile)
    with pytest.raises(CannotCreateError, match="never overwritten"):
        sealing.place(stage, tmp_path, "2026-01")
    assert (tmp_path / "editions/2026-01/manifest.json").read_text() == "of another"


@pytest.mark.parametrize("after", ["_protect", "rename"])
def test_a_killed_run_places_again(tmp_path: Path, after: str) -> None:
    """Killed before the rename or right after it: done again, the edition stands, protected."""
    stage = stage_of(tmp_path)
    sealing.seal(stage, head_of())
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from reportgen.archive import sealing\n"
        "def die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
        "if sys.argv[2] == 'rename':\n"
        "    real = Path.rename\n"
        "    Path.rename = lambda self, other: (real(self, other), die())\n"
        "else:\n"
        "    sealing.sync_tree = die\n"
        "output = Path(sys.argv[1])\n"
        "sealing.place(output / 'publishing' / '2026-01', output, '2026-01')\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path), after], check=False)
    assert done.returncode == -signal.SIGKILL
    found = sealing.place(stage, tmp_path, "2026-01")
    assert found.folder.stat().st_mode & 0o777 == 0o550
    assert sealing.intact(found) == ()
    assert sealing.place(stage, tmp_path, "2026-01") == found


def test_a_stage_that_changed_since_is_refused(tmp_path: Path) -> None:
    """Nothing enters the archive that its manifest does not vouch for."""
    stage = stage_of(tmp_path)
    sealing.seal(stage, head_of())
    (stage / "charts" / "index.en.svg").write_text("")
    with pytest.raises(DataError, match=r"index\.en\.svg: changed since the edition was sealed"):
        sealing.place(stage, tmp_path, "2026-01")
    with pytest.raises(DataError, match="is of edition 2026-01, not of 2026-02"):
        sealing.place(stage, tmp_path, "2026-02")
    assert editions.editions(tmp_path) == ()


def test_stages_without_a_state_are_swept(tmp_path: Path) -> None:
    """A stage some run will go on from stays; a read-only one that nobody needs goes."""
    (tmp_path / "publishing").mkdir()
    sealing.sweep(tmp_path)
    dead, alive = stage_of(tmp_path, "2026-01"), stage_of(tmp_path, "2026-02")
    (dead / "charts").chmod(0o550)
    dead.chmod(0o550)
    alive.with_name("2026-02.json").write_text("{}")
    alive.with_name(".2026-02.json-draft").write_text("{")
    for _ in range(2):
        sealing.sweep(tmp_path)
    there = sorted(path.name for path in (tmp_path / "publishing").iterdir())
    assert there == ["2026-02", "2026-02.json"]


# -- what is found in an archive ------------------------------------------------------------


@pytest.fixture
def opened(archive: Path, tmp_path: Path) -> Edition:
    """A copy of an edition that can be changed."""
    folder = tmp_path / "2026-03"
    shutil.copytree(archive / "editions" / "2026-03", folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o750 if path.is_dir() else 0o640)
    return editions.load(folder)


def test_every_fault_is_named(opened: Edition) -> None:
    """Missing, changed by one byte, slipped in, a file turned into a link to its like."""
    folder = opened.folder
    (folder / "charts" / "index.en.svg").unlink()
    (folder / "assessment.json").write_bytes(
        (folder / "assessment.json").read_bytes().replace(b"23578.1", b"23578.2")
    )
    (folder / "charts" / "new.svg").write_text("<svg/>")
    (folder / "run.json").rename(folder.parent / "run.json")
    (folder / "run.json").symlink_to(folder.parent / "run.json")
    assert sealing.intact(opened) == (
        Fault("assessment.json", "changed"),
        Fault("charts/index.en.svg", "missing"),
        Fault("charts/new.svg", "extra"),
        Fault("run.json", "extra"),
        Fault("run.json", "missing"),
    )


def test_a_folder_put_behind_a_link_is_found(opened: Edition) -> None:
    """Files reached over a link are not the edition's."""
    (opened.folder / "charts").rename(opened.folder.parent / "charts")
    (opened.folder / "charts").symlink_to(opened.folder.parent / "charts")
    assert sealing.intact(opened) == (
        Fault("charts", "extra"),
        Fault("charts/index.en.svg", "missing"),
    )


def test_a_signature_beside_the_manifest_is_no_stranger(opened: Edition) -> None:
    """Neither file is listed, and neither is missed."""
    (opened.folder / "manifest.json.minisig").write_text("untrusted comment: …")
    assert sealing.intact(opened) == ()


def _rewritten(edition: Edition, **changes: object) -> None:
    content = json.loads((edition.folder / "manifest.json").read_text())
    (edition.folder / "manifest.json").write_text(json.dumps({**content, **changes}))


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "charts/../../x", "", ".", "a//b"])
def test_a_manifest_cannot_name_files_elsewhere(opened: Edition, name: str) -> None:
    """A manifest from somewhere else leads out of its folder to nothing."""
    _rewritten(opened, files={name: {"sha256": "0" * 64, "size": 1}})
    with pytest.raises(DataError, match="no name of a file of an edition"):
        editions.load(opened.folder)


def test_a_manifest_of_a_newer_program_is_told_from_a_broken_one(opened: Edition) -> None:
    """The first says which format it is of; the second what is wrong with it."""
    _rewritten(opened, format=2, more="fields")
    with pytest.raises(DataError, match="format 2 is not known") as newer:
        editions.load(opened.folder)
    assert "newer version" in newer.value.hint
    (opened.folder / "manifest.json").write_bytes(b'{"format": 1, "edition": "\xff')
    with pytest.raises(DataError, match="no manifest of an edition"):
        editions.load(opened.folder)


def test_a_broken_edition_is_loud(tmp_path: Path) -> None:
    """A folder with an edition's name and no manifest, or another's, stops every list."""
    edition_of(tmp_path, "2026-02")
    (tmp_path / "editions" / "2026-01").mkdir()
    with pytest.raises(MissingInputError, match=r"2026-01/manifest\.json") as lost:
        editions.editions(tmp_path)
    assert "from a copy" in lost.value.hint
    shutil.copytree(
        tmp_path / "editions" / "2026-02", tmp_path / "editions" / "2026-01", dirs_exist_ok=True
    )
    with pytest.raises(DataError, match="is of edition 2026-02, not of 2026-01"):
        editions.editions(tmp_path)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,3}(/[a-zé]{1,3}){0,2}\.svg", fullmatch=True),
        st.builds(manifest.FileEntry, st.just("a" * 64), st.integers(0, 2**40)),
        max_size=4,
    )
)
def test_a_manifest_survives_its_file(files: dict[str, manifest.FileEntry]) -> None:
    """Written and read again it is the same, and written again the same bytes."""
    made = Manifest(format=1, edition=head_of("2026-01-r2"), files=files)
    content = manifest.encode(made)
    assert manifest.decode(content, "manifest.json") == made
    assert manifest.encode(manifest.decode(content, "manifest.json")) == content
