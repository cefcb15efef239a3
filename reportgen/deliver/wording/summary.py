"""The summary of an edition in a letter: what is told, as plain text without a layout."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

from reportgen.archive.editions import Edition
from reportgen.disk import content_of
from reportgen.errors import DataError
from reportgen.facts.headlines import FILE as HEADLINES
from reportgen.facts.headlines import Headlines
from reportgen.facts.headlines import from_json as headlines_from
from reportgen.i18n import Formatter
from reportgen.i18n.spaces import closed_up
from reportgen.render.figures import Figure, key_figures, rated
from reportgen.render.report import Brand, Counter, Outline, Page
from reportgen.render.typography import quoted

if TYPE_CHECKING:
    from jinja2 import Environment

    from reportgen.facts.assessment import Assessment

TEMPLATE = "mail/summary.html.j2"
ASSESSMENT = "assessment.json"
_SPACE = re.compile(r"[ \t\n]+")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Table:
    """A table, its figures as text; the first column holds names, the others figures."""

    title: str
    subtitle: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Passage:
    """A paragraph under its topic, and the table that goes with it."""

    topic: str
    text: str
    table: Table | None = None


@dataclass(frozen=True)
class Summary:
    """What is told of an edition, in one language.

    Args:
        verdict: the sentence of its cover.
        table: the headline probabilities, each with interval and base rate.
        figures: the same as quantities, for the chart.
        alt: what the chart shows, for those who do not see it.
        key: by line of the chart what it means.
        passages: what follows, in order.
        alarm: of figures that are old or missing; ``None`` when all are in time.
    """

    verdict: str
    table: Table
    figures: tuple[Figure, ...]
    alt: str
    key: dict[str, str]
    passages: tuple[Passage, ...]
    alarm: Passage | None


def headlines_of(edition: Edition) -> Headlines:
    """Return the headlines of an edition; ``DataError`` when they are not there."""
    return headlines_from(content_of(edition.folder / HEADLINES))


def assessment_of(edition: Edition) -> Assessment | None:
    """Return what the edition was written from.

    ``None`` where it is not there, or of another version of the program: its letter then tells
    the headlines alone, which every version can read.
    """
    from reportgen.facts.files import from_json

    if ASSESSMENT not in edition.manifest.files:
        return None
    try:
        return from_json(content_of(edition.folder / ASSESSMENT))
    except DataError:
        return None


def summary_of(edition: Edition, env: Environment, formatter: Formatter) -> Summary:
    """Return the summary of an edition in the language of an environment.

    Raises:
        DataError: the edition lacks its headlines, or the verdict in that language.
    """
    code = formatter.language.code
    headlines, facts = headlines_of(edition), assessment_of(edition)
    if code not in headlines.verdict:
        raise DataError(f"{HEADLINES} of edition {edition.name} has no verdict in {code}.")
    figures = tuple(one for one in key_figures(headlines) if one.value is not None)
    words: Any = env.get_template(TEMPLATE).make_module(
        _context(headlines, facts, figures, formatter)
    )
    clean = Cleaner(code)
    return Summary(
        verdict=headlines.verdict[code],
        table=_table(vars(words), clean),
        figures=figures,
        alt=clean(words.alt),
        key={name: clean(vars(words)[f"key_{name}"]) for name in _KEY},
        passages=tuple(
            Passage(clean(topic), clean(text), _table(table, clean) if table else None)
            for topic, text, table in words.passages
        ),
        alarm=_alarm(words, clean),
    )


_KEY = ("model", "interval", "base", "house")


def _context(
    headlines: Headlines,
    facts: Assessment | None,
    figures: tuple[Figure, ...],
    formatter: Formatter,
) -> dict[str, Any]:
    """Return what the templates are given; with an assessment, what the report's own need."""
    return {
        "headlines": headlines,
        "figures": figures,
        "ratings": rated(headlines),
        "a": facts,
        "edition_month": formatter.month(headlines.period),
        "charts": {},
        "medium": "html",
        "page": Page("html", Brand("")),
        "outline": Outline(),
        "counter": Counter(),
    }


def _table(told: Any, clean: Cleaner) -> Table:
    return Table(
        clean(told["title"]),
        clean(told["subtitle"]),
        tuple(map(clean, told["heads"])),
        tuple(tuple(map(clean, row)) for row in told["rows"]),
        clean(told["note"]),
    )


def _alarm(words: Any, clean: Cleaner) -> Passage | None:
    text = clean(getattr(words, "stale", ""))
    return Passage(clean(words.stale_title), text) if text else None


@dataclass(frozen=True)
class Cleaner:
    """Makes plain text of what a template says, with the finer points of a language."""

    code: str

    def __call__(self, said: Any) -> str:
        """Return the text on one line, without tags."""
        text = unescape(_TAG.sub("", closed_up(str(said))))
        text = _SPACE.sub(" ", text).strip(" ")
        return quoted(text) if self.code == "en" else text
