"""Taking a file of the reader's own figures into the folder that is asked first."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from reportgen.archive import check_writable
from reportgen.errors import ConfigError, DataError, DiskError
from reportgen.gather.checks import examined
from reportgen.gather.findings import Unsound
from reportgen.series import Endpoint, spec
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
        DataError: the series is unknown, or the file is not sound; names the reason.
        CannotCreateError, DiskError: the folder cannot be written to.
    """
    if folder is None:
        raise ConfigError(
            "There is no folder for your own figures.",
            'Set [sources] folder = "…" in reportgen.toml.',
        )
    known = spec(identity)
    endpoint = Endpoint(name=source.NAME, id=str(file))
    scope = Scope(date.max, now)
    try:
        (answer,) = source.fetch(_Shut(), endpoint, scope)
        found = examined(source.parse((answer.body,), endpoint, scope), known, endpoint, scope)
    except (SourceError, Unsound) as problem:
        raise DataError(f"{file}: {problem.message}", problem.hint) from None
    check_writable(folder)
    target = folder / f"{identity}.csv"
    draft = folder / f".{identity}.part"
    try:
        draft.write_bytes(answer.body)
        draft.replace(target)
    except OSError as problem:
        draft.unlink(missing_ok=True)
        raise DiskError(f"{target}: writing failed ({problem.strerror}).") from None
    return target, int(found.data.dates.size)
