"""One edition, step by step: frozen, made, bound, recorded, placed, shown.

The state is saved between the steps. A run that is stopped anywhere is taken up by the next,
which makes the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reportgen import archive
from reportgen.archive import editions, lock, sealing
from reportgen.archive.manifest import edition_name
from reportgen.errors import (
    ConfigError,
    DataError,
    DiskError,
    LockedError,
    MissingInputError,
    UnreachableError,
)
from reportgen.publishing import state
from reportgen.publishing.making import Workshop
from reportgen.publishing.order import BUILD, GATHER, Order, Outcome, Run
from reportgen.publishing.state import State
from reportgen.publishing.steps import STEPS, show

if TYPE_CHECKING:
    from reportgen.archive.manifest import Correction
    from reportgen.operations.report import Book
    from reportgen.pipeline import Progress

BEGIN_ANEW = (DataError, MissingInputError, UnreachableError, ConfigError)
"""After these a run does not go on from what it froze: other figures or settings are needed."""


def publish(order: Order, book: Book, progress: Progress, wait: float = 0.0) -> Outcome:
    """Publish an edition, or go on where an earlier run stopped; a published one is left alone.

    Args:
        order: what is to be published.
        book: collects what the run did.
        progress: told of each phase.
        wait: seconds to wait for another run.

    Raises:
        LockedError: another run is at work.
        ReportgenError: for everything else a person can mend; nothing is published then.
    """
    output = order.request.output
    archive.check_writable(output)
    with lock.held(output, wait):
        sealing.sweep(output)
        if order.correction is None:
            there = editions.latest(output, order.plan.period)
            if there is not None and not state.under_way(output, order.plan.period):
                return Outcome(there, fresh=False)
        return _through(Run(order, Workshop(order.request, progress), book))


def _through(run: Run) -> Outcome:
    """Take every step that is still to be taken."""
    now = _begun(run)
    try:
        while now.step != "placed":
            if (GATHER if now.step == "begun" else BUILD) not in run.order.stages:
                return Outcome(None, fresh=False)
            step = STEPS[now.step]
            with run.book.stage(step.__name__), _disk(run):
                now = step(run, now)
            state.save(run.output, now)
    except BEGIN_ANEW:
        if now.step not in ("recorded", "placed"):
            state.end(run.output, now.name)
        raise
    if BUILD not in run.order.stages:
        return Outcome(None, fresh=False)
    edition = editions.find(run.output, now.name)
    with run.book.stage("show"):
        shown = show(run)
    state.end(run.output, now.name)
    return Outcome(edition, fresh=True, site=shown)


@contextmanager
def _disk(run: Run) -> Iterator[None]:
    """Name a disk that refuses; the run can go on when it has room again."""
    try:
        yield
    except OSError as problem:
        raise DiskError(
            f"{run.output}: writing failed ({problem.strerror or problem}).",
            "Make room and run it again; it goes on where it was.",
        ) from problem


def _begun(run: Run) -> State:
    """Return the state of the run to go on from, or that of a new one."""
    period, correction = run.order.plan.period, run.order.correction
    for name in state.under_way(run.output, period):
        found = state.load(run.output, name)
        if found is not None and found.step != "begun":
            _check_same(found, correction)
            run.workshop.progress("resume", f"{name}, {found.step}")
            return found
        state.end(run.output, name)
    revision = 1 if correction is None else editions.next_revision(run.output, period)
    fresh = State(
        name=edition_name(period, revision),
        period=period,
        revision=revision,
        run=run.order.run,
        begun=run.order.request.now,
        correction=correction,
    )
    state.begin(run.output, fresh)
    return fresh


def _check_same(found: State, correction: Correction | None) -> None:
    """Refuse a correction while the month has another run under way: its reason would be lost."""
    if correction is None:
        return
    if found.correction is None or found.correction.reason != correction.reason:
        raise LockedError(
            f"Edition {found.name} is under way, and not for this reason.",
            f"Finish it first: reportgen publish --period {found.period}.",
        )
