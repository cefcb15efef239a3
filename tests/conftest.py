"""Fixtures: the bundled snapshot, an assessment of it, and the whole report, once a test run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.pipeline import Request
    from reportgen.snapshot import Snapshot

# The tests fill every core themselves: threads of the linear algebra would only wait for one
# another. It is read when the library is loaded, so before any test is.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

NOW = datetime(2025, 12, 9, 12, tzinfo=UTC)
"""The moment of a build in tests."""

FEW_PATHS = 4_000
"""Simulated paths in tests: enough for states, too few for the printed decimals."""


@pytest.fixture(scope="session", autouse=True)
def nobody_is_asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A command that is not told otherwise uses the bundled figures; no test needs a network.

    Nor does one leave anything in the home of whoever runs it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPORTGEN_BUILD__DATA", "bundled")
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
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
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this test run that all its processes share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def assessment(shared: Path) -> Assessment:
    """The assessment of the bundled figures, on few paths; made once for all processes."""
    from reportgen.pipeline.assessing import own_assessment
    from reportgen.pipeline.gathering import gather

    request = _request(shared / "built")
    with _alone(shared / "assessment.lock"):
        return own_assessment(request, gather(request))[0]


@dataclass(frozen=True)
class Build:
    """A report built in every language and format."""

    folder: Path

    @property
    def cache(self) -> Path:
        """The folder that keeps its assessment for later builds."""
        return self.folder.parent.parent / "cache"

    def file(self, language: str, ending: str) -> Path:
        """Return a report file."""
        return self.folder / f"nasdaq-risk-assessment-2025-12.{language}.{ending}"


@pytest.fixture(scope="session")
def built(shared: Path, assessment: Assessment) -> Build:
    """The December 2025 report, whole, from the bundled figures; built once for all processes."""
    from reportgen.pipeline import build

    folder = shared / "built" / "drafts" / "2025-12"
    with _alone(shared / "built.lock"):
        if not folder.is_dir():
            done = build(_request(shared / "built"), lambda phase, detail: None)
            assert done.folder == folder
            assert done.cached
    return Build(folder)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep the other processes of the test run waiting."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _request(output: Path) -> Request:
    from reportgen.config import Settings
    from reportgen.i18n import LANGUAGES
    from reportgen.pipeline import FORMATS, Request

    return Request(
        languages=LANGUAGES,
        formats=FORMATS,
        data="bundled",
        now=NOW,
        output=output,
        settings=Settings(),
        paths=FEW_PATHS,
        jobs=2,
    )
