"""Taking a file of the reader's own figures into the folder that is asked first."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

from reportgen.archive import check_writable
from reportgen.errors import ConfigError, DataError, DiskError, MissingInputError
from reportgen.gather.checks import examined
from reportgen.gather.findings import Unsound
from reportgen.series import Endpoint, SeriesSpec, spec
from reportgen.snapshot import series_data
from reportgen.snapshot.checks import check_series
from reportgen.sources import folder as source
from reportgen.sources.base import Answer, Request, Scope, SourceError


class _Shut:
    """The door that nobody goes through: a file is read without it."""

    def get(self, request: Request) -> Answer:
        """Refuse."""
        raise AssertionError(f"{request.path} was asked for")


def imported(file: Path, identity: str, folder: Path | None, now: datetime) -> tuple[Path, int]:
    """Check a file as a gathering would and put it into the folder, whole or not at all.

    Args:
        file: CSV with the columns ``date,value`` and perhaps ``released``.
        identity: id of a series of the catalogue.
        folder: ``[sources] folder`` of the configuration.
        now: the moment; later observations are refused by not being counted.

    Returns:
        where the file stands now, and how many observations it holds.

    Raises:
        ConfigError: no folder is configured.
        MissingInputError: there is no such file.
        DataError: the series is unknown, or the file is not sound; names the reason.
        CannotCreateError, DiskError: the folder cannot be written to.
    """
    if folder is None:
        raise ConfigError(
            "There is no folder for your own figures.",
            'Set [sources] folder = "…" in reportgen.toml.',
        )
    if not file.is_file():
        raise MissingInputError(f"{file}: there is no such file.")
    body, count = _sound(file, spec(identity), Scope(date.max, now))
    check_writable(folder)
    target = folder / f"{identity}.csv"
    draft = folder / f".{identity}-{os.getpid()}.part"
    try:
        draft.write_bytes(body)
        draft.replace(target)
    except OSError as problem:
        draft.unlink(missing_ok=True)
        raise DiskError(f"{target}: writing failed ({problem.strerror}).") from None
    return target, count


def _sound(file: Path, known: SeriesSpec, scope: Scope) -> tuple[bytes, int]:
    """Return what a file holds, and how many observations a gathering would take from it.

    Raises:
        DataError: it is not sound, or holds nothing that is known by now.
    """
    # The path in full: as a person names it, it may lead through ``..`` or a link.
    endpoint = Endpoint(name=source.NAME, id=str(file.resolve()))
    try:
        (answer,) = source.fetch(_Shut(), endpoint, scope)
        found = examined(source.parse((answer.body,), endpoint, scope), known, endpoint, scope)
    except (SourceError, Unsound) as problem:
        raise DataError(f"{file}: {problem.message}", problem.hint) from None
    data = found.data
    if not data.dates.size:
        raise DataError(f"{file}: holds no observation that is known by now.")
    check_series(
        known.id, series_data(known, data.dates, data.numbers, retrieved="", released=data.released)
    )
    return answer.body, int(data.dates.size)
