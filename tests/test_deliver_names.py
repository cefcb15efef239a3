"""No name, whatever it holds, leads out of the folder it is put in."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.archive.editions import parts_of
from reportgen.deliver.clients.checks import Fields, FieldsError, client_of
from reportgen.deliver.names import below, is_safe
from reportgen.errors import UsageError

_PIECES = st.sampled_from(
    [
        *("..", ".", "/", "\\", "~", "C:", "con", "nul", "aux", "com1", "lpt9", "\0", "\n", " "),
        *("a", "2026-01", "2026-01-r2", "-r2", "%2e%2e", "%2f", "\u2025", "\uff0f", "\u2215"),
        *("etc/passwd", "..\\..\\", "//host/share", "$(id)", "`id`", "\u202e", "A", "ａ", "."),
        *("file:", "-rf", "*", "?", "x" * 70, "\u0130", "\u017f", ".txt", "..."),
    ]
)
NAMES = st.lists(_PIECES, max_size=5).map("".join) | st.text(max_size=20)


def _stays(root: Path, name: str) -> None:
    """Whoever takes a name refuses it, or the path it makes is a plain one in the folder."""
    folder = root / "folder"
    with contextlib.suppress(UsageError):
        path = below(folder, "links", name)
        assert path.parent == folder / "links"
        assert path.name == name == name.strip(". ")
    with contextlib.suppress(FieldsError):
        client = client_of(Fields(name, "Name", (("", "a@b.cn"),), ("zh",)))
        assert (folder / client.id).resolve().parent == folder
        assert is_safe(client.id)
    with contextlib.suppress(UsageError):
        parts_of(name)
        assert (folder / name).resolve().parent == folder


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_hostile_names_stay_in_their_folder(name: str) -> None:
    """Names of clients, editions, files and folders of links."""
    _stays(Path("/nowhere"), name)


@pytest.mark.long
@settings(max_examples=5_000, deadline=None)
@given(NAMES)
def test_very_many_hostile_names_stay_in_their_folder(name: str) -> None:
    """The same, five thousand times."""
    _stays(Path("/nowhere"), name)


@pytest.mark.parametrize(
    "name",
    ["con", "con.txt", "nul", "com1", "lpt9.pdf", "a..b", "a.", ".a", "-a", "A", "", "a/b", "a\n"],
)
def test_names_other_systems_trip_over_are_refused(name: str) -> None:
    """Devices of Windows, dots it drops, letters it takes for others."""
    assert not is_safe(name)


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    """A symbolic link in the folder does not carry a file out of it."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "folder" / "way").symlink_to(tmp_path / "outside")
    assert below(tmp_path / "folder", "in", "file.pdf").name == "file.pdf"
    with pytest.raises(UsageError, match="leads out"):
        below(tmp_path / "folder", "way", "file.pdf")
