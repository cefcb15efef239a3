"""Thirteen months in a row, published from what was known in each, by the command line alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long

PERIODS = ("2024-12", *(f"2025-{month:02d}" for month in range(1, 13)))
SMALL = ("--data", "bundled", "--paths", "1000", "--lang", "en", "--format", "html")


def _run(output: Path, *arguments: str) -> Any:
    """Run a command in a fresh process; return what it tells as JSON."""
    command = [sys.executable, "-m", "reportgen", *arguments, "--output", str(output), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with thirteen editions."""
    output: Path = tmp_path_factory.mktemp("year")
    for period in PERIODS:
        assert _run(output, "publish", "--period", period, *SMALL)["result"] == "published"
    return output


def test_every_edition_stands_in_the_archive_and_on_the_site(year: Path) -> None:
    """Each month has one edition, and the site a page of it."""
    listed = _run(year, "editions", "list")
    assert [one["name"] for one in listed] == list(PERIODS)
    for period in PERIODS:
        assert (year / "site" / "en" / period / "index.html").is_file()


def test_every_edition_can_be_made_again(year: Path) -> None:
    """In a fresh process every file comes out as it was, byte for byte."""
    for period in PERIODS:
        told = _run(year, "verify", period)
        assert (told["state"], told["differences"]) == ("same", {}), period


def test_later_editions_score_the_earlier_ones(year: Path) -> None:
    """The record is sound, holds every edition, and most of what was stated early is decided."""
    told = _run(year, "record", "verify")
    assert told["torn_bytes"] == 0
    last = json.loads((year / "editions" / "2025-12" / "headlines.json").read_text())["record"]
    assert last["editions"] == list(PERIODS)
    assert last["statements"]["decided"] > 6 * 30
    assert last["head"] == told["head"]
    first = json.loads((year / "editions" / "2024-12" / "headlines.json").read_text())["record"]
    assert first["statements"]["decided"] == 0


def test_a_difference_names_every_changed_headline_with_its_cause(year: Path) -> None:
    """Of two months in a row, and of two far apart."""
    for earlier in ("2025-10", "2025-03"):
        told = _run(year, "editions", "diff", earlier, "2025-11")
        assert told["headlines"]
        assert all(step["causes"] for one in told["headlines"] for step in one["steps"])
        assert all(one["steps"] for one in told["headlines"])


def test_nothing_is_known_before_its_day(year: Path) -> None:
    """No edition holds an observation of a later day than its own."""
    for period in PERIODS:
        folder = year / "editions" / period
        as_of = json.loads((folder / "manifest.json").read_text())["edition"]["as_of"]
        for path in (folder / "snapshot" / "observations").glob("*.csv"):
            last = path.read_text().rstrip().rpartition("\n")[2].partition(",")[0]
            assert last <= as_of, path
