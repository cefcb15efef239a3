"""Everything an edition is made from, put into its folder before anything is made.

A run that is stopped goes on from these files, and ``verify`` makes the edition again from them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from reportgen.archive.manifest import Correction, Name, Sha256, edition_name
from reportgen.config.report import Publisher
from reportgen.errors import DataError, MissingInputError
from reportgen.pipeline import Gathered, Request
from reportgen.pipeline.request import languages_of

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.period import EditionDates

FORMAT = 1
SNAPSHOT = "snapshot"
INPUTS = "inputs"
SETTINGS = "inputs/settings.json"
HOUSE = "inputs/house.toml"
NOTES = "inputs/notes"


class Frozen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an edition is made from, beside its snapshot, its house view and its notes.

    Args:
        format: of this file.
        period, revision: which edition.
        as_of, dated, window_end, known_at: its dates.
        written: when it was frozen; the rows it adds to the forecast ledger bear this moment.
        paths: simulated paths a window.
        languages, formats: what is written.
        publisher: name, contact, colours, disclaimer; the logo by its name in ``inputs/``.
        house: whether ``inputs/house.toml`` is there.
        previous: the edition its section on changes compares with.
        previous_sha256: of that edition's manifest.
        corrections: all corrections issued so far, with this edition's own last.
    """

    format: int
    period: str
    revision: Annotated[int, msgspec.Meta(ge=1, le=99)]
    as_of: date
    dated: date
    window_end: date
    known_at: Annotated[datetime, msgspec.Meta(tz=True)]
    written: Annotated[datetime, msgspec.Meta(tz=True)]
    paths: int
    languages: tuple[str, ...]
    formats: tuple[str, ...]
    publisher: Publisher
    house: bool
    previous: Name | None = None
    previous_sha256: Sha256 | None = None
    corrections: tuple[Correction, ...] = ()

    @property
    def name(self) -> str:
        """Name of the edition."""
        return edition_name(self.period, self.revision)

    @property
    def dates(self) -> EditionDates:
        """Its dates as the stages know them."""
        from reportgen.period import EditionDates

        return EditionDates(self.period, self.as_of, self.dated, self.window_end)


def freeze(folder: Path, request: Request, gathered: Gathered, frozen: Frozen) -> None:
    """Write snapshot, house view, notes, logo and settings into an edition's new folder.

    Raises:
        MissingInputError: the house view, a note or the logo cannot be read.
        CannotCreateError, DiskError: the folder cannot be written to.
    """
    from reportgen import snapshot

    (folder / NOTES).mkdir(parents=True, exist_ok=True)
    snapshot.write(gathered.snapshot, folder / SNAPSHOT)
    if gathered.house_file is not None:
        _copy(gathered.house_file, folder / HOUSE)
    for code in frozen.languages:
        note = Path(request.settings.paths.notes) / f"{frozen.period}.{code}.md"
        if note.is_file():
            _copy(note, folder / NOTES / note.name)
    logo = request.settings.publisher.logo
    if logo:
        _copy(Path(logo), folder / INPUTS / logo_name(logo))
    encoded = msgspec.json.format(msgspec.json.encode(frozen, order="sorted"), indent=1)
    (folder / SETTINGS).write_bytes(encoded + b"\n")


def read(folder: Path) -> Frozen:
    """Return what an edition's folder says it is made from.

    Raises:
        MissingInputError: the file is not there.
        DataError: it is not as this program writes it.
    """
    path = folder / SETTINGS
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Frozen)
    except OSError as problem:
        raise MissingInputError(f"{path} cannot be read: {problem.strerror}.") from None
    except msgspec.DecodeError as problem:
        raise DataError(
            f"{path}: {problem}.", "It may have been written by another version of the program."
        ) from None
    if found.format != FORMAT:
        raise DataError(f"{path}: format {found.format} is not known; this program reads {FORMAT}.")
    return found


def request_of(folder: Path, like: Request) -> Request:
    """Return the request that makes the edition of a folder from what the folder holds.

    Args:
        folder: an edition, finished or under way.
        like: gives the rest: where caches are, how many hands, the fonts of this machine.
    """
    frozen = read(folder)
    publisher = frozen.publisher
    if publisher.logo:
        logo = str(folder / INPUTS / Path(publisher.logo).name)
        publisher = msgspec.structs.replace(publisher, logo=logo)
    return replace(
        like,
        languages=languages_of(frozen.languages),
        formats=frozen.formats,
        data=str(folder / SNAPSHOT),
        settings=_settings(like.settings, publisher, folder),
        paths=frozen.paths,
        as_of=frozen.as_of,
        known_at=frozen.known_at,
        period=frozen.period,
        dates=frozen.dates,
        house=folder / HOUSE if frozen.house else None,
        houseless=not frozen.house,
        draft=False,
    )


def logo_name(logo: str) -> str:
    """Return the name of a logo among the inputs."""
    return f"logo{Path(logo).suffix.lower()}"


def _settings(like: Settings, publisher: Publisher, folder: Path) -> Settings:
    from reportgen.config.report import Paths

    notes = Paths(notes=str(folder / NOTES))
    return msgspec.structs.replace(like, publisher=publisher, paths=notes)


def _copy(source: Path, target: Path) -> None:
    try:
        content = source.read_bytes()
    except OSError as problem:
        raise MissingInputError(f"{source} cannot be read: {problem.strerror}.") from None
    target.write_bytes(content)
