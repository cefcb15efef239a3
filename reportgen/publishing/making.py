"""From the frozen inputs to the edition's files: assessed, compared with the last, written."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen import pipeline
from reportgen.archive import editions
from reportgen.archive.manifest import EditionHead, edition_name
from reportgen.errors import DataError, MissingInputError
from reportgen.publishing import frozen as inputs
from reportgen.resources import code_sha256

if TYPE_CHECKING:
    from reportgen.archive.editions import Edition
    from reportgen.facts.assessment import Assessment
    from reportgen.facts.changes import Changes
    from reportgen.pipeline import Gathered, Progress, Request
    from reportgen.publishing.attribution import Previous
    from reportgen.publishing.frozen import Frozen
    from reportgen.publishing.state import State
    from reportgen.record.ledger import Ledger
    from reportgen.render.edition import Report

STATEMENTS = "statements.jsonl"
CARRIED = (inputs.SNAPSHOT, inputs.INPUTS)
"""Folders an edition is made from; the rest of it is made."""


@dataclass(frozen=True)
class Workshop:
    """Where editions are made, and what of this machine is used for it.

    Args:
        request: gives the output folder, the hands and the fonts; its dates and data are not
            looked at.
        progress: told of each phase.
    """

    request: Request
    progress: Progress

    @property
    def output(self) -> Path:
        """The output folder."""
        return self.request.output


@dataclass(frozen=True)
class Made:
    """What was made: the assessment and the report files."""

    assessment: Assessment
    reports: tuple[Report, ...]


def make(source: Path, into: Path, ledger: Ledger, workshop: Workshop) -> Made:
    """Write reports, charts, assessment and headlines of an edition.

    Args:
        source: a folder with the edition's snapshot and inputs.
        into: an existing folder; may be the same.
        ledger: the record of forecasts the edition prints.
        workshop: where it is made.

    Raises:
        ReportgenError: a model, a gate or the disk refuses.
    """
    from reportgen.facts.files import to_json
    from reportgen.render.edition import Job, write_languages

    request = inputs.request_of(source, workshop.request)
    workshop.progress("assess", request.period or "")
    gathered = pipeline.gather(request)
    assessment = _assessed(inputs.read(source), request, gathered, ledger, workshop.progress)
    encoded = to_json(assessment)
    (into / pipeline.ASSESSMENT).write_bytes(encoded)
    codes = tuple(one.code for one in request.languages)
    look = replace(pipeline.look(request, assessment.edition.period), languages=codes)
    cache = request.output / "cache" if request.cached else None
    job = Job(encoded, into, request.formats, look, cache)
    reports = write_languages(job, request.languages, request.jobs, workshop.progress)
    _write_headlines(into, assessment, request, ledger)
    return Made(assessment, reports)


def rebuild(edition_folder: Path, into: Path, ledger: Ledger, workshop: Workshop) -> None:
    """Make an edition again from what its folder holds, and from nothing an earlier run made.

    Args:
        edition_folder: the edition in the archive.
        into: an empty folder.
        ledger: the record of forecasts as long as it was then.
        workshop: where it is made.
    """
    request = replace(workshop.request, cached=False)
    make(edition_folder, into, ledger, replace(workshop, request=request))


def head_of(folder: Path, now: State, workshop: Workshop) -> EditionHead:
    """Return what the manifest says of an edition that is made and not yet sealed.

    Args:
        folder: its folder.
        now: the state of its run, which knows the ledger it prints.
        workshop: where it was made; the moment of sealing is that of its request.
    """
    from reportgen.facts.files import from_json
    from reportgen.record.ledger import NOTHING
    from reportgen.render.colophon import fonts_used, library_versions

    frozen = inputs.read(folder)
    edition = from_json((folder / pipeline.ASSESSMENT).read_bytes()).edition
    return EditionHead(
        period=frozen.period,
        revision=frozen.revision,
        as_of=frozen.as_of,
        dated=frozen.dated,
        known_at=frozen.known_at,
        published=workshop.request.now.astimezone(UTC),
        snapshot=edition.snapshot,
        paths=frozen.paths,
        languages=frozen.languages,
        formats=frozen.formats,
        program=edition.program,
        code=code_sha256(),
        libraries=library_versions(),
        fonts=fonts_used(frozen.languages, pipeline.font_folder(workshop.request)),
        ledger_rows=now.rows,
        ledger_head=now.head or NOTHING,
        previous=frozen.previous,
        previous_sha256=frozen.previous_sha256,
        correction=frozen.corrections[-1] if frozen.revision > 1 else None,
    )


def clear(folder: Path) -> None:
    """Take everything out of an edition's work folder but what it is made from."""
    for path in folder.iterdir():
        if path.name in CARRIED:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


