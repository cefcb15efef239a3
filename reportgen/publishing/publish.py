"""One edition, step by step: frozen, made, bound, recorded, placed, shown.

Each step reads what the one before left on the disk and leaves its own; the state is saved
between them. A run that is stopped anywhere is taken up by the next, which makes the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from reportgen import archive, pipeline
from reportgen.archive import editions, lock, sealing
from reportgen.archive.manifest import Correction, edition_name
from reportgen.errors import (
    ConfigError,
    DataError,
    DiskError,
    MissingInputError,
    UnreachableError,
)
from reportgen.publishing import frozen as inputs
from reportgen.publishing import making, state
from reportgen.publishing.frozen import Frozen
from reportgen.publishing.making import STATEMENTS, Workshop
from reportgen.publishing.state import State

if TYPE_CHECKING:
    from reportgen.archive.editions import Edition
    from reportgen.operations.report import Book
    from reportgen.pipeline import Progress, Request
    from reportgen.schedule.rule import EditionPlan
    from reportgen.secret import Secret

Stage = Literal["gather", "build", "deliver"]
STAGES: tuple[Stage, ...] = ("gather", "build", "deliver")
"""``gather`` needs the network, ``build`` none, ``deliver`` no templates."""
GATHER: Stage = "gather"
BUILD: Stage = "build"
BEGIN_ANEW = (DataError, MissingInputError, UnreachableError, ConfigError)
"""After these a run does not go on from what it froze: other figures or settings are needed."""


@dataclass(frozen=True)
class Order:
    """What is to be published.

    Args:
        request: figures, languages, formats, size; where to.
        plan: the edition's dates.
        correction: why a revision is issued; ``None`` for a first edition.
        run: id of the run.
        signing: key for the manifest; ``None`` to leave it unsigned.
        stages: what may be done; a run without the others leaves off where they begin.
    """

    request: Request
    plan: EditionPlan
    run: str
    correction: Correction | None = None
    signing: Secret | None = None
    stages: frozenset[Stage] = frozenset(STAGES)


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Args:
        edition: in the archive; ``None`` when it is not finished.
        fresh: whether this run put it there.
        site: the folder of the site as it now is; ``None`` when it was not touched.
    """

    edition: Edition | None
    fresh: bool
    site: Path | None = None


@dataclass(frozen=True)
class _Run:
    """A run with its tools."""

    order: Order
    workshop: Workshop
    book: Book

    @property
    def output(self) -> Path:
        return self.order.request.output

    def work(self, now: State) -> Path:
        return state.work_of(self.output, now.name)


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
        return _through(_Run(order, Workshop(order.request, progress), book))


def _through(run: _Run) -> Outcome:
    """Take every step that is still to be taken."""
    now = _begun(run)
    try:
        while now.step != "placed":
            if (GATHER if now.step == "begun" else BUILD) not in run.order.stages:
                return Outcome(None, fresh=False)
            step = STEPS[now.step]
            with run.book.stage(step.__name__.strip("_")), _disk(run):
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
        shown = _show(run)
    state.end(run.output, now.name)
    return Outcome(edition, fresh=True, site=shown)


@contextmanager
def _disk(run: _Run) -> Iterator[None]:
    """Name a disk that refuses; the run can go on when it has room again."""
    try:
        yield
    except OSError as problem:
        raise DiskError(
            f"{run.output}: writing failed ({problem.strerror or problem}).",
            "Make room and run it again; it goes on where it was.",
        ) from problem


def _begun(run: _Run) -> State:
    """Return the state of the run to go on from, or that of a new one."""
    period, correction = run.order.plan.period, run.order.correction
    for name in state.under_way(run.output, period):
        found = state.load(run.output, name)
        if found is not None and found.step != "begun":
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


# -- the steps ------------------------------------------------------------------------------


def _freeze(run: _Run, now: State) -> State:
    """Gather the figures and put everything the edition is made from into its folder."""
    plan, work = run.order.plan, run.work(now)
    request = replace(
        run.order.request,
        as_of=plan.as_of,
        known_at=plan.known_at,
        period=plan.period,
        dates=plan.dates,
    )
    run.workshop.progress("gather", f"{request.data}, as of {plan.as_of}")
    state.begin(run.output, now)
    gathered = pipeline.gather(request)
    if gathered.snapshot.as_of != plan.as_of:
        raise UnreachableError(
            f"The figures reach to {gathered.snapshot.as_of}, and {now.name} needs {plan.as_of}."
        )
    harvest = gathered.material.harvest
    run.book.data = gathered.material.said
    run.book.degraded = tuple(one.spec.id for one in harvest.degraded) if harvest else ()
    inputs.freeze(work, request, gathered, _frozen(run, now, gathered))
    return msgspec.structs.replace(now, step="frozen")


