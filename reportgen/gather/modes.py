"""Where the figures of a build come from: live, cache, bundled, a folder, or what is honest."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from reportgen import bundled, snapshot
from reportgen.archive import check_writable
from reportgen.config import Settings
from reportgen.errors import DataError, UnreachableError, UsageError
from reportgen.gather.run import INDEX, Harvest, Means, Order, gather, refuse_too_little
from reportgen.gather.supply import Rung
from reportgen.series import NEW_YORK
from reportgen.sessions import last_close
from reportgen.snapshot import Snapshot, default_known_at
from reportgen.sources import SOURCES
from reportgen.sources.base import Scope
from reportgen.sources.http import HttpDoor
from reportgen.store import ABANDONED, Store

Mode = Literal["live", "cache"]
RUNGS: dict[Mode, frozenset[Rung]] = {
    "live": frozenset({"folder", "live", "other", "cache", "bundled"}),
    "cache": frozenset({"folder", "cache", "bundled"}),
}


@dataclass(frozen=True)
class Wish:
    """What a command asks for.

    Args:
        data: ``auto``, ``live``, ``cache``, ``bundled`` or the folder of a snapshot.
        as_of: last day an observation may describe; ``None`` for the last close, and where it
            cannot be had, in ``auto`` and ``cache``, for the freshest day there is.
        now: the moment of asking; aware.
        output: folder that holds ``store/`` and ``snapshots/``.
        settings: the configuration.
        only: ids of series; empty for the whole catalogue.
        keyed: whether there is a key for FRED in the environment.
        known_at: what had been published by then counts; ``None`` for the rule of ``as_of``.
    """

    data: str
    as_of: date | None
    now: datetime
    output: Path
    settings: Settings
    only: tuple[str, ...] = ()
    keyed: bool = False
    known_at: datetime | None = None


@dataclass(frozen=True)
class Material:
    """The figures a build is made from, whichever way they came.

    Args:
        snapshot: the figures.
        said: one line on where they come from.
        harvest: how each series came about; ``None`` where nothing was gathered.
        folder: where the snapshot stands on disk, if it was written.
    """

    snapshot: Snapshot
    said: str
    harvest: Harvest | None = None
    folder: Path | None = None


def material(wish: Wish) -> Material:
    """Return the figures a build is made from.

    Raises:
        UsageError: ``data`` is none of the known words and no folder; the day has not come yet.
        UnreachableError: too little can be had.
        DataError, MissingInputError: a snapshot is damaged or missing, or does not reach to the
            wished day.
        CannotCreateError, DiskError: store or snapshot cannot be written.
    """
    if wish.as_of is not None:
        _refuse_the_future(wish.as_of, wish.now)
    if wish.data == "bundled":
        said_of = "the figures that come with the program"
        return Material(_cut(bundled.load(), wish, said_of), said_of)
    if wish.data == "live":
        return _kept(wish, harvested(wish, "live"))
    if wish.data == "cache":
        return _at_the_freshest(wish, harvested(wish, "cache"))
    if wish.data == "auto":
        return _automatic(wish)
    if Path(wish.data).is_dir():
        said_of = f"the snapshot {wish.data}"
        return Material(_cut(snapshot.read(Path(wish.data)), wish, said_of), said_of)
    raise UsageError(
        f"There is no data called {wish.data!r}.",
        "Give --data auto, live, cache, bundled or the folder of a snapshot.",
    )


def harvested(wish: Wish, mode: Mode) -> Harvest:
    """Return what can be gathered for the wished day, without judging whether it is enough.

    Raises:
        UsageError: the day has not come yet.
        DataError: a name in ``wish.only`` is not in the catalogue.
        CannotCreateError, DiskError: the store cannot be written to; nobody is asked then.
    """
    scope = scope_of(wish.as_of or last_close(wish.now), wish.known_at or wish.now)
    store, sources = Store(wish.output / "store"), wish.settings.sources
    if mode == "live":
        check_writable(store.folder)
        store.sweep()
    keyed = wish.keyed and sources.fred_api.enabled
    order = Order(scope, RUNGS[mode], wish.only, keyed, sources.folder)
    with HttpDoor(sources, {name: one.BASE_URL for name, one in SOURCES.items()}, store) as door:
        return gather(order, Means(SOURCES, door, store, bundled.load()))


def scope_of(as_of: date, now: datetime) -> Scope:
    """Return the two dates of a gathering; nobody knows yet what is published after ``now``.

    Raises:
        UsageError: the day has not come yet.
    """
    _refuse_the_future(as_of, now)
    return Scope(as_of, min(default_known_at(as_of), now.astimezone(NEW_YORK)))


def _refuse_the_future(as_of: date, now: datetime) -> None:
    if as_of > now.astimezone(NEW_YORK).date():
        raise UsageError(f"{as_of} has not come yet.", "Name a past day with --as-of.")


def _automatic(wish: Wish) -> Material:
    """Live when the publishers can be reached, else the freshest day that stored figures have."""
    found = harvested(wish, "live")
    if not found.reached:
        return _at_the_freshest(wish, found, "no publisher can be reached: ")
    try:
        return _kept(wish, found)
    except UnreachableError:
        return _at_the_freshest(wish, found, f"too little as of {found.snapshot.as_of}: ")


def _at_the_freshest(wish: Wish, found: Harvest, before: str = "") -> Material:
    """Return what was found, or the figures of the last day the index is known of.

    Only where no day was wished: what is asked for by its day is that day or nothing.
    """
    if wish.as_of is None and found.snapshot.has(INDEX):
        held = found.snapshot.last(INDEX).date
        if held < found.snapshot.as_of:
            moved = replace(wish, as_of=held)
            return _kept_or_bundled(moved, harvested(moved, "cache"), before)
    return _kept(wish, found, before)


def _kept_or_bundled(wish: Wish, found: Harvest, before: str) -> Material:
    """Where every figure is the program's own anyway, return its edition as it is."""
    edition = bundled.load()
    own = all(one.rung in ("bundled", "") for one in found.choices)
    if own and found.snapshot.as_of == edition.as_of:
        return Material(edition, f"{before}the figures that come with the program, {edition.as_of}")
    return _kept(wish, found, before)


