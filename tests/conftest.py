"""Fixtures: the bundled snapshot, an assessment of it, and the whole report, once a test run."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

NOW = datetime(2025, 12, 9, 12, tzinfo=UTC)
"""The moment of a build in tests."""

FEW_PATHS = 4_000
"""Simulated paths in tests: enough for states, too few for the printed decimals."""


@pytest.fixture(scope="session", autouse=True)
def nobody_is_asked() -> Iterator[None]:
    """A command that is not told otherwise uses the bundled figures; no test needs a network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPORTGEN_BUILD__DATA", "bundled")
        patch.delenv("FRED_API_KEY", raising=False)
        yield


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    """The bundled figures of December 2025."""
    from reportgen import bundled

    return bundled.load()


@pytest.fixture(scope="session")
def house() -> HouseView:
    """The house view of December 2025."""
    from reportgen import bundled

    return bundled.house()


@pytest.fixture(scope="session")
def assessment(snapshot: Snapshot, house: HouseView) -> Assessment:
    """The assessment of the bundled figures, on few paths."""
    from reportgen.assess import assess
    from reportgen.period import edition_dates

    return assess(snapshot, house, edition_dates(snapshot.as_of), FEW_PATHS)


@dataclass(frozen=True)
class Build:
    """A report built in every language and format."""

    folder: Path

    def file(self, language: str, ending: str) -> Path:
        """Return a report file."""
        return self.folder / f"nasdaq-risk-assessment-2025-12.{language}.{ending}"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Build:
    """The December 2025 report, whole, from the bundled figures; built once for all processes."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    folder = shared / "built" / "drafts" / "2025-12"
    with (shared / "built.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            assert _build(shared / "built") == folder
    return Build(folder)


def _build(output: Path) -> Path:
    from reportgen.config import Settings
    from reportgen.i18n import LANGUAGES
    from reportgen.pipeline import FORMATS, Request, build

    request = Request(
        languages=LANGUAGES,
        formats=FORMATS,
        data="bundled",
        now=NOW,
        output=output,
        settings=Settings(),
        paths=FEW_PATHS,
        jobs=2,
    )
    return build(request, lambda phase, detail: None).folder
