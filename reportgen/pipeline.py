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
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import CannotCreateError
from reportgen.i18n.language import LANGUAGES, Language, language_of

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.facts.assessment import Assessment
    from reportgen.gather import Material
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
        data: ``auto``, ``live``, ``cache``, ``bundled`` or the folder of a snapshot.
        now: the moment of asking; aware.
        output: folder that holds ``drafts/`` and ``cache/``.
        settings: the configuration.
        paths: simulated paths a window.
        jobs: languages written side by side.
        as_of: last day an observation may describe; ``None`` for the freshest there is.
        period: month of the edition; ``None`` for the month of ``as_of``.
        house: file of the house view; the newest bundled one of that day when ``None``.
        draft: whether the pages say that they are a draft.
        keyed: whether there is a key for FRED in the environment.
    """

    languages: tuple[Language, ...]
    formats: tuple[str, ...]
    data: str
    now: datetime
    output: Path
    settings: Settings
    paths: int
    jobs: int
    as_of: date | None = None
    period: str | None = None
    house: Path | None = None
    draft: bool = False
    keyed: bool = False


@dataclass(frozen=True)
class Gathered:
    """What an assessment is made from."""

    material: Material
    house: HouseView | None
    dates: EditionDates

    @property
    def snapshot(self) -> Snapshot:
        """The figures."""
        return self.material.snapshot


@dataclass(frozen=True)
class Result:
    """What a build wrote: the folder, the reports in it, from what, and how long it took."""

    folder: Path
    reports: tuple[Report, ...]
    assessment: Assessment
    material: Material
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
    progress("snapshot", gathered.material.said)
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
    seconds = time.monotonic() - started
    return Result(target, reports, assessment, gathered.material, cached, seconds)


# -- gather ---------------------------------------------------------------------------------


def gather(request: Request) -> Gathered:
    """Return the figures, the house view as it was known, and the edition's dates."""
    from reportgen import bundled
    from reportgen.gather import Wish, material
    from reportgen.house import read
    from reportgen.period import edition_dates

    found = material(
        Wish(
            data=request.data,
            as_of=request.as_of,
            now=request.now,
            output=request.output,
            settings=request.settings,
            keyed=request.keyed,
        )
    )
    dates = edition_dates(found.snapshot.as_of, request.period)
    if request.house is not None:
        held = read(request.house).stated_by(dates.dated)
    else:
        held = bundled.house_known(dates.dated)
    return Gathered(found, held, dates)


# -- assess ---------------------------------------------------------------------------------


def assessed(request: Request, gathered: Gathered) -> tuple[Assessment, bool]:
    """Return the assessment with the record of forecasts as it stood on its as-of date.

    Its own figures come from the cache when these inputs were assessed before. The record is
    read from the output folder and never written.
    """
    from reportgen.assess import with_record
    from reportgen.facts.files import from_json, to_json
    from reportgen.record.ledger import FILE, read

    found, cached = _assessed(request, gathered)
    recorded = with_record(found, read(request.output / FILE))
    return from_json(to_json(recorded)), cached


def _assessed(request: Request, gathered: Gathered) -> tuple[Assessment, bool]:
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
    return found, False


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
