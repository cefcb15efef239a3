"""The gate of probabilities: none is printed without what it takes to read it.

It reads the finished page of either medium and asks of every figure of a forecast
(``probabilities.events.<event>.forecasts.<horizon>.probability``):

- in running text (paragraphs, boxes, notes in the margin, key figures): within two lines before or
  behind it, taken as `TWO_LINES` columns of text in which no table or chart stands between, are
  the words of its event, its horizon (words, or the window's last day by key), and by key its
  base rate and its interval;
- on the cover, which is one page to be seen at once: the same, anywhere on it;
- in a table: event and horizon are in the row, its group, the column heads or the caption; base
  rate and interval are in the same row, or the caption links to the table that holds them.

Any other probability of the assessment (``….probability``, ``….touch``) has in running text its
interval and its base rate by it in the same way, where the assessment holds them for it.

A figure read from prices carries the word "risk-neutral": in itself where its unit is that, in
its paragraph, row or caption where its key says so. No sentence calls a probability below a half
a base case, unless to deny it.

The words themselves are the catalogues' (``templates/gates/probability.txt.j2``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from reportgen.render.flowtext import Figure, Passage, Row, Table, read_page

if TYPE_CHECKING:
    from jinja2 import Environment

TWO_LINES = 210
"""Columns of text in two lines of the page and their slack; an ideograph takes two."""
WINDOW_END = "edition.window_end"
"""Key of the last day of the forecast window."""
_FORECAST = re.compile(r"(probabilities\.events\.(\w+)\.forecasts\.(\w+))\.probability")
_CHANCE = re.compile(r"(.+)\.(?:probability|touch)")
_PRICED = re.compile(
    r"microstructure\.skew\.(table|table_three|house\.table)|policy\.cut\.(quoted|earlier)"
)
_SENTENCE_END = re.compile(r"[。！？\n]|[.!?](?=\s)")


class Wording(NamedTuple):
    """The words of one language.

    Args:
        events: by the event's code.
        horizons: by the horizon's code.
        labels: ``risk_neutral``, ``base_case`` and what denies the latter, ``denied``.
    """

    events: Mapping[str, tuple[str, ...]]
    horizons: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, tuple[str, ...]]


def wording_of(env: Environment) -> Wording:
    """Return the words of the language an environment writes in."""
    found: dict[str, dict[str, tuple[str, ...]]] = {"event": {}, "horizon": {}, "label": {}}
    for line in env.get_template("gates/probability.txt.j2").render().splitlines():
        head, _, words = line.partition(":")
        if words.strip():
            kind, code = head.split()
            found[kind][code] = tuple(word.strip().lower() for word in words.split("|"))
    return Wording(found["event"], found["horizon"], found["label"])


def check_probabilities(document: str, wording: Wording, known: Collection[str] = ()) -> list[str]:
    """Return every probability that stands alone, as a sentence naming its key and place.

    Args:
        document: the whole page, as rendered for paper or screen.
        wording: the words of its language.
        known: keys of every figure the assessment holds, printed or not.
    """
    page = read_page(document)
    problems: dict[str, None] = {}
    for passage in page.passages:
        problems |= dict.fromkeys(_in_text(passage, wording, known))
    for table in page.tables.values():
        for row in (Row(figures=table.figures), *table.rows):
            problems |= dict.fromkeys(_in_row(row, table, page.tables, wording))
    return list(problems)


def _in_text(passage: Passage, wording: Wording, known: Collection[str]) -> Iterator[str]:
    text = passage.text.lower()
    for figure in passage.figures:
        near = passage.near(figure, TWO_LINES)
        around = text[near.start : near.stop]
        keys = [one.key for one in passage.figures if near.start <= one.start < near.stop]
        lacks = _lacks(figure, around, keys, keys, wording) or _alone(figure, keys, known)
        yield from _stated(figure, lacks, passage.around(figure))
        paragraph = passage.paragraph(figure).lower()
        yield from _unlabelled(figure, paragraph + around, wording, passage.around(figure))
    yield from _base_case(passage, wording)


def _in_row(row: Row, table: Table, tables: Mapping[str, Table], wording: Wording) -> Iterator[str]:
    words = f"{table.words} {row.group} {row.text}".lower()
    there = [one.key for one in row.figures]
    linked = [tables[name] for name in table.links if name in tables]
    evidence = [*there, *(one.key for two in linked for row in two.rows for one in row.figures)]
    for figure in row.figures:
        days = [*there, *(one.key for one in table.figures)]
        lacks = _lacks(figure, words, days, evidence, wording)
        yield from _stated(figure, lacks, f"table {table.name}")
        yield from _unlabelled(figure, words, wording, f"table {table.name}")


def _lacks(
    figure: Figure, words: str, days: list[str], keys: list[str], wording: Wording
) -> list[str]:
    """Return what a figure of a forecast lacks among the words and keys about it."""
    match = _FORECAST.fullmatch(figure.key)
    if match is None:
        return []
    stem, event, horizon = match.groups()
    bases: tuple[str, ...] = (f"{stem}.base_rates.all",)
    if horizon == "d252":  # an event's own base rates are those of twelve months
        bases = (*bases, f"probabilities.events.{event}.base_rates.all")
    found = {
        "definition": _said(wording.events.get(event, ()), words),
        "horizon": _said(wording.horizons.get(horizon, ()), words)
        or (horizon == "window" and WINDOW_END in days),
        "base rate": any(key.startswith(bases) for key in keys),
        "interval": any(key.startswith(f"{stem}.interval") for key in keys),
    }
    return [name for name, there in found.items() if not there]


def _alone(figure: Figure, keys: list[str], known: Collection[str]) -> list[str]:
    """Return what the assessment holds for a probability and the keys about it lack."""
    match = _CHANCE.fullmatch(figure.key)
    if match is None or figure.unit != "probability" or _FORECAST.fullmatch(figure.key):
        return []
    sought = {"base rate": ("base_rate",), "interval": ("interval.low", "touch_interval.low")}
    lacks = []
    for name, parts in sought.items():
        held = [f"{match[1]}.{part}" for part in parts if f"{match[1]}.{part}" in known]
        shown = tuple(one.removesuffix(".low") for one in held)
        if held and not any(key.startswith(shown) for key in keys):
            lacks.append(name)
    return lacks


def _said(sought: tuple[str, ...], words: str) -> bool:
    return any(word in words for word in sought)


def _stated(figure: Figure, lacks: list[str], place: str) -> Iterator[str]:
    if lacks:
        yield f"{figure.key} stands without its {' and '.join(lacks)} in {place}"


def _unlabelled(figure: Figure, words: str, wording: Wording, place: str) -> Iterator[str]:
    labels = wording.labels["risk_neutral"]
    inside = figure.unit == "risk_neutral" and not _said(labels, figure.shown.lower())
    beside = _PRICED.fullmatch(figure.key) is not None and not _said(labels, words)
    if inside or beside:
        yield f"{figure.key} stands without the label risk-neutral in {place}"


def _base_case(passage: Passage, wording: Wording) -> Iterator[str]:
    start = 0
    for end in [*(one.end() for one in _SENTENCE_END.finditer(passage.text)), len(passage.text)]:
        sentence = passage.text[start:end].lower()
        if _said(wording.labels["base_case"], sentence) and not _said(
            wording.labels["denied"], sentence
        ):
            for figure in passage.figures:
                if start <= figure.start < end and figure.below_half:
                    yield f"{figure.key} is below a half and called a base case"
        start = end
