"""What every command of delivery opens: the settings of the house, its database, its key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.deliver.database import Database
    from reportgen.deliver.keys import Key


def loaded(config: Path | None, output: Path | None) -> Settings:
    """Return the settings, with the output folder of the command line in them."""
    from msgspec.structs import replace

    from reportgen.config import load

    settings = load(config)
    if output is None:
        return settings
    return replace(settings, build=replace(settings.build, output=str(output)))


def opened(settings: Settings) -> Database:
    """Return the delivery database, open.

    Raises:
        ReportgenError: as ``database.open_database``.
    """
    from reportgen.deliver.database import open_database

    return open_database(settings, os.environ)


@contextmanager
def ledger_of(settings: Settings) -> Iterator[Database]:
    """Open the delivery database for as long as the block lasts."""
    database = opened(settings)
    try:
        yield database
    finally:
        database.close()


def key_of(settings: Settings) -> Key:
    """Return the house's delivery key.

    Raises:
        ReportgenError: as ``keys.delivery_key``.
    """
    from reportgen.deliver.keys import delivery_key

    return delivery_key(Path(settings.build.output), os.environ)
