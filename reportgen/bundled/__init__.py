"""The figures and the house view that come with the program, by period."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from reportgen import house as houses
from reportgen import snapshot as snapshots
from reportgen import toml
from reportgen.bundled.history import with_history
from reportgen.errors import DataError, MissingInputError
from reportgen.facts.evidence import Evidence
from reportgen.house import HouseView
from reportgen.snapshot import Snapshot

FOLDER = Path(__file__).parent
PERIODS: tuple[str, ...] = ("2025-12",)


@cache
def load(period: str = "2025-12") -> Snapshot:
    """Return the bundled snapshot of a period, every file checked against its sha256.

    The daily closes of the Nasdaq Composite and the S&P 500 reach back to 4 January 1999: the
    years before the bundled figures come from the data sets of the ``arch`` package.

    Raises:
        MissingInputError: nothing is bundled for the period, or a file is missing.
        DataError: a file was changed, or the two sources of an index disagree.
    """
    return with_history(snapshots.read(FOLDER / _known(period)))


@cache
def house(period: str = "2025-12") -> HouseView:
    """Return the bundled house view of a period.

    Raises:
        MissingInputError: nothing is bundled for the period.
        ConfigError: the file is not as it must be.
    """
    return houses.read(_house_file(period))


@cache
def evidence(period: str = "2025-12") -> Evidence:
    """Return the bundled backtest of the published models.

    Raises:
        MissingInputError: nothing is bundled for the period, or the file is missing.
        DataError: the file is not as it must be.
    """
    path = FOLDER / "backtest" / f"{_known(period)}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Evidence)
    except FileNotFoundError:
        raise MissingInputError(f"{path.name} is not there.", "Install reportgen again.") from None
    except msgspec.DecodeError as problem:
        raise DataError(f"{path.name}: {problem}.") from None


def house_known(on: date) -> HouseView | None:
    """Return the newest bundled house view of which something was stated by a day, cut there.

    Its entries carry the day they were stated and expire as they say; ``None`` when there is none.
    """
    period = _house_period(on)
    return None if period is None else house(period).stated_by(on)


def house_file_known(on: date) -> Path | None:
    """Return the file of the view ``house_known`` returns."""
    period = _house_period(on)
    return None if period is None else _house_file(period)


def _house_period(on: date) -> str | None:
    for period in sorted(PERIODS, reverse=True):
        if house(period).stated_by(on) is not None:
            return period
    return None


def _house_file(period: str) -> Path:
    return FOLDER / "house" / f"{_known(period)}.toml"


def _known(period: str) -> str:
    if period not in PERIODS:
        raise MissingInputError(
            f"Nothing is bundled for the period {period}.", toml.suggestion(period, PERIODS)
        )
    return period
