"""Why the headlines changed: the runs between two editions, one thing made new after another.

From the earlier edition to the later one, four steps are taken in a row, and what a step changes
is the work of its cause:

- *model*: the earlier figures and views with the present program and number of paths;
- *revised data*: the present figures as far as they describe the earlier edition's days and were
  published by its moment of knowledge, with the earlier views;
- *new data*: the present figures with the earlier views. The forecast window moves with the
  edition, so the passing of the months in between is part of this step: a figure "to the
  window's end" means each edition's own window;
- *house view*: the present views, which is the later edition.

A step between equals is not run. The order is fixed; parts that act together fall to the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reportgen import pipeline
from reportgen.assess.changes import Earlier, Run, changes
from reportgen.assess.headlines import headlines
from reportgen.errors import DataError, MissingInputError, UsageError
from reportgen.resources import code_sha256

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.facts.changes import Cause, Changes
    from reportgen.facts.headlines import Headline, Headlines
    from reportgen.house import HouseView
    from reportgen.period import EditionDates
    from reportgen.pipeline import Gathered, Progress, Request
    from reportgen.snapshot import Snapshot

PHASE = "compare"
STEPS: tuple[Cause, ...] = ("model", "revised_data", "new_data", "house")
"""The causes in the order of the runs."""


@dataclass(frozen=True)
class Previous:
    """An edition as the next one compares itself with it.

    Args:
        name: of the edition.
        headlines: as it printed them.
        snapshot: its figures; ``house`` its views, ``None`` without any; ``dates`` its dates.
        code: sha256 of the program's code that made it; ``paths`` its simulated paths.
    """

    name: str
    headlines: Headlines
    snapshot: Snapshot
    house: HouseView | None
    dates: EditionDates
    code: str
    paths: int


@dataclass(frozen=True)
class Printed:
    """The later edition: its headlines as printed, and the code of the program that made it."""

    headlines: tuple[Headline, ...]
    code: str


def attributed(
    request: Request,
    gathered: Gathered,
    now: Assessment,
    previous: Previous,
    progress: Progress = lambda phase, detail: None,
) -> Changes:
    """Return what changed since the previous edition, and why.

    Args:
        request: gives the number of paths and the folder of the cache.
        gathered: figures, views and dates of the present edition.
        now: the present edition, made by this program from them.
        previous: the edition before.
        progress: told of each run.

    Raises:
        UsageError: the previous edition describes later days than this one.
        DataError: the present figures cannot be assessed with the earlier views.
    """
    return divided(request, gathered, Printed(headlines(now), code_sha256()), previous, progress)


def divided(
    request: Request,
    gathered: Gathered,
    printed: Printed,
    previous: Previous,
    progress: Progress = lambda phase, detail: None,
) -> Changes:
    """Return what changed between two editions, the later one of whatever program.

    As ``attributed``; what this program makes otherwise than the one that made the later edition
    counts as the model's part, too.
    """
    if previous.dates.as_of > gathered.dates.as_of:
        raise UsageError(
            f"{previous.name} describes later days than {gathered.dates.period}.",
            "Name the earlier edition first.",
        )
    runs = _joined(_runs(request, gathered, printed, previous, progress))
    return changes(_earlier(previous), runs, gathered.dates.period)


def undivided(earlier: Headlines, now: Assessment) -> Changes:
    """Return what changed without saying why: for an edition whose inputs no longer read."""
    before = Earlier(
        earlier.name, earlier.period, earlier.as_of, earlier.window_end, earlier.headlines
    )
    return changes(before, [Run(STEPS, headlines(now))], now.edition.period)


# -- the runs -------------------------------------------------------------------------------

Found = tuple["Headline", ...] | None
"""Headlines of a run; ``None`` when it cannot be made."""


def _runs(
    request: Request,
    gathered: Gathered,
    printed: Printed,
    previous: Previous,
    progress: Progress,
) -> list[tuple[Cause, Found]]:
    """Return the headlines after each step, the later edition last; equals are left out."""

    def run(cause: Cause, made_from: Gathered) -> tuple[Cause, Found]:
        progress(PHASE, cause)
        return cause, _tried(lambda: _headlines(request, made_from))

    code = code_sha256()
    figures = _as_of(gathered.snapshot, previous)
    found: list[tuple[Cause, Found]] = []
    if previous.code != code or previous.paths != request.paths:
        found.append(run("model", _with(gathered, previous.snapshot, previous)))
    if not _same_figures(figures, previous.snapshot):
        found.append(run("revised_data", _with(gathered, figures, previous)))
    last: Cause = "new_data"
    if not same_views(previous.house, gathered.house):
        found.append(run("new_data", replace(gathered, house=previous.house)))
        last = "house"
    if printed.code == code:
        return [*found, (last, printed.headlines)]
    return [*found, run(last, gathered), ("model", printed.headlines)]


def _headlines(request: Request, gathered: Gathered) -> tuple[Headline, ...]:
    return headlines(pipeline.own_assessment(request, gathered)[0])


def _tried(made: Callable[[], tuple[Headline, ...]]) -> Found:
    """Return the headlines of a run, ``None`` when the figures do not suffice for it."""
    try:
        return made()
    except (DataError, MissingInputError):
        return None


def _joined(found: list[tuple[Cause, Found]]) -> list[Run]:
    """Return the runs; the cause of one that could not be made is joined with the next one's."""
    runs, waiting = [], []
    for cause, told in found:
        waiting.append(cause)
        if told is not None:
            runs.append(Run(tuple(waiting), told))
            waiting = []
    return runs


def _with(gathered: Gathered, figures: Snapshot, previous: Previous) -> Gathered:
    """Return figures with the views and dates of the previous edition."""
    material = replace(gathered.material, snapshot=figures)
    return replace(gathered, material=material, house=previous.house, dates=previous.dates)


def _earlier(previous: Previous) -> Earlier:
    return Earlier(
        name=previous.name,
        period=previous.dates.period,
        as_of=previous.dates.as_of,
        window_end=previous.dates.window_end,
        headlines=previous.headlines.headlines,
    )


# -- what is equal --------------------------------------------------------------------------


def _as_of(snapshot: Snapshot, previous: Previous) -> Snapshot:
    """Return present figures as they would have been seen by the previous edition."""
    known = min(previous.snapshot.known_at, snapshot.known_at)
    return snapshot.cut(previous.snapshot.as_of, known)


def _same_figures(one: Snapshot, other: Snapshot) -> bool:
    """Tell whether two snapshots hold the same figures, whenever they were retrieved."""
    if one.hash == other.hash:
        return True
    if one.series.keys() != other.series.keys() or one.events != other.events:
        return False
    return all(
        np.array_equal(mine.dates, its.dates)
        and np.array_equal(mine.numbers, its.numbers)
        and np.array_equal(mine.released, its.released)
        for mine, its in ((one.series[name], other.series[name]) for name in one.series)
    )


def same_views(one: HouseView | None, other: HouseView | None) -> bool:
    """Tell whether two house views state the same, whichever edition they were written for."""
    if one is None or other is None:
        return one is other
    return dict(one.entries) == dict(other.entries)
