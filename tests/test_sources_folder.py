"""A folder of CSV files: what a person writes by hand, and nothing outside the folder."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from publishers import SCOPE, PreparedDoor, endpoint, fault, pairs, parsed

from reportgen.sources import folder
from reportgen.sources.base import SourceError

LEVELS = endpoint("folder", "licensed/high_yield_oas.csv")
CLOSED = PreparedDoor([])
"""A door that is not to be used."""


def test_day_and_value() -> None:
    """Every usual mark of a missing value is left out; the last line needs no end."""
    body = b"date,value\n2025-12-01,2.9\n2025-12-02,\n2025-12-03,NaN\n2025-12-04,.\n2025-12-05,2.85"
    found = parsed(LEVELS, body)
    assert pairs(found) == [("2025-12-01", 2.9), ("2025-12-05", 2.85)]
    assert found.released is None


def test_the_day_of_publication() -> None:
    """A third column states it, for each value that is there."""
    body = b"Date,Value,Released\n2025-12-04,2.87,2025-12-05\n2025-12-05,,\n"
    found = parsed(LEVELS, body)
    assert found.released is not None
    assert found.released.astype(str).tolist() == ["2025-12-05"]


def test_the_form_of_a_spreadsheet() -> None:
    """A byte order mark, Windows line ends, blanks around the names and a last empty line."""
    body = b"\xef\xbb\xbfDate, Value\r\n2025-12-05, 2.85\r\n\r\n"
    assert pairs(parsed(LEVELS, body)) == [("2025-12-05", 2.85)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "empty"),
        (b"date,value\n", "empty"),
        (b"<html>", "html"),
        (b"PK\x03\x04", "archive"),
        (b"date;value\n2025-12-05;2,85\n", "header"),
        (b"2025-12-05,2.85\n", "header"),
        (b"date,value\n2025-12-05\n", "truncated"),
        (b"date,value\n2025-12-04,2,85\n", "unreadable"),
        (b"date,value\n05/12/2025,2.85\n", "unreadable"),
        (b"date,value\n2025-12-05,high\n", "not_a_number"),
        (b"date,value,released\n2025-12-05,2.85,\n", "unreadable"),
        (b"date,value\n2025-12-05,2.85 \xa4\n", "unreadable"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, expected: str) -> None:
    """A file a person can mend is refused by name."""
    assert fault(LEVELS, body) == expected


def test_a_file_is_found_by_the_series_id(tmp_path: Path) -> None:
    """No folder, no file: no endpoint."""
    assert folder.endpoint_of("", "gold") is None
    assert folder.endpoint_of(str(tmp_path), "gold") is None
    (tmp_path / "gold.csv").write_text("date,value\n2025-12-05,4243.0\n")
    found = folder.endpoint_of(str(tmp_path), "gold")
    assert found is not None
    assert (found.name, found.id) == ("folder", str(tmp_path / "gold.csv"))


def test_a_file_is_read_and_dated(tmp_path: Path) -> None:
    """The bytes as they are, the time of writing; its address does not tell where it lay."""
    path = tmp_path / "gold.csv"
    path.write_bytes(b"date,value\n2025-12-05,4243.0\n")
    os.utime(path, (1_764_950_400, 1_764_950_400))
    (answer,) = folder.fetch(CLOSED, endpoint("folder", str(path)), SCOPE)
    assert answer.body == path.read_bytes()
    assert answer.url == "folder:gold.csv"
    assert answer.retrieved == datetime(2025, 12, 5, 16, 0, tzinfo=UTC)


def refused(path: Path | str) -> str:
    """Return the fault of fetching a path."""
    with pytest.raises(SourceError) as caught:
        folder.fetch(CLOSED, endpoint("folder", str(path)), SCOPE)
    return caught.value.fault


def test_only_plain_files_of_the_folder(tmp_path: Path) -> None:
    """A link, a folder, a pipe, a way up, another kind of file: none is read."""
    (tmp_path / "secret.csv").write_text("date,value\n2025-12-05,1\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "secret.csv")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "gold.txt").write_text("date,value\n2025-12-05,1\n")
    for name in ("link.csv", "folder.csv", "pipe.csv", "gold.txt", "folder.csv/../secret.csv"):
        assert refused(f"{tmp_path}/{name}") == "unreachable", name
    assert refused(tmp_path / "missing.csv") == "unknown_series"
    assert refused(f"{tmp_path}/a\0b.csv") == "unreachable"


def test_a_link_counts_as_there(tmp_path: Path) -> None:
    """It is asked for and refused by name, not passed over."""
    (tmp_path / "gold.csv").symlink_to(tmp_path / "nowhere.csv")
    found = folder.endpoint_of(str(tmp_path), "gold")
    assert found is not None
    assert refused(found.id) == "unreachable"


def test_a_file_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the largest size is refused."""
    monkeypatch.setattr(folder, "LARGEST", 10)
    (tmp_path / "gold.csv").write_bytes(b"x" * 11)
    assert refused(tmp_path / "gold.csv") == "too_large"
