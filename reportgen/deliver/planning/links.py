"""Reports that are fetched: ``links/<token>/<name>`` in the output folder, for a web server.

A token cannot be guessed and nobody lists the folder; whoever has the address has the report, as
with a mail that is passed on. Give the folder to the web server's group: what is made in it can
be read by that group and by nobody else.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from reportgen.deliver.keys import Key
from reportgen.deliver.message.letter import File
from reportgen.deliver.names import below
from reportgen.deliver.planning.desk import House
from reportgen.deliver.planning.recipients import Who
from reportgen.deliver.tables import delivery, mailing
from reportgen.deliver.wording.recipient import Link
from reportgen.disk import write_whole
from reportgen.errors import CannotCreateError, DiskError

FOLDER = "links"
_DAY = 86_400.0
_TOKEN = re.compile(r"[0-9a-f]{40}")


def token(key: Key, name: str, who: Who) -> str:
    """Return the token of a recipient's folder.

    Args:
        key: the house's.
        name: of the mailing.
        who: the recipient.
    """
    return key.token("link", name, *who)


@dataclass(frozen=True)
class Shelf:
    """The folder of one recipient.

    Args:
        folder: ``links`` of the output folder.
        token: of the recipient.
        url: at which the web server shows ``links``.
        until: last day on which it is kept.
    """

    folder: Path
    token: str
    url: str
    until: date

    def link(self, file: File, name: str) -> Link:
        """Return the link to a file, which need not be there yet.

        Args:
            file: as it would be attached.
            name: of the file on the disk.
        """
        url = f"{self.url.rstrip('/')}/{self.token}/{name}"
        return Link(file.name, url, file.blob.size, self.until)

    def path(self, name: str) -> Path:
        """Return where a file stands."""
        return below(self.folder, self.token, name)

    def put(self, content: bytes, name: str) -> None:
        """Put a file where its link leads.

        Raises:
            CannotCreateError, DiskError: it cannot be written.
        """
        path = self.path(name)
        try:
            self.folder.mkdir(mode=0o750, parents=True, exist_ok=True)
            path.parent.mkdir(mode=0o750, exist_ok=True)
        except OSError as problem:
            raise CannotCreateError(f"{path} cannot be made ({problem.strerror}).") from None
        write_whole(path, content, 0o640)


def shelf(house: House, name: str, who: Who) -> Shelf:
    """Return the folder of a recipient of a mailing."""
    delivery = house.settings.delivery
    until = house.day + timedelta(days=delivery.link_days)
    return Shelf(house.output / FOLDER, token(house.key, name, who), delivery.links_url, until)


def sha256(house: House, name: str, who: Who) -> str:
    """Return the hash of the files a recipient's links lead to; empty where there are none.

    Raises:
        DiskError: one cannot be read.
    """
    folder = house.output / FOLDER / token(house.key, name, who)
    if not folder.is_dir():
        return ""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise DiskError(f"{path} cannot be read: {problem.strerror}.") from None
        digest.update(f"{path.name}|{len(content)}|".encode())
        digest.update(content)
    return digest.hexdigest()


def sweep(house: House) -> int:
    """Remove links whose days are over, and those of plans that were replaced.

    Returns:
        How many recipients' folders were removed. One made today stays: it may be of a plan that
        is being made.

    Raises:
        DiskError: one cannot be removed.
    """
    folder = house.output / FOLDER
    if not folder.is_dir():
        return 0
    kept = {token(house.key, name, who) for name, who in _living(house)}
    gone = [
        one
        for one in sorted(folder.iterdir())
        if _TOKEN.fullmatch(one.name) and one.name not in kept and _is_old(one, house.now)
    ]
    for one in gone:
        try:
            shutil.rmtree(one)
        except OSError as problem:
            raise DiskError(f"{one} cannot be removed: {problem.strerror}.") from None
    return len(gone)


def _is_old(folder: Path, now: datetime) -> bool:
    return not folder.is_symlink() and now.timestamp() - folder.stat().st_mtime > _DAY


def _living(house: House) -> Iterable[tuple[str, Who]]:
    """Return the recipients whose links are still kept."""
    first = house.now - timedelta(days=house.settings.delivery.link_days + 1)
    wanted = (
        select(mailing.c.name, delivery.c.client, delivery.c.address, delivery.c.language)
        .join(mailing, mailing.c.name == delivery.c.mailing)
        .where(mailing.c.planned_at >= first)
    )
    with house.database.reading() as connection:
        return [(row[0], (row[1], row[2], row[3])) for row in connection.execute(wanted)]
