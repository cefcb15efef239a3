"""How far a run has come, on disk after every step, so that the next one goes on from there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from reportgen.archive.manifest import Correction, Name, Sha256
from reportgen.disk import remove, write_whole
from reportgen.errors import DataError, DiskError

Step = Literal["begun", "frozen", "made", "binding", "bound", "recorded", "placed"]
"""What is done: the inputs frozen; the reports made; (while the manifest is attached to them they
are neither made nor bound;) sealed; on record; in the archive."""

FOLDER = "publishing"
UNTOLD = "untold.json"
"""Signals that a stage without network left there."""


class State(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A run under way.

    Args:
        name: of the edition.
        period, revision: likewise.
        run: id of the run that began it.
        begun: when.
        step: what is done.
        base: head of the forecast ledger the edition's rows were made for.
        rows, head: of the ledger with them.
        correction: why a revision is issued; ``None`` for a first edition.
    """

    name: Name
    period: str
    revision: int
    run: str
    begun: Annotated[datetime, msgspec.Meta(tz=True)]
    step: Step = "begun"
    base: Sha256 | None = None
    rows: int = 0
    head: Sha256 | None = None
    correction: Correction | None = None


def path_of(output: Path, name: str) -> Path:
    """Return the file of a run's state."""
    return output / FOLDER / f"{name}.json"


def work_of(output: Path, name: str) -> Path:
    """Return the folder in which a run makes its edition."""
    return output / FOLDER / name


def load(output: Path, name: str) -> State | None:
    """Return how far the run for an edition has come; ``None`` when there is none.

    Raises:
        DataError: the file is not as this program writes it.
        DiskError: it cannot be read.
    """
    path = path_of(output, name)
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as problem:
        raise DataError(f"{path}: {problem}.", "Remove the file; the run begins anew.") from None
    except OSError as problem:
        raise DiskError(f"{path} cannot be read: {problem.strerror}.") from None


def save(output: Path, state: State) -> None:
    """Put a run's state on the disk, whole or not at all."""
    encoded = msgspec.json.format(msgspec.json.encode(state), indent=1) + b"\n"
    write_whole(path_of(output, state.name), encoded)


def under_way(output: Path, period: str = "") -> tuple[str, ...]:
    """Return the names of the editions, of a month or of all, whose runs did not end."""
    found = (path.stem for path in (output / FOLDER).glob(f"{period or '[0-9]'}*.json"))
    return tuple(sorted(found))


def begin(output: Path, state: State) -> None:
    """Save a fresh state with an empty work folder."""
    _clear(output, state.name)
    save(output, state)


def end(output: Path, name: str) -> None:
    """Forget a run that has come to its end or must begin anew; what it made goes too."""
    path_of(output, name).unlink(missing_ok=True)
    _clear(output, name)


def _clear(output: Path, name: str) -> None:
    remove(work_of(output, name))
