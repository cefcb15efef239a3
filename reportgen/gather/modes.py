"""Where the figures of a build come from: live, cache, bundled, a folder, or what is honest."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from reportgen import bundled, snapshot
from reportgen.config import Settings
from reportgen.errors import UsageError
from reportgen.gather.run import INDEX, Harvest, Means, Order, gather, refuse_too_little
from reportgen.gather.sessions import last_close
from reportgen.gather.supply import Rung
from reportgen.series import NEW_YORK
from reportgen.snapshot import Snapshot, default_known_at
from reportgen.sources import SOURCES
from reportgen.sources.base import Scope
from reportgen.sources.http import HttpDoor
from reportgen.store import Store

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
        as_of: last day an observation may describe; ``None`` for the freshest there is.
        now: the moment of asking; aware.
        output: folder that holds ``store/`` and ``snapshots/``.
        settings: the configuration.
        only: ids of series; empty for the whole catalogue.
    """

    data: str
    as_of: date | None
    now: datetime
    output: Path
    settings: Settings
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Material:
    """The figures of a build.

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
        UsageError: ``data`` is none of the known words and no folder.
        UnreachableError: too little can be had.
        DataError, MissingInputError: a snapshot is damaged or missing.
    """
    if wish.data == "bundled":
        return Material(_cut(bundled.load(), wish.as_of), "the figures that come with the program")
    if wish.data in ("live", "cache"):
        return _kept(wish, harvested(wish, "live" if wish.data == "live" else "cache"))
    if wish.data == "auto":
        return _automatic(wish)
    if Path(wish.data).is_dir():
        return Material(
            _cut(snapshot.read(Path(wish.data)), wish.as_of), f"the snapshot {wish.data}"
        )
    raise UsageError(
        f"There is no data called {wish.data!r}.",
        "Give --data auto, live, cache, bundled or the folder of a snapshot.",
    )


def harvested(wish: Wish, mode: Mode) -> Harvest:
    """Return what can be gathered for the wished day, without judging whether it is enough."""
    scope = scope_of(wish.as_of or last_close(wish.now), wish.now)
    store = Store(wish.output / "store")
    own = {name: source.BASE_URL for name, source in SOURCES.items()}
    with HttpDoor(wish.settings.sources, own, store) as door:
        means = Means(SOURCES, door, store, bundled.load())
        keyed = bool(os.environ.get("FRED_API_KEY"))
        folder = wish.settings.sources.folder
        return gather(Order(scope, RUNGS[mode], wish.only, keyed, folder), means)


def scope_of(as_of: date, now: datetime) -> Scope:
    """Return the two dates of a gathering; nobody knows yet what is published after ``now``.

    Raises:
        UsageError: the day has not come yet.
    """
    if as_of > now.astimezone(NEW_YORK).date():
        raise UsageError(f"{as_of} has not come yet.", "Name a past day with --as-of.")
    return Scope(as_of, min(default_known_at(as_of), now.astimezone(NEW_YORK)))


def _automatic(wish: Wish) -> Material:
    """Live when a publisher can be reached, else the freshest day that stored figures have."""
    found = harvested(wish, "live")
    if found.reached:
        return _kept(wish, found)
    if wish.as_of is None:
        held = _freshest(found)
        if held < found.snapshot.as_of:
            moved = Wish("cache", held, wish.now, wish.output, wish.settings, wish.only)
            return _kept(moved, harvested(moved, "cache"), "no publisher can be reached: ")
    return _kept(wish, found, "no publisher can be reached: ")


def _freshest(found: Harvest) -> date:
    """The last day of the index that any rung knows."""
    return found.snapshot.last(INDEX).date


def write(wish: Wish, found: Harvest) -> Path:
    """Write the gathered snapshot under its date and hash, and return its folder."""
    name = f"{found.snapshot.as_of}-{found.snapshot.hash[:12]}"
    folder = wish.output / "snapshots" / name
    snapshot.write(found.snapshot, folder)
    return folder


def _kept(wish: Wish, found: Harvest, before: str = "") -> Material:
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


def _cut(found: Snapshot, as_of: date | None) -> Snapshot:
    return found if as_of is None or as_of == found.as_of else found.cut(as_of)
