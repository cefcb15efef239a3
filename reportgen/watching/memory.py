"""What has been told to whom: ``output/watch.json``, written before and after every message.

A firing is put down as to be told, then as being told, then as told. Who is stopped in between
tells it again and says that it may be a repeat: told at least once, and twice only when a run died
or the relay left it open.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from reportgen.disk import write_whole
from reportgen.errors import DataError, DiskError
from reportgen.facts import Unit
from reportgen.watching.judging import Memory

FILE = "watch.json"
FORMAT = 1
Telling = Literal["due", "begun", "done"]


class Alarm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trigger that fired and has not been told to everybody yet.

    Args:
        code, side: of the trigger.
        value, threshold, unit: the figure and what it reached.
        day: of the reading.
        edition: whose threshold it is; empty for the figures' own.
        seen: the moment it was found.
        told: how far each listener is, by name.
    """

    code: str
    side: Literal["above", "below"]
    value: float
    threshold: float
    unit: Unit
    day: date
    edition: str
    seen: Annotated[datetime, msgspec.Meta(tz=True)]
    told: dict[str, Telling]


class Notes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The memory of the watch.

    Args:
        triggers: by code.
        alarms: what is still to be told.
    """

    format: int = FORMAT
    triggers: dict[str, Memory] = {}
    alarms: tuple[Alarm, ...] = ()


def read(output: Path) -> Notes:
    """Return the memory; an empty one where there is none.

    Raises:
        DataError: the file is not as this program writes it. Without it everything that holds
            would be told anew, so a person decides.
        DiskError: it cannot be read.
    """
    path = output / FILE
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Notes)
    except FileNotFoundError:
        return Notes()
    except OSError as problem:
        raise DiskError(f"{path} cannot be read: {problem.strerror}.") from None
    except msgspec.DecodeError as problem:
        raise DataError(
            f"{path}: {problem}.", "Remove it; triggers that are hit are then told of once more."
        ) from None
    if found.format != FORMAT:
        raise DataError(f"{path} has format {found.format}; this program reads {FORMAT}.")
    return found


def write(output: Path, notes: Notes) -> None:
    """Put the memory on the disk, whole or not at all.

    Raises:
        CannotCreateError, DiskError: it cannot be written; nothing is told then.
    """
    write_whole(output / FILE, msgspec.json.format(msgspec.json.encode(notes), indent=1) + b"\n")
