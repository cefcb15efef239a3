"""What may go of finished mailings: their files, previews and links; the ledger stays for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import or_, select

from reportgen import disk
from reportgen.deliver.message.frozen import decode
from reportgen.deliver.outbox import FOLDER
from reportgen.deliver.planning import links
from reportgen.deliver.planning.desk import House
from reportgen.deliver.sending.ballast import NAME as BALLAST
from reportgen.deliver.tables import delivery, mailing
from reportgen.errors import DiskError

FRESH = timedelta(days=1)
"""A file put into the outbox so lately may belong to a plan that is being made."""

PREVIEWS = "previews"


@dataclass(frozen=True)
class Gone:
    """What went, or would go.

    Args:
        files: of the outbox.
        bytes: of them.
        previews: folders with previews.
        links: folders clients can no longer fetch from.
    """

    files: int
    bytes: int
    previews: int
    links: int


def tidy(house: House, *, dry_run: bool = False) -> Gone:
    """Remove what no mailing needs that is under way, or was finished within ``outbox_days``.

    The caller holds the lock of the outbox.

    Args:
        house: with settings, database and the moment.
        dry_run: only count; links are then not counted.

    Raises:
        DiskError: something cannot be removed.
        DataError: a message in the database is damaged: its files cannot be told.
    """
    files = list(_unneeded(house))
    size = sum(path.stat().st_size for path in files)
    previews = list(_old_previews(house))
    if dry_run:
        return Gone(len(files), size, len(previews), 0)
    for path in files:
        try:
            path.unlink()
        except OSError as problem:
            raise DiskError(f"{path} cannot be removed: {problem.strerror}.") from None
    for folder in previews:
        disk.remove(folder)
    return Gone(len(files), size, len(previews), links.sweep(house))


def _unneeded(house: House) -> Iterator[Path]:
    """Return the files of the outbox that nothing needs."""
    needed = _needed(house)
    newest = (house.now - FRESH).timestamp()
    for path in sorted((house.output / FOLDER).glob("??/*")):
        there = path.is_file() and path.name != BALLAST
        if there and path.name not in needed and path.stat().st_mtime < newest:
            yield path


def _needed(house: House) -> set[str]:
    """Return the names of the files that mailings need which are not over."""
    limit = house.now - timedelta(days=house.settings.delivery.outbox_days)
    wanted = (
        select(delivery.c.message)
        .join(mailing, mailing.c.name == delivery.c.mailing)
        .where(or_(mailing.c.state != "done", mailing.c.ended_at >= limit))
    )
    with house.database.reading() as connection:
        kept = [bytes(row) for row in connection.scalars(wanted) if row]
    return {blob.sha256 for one in kept for blob in decode(one).blobs}


def _old_previews(house: House) -> Iterator[Path]:
    limit = (house.now - timedelta(days=house.settings.delivery.outbox_days)).timestamp()
    for folder in sorted((house.output / PREVIEWS).glob("*")):
        if folder.is_dir() and not folder.is_symlink() and folder.stat().st_mtime < limit:
            yield folder
