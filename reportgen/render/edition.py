"""One edition in every language: charts drawn, templates filled, pages set and checked."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from concurrent.futures import as_completed
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import DataError
from reportgen.i18n.language import LANGUAGES, Language, language_of
from reportgen.render import keep
from reportgen.render.limits import Limits, limited, within
from reportgen.render.report import Brand, Medium, Page

if TYPE_CHECKING:
    from jinja2 import Environment

    from reportgen.charts import DrawnChart
    from reportgen.facts.assessment import Assessment
    from reportgen.i18n import Catalogue
    from reportgen.render.fonts import FontSet

REPORT_NAME = "nasdaq-risk-assessment"
LIMITS = Limits()
Progress = Callable[[str, str], None]


@dataclass(frozen=True)
class Logo:
    """A picture: its bytes and its ending, ``svg`` or ``png``."""

    data: bytes
    ending: str

    @property
    def address(self) -> str:
        """Its address among the PDF's own resources."""
        return f"asset:logo.{self.ending}"

    @property
    def embedded(self) -> str:
        """Its data URI, for the HTML edition."""
        kind = "svg+xml" if self.ending == "svg" else self.ending
        return f"data:image/{kind};base64,{b64encode(self.data).decode()}"


@dataclass(frozen=True)
class Look:
    """What the pages need beside the assessment.

    Args:
        brands: the publisher by language code.
        notes: the analyst's notes as safe HTML, by language code.
        font_folder: folder with the faces; ``None`` for the system's.
        logo: the publisher's logo; ``None`` when there is none.
        colours: CSS variables the brand sets, by name.
        draft: whether the pages say that they are a draft.
        languages: those the edition comes out in; all of the program's by default.
    """

    brands: Mapping[str, Brand]
    notes: Mapping[str, str]
    font_folder: Path | None = None
    logo: Logo | None = None
    colours: Mapping[str, str] = field(default_factory=dict)
    draft: bool = False
    languages: tuple[str, ...] = tuple(one.code for one in LANGUAGES)


@dataclass(frozen=True)
class Report:
    """A finished file: its name in the folder and, for a PDF, its number of pages."""

    language: str
    format: str
    name: str
    pages: int | None


@dataclass(frozen=True)
class Job:
    """What every language is written from, and where to.

    Args:
        assessment: the assessment as JSON.
        folder: an existing folder.
        formats: ``pdf``, ``html``.
        look: publisher, notes, fonts.
        cache: folder in which finished pages are kept; ``None`` to set them every time.
    """

    assessment: bytes
    folder: Path
    formats: tuple[str, ...]
    look: Look
    cache: Path | None = None


@dataclass(frozen=True)
class Desk:
    """What one language is written with: its words, its faces, its charts."""

    facts: Assessment
    language: Language
    env: Environment
    fonts: FontSet
    charts: Mapping[str, DrawnChart]
    look: Look

    def name(self, ending: str) -> str:
        """Return the name of a report file."""
        return file_name(self.facts.edition.name, self.language.code, ending)


def file_name(edition: str, language: str, ending: str) -> str:
    """Return the name of a report file of an edition, ``2026-01`` or ``2026-01-r2``."""
    return f"{REPORT_NAME}-{edition}.{language}.{ending}"


def write_languages(
    job: Job, languages: tuple[Language, ...], jobs: int, progress: Progress
) -> tuple[Report, ...]:
    """Write the reports of every language, ``jobs`` languages side by side.

    Each language has a process of its own, so that nothing is shared that could differ, and can
    take only so much.
    """
    found = {one.code: taken(job, one.code) for one in languages}
    missing = [code for code, reports in found.items() if reports is None]
    for code in (code for code in found if code not in missing):
        progress("write", code)
    with limited(max(1, min(jobs, len(missing)))) as pool:
        waiting = {pool.submit(within, LIMITS, write_language, job, code): code for code in missing}
        for done in as_completed(waiting):
            found[waiting[done]] = done.result()
            progress("write", waiting[done])
    return tuple(report for reports in found.values() for report in reports or ())


def taken(job: Job, code: str) -> list[Report] | None:
    """Take the pages of a language that were made before from the same inputs, if they are kept."""
    kept = _kept(job, code)
    if kept is None or not keep.take(kept, job.folder):
        return None
    return [_found(job, code, medium) for medium in job.formats]


def write_language(job: Job, code: str) -> list[Report]:
    """Write the reports of one language and its charts, and keep them; returns what was written."""
    kept, reports = _kept(job, code), _set(job, code)
    if kept is not None:
        charts = (path.relative_to(job.folder) for path in job.folder.glob(f"charts/*.{code}.svg"))
        keep.put(kept, job.folder, [*(one.name for one in reports), *map(str, charts)])
    return reports


def _kept(job: Job, code: str) -> Path | None:
    from reportgen.render.fonts import FontSet

    if job.cache is None:
        return None
    fonts = FontSet.for_language(code, folder=job.look.font_folder)
    faces = (*fonts.sans, *fonts.serif, *fonts.symbols)
    inputs = job.assessment + repr((code, job.formats, job.look)).encode()
    return job.cache / f"pages-{keep.key_of(inputs, (face.path for face in faces))}"


