"""A rehearsal: all an edition goes through, in a scratch folder that stands for the real one.

Editions are linked, the ledger is copied, caches are shared; nothing of the real output changes.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import DiskError
from reportgen.record.ledger import FILE as LEDGER

if TYPE_CHECKING:
    from reportgen.publishing.order import Order

FOLDER = "rehearsals"
EDITIONS = "editions"
SHARED = ("cache", "store")


def rehearsed(order: Order) -> Order:
    """Return the same order for a fresh scratch folder.

    Raises:
        DiskError: the scratch folder cannot be made.
    """
    output = order.request.output
    scratch = output / FOLDER / f"{order.plan.period}-{order.run}"
    try:
        scratch.mkdir(parents=True)
        for name in SHARED:
            (output / name).mkdir(exist_ok=True)
            (scratch / name).symlink_to((output / name).resolve(), target_is_directory=True)
        if (output / LEDGER).is_file():
            shutil.copyfile(output / LEDGER, scratch / LEDGER)
        _link(output / EDITIONS, scratch / EDITIONS, order.plan.period)
    except OSError as problem:
        raise DiskError(f"{scratch} cannot be made: {problem.strerror}.") from None
    return replace(order, request=replace(order.request, output=scratch))


def _link(source: Path, target: Path, period: str) -> None:
    """Link every edition but those of the period that is rehearsed."""
    target.mkdir()
    for edition in sorted(source.glob("[0-9]*")) if source.is_dir() else ():
        if edition.name[:7] != period:
            shutil.copytree(edition, target / edition.name, copy_function=_linked)


def _linked(source: str, target: str) -> str:
    """Give a file a second name; where the disk cannot, copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return target