# -- what the edition is compared with ------------------------------------------------------


def _assessed(
    frozen: Frozen, request: Request, gathered: Gathered, ledger: Ledger, progress: Progress
) -> Assessment:
    """Return the assessment with record, corrections and what changed since the last edition."""
    from reportgen.assess.changes import with_changes
    from reportgen.facts.files import from_json, to_json

    found, _ = pipeline.assessed(request, gathered, ledger)
    found = _revised(found, frozen)
    if frozen.previous is not None:
        before = editions.find(request.output, frozen.previous)
        found = with_changes(found, _changes(before, request, gathered, found, progress))
    return from_json(to_json(found))


def _changes(
    before: Edition, request: Request, gathered: Gathered, now: Assessment, progress: Progress
) -> Changes:
    """Return what changed, by cause; undivided where another program's edition no longer reads."""
    from reportgen.facts import headlines
    from reportgen.publishing.attribution import attributed, undivided

    try:
        return attributed(request, gathered, now, previous_of(before), progress)
    except (DataError, MissingInputError) as problem:
        progress("compare", f"without causes: {problem.message}")
        printed = headlines.from_json((before.folder / headlines.FILE).read_bytes())
        return undivided(printed, now)


def _revised(found: Assessment, frozen: Frozen) -> Assessment:
    """Return the assessment with its revision and the corrections issued so far."""
    from reportgen.assess.changes import with_corrections
    from reportgen.facts.changes import CorrectionFact

    told = [
        CorrectionFact(one.corrects[:7], one.revision, one.day, one.replaces, one.reason)
        for one in frozen.corrections
    ]
    return with_corrections(found, frozen.revision, told)


def previous_of(edition: Edition) -> Previous:
    """Return an edition as the next one compares itself with it."""
    from reportgen import snapshot
    from reportgen.facts import headlines
    from reportgen.house import read
    from reportgen.publishing.attribution import Previous

    frozen = inputs.read(edition.folder)
    house = None
    if frozen.house:
        house = read(edition.folder / inputs.HOUSE).stated_by(frozen.dated)
    return Previous(
        name=edition.name,
        headlines=headlines.from_json((edition.folder / headlines.FILE).read_bytes()),
        snapshot=snapshot.read(edition.folder / inputs.SNAPSHOT),
        house=house,
        dates=frozen.dates,
        code=edition.head.code,
        paths=frozen.paths,
    )


def _write_headlines(into: Path, assessment: Assessment, request: Request, ledger: Ledger) -> None:
    """Write the small file that lists, feeds and comparisons read, whatever the program's age."""
    from reportgen.assess.headlines import headlines
    from reportgen.facts.headlines import FILE, FORMAT, Headlines, to_json
    from reportgen.record import telling
    from reportgen.render.verdict import verdict

    edition = assessment.edition
    found = Headlines(
        format=FORMAT,
        name=edition_name(edition.period, edition.revision),
        period=edition.period,
        revision=edition.revision,
        as_of=edition.as_of.day,
        dated=edition.dated,
        window_end=edition.window_end.day,
        state=assessment.verdict.state,
        verdict={one.code: verdict(assessment, one.code) for one in request.languages},
        headlines=headlines(assessment),
        record=telling.summary(ledger, edition.as_of.day),
    )
    (into / FILE).write_bytes(to_json(found))
