"""Folders brought onto the disk and folders removed, also those nobody may write to."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen import disk
from reportgen.errors import DiskError


def _tree(folder: Path) -> Path:
    (folder / "charts").mkdir(parents=True)
    (folder / "charts" / "index.svg").write_text("<svg/>")
    (folder / "assessment.json").write_text("{}")
    return folder


def test_everything_below_is_synced_before_the_folder_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name on the disk never leads to content that is not."""
    synced: list[str] = []
    monkeypatch.setattr(disk, "sync", lambda path: synced.append(path.name))
    disk.sync_tree(_tree(tmp_path / "edition"))
    assert sorted(synced) == ["assessment.json", "charts", "edition", "index.svg"]
    assert synced.index("index.svg") < synced.index("charts") < synced.index("edition")
    assert synced.index("assessment.json") < synced.index("edition")


def test_a_read_only_folder_is_removed(tmp_path: Path) -> None:
    """Whatever the modes inside; and removing twice is no error."""
    folder = _tree(tmp_path / "edition")
    for path in (folder / "charts" / "index.svg", folder / "charts", folder):
        path.chmod(0o440 if path.is_file() else 0o550)
    disk.remove(folder)
    disk.remove(folder)
    assert list(tmp_path.iterdir()) == []


def test_the_owner_gets_every_right_before_anything_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of a folder that could not even be listed (root may do without; others may not)."""
    folder = _tree(tmp_path / "edition")
    (folder / "charts").chmod(0o000)
    folder.chmod(0o550)
    monkeypatch.setattr("shutil.rmtree", lambda path: None)
    disk.remove(folder)
    assert all(path.stat().st_mode & 0o700 == 0o700 for path in (folder, folder / "charts"))


def test_what_a_link_points_to_stays(tmp_path: Path) -> None:
    """A link inside is removed as a link; a link in the folder's place is refused."""
    outside = _tree(tmp_path / "outside")
    outside.chmod(0o550)
    folder = tmp_path / "edition"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    disk.remove(folder)
    (tmp_path / "edition").symlink_to(outside)
    with pytest.raises(DiskError, match="cannot be removed"):
        disk.remove(folder)
    assert (outside / "assessment.json").read_text() == "{}"
    assert outside.stat().st_mode & 0o777 == 0o550
    outside.chmod(0o750)
