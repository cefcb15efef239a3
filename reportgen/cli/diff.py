"""``editions diff``: what changed from one edition to another, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.build import request_of
from reportgen.cli.group import answers, json_option, output_option, progress

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.facts.changes import HeadlineChange, Stated
    from reportgen.publishing.differing import Difference
    from reportgen.publishing.differing.figures import Figure, Section
    from reportgen.publishing.making import Workshop
    from reportgen.render.headline_words import HeadlineWords

KINDS = {
    "probability": "Probabilities",
    "grade": "Grades",
    "level": "Levels",
    "value": "Markets",
}
"""Headings of the headlines, by kind."""
UNCAUSED = "cause unknown"
LANGUAGE = "en"


@click.command(
    "diff",
    epilog="\b\nExamples:\n  reportgen editions diff 2025-12 2026-01\n"
    "  reportgen editions diff 2026-01 2026-01-r2 --lang zh",
)
@click.argument("earlier", metavar="EARLIER")
@click.argument("later", metavar="LATER")
@click.option("--lang", "language", metavar="CODE", help=f"Of the sentences. [{LANGUAGE}]")
@output_option
@json_option
@click.pass_obj
@answers
def editions_diff(
    config: Path | None, /, *, earlier: str, later: str, as_json: bool, **options: Any
) -> None:
    """Say what changed between two editions: headlines with their causes, figures, sentences."""
    from reportgen.archive.editions import find
    from reportgen.config import load
    from reportgen.i18n.language import language_of
    from reportgen.publishing.differing import difference
    from reportgen.render.headline_words import HeadlineWords

    settings, code = load(config), language_of(options["language"] or LANGUAGE).code
    output = options["output"] or Path(settings.build.output)
    first, second = find(output, earlier), find(output, later)
    with progress(quiet=as_json) as tell:
        found = difference(first, second, code, _workshop(settings, output, tell))
    words = HeadlineWords(code)
    if as_json:
        click.echo(json.dumps(_as_json(found, words), ensure_ascii=False, indent=1))
        return
    for line in _lines(found, words):
        click.echo(line)


def _workshop(settings: Settings, output: Path, tell: Any) -> Workshop:
    from reportgen.publishing.making import Workshop

    nothing = dict.fromkeys(("data", "paths", "as_of", "period", "house"))
    return Workshop(request_of(settings, {**nothing, "output": output, "jobs": None}), tell)


# -- for a person ---------------------------------------------------------------------------


def _lines(found: Difference, words: HeadlineWords) -> Iterator[str]:
    changed = found.changes.changed
    yield f"{found.earlier.name} (as of {found.earlier.as_of}) and {found.later.name} " + (
        f"(as of {found.later.as_of})"
    )
    yield ""
    yield f"Headlines: {len(changed)} changed, {len(found.changes.unchanged)} print as before."
    for kind, heading in KINDS.items():
        rows = [one for one in changed if one.kind == kind]
        if rows:
            yield f"  {heading}"
            yield from (f"    {_row(one, words)}" for one in rows)
    yield ""
    yield from _figure_lines(found.figures)
    yield ""
    yield from _sentence_lines(found)
    yield from (f"\n{note}" for note in found.notes)


def _row(change: HeadlineChange, words: HeadlineWords) -> str:
    before, after = words.stated(change, change.before), words.stated(change, change.after)
    whole = words.whole(change)
    moved = f"{before} → {after}" + (f" ({whole})" if whole else "")
    return f"{words.name(change.code)}: {moved}; {_causes(change, words)}"


def _causes(change: HeadlineChange, words: HeadlineWords) -> str:
    told = []
    for step in change.steps:
        names = " and ".join(words.cause(cause).lower() for cause in step.causes) or UNCAUSED
        size = words.size(change, step) if len(change.steps) > 1 else ""
        told.append(f"{names} {size}".rstrip())
    return ", ".join(told)


def _figure_lines(sections: tuple[Section, ...]) -> Iterator[str]:
    changed = sum(len(one.changed) for one in sections)
    every = changed + sum(one.same for one in sections)
    yield f"Figures: {changed} of {every} changed."
    for one in sections:
        if one.changed or one.added or one.gone:
            only = f", {one.gone} gone, {one.added} new" if one.gone or one.added else ""
            yield f"  {one.name}: {len(one.changed)} of {len(one.changed) + one.same}{only}"
            for figure in one.largest:
                name = figure.key.partition(".")[2] or figure.key
                yield f"    {name}: {_number(figure.before)} → {_number(figure.after)}"


def _number(figure: Figure) -> str:
    if isinstance(figure.value, str):
        return figure.value
    return f"{figure.value:.6g} {figure.unit.replace('_', ' ')}"


def _sentence_lines(found: Difference) -> Iterator[str]:
    gone = sum(len(one.before) for one in found.sentences)
    new = sum(len(one.after) for one in found.sentences)
    yield f"Sentences: {new} new, {gone} gone (another figure alone does not count)."
    heading = ""
    for one in found.sentences:
        if one.heading != heading:
            heading = one.heading
            yield f"  {heading}"
        yield from (f"    - {text}" for text in one.before)
        yield from (f"    + {text}" for text in one.after)


# -- for a program --------------------------------------------------------------------------


def _as_json(found: Difference, words: HeadlineWords) -> dict[str, Any]:
    return {
        "earlier": found.earlier.name,
        "later": found.later.name,
        "causes": found.causes,
        "headlines": [_headline_json(one, words) for one in found.changes.changed],
        "unchanged": list(found.changes.unchanged),
        "figures": [
            {
                "section": one.name,
                "same": one.same,
                "added": one.added,
                "gone": one.gone,
                "changed": [
                    {"key": it.key, "before": it.before.value, "after": it.after.value}
                    for it in one.changed
                ],
            }
            for one in found.figures
        ],
        "sentences": [
            {"heading": one.heading, "before": list(one.before), "after": list(one.after)}
            for one in found.sentences
        ],
        "notes": list(found.notes),
    }


def _headline_json(change: HeadlineChange, words: HeadlineWords) -> dict[str, Any]:
    return {
        "code": change.code,
        "name": words.name(change.code),
        "kind": change.kind,
        "status": change.status,
        "before": _stated_json(change.before),
        "after": _stated_json(change.after),
        "change": None if change.change is None else change.change.value,
        "steps": [
            {
                "causes": list(one.causes),
                "change": None if one.change is None else one.change.value,
            }
            for one in change.steps
        ],
    }


def _stated_json(stated: Stated | None) -> float | str | list[float] | None:
    if stated is None:
        return None
    if stated.figure is not None:
        return stated.figure.value
    if stated.range is not None:
        return [stated.range.low.value, stated.range.high.value]
    return stated.state
