"""One edition in every language: charts drawn, templates filled, pages set and checked."""

from __future__ import annotations

import multiprocessing
from base64 import b64encode
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import DataError
from reportgen.i18n.language import LANGUAGES, Language, language_of
from reportgen.render.report import Brand, Medium, Page

if TYPE_CHECKING:
    from jinja2 import Environment

    from reportgen.charts import DrawnChart
    from reportgen.facts.assessment import Assessment
    from reportgen.render.fonts import FontSet

REPORT_NAME = "nasdaq-risk-assessment"
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
    """

    brands: Mapping[str, Brand]
    notes: Mapping[str, str]
    font_folder: Path | None = None
    logo: Logo | None = None
    colours: Mapping[str, str] = field(default_factory=dict)
    draft: bool = False


@dataclass(frozen=True)
class Report:
    """A finished file: its name in the folder and, for a PDF, its number of pages."""

    language: str
    format: str
    name: str
    pages: int | None


def file_name(period: str, language: str, medium: str) -> str:
    """Return the name of a report file."""
    return f"{REPORT_NAME}-{period}.{language}.{medium}"


def write_languages(
    assessment: bytes,
    folder: Path,
    languages: tuple[Language, ...],
    formats: tuple[str, ...],
    look: Look,
    jobs: int,
    progress: Progress,
) -> tuple[Report, ...]:
    """Write the reports into ``folder``, one process a language.

    Args:
        assessment: the assessment as JSON.
        folder: an existing folder.
        languages: to write.
        formats: ``pdf``, ``html``.
        look: publisher, notes, fonts.
        jobs: languages written side by side.
        progress: told of each language as it is done.
    """
    if len(languages) == 1 or jobs == 1:
        found = []
        for language in languages:
            progress("write", language.code)
            found += write_language(assessment, folder, language.code, formats, look)
        return tuple(found)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(languages)), mp_context=context) as pool:
        waiting = {
            pool.submit(write_language, assessment, folder, language.code, formats, look): language
            for language in languages
        }
        for done in as_completed(waiting):
            done.result()
            progress("write", waiting[done].code)
        return tuple(report for future in waiting for report in future.result())


def write_language(
    assessment: bytes, folder: Path, code: str, formats: tuple[str, ...], look: Look
) -> list[Report]:
    """Write the reports of one language and its charts; returns what was written."""
    from reportgen.charts import draw_all
    from reportgen.charts.pen import Pen, use_faces
    from reportgen.facts.files import from_json
    from reportgen.i18n import Formatter, load_catalogue
    from reportgen.i18n.environment import environment
    from reportgen.render.fonts import FontSet
    from reportgen.resources import locales_folder, templates_folder

    facts, language = from_json(assessment), language_of(code)
    catalogue = load_catalogue(locales_folder(), language)
    formatter = Formatter(language, catalogue)
    env = environment(templates_folder(), catalogue, formatter)
    fonts = FontSet.for_language(code, folder=look.font_folder)
    use_faces(str(face.path) for face in (*fonts.sans, *fonts.symbols))
    charts = draw_all(facts, env, Pen(formatter, fonts.sans_stack))
    _save_charts(charts, folder / "charts", code)
    writers = {"pdf": _write_pdf, "html": _write_html}
    reports = [
        writers[medium](facts, charts, env, fonts, folder, language, look) for medium in formats
    ]
    if catalogue.missing:
        listed = "; ".join(sorted(catalogue.missing)[:5])
        raise DataError(
            f"{len(catalogue.missing)} messages have no translation in {code}: {listed}.",
            "Run reportgen messages check.",
        )
    return reports


def _save_charts(charts: Mapping[str, DrawnChart], folder: Path, code: str) -> None:
    folder.mkdir(exist_ok=True)
    for chart in charts.values():
        (folder / f"{chart.code}.{code}.svg").write_bytes(chart.svg)


def _page(
    medium: Medium, facts: Assessment, language: Language, look: Look, siblings: bool
) -> Page:
    from reportgen.resources import templates_folder

    styles = templates_folder() / "css"
    own = "page.css" if medium == "pdf" else "screen.css"
    css = "\n".join((styles / name).read_text(encoding="utf-8") for name in ("common.css", own))
    others = tuple(
        (one, file_name(facts.edition.period, one.code, medium))
        for one in LANGUAGES
        if one.code != language.code
    )
    brand = look.brands[language.code]
    if look.logo is not None:
        address = look.logo.address if medium == "pdf" else look.logo.embedded
        brand = replace(brand, logo=address)
    return Page(
        medium=medium,
        brand=brand,
        note=look.notes.get(language.code, ""),
        draft=look.draft,
        css=css + _brand_css(look.colours),
        siblings=others if siblings else (),
    )


def _brand_css(colours: Mapping[str, str]) -> str:
    rules = "".join(f"--{name}:{colour};" for name, colour in colours.items())
    return f"\n:root{{{rules}}}" if rules else ""


def _write_pdf(
    facts: Assessment,
    charts: Mapping[str, DrawnChart],
    env: Environment,
    fonts: FontSet,
    folder: Path,
    language: Language,
    look: Look,
) -> Report:
    from reportgen.render.gates import check_pdf
    from reportgen.render.pdf import DocumentInfo, page_count, write_pdf
    from reportgen.render.report import render_html

    page = _page("pdf", facts, language, look, siblings=False)
    html = render_html(facts, charts, env, page)
    resources = {f"chart:{code}.svg": chart.svg for code, chart in charts.items()}
    if look.logo is not None:
        resources[look.logo.address] = look.logo.data
    dated = facts.edition.dated
    info = DocumentInfo(created=datetime(dated.year, dated.month, dated.day, tzinfo=UTC))
    finished = write_pdf(html, resources, fonts, info)
    _pass(check_pdf(finished, language.code, fonts.expected_names), language.code, "PDF")
    name = file_name(facts.edition.period, language.code, "pdf")
    (folder / name).write_bytes(finished)
    return Report(language.code, "pdf", name, page_count(finished))


def _write_html(
    facts: Assessment,
    charts: Mapping[str, DrawnChart],
    env: Environment,
    fonts: FontSet,
    folder: Path,
    language: Language,
    look: Look,
) -> Report:
    from reportgen.render.gates import check_html
    from reportgen.render.report import render_html
    from reportgen.render.screen import finish_html

    page = _page("html", facts, language, look, siblings=True)
    finished = finish_html(render_html(facts, charts, env, page), fonts)
    _pass(check_html(finished), language.code, "HTML")
    name = file_name(facts.edition.period, language.code, "html")
    (folder / name).write_text(finished, encoding="utf-8")
    return Report(language.code, "html", name, None)


def _pass(problems: list[str], code: str, kind: str) -> None:
    if problems:
        raise DataError(f"The {kind} in {code} failed its checks: {'; '.join(problems[:5])}.")
