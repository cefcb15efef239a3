"""Reading finished reports as a reader's programs would."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

Codes = tuple[str, ...]
EVERY: Codes = ("zh", "ja", "en")
EMPTY = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 380 190"></svg>'


class _Figures(HTMLParser):
    """Collects the marked-up figures of a page: key, value and printed text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._open: list[tuple[str, str]] = []
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a figure."""
        given = dict(attrs)
        if tag == "data" and given.get("data-key"):
            self._open.append((str(given["data-key"]), str(given["value"])))
            self._text = ""

    def handle_data(self, data: str) -> None:
        """Collect its text."""
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        if tag == "data" and self._open:
            key, value = self._open.pop()
            self.found[key].add((value, self._text))


def figures_of(html: str) -> dict[str, set[tuple[str, str]]]:
    """Return pairs of canonical value and printed text by the figure's key."""
    parser = _Figures()
    parser.feed(html)
    return parser.found


def on_paper(html: str) -> str:
    """Return the page without the tables that stand on screen only."""
    return re.sub(r'<figure class="[^"]*\bscreen-table\b.*?</figure>', "", html, flags=re.S)


def screen_tables(html: str) -> tuple[str, ...]:
    """Return the ids of the tables that stand on screen only, in their order."""
    return tuple(re.findall(r'<figure class="[^"]*\bscreen-table\b[^"]*" id="([^"]+)"', html))


def text_of(pdf: Path) -> str:
    """Return what ``pdftotext`` reads, in each of its reading orders."""
    orders: tuple[list[str], ...] = (
        ["-layout"],
        ["-raw"],
        [],
    )  # cells whose text wraps need another order than prose
    return "\n".join(
        subprocess.run(
            ["pdftotext", *order, str(pdf), "-"], check=True, capture_output=True, text=True
        ).stdout
        for order in orders
    )


def prose_of(html: str, without: tuple[str, ...] = ()) -> str:
    """Return the text a reader sees, tags gone; parts with those ids left out."""
    body = html[html.index("<body") :]
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", "", body, flags=re.S)
    for part in without:
        body = re.sub(rf'<(\w+)[^>]*\bid="{part}".*?</\1>', "", body, flags=re.S)
    text = re.sub(r"<(?:p|h\d|li|td|th|dt|dd|section|div)\b[^>]*>", "\n", body)
    return unescape(re.sub(r"<[^>]+>", "", text))


def write_html(
    snapshot: Snapshot, house: HouseView | None, paths: int = 3_000, codes: Codes = EVERY
) -> dict[str, str]:
    """Return the report on those figures as HTML by language, as ``html_of`` does."""
    return html_of(assessed(snapshot, house, paths), codes)


def assessed(snapshot: Snapshot, house: HouseView | None, paths: int = 3_000) -> Assessment:
    """Return the assessment of those figures."""
    from reportgen.assess import assess
    from reportgen.period import edition_dates

    return assess(snapshot, house, edition_dates(snapshot.as_of), paths)


def undrawn(found: Assessment) -> Assessment:
    """Return the assessment with one chart left: drawing takes longer than all the words."""
    return msgspec.structs.replace(found, charts={"capex": found.charts["capex"]})


def html_of(found: Assessment, codes: Codes = EVERY) -> dict[str, str]:
    """Return the report on an assessment as HTML by language, without fonts.

    Its probabilities pass their gate, as those of every report do. The charts are drawn in
    English; in the other languages their words and tables stand beside an empty drawing.
    """
    from reportgen.facts.files import to_json
    from reportgen.facts.keys import figures
    from reportgen.i18n import LANGUAGES, language_of, load_catalogue
    from reportgen.render.edition import Job, Look, desk_of, page_of
    from reportgen.render.probabilitygate import check_probabilities, wording_of
    from reportgen.render.report import Brand, render_html
    from reportgen.resources import locales_folder

    brands = {one.code: Brand("Reportgen Research") for one in LANGUAGES}
    job = Job(to_json(found), Path(), ("html",), Look(brands, {}))
    known, pages = {one.key for one in figures(found)}, {}
    for code in codes:
        catalogue = load_catalogue(locales_folder(), language_of(code))
        with nullcontext() if code == "en" else _empty_drawings():
            desk = desk_of(job, catalogue, code)
        pages[code] = render_html(desk.facts, desk.charts, desk.env, page_of("html", desk))
        alone = check_probabilities(pages[code], wording_of(desk.env), known)
        assert alone == [], alone
        assert catalogue.missing == set()
    return pages


@contextmanager
def _empty_drawings() -> Iterator[None]:
    """Give the charts their words without drawing them."""
    from reportgen.charts import gallery

    with pytest.MonkeyPatch.context() as patch:
        undrawn = dict.fromkeys(gallery.CHARTS, lambda chart, words, pen: None)
        patch.setattr(gallery, "CHARTS", undrawn)
        patch.setattr(gallery, "to_svg", lambda figure, code: EMPTY)
        yield


def squeezed(text: str) -> str:
    """Return the text without any white space."""
    return re.sub(r"\s+", "", text)
