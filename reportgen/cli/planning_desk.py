"""What the commands that plan a mailing work with: database, key, secrets, the moment."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.group import now
from reportgen.cli.opening import key_of, ledger_of

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.deliver.database import Database
    from reportgen.deliver.planning.desk import Desk, House


@contextmanager
def house_of(settings: Settings) -> Iterator[House]:
    """Give what tells whether a plan still holds."""
    from reportgen.deliver.planning.desk import House

    with ledger_of(settings) as database:
        yield House(settings, database, key_of(settings), now())


@contextmanager
def desk_alone(
    settings: Settings, edition: str | None, *, newcomers: bool = False
) -> Iterator[tuple[Desk, str]]:
    """Give the desk and the name of the edition, while nobody sends it or, to newcomers, that."""
    from reportgen.deliver.planning.newcomers import next_name
    from reportgen.deliver.sending.alone import alone

    output = Path(settings.build.output)
    name = edition or newest(output)
    with ledger_of(settings) as database:
        held = next_name(database, name) if newcomers else name
        with alone(database, output, held):
            yield desk_of(settings, database), name


def desk_of(settings: Settings, database: Database) -> Desk:
    """Return what an edition is planned with.

    Raises:
        ConfigError: a secret, or the sender, is not as it must be.
    """
    from reportgen.deliver.clients.passwords import passwords
    from reportgen.deliver.message.dkim import dkim_signer
    from reportgen.deliver.planning.craft import craft_of
    from reportgen.deliver.planning.desk import Desk

    sender = settings.delivery.sender or settings.smtp.sender
    return Desk(
        settings=settings,
        database=database,
        key=key_of(settings),
        now=now(),
        craft=craft_of(settings),
        passwords=passwords(os.environ),
        signer=dkim_signer(settings.delivery, sender, os.environ),
    )


def newest(output: Path) -> str:
    """Return the name of the newest edition.

    Raises:
        MissingInputError: there is none yet.
    """
    from reportgen.archive.editions import editions
    from reportgen.errors import MissingInputError

    found = editions(output)
    if not found:
        raise MissingInputError("There is no edition yet.", "Make one: reportgen publish")
    return found[-1].name


@contextmanager
def watched(desk: Desk, *, as_json: bool) -> Iterator[Desk]:
    """Show on a terminal how far it is."""
    if as_json or not sys.stderr.isatty():
        yield desk
        return
    with click.progressbar(length=1, label="Composing", file=sys.stderr) as bar:

        def tell(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield replace(desk, tell=tell)
