"""The stages in a row: a draft, written whole or not at all."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import CannotCreateError
from reportgen.pipeline.assessing import assessed
from reportgen.pipeline.gathering import gather
from reportgen.pipeline.looks import font_folder, look
from reportgen.pipeline.request import Progress, Request

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.gather import Material
    from reportgen.render.edition import Report

ASSESSMENT = "assessment.json"


@dataclass(frozen=True)
class Result:
    """What a build wrote: the folder, the reports in it, from what, and how long it took."""

    folder: Path
    reports: tuple[Report, ...]
    assessment: Assessment
    material: Material
    cached: bool
    seconds: float


def build(request: Request, progress: Progress) -> Result:
    """Write the report into ``<output>/drafts/<period>/``.

    Raises:
        ReportgenError: for everything a person can mend; nothing is written then.
    """
    from reportgen import archive
    from reportgen.facts.files import to_json
    from reportgen.render.edition import Job, write_languages

    started = time.monotonic()
    drafts = request.output / "drafts"
    archive.check_writable(drafts)
    progress("gather", request.data)
    gathered = gather(request)
    progress("snapshot", gathered.material.said)
    progress("assess", gathered.dates.period)
    assessment, cached = assessed(request, gathered)
    encoded = to_json(assessment)
    target = drafts / gathered.dates.period
    with archive.replacing(target) as stage:
        (stage / ASSESSMENT).write_bytes(encoded)
        _keep_other_languages(target, stage, encoded)
        pages = look(request, gathered.dates.period)
        job = Job(
            encoded,
            stage,
            request.formats,
            pages,
            request.output / "cache" if request.cached else None,
        )
        reports = write_languages(job, request.languages, request.jobs, progress)
        progress("bind", archive.MANIFEST)
        archive.write_manifest(stage, _about(request, assessment))
    seconds = time.monotonic() - started
    return Result(target, reports, assessment, gathered.material, cached, seconds)


def _keep_other_languages(target: Path, stage: Path, assessment: bytes) -> None:
    """Carry over reports of the same assessment that this run does not write itself."""
    try:
        if (target / ASSESSMENT).read_bytes() != assessment:
            return
        shutil.copytree(target, stage, dirs_exist_ok=True)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise CannotCreateError(f"{target} cannot be read: {problem.strerror}.") from None


def _about(request: Request, assessment: Assessment) -> dict[str, object]:
    from reportgen.render.colophon import fonts_used, library_versions

    edition = assessment.edition
    return {
        "period": edition.period,
        "as_of": edition.as_of.day.isoformat(),
        "known_at": edition.known_at.isoformat(),
        "snapshot": edition.snapshot,
        "program": edition.program,
        "libraries": library_versions(),
        "fonts": fonts_used((one.code for one in request.languages), font_folder(request)),
    }
