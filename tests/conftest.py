"""Fixtures: the bundled snapshot and an assessment of it, made once a test run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

FEW_PATHS = 4_000
"""Simulated paths in tests: enough for states, too few for the printed decimals."""


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
