"""The main path, one function a stage: gather, assess, write (draw, set, check), bind.

Everything is written into a new folder first and takes its place only when it is complete,
so a failed run leaves the draft that was there untouched.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import CannotCreateError, UsageError
from reportgen.i18n.language import LANGUAGES, Language, language_of

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.period import EditionDates
    from reportgen.render.edition import Logo, Look, Report
    from reportgen.snapshot import Snapshot

FORMATS = ("pdf", "html")
ASSESSMENT = "assessment.json"
Progress = Callable[[str, str], None]
"""Told the name of each phase as it begins, and a detail (a language, a file) or nothing."""


@dataclass(frozen=True)
class Request:
    """What is to be built.

    Args:
        languages: in the order they are written.
        formats: of ``FORMATS``.
        data: ``bundled`` or the folder of a snapshot.
        output: folder that holds ``drafts/`` and ``cache/``.
        settings: the configuration.
        paths: simulated paths a window.
        jobs: languages written side by side.
        house: file of the house view; the edition's bundled one when ``None``.
        draft: whether the pages say that they are a draft.
    """

    languages: tuple[Language, ...]
    formats: tuple[str, ...]
    data: str
    output: Path
    settings: Settings
    paths: int
    jobs: int
    house: Path | None = None
    draft: bool = False


@dataclass(frozen=True)
class Gathered:
    """What an assessment is made from."""

    snapshot: Snapshot
    house: HouseView | None
    dates: EditionDates


@dataclass(frozen=True)
class Result:
    """What a build wrote: the folder, the reports in it, and how long it took."""

    folder: Path
    reports: tuple[Report, ...]
    assessment: Assessment
    cached: bool
    seconds: float


def languages_of(codes: tuple[str, ...]) -> tuple[Language, ...]:
    """Return the languages named on the command line; ``all`` and nothing mean all."""
    named = tuple(language_of(code) for code in codes if code != "all")
    return LANGUAGES if not codes or "all" in codes else tuple(dict.fromkeys(named))


def formats_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the formats named on the command line; ``all`` and nothing mean all."""
    return FORMATS if not names or "all" in names else tuple(dict.fromkeys(names))


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
    progress("assess", gathered.dates.period)
    assessment, cached = assessed(request, gathered)
    encoded = to_json(assessment)
    target = drafts / gathered.dates.period
    with archive.replacing(target) as stage:
        (stage / ASSESSMENT).write_bytes(encoded)
        _keep_other_languages(target, stage, encoded)
        pages = look(request, gathered.dates.period)
        job = Job(encoded, stage, request.formats, pages, request.output / "cache")
        reports = write_languages(job, request.languages, request.jobs, progress)
        progress("bind", archive.MANIFEST)
        archive.write_manifest(stage, _about(request, assessment))
    return Result(target, reports, assessment, cached, time.monotonic() - started)


# -- gather ---------------------------------------------------------------------------------


def gather(request: Request) -> Gathered:
    """Return the snapshot, the house view and the edition's dates."""
    from reportgen import bundled, snapshot
    from reportgen.house import read
    from reportgen.period import edition_dates

    if request.data == "bundled":
        found = bundled.load()
    elif Path(request.data).is_dir():
        found = snapshot.read(Path(request.data))
    else:
        raise UsageError(
            f"There is no data called {request.data!r}.",
            "Give --data bundled or the folder of a snapshot.",
        )
    dates = edition_dates(found.as_of)
    if request.house is not None:
        return Gathered(found, read(request.house), dates)
    held = bundled.house(dates.period) if dates.period in bundled.PERIODS else None
    return Gathered(found, held, dates)


# -- assess ---------------------------------------------------------------------------------


def assessed(request: Request, gathered: Gathered) -> tuple[Assessment, bool]:
    """Return the assessment, from the cache when these inputs were assessed before."""
    from reportgen.assess import assess
    from reportgen.errors import DataError
    from reportgen.facts.files import from_json, to_json

    path = request.output / "cache" / f"assessment-{_inputs_hash(request, gathered)}.json"
    if path.is_file():
        try:
            return from_json(path.read_bytes()), True
        except DataError:  # half-written or from another schema: made anew
            path.unlink()
    found = assess(gathered.snapshot, gathered.house, gathered.dates, request.paths)
    _store(path, to_json(found))
    return from_json(to_json(found)), False


def _inputs_hash(request: Request, gathered: Gathered) -> str:
    """Hash everything the assessment depends on: figures, views, dates, size and code."""
    content = hashlib.sha256()
    content.update(f"{gathered.snapshot.hash}|{gathered.dates}|{request.paths}|".encode())
    content.update(repr(gathered.house).encode())
    package = Path(__file__).parent
    for room in ("facts", "models", "assess", "snapshot", "series", "bundled"):
        for source in sorted((package / room).rglob("*.py")):
            content.update(source.read_bytes())
    return content.hexdigest()[:24]


def _store(path: Path, data: bytes) -> None:
    """Keep a cached assessment; a cache that cannot be written costs time, not the report."""
    partial = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)


# -- write and bind -------------------------------------------------------------------------


def look(request: Request, period: str) -> Look:
    """Return what the pages need beside the assessment, from the configuration."""
    from reportgen.render.edition import Look
    from reportgen.render.note import note_html
    from reportgen.render.report import Brand

    settings = request.settings
    publisher, notes = settings.publisher, Path(settings.paths.notes)
    brands = {
        language.code: Brand(
            name=publisher.name,
            contact=publisher.contact,
            disclaimer=publisher.disclaimer.get(language.code, ""),
        )
        for language in request.languages
    }
    return Look(
        brands=brands,
        notes={one.code: note_html(notes, period, one.code) for one in request.languages},
        font_folder=_font_folder(request),
        logo=_logo(publisher.logo),
        colours={
            name: value
            for name, value in (
                ("accent", publisher.colours.primary),
                ("warning", publisher.colours.accent),
            )
            if value
        },
        draft=request.draft,
    )


def _logo(name: str) -> Logo | None:
    from reportgen.errors import ConfigError
    from reportgen.render.edition import Logo

    if not name:
        return None
    path = Path(name)
    ending = path.suffix.lower().lstrip(".")
    if ending not in ("svg", "png"):
        raise ConfigError(f"publisher.logo: {name} is neither an SVG nor a PNG file.")
    try:
        return Logo(path.read_bytes(), ending)
    except OSError as problem:
        raise ConfigError(f"publisher.logo: {name} cannot be read: {problem.strerror}.") from None


def _font_folder(request: Request) -> Path | None:
    folder = request.settings.fonts.folder
    return Path(folder) if folder else None


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
        "fonts": fonts_used((one.code for one in request.languages), _font_folder(request)),
    }