def _frozen(run: _Run, now: State, gathered: pipeline.Gathered) -> Frozen:
    """Return the settings of the edition as they are written into its folder."""
    request, correction = run.order.request, now.correction
    publisher = request.settings.publisher
    if publisher.logo:
        publisher = msgspec.structs.replace(publisher, logo=inputs.logo_name(publisher.logo))
    before = editions.previous(run.output, now.period)
    issued = [one.head.correction for one in editions.editions(run.output)]
    corrections = sorted((one for one in issued if one), key=lambda one: (one.day, one.corrects))
    return Frozen(
        format=inputs.FORMAT,
        period=now.period,
        revision=now.revision,
        as_of=gathered.dates.as_of,
        dated=gathered.dates.dated,
        window_end=gathered.dates.window_end,
        known_at=gathered.snapshot.known_at,
        written=request.now,
        paths=request.paths,
        languages=tuple(one.code for one in request.languages),
        formats=request.formats,
        publisher=publisher,
        house=gathered.house_file is not None,
        previous=before.name if before else None,
        previous_sha256=before.sha256 if before else None,
        corrections=(*corrections, *([correction] if correction else [])),
    )


def _make(run: _Run, now: State) -> State:
    """Make the edition's rows of the ledger and all its pages; the gates are in there."""
    from reportgen import recording
    from reportgen.record.ledger import FILE, read

    work = run.work(now)
    making.clear(work)
    before = read(run.output / FILE)
    request = inputs.request_of(work, run.order.request)
    gathered = pipeline.gather(request)
    written = inputs.read(work).written
    lines, after, omitted = recording.ahead(request, gathered, before, written)
    (work / STATEMENTS).write_bytes(lines)
    made = making.make(work, work, after, run.workshop)
    for one in made.reports:
        run.book.files[one.name] = (work / one.name).stat().st_size
        if one.pages:
            run.book.pages[one.name] = one.pages
    for sentence in omitted:
        run.book.warn(f"Not stated: {sentence}")
    return msgspec.structs.replace(
        now, step="made", base=before.head, rows=len(after.rows), head=after.head
    )


def _bind(run: _Run, now: State) -> State:
    """Attach the proof to every PDF, add the run's report, write the manifest, sign it."""
    from reportgen.archive.signing import signing_key
    from reportgen.publishing import proving

    work, signing = run.work(now), run.order.signing
    state.save(run.output, msgspec.structs.replace(now, step="binding"))
    run.workshop.progress("bind", now.name)
    key = signing_key(signing) if signing else None
    head = making.head_of(work, now, run.workshop)
    proving.prove(work, head, key)
    report = run.book.closed("sealed")
    (work / "run.json").write_bytes(report.as_json() + b"\n")
    (work / "run.txt").write_text(report.as_text(), encoding="utf-8")
    sealing.seal(work, head)
    if key is not None:
        proving.sign(work, head, key)
    return msgspec.structs.replace(now, step="bound")


def _record(run: _Run, now: State) -> State:
    """Append the edition's rows to the ledger; made for another ledger they are made anew."""
    from reportgen.record.ledger import FILE, NOTHING, commit

    run.workshop.progress("record", FILE)
    lines = (run.work(now) / STATEMENTS).read_bytes()
    done = commit(run.output / FILE, now.base or NOTHING, lines)
    return msgspec.structs.replace(now, step="recorded" if done else "frozen")


def _place(run: _Run, now: State) -> State:
    """Put the finished folder into the archive."""
    run.workshop.progress("archive", now.name)
    sealing.place(run.work(now), run.output, now.name)
    return msgspec.structs.replace(now, step="placed")


def _show(run: _Run) -> Path | None:
    """Make the site anew."""
    from reportgen import site

    run.workshop.progress("site", "")
    return site.write(run.output, run.order.request.settings)


STEPS: dict[state.Step, Callable[[_Run, State], State]] = {
    "begun": _freeze,
    "frozen": _make,
    "binding": _make,  # stopped while files were changed in place: they are made again
    "made": _bind,
    "bound": _record,
    "recorded": _place,
}
"""What is to be done after what is done."""


def correction_of(edition: Edition, reason: dict[str, str], day: date) -> Correction:
    """Return the correction of an edition.

    Args:
        edition: that it takes the place of.
        reason: one sentence by language.
        day: of issue.
    """
    head = edition.head
    return Correction(
        corrects=edition.name,
        revision=head.revision + 1,
        replaces=head.correction.day if head.correction else head.dated,
        day=day,
        reason=reason,
    )