def write(wish: Wish, found: Harvest) -> Path:
    """Write the gathered snapshot under its date and hash, and return its folder.

    The same figures gathered again change nothing.

    Raises:
        CannotCreateError, DiskError: it cannot be written; nothing of it is left then.
    """
    snapshots = wish.output / "snapshots"
    _sweep(snapshots)
    folder = snapshots / f"{found.snapshot.as_of}-{found.snapshot.hash[:12]}"
    snapshot.write(found.snapshot, folder)
    return folder


def _sweep(snapshots: Path) -> None:
    """Remove the drafts of runs that were killed; those of the last day may be in use."""
    for draft in snapshots.glob(".*-*"):
        try:
            abandoned = time.time() - draft.stat().st_mtime > ABANDONED
        except OSError:  # another run has removed it
            continue
        if abandoned:
            shutil.rmtree(draft, ignore_errors=True)


def _kept(wish: Wish, found: Harvest, before: str = "") -> Material:
    """Refuse too little, and write the rest."""
    refuse_too_little(found)
    return Material(found.snapshot, before + said(found), found, write(wish, found))


def said(found: Harvest) -> str:
    """Return one line: how many series, from where, and which are degraded."""
    counts = {
        rung: sum(one.rung == rung for one in found.choices)
        for rung in ("folder", "live", "other", "cache", "bundled")
    }
    parts = [f"{count} {rung}" for rung, count in counts.items() if count]
    missing = [one.spec.id for one in found.choices if one.state == "missing"]
    stale = [one.spec.id for one in found.choices if one.state == "stale"]
    line = f"as of {found.snapshot.as_of}, {', '.join(parts)}"
    if stale:
        line += f"; stale: {', '.join(stale)}"
    if missing:
        line += f"; missing: {', '.join(missing)}"
    return line


def _cut(found: Snapshot, wish: Wish, name: str) -> Snapshot:
    """Return the figures as of an earlier day or moment; ``name`` says which they are."""
    as_of = wish.as_of or found.as_of
    if as_of > found.as_of:
        raise DataError(
            f"{as_of} lies after the last day of {name}, {found.as_of}.",
            f"Name a day up to {found.as_of} with --as-of, or other figures with --data.",
        )
    if as_of == found.as_of and (wish.known_at is None or wish.known_at >= found.known_at):
        return found
    return found.cut(as_of, wish.known_at)