def _found(job: Job, code: str, medium: str) -> Report:
    from reportgen.facts.files import from_json
    from reportgen.render.gates import count_pages

    name = file_name(from_json(job.assessment).edition.name, code, medium)
    pages = count_pages(job.folder / name) if medium == "pdf" else None
    return Report(code, medium, name, pages)


def _set(job: Job, code: str) -> list[Report]:
    from reportgen.i18n import load_catalogue
    from reportgen.resources import locales_folder

    catalogue = load_catalogue(locales_folder(), language_of(code))
    desk = desk_of(job, catalogue, code)
    _save_charts(desk, job.folder / "charts")
    writers = {"pdf": _write_pdf, "html": _write_html}
    reports = [writers[medium](desk, job.folder) for medium in job.formats]
    if catalogue.missing:
        listed = "; ".join(sorted(catalogue.missing)[:5])
        raise DataError(
            f"{len(catalogue.missing)} messages have no translation in {code}: {listed}.",
            "Run reportgen messages check.",
        )
    return reports


def desk_of(job: Job, catalogue: Catalogue, code: str) -> Desk:
    """Return everything one language is written with; draws its charts."""
    from reportgen.charts import draw_all
    from reportgen.charts.pen import Pen, use_faces
    from reportgen.facts.files import from_json
    from reportgen.i18n import Formatter
    from reportgen.i18n.environment import environment
    from reportgen.render.fonts import FontSet
    from reportgen.resources import templates_folder

    facts, language = from_json(job.assessment), language_of(code)
    formatter = Formatter(language, catalogue)
    env = environment(templates_folder(), catalogue, formatter, facts.edition.as_of.day)
    fonts = FontSet.for_language(code, folder=job.look.font_folder)
    use_faces(str(face.path) for face in (*fonts.sans, *fonts.symbols))
    charts = draw_all(facts, env, Pen(formatter, fonts.sans_stack))
    return Desk(facts, language, env, fonts, charts, job.look)


def _save_charts(desk: Desk, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for chart in desk.charts.values():
        (folder / f"{chart.code}.{desk.language.code}.svg").write_bytes(chart.svg)


def _write_pdf(desk: Desk, folder: Path) -> Report:
    from reportgen.render.gates import check_pdf, count_pages
    from reportgen.render.pdf import DocumentInfo, write_pdf

    html = _rendered(desk, "pdf")
    resources = {f"chart:{code}.svg": chart.svg for code, chart in desk.charts.items()}
    if desk.look.logo is not None:
        resources[desk.look.logo.address] = desk.look.logo.data
    dated = desk.facts.edition.dated
    info = DocumentInfo(created=datetime(dated.year, dated.month, dated.day, tzinfo=UTC))
    finished = write_pdf(html, resources, desk.fonts, info)
    _pass(check_pdf(finished, desk.language.code, desk.fonts.expected_names), desk, "PDF")
    (folder / desk.name("pdf")).write_bytes(finished)
    return Report(desk.language.code, "pdf", desk.name("pdf"), count_pages(finished))


def _write_html(desk: Desk, folder: Path) -> Report:
    from reportgen.render.gates import check_html
    from reportgen.render.screen import finish_html

    finished = finish_html(_rendered(desk, "html"), desk.fonts)
    _pass(check_html(finished), desk, "HTML")
    (folder / desk.name("html")).write_text(finished, encoding="utf-8")
    return Report(desk.language.code, "html", desk.name("html"), None)


def _rendered(desk: Desk, medium: Medium) -> str:
    """Return the page for a medium once no probability on it stands alone."""
    from reportgen.facts.keys import figures
    from reportgen.render.probabilitygate import check_probabilities, wording_of
    from reportgen.render.report import render_html

    html = render_html(desk.facts, desk.charts, desk.env, page_of(medium, desk))
    known = {one.key for one in figures(desk.facts)}
    _pass(check_probabilities(html, wording_of(desk.env), known), desk, medium.upper())
    return html


def page_of(medium: Medium, desk: Desk) -> Page:
    """Return what the templates are given for a medium, beside the assessment."""
    from reportgen.resources import templates_folder

    styles = templates_folder() / "css"
    names = ("common.css", "page.css" if medium == "pdf" else "screen.css")
    css = "\n".join((styles / name).read_text(encoding="utf-8") for name in names)
    brand = desk.look.brands[desk.language.code]
    if desk.look.logo is not None:
        address = desk.look.logo.address if medium == "pdf" else desk.look.logo.embedded
        brand = replace(brand, logo=address)
    others = tuple(
        (one, file_name(desk.facts.edition.name, one.code, medium))
        for one in LANGUAGES
        if one.code in desk.look.languages and one.code != desk.language.code
    )
    return Page(
        medium=medium,
        brand=brand,
        note=desk.look.notes.get(desk.language.code, ""),
        draft=desk.look.draft,
        css=css + _brand_css(desk.look.colours),
        siblings=others if medium == "html" else (),
        whole=len(others) == len(LANGUAGES) - 1,
    )


def _brand_css(colours: Mapping[str, str]) -> str:
    rules = "".join(f"--{name}:{colour};" for name, colour in colours.items())
    return f"\n:root{{{rules}}}" if rules else ""


def _pass(problems: list[str], desk: Desk, kind: str) -> None:
    if problems:
        raise DataError(
            f"The {kind} in {desk.language.code} failed its checks: {'; '.join(problems[:5])}."
        )
