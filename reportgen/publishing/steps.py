"""The steps of an edition: each reads what the one before left on the disk and leaves its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from reportgen import pipeline
from reportgen.archive import editions, sealing
from reportgen.errors import DataError, UnreachableError
from reportgen.publishing import frozen as inputs
from reportgen.publishing import making, state
from reportgen.publishing.frozen import Frozen
from reportgen.publishing.making import STATEMENTS
from reportgen.publishing.order import Run
from reportgen.publishing.state import State

if TYPE_CHECKING:
    from reportgen.archive.editions import Edition
    from reportgen.record.ledger import Ledger


def freeze(run: Run, now: State) -> State:
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


def _frozen(run: Run, now: State, gathered: pipeline.Gathered) -> Frozen:
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


def make(run: Run, now: State) -> State:
    """Make the edition's rows of the ledger and all its pages; the gates are in there."""
    from reportgen import recording
    from reportgen.record.ledger import FILE, read

    work = run.work(now)
    making.clear(work)
    before = read(run.output / FILE)
    _check_whole(before, editions.editions(run.output))
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


def _check_whole(ledger: Ledger, archive: Iterable[Edition]) -> None:
    """Refuse a ledger that has lost rows an edition printed: no other may be built on it.

    Raises:
        DataError: it does not hold them; names the edition.
    """
    from reportgen.record.ledger import FILE, NOTHING

    heads = (NOTHING, *ledger.hashes)
    for edition in archive:
        head = edition.head
        if heads[head.ledger_rows : head.ledger_rows + 1] != (head.ledger_head,):
            raise DataError(
                f"{FILE} does not hold the {head.ledger_rows} rows that edition {edition.name} "
                f"printed; it has {len(ledger.rows)}.",
                "Restore the file from a copy; nothing is published until then.",
            )


def bind(run: Run, now: State) -> State:
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


def record(run: Run, now: State) -> State:
    """Append the edition's rows to the ledger; made for another ledger they are made anew."""
    from reportgen.record.ledger import FILE, NOTHING, commit

    run.workshop.progress("record", FILE)
    lines = (run.work(now) / STATEMENTS).read_bytes()
    done = commit(run.output / FILE, now.base or NOTHING, lines)
    return msgspec.structs.replace(now, step="recorded" if done else "frozen")


def place(run: Run, now: State) -> State:
    """Put the finished folder into the archive."""
    run.workshop.progress("archive", now.name)
    sealing.place(run.work(now), run.output, now.name)
    return msgspec.structs.replace(now, step="placed")


def show(run: Run) -> Path | None:
    """Make the site anew."""
    from reportgen import site

    run.workshop.progress("site", "")
    return site.write(run.output, run.order.request.settings)


STEPS: dict[state.Step, Callable[[Run, State], State]] = {
    "begun": freeze,
    "frozen": make,
    "binding": make,  # stopped while files were changed in place: they are made again
    "made": bind,
    "bound": record,
    "recorded": place,
}
"""What is to be done after what is done."""
