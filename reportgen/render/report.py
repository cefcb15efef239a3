"""The report as HTML: one set of templates, one language, one medium at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import TemplateError, UndefinedError

from reportgen.errors import ConfigError, DataError
from reportgen.i18n.spaces import closed_up
from reportgen.render.typography import refined

if TYPE_CHECKING:
    from jinja2 import Environment

    from reportgen.charts import DrawnChart
    from reportgen.facts.assessment import Assessment

Medium = Literal["pdf", "html"]
MAIN_TEMPLATE = "report.html.j2"
PARTS = (
    "sections/10_summary.html.j2",
    "sections/20_liquidity.html.j2",
    "sections/30_ai.html.j2",
    "sections/40_microstructure.html.j2",
    "sections/50_fiscal.html.j2",
    "sections/60_probabilities.html.j2",
    "sections/70_conclusions.html.j2",
    "sections/80_matrix.html.j2",
    "sections/85_review.html.j2",
    "sections/back.html.j2",
)
"""The sections in the order of the report."""


@dataclass(frozen=True)
class Brand:
    """What the publisher puts on the page, in one language.

    Args:
        name: the publisher.
        contact: a line telling where to write.
        disclaimer: the publisher's own disclaimer; empty for the report's.
        logo: the logo as an ``asset`` address or data URI; empty when there is none.
    """

    name: str
    contact: str = ""
    disclaimer: str = ""
    logo: str = ""


@dataclass(frozen=True)
class Page:
    """What the templates are given beside the assessment.

    Args:
        medium: ``pdf`` or ``html``.
        brand: the publisher.
        note: the analyst's note as safe HTML; empty when there is none.
        draft: whether the pages are marked as a draft.
        css: style sheets in the order they apply.
        siblings: pairs of language and file name of the other languages.
        whole: whether it comes out in every language of the program.
        parts: templates of the sections, in order.
    """

    medium: Medium
    brand: Brand
    note: str = ""
    draft: bool = False
    css: str = ""
    siblings: tuple[tuple[Any, str], ...] = ()
    whole: bool = True
    parts: tuple[str, ...] = PARTS


@dataclass(frozen=True)
class Entry:
    """A line of the contents and the subsections below it."""

    id: str
    number: str
    title: str
    children: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Outline:
    """The contents, filled by the headings as the body is rendered."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, id: str, number: str, title: str, level: int) -> None:
        """Note a heading; one of level 2 stands below the last of level 1."""
        siblings = self.entries if level == 1 or not self.entries else self.entries[-1].children
        siblings.append(Entry(id, number, title))


@dataclass
class Counter:
    """Numbers figures and tables in the order of their appearance."""

    figures: int = 0
    tables: int = 0

    def figure(self) -> int:
        """Return the next figure's number."""
        self.figures += 1
        return self.figures

    def table(self) -> int:
        """Return the next table's number."""
        self.tables += 1
        return self.tables


def render_html(
    assessment: Assessment, charts: Mapping[str, DrawnChart], env: Environment, page: Page
) -> str:
    """Return the report as HTML in the environment's language.

    Raises:
        ConfigError: when a template is broken; names the template and the line.
        DataError: when a template asks for a figure that the assessment does not hold.
    """
    try:
        template = env.get_template(MAIN_TEMPLATE)
        text = template.render(
            a=assessment,
            charts=charts,
            page=page,
            medium=page.medium,
            outline=Outline(),
            counter=Counter(),
        )
        return refined(closed_up(text), env.globals["language"].code)  # type: ignore[attr-defined]
    except UndefinedError as problem:
        raise DataError(f"{_place(problem)} asks for what is not there: {problem}.") from problem
    except TemplateError as problem:
        raise ConfigError(f"{_place(problem)} is broken: {problem}.") from problem


def _place(problem: BaseException) -> str:
    """Return the innermost template and line a failure came from."""
    name = getattr(problem, "name", None)
    line = getattr(problem, "lineno", None)
    trace = problem.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".j2"):
            name, line = file, trace.tb_lineno
        trace = trace.tb_next
    short = str(name).rpartition("templates/")[2] if name else "?"
    return f"The template {short}, line {line or '?'},"
