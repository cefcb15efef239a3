"""Walking forward: every month end once, on every core, kept as it is done."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from reportgen import models
from reportgen.backtest import origin as origin_module
from reportgen.backtest.history import Histories
from reportgen.backtest.origin import WalkSettings, forecast
from reportgen.backtest.rows import OriginRow
from reportgen.errors import CannotCreateError, DiskError
from reportgen.models.arrays import FloatArray

_IMPORTED = re.compile(r"^from reportgen\.models\.(\w+) import", re.MULTILINE)

Progress = Callable[[int, int], None]
"""Told how many origins are done, and of how many."""


@dataclass(frozen=True)
class Walk:
    """A finished walk: its rows in the order of their origins, and what it was made from."""

    histories: Histories
    settings: WalkSettings
    rows: tuple[OriginRow, ...]
    key: str


def walk(
    histories: Histories,
    origins: tuple[date, ...],
    settings: WalkSettings,
    folder: Path,
    jobs: int,
    progress: Progress,
) -> Walk:
    """Return the rows of all origins, making those that are not in the folder yet.

    A walk that was stopped goes on where it was: rows are kept one by one, under a name that
    holds the figures, the settings and the code they were made with.

    Raises:
        CannotCreateError, DiskError: the folder cannot be written to.
    """
    key = key_of(histories, settings)
    path = folder / f"origins-{key}.jsonl"
    done = _kept(path)
    left = [day for day in origins if day not in done]
    progress(len(origins) - len(left), len(origins))
    for row in _made(histories, left, settings, jobs):
        done[row.origin] = row
        _append(path, row)
        progress(sum(day in done for day in origins), len(origins))
    return Walk(histories, settings, tuple(done[day] for day in origins), key)


def key_of(histories: Histories, settings: WalkSettings) -> str:
    """Return the hash of everything a row depends on: figures, settings, the models' code."""
    content = hashlib.sha256(f"{histories.hash}|{settings}".encode())
    sources = _sources(Path(inspect.getfile(origin_module)), {})
    for name in sorted(sources):
        content.update(sources[name])
    return content.hexdigest()[:16]


def _sources(module: Path, found: dict[str, bytes]) -> dict[str, bytes]:
    """Return the code of a module and of every model it is made with, by file name."""
    found[module.name] = module.read_bytes()
    for name in _IMPORTED.findall(found[module.name].decode()):
        other = Path(models.__path__[0]) / f"{name}.py"
        if other.is_file() and other.name not in found:
            _sources(other, found)
    return found


def _kept(path: Path) -> dict[date, OriginRow]:
    """Return the rows of an earlier run; a line cut off in mid-air is made again."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return {}
    decoder = msgspec.json.Decoder(OriginRow)
    found: dict[date, OriginRow] = {}
    for line in lines:
        try:
            row = decoder.decode(line)
        except msgspec.DecodeError:
            continue
        found[row.origin] = row
    return found


def _append(path: Path, row: OriginRow) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CannotCreateError(f"{path.parent} cannot be created: {problem.strerror}.") from None
    try:
        with path.open("ab") as file:
            file.write(b"\n" + msgspec.json.encode(row))
    except OSError as problem:
        raise DiskError(f"{path} cannot be written: {problem.strerror}.") from None


# -- on every core ----------------------------------------------------------------------------

_shared: tuple[Histories, WalkSettings] | None = None


def _made(
    histories: Histories, origins: list[date], settings: WalkSettings, jobs: int
) -> Iterator[OriginRow]:
    if jobs <= 1 or len(origins) < 2:
        for day in origins:
            yield at_origin(histories, day, settings)
        return
    # A fresh interpreter a worker: the libraries' threads do not survive a fork.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _receive, (histories, settings)) as pool:
        try:
            for task in as_completed([pool.submit(_work, day) for day in origins]):
                yield task.result()
        except BaseException:  # the rest would be walked before the error is heard of
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _receive(histories: Histories, settings: WalkSettings) -> None:
    global _shared
    _shared = (histories, settings)


def _work(day: date) -> OriginRow:
    if _shared is None:
        raise AssertionError("a worker is given its histories before its work")
    return at_origin(*_shared[:1], day, _shared[1])


def at_origin(histories: Histories, day: date, settings: WalkSettings) -> OriginRow:
    """Return the row of one origin.

    The models are given the histories cut at the day; beyond it only the returns up to the next
    month end are handed on, for one-day forecasts that run on with the day's parameters.
    """
    every = settings.interval_every
    interval = every > 0 and (12 * day.year + day.month) % every == 0
    return forecast(
        histories.until(day), _returns_to_next(histories.closes, day), settings, interval=interval
    )


def _returns_to_next(closes: pd.Series[float], day: date) -> FloatArray:
    later = closes[closes.index >= pd.Timestamp(day)]
    months = pd.DatetimeIndex(later.index).to_period("M")
    within = later[months <= months[0] + 1]
    returns: FloatArray = np.diff(np.log(within.to_numpy(dtype=np.float64)))
    return returns
