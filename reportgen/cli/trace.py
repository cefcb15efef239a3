"""``trace``: which client a marked copy was made for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import answers, json_option, output_option
from reportgen.cli.opening import ledger_of, loaded

if TYPE_CHECKING:
    from reportgen.deliver.copies.trace import Traced, Trail

LONGEST_PASSWORD = 1_000
PLACES = {
    "identity": "the file's identity",
    "description": "its description",
    "metadata": "its metadata",
    "page": "the drawing",
    "line": "the printed line",
    "code": "the small code",
    "section": "its sections",
}
LOCKED = "It is encrypted: only what stands outside was read. --password reads the rest."
SEVERAL = "It comes from {} copies:"


@click.command(
    epilog="\b\nExamples:\n  reportgen trace report.pdf\n  reportgen trace locked.pdf --password\n"
    "  reportgen trace 2026-01/7f3a9c01d2e4"
)
@click.argument("what", metavar="FILE|MARK")
@click.option("--password", "ask", is_flag=True, help="Ask for the password of a protected PDF.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with the password on its first line.",
)
@output_option
@json_option
@click.pass_obj
@answers
def trace(
    config: Path | None,
    /,
    *,
    what: str,
    ask: bool,
    password_file: Path | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Tell which client a copy was made for: from the file, a page of it, or its printed mark.

    Each copy bears the client's name and a mark at the head of each page, and its code unseen in
    several places. 65 when there is no mark, or none that is on record here.
    """
    from reportgen.deliver.copies import trace as tracing

    traced = _traced(config, output, what, _password(password_file, ask=ask))
    if as_json:
        click.echo(json.dumps(_json(what, traced), ensure_ascii=False, indent=1))
    else:
        for line in _lines(what, traced):
            click.echo(line)
    tracing.refuse(traced, what)


def _traced(config: Path | None, output: Path | None, what: str, password: str) -> Traced:
    from reportgen.deliver.copies import trace as tracing
    from reportgen.disk import content_of
    from reportgen.verifying.copy import LARGEST

    path = Path(what)
    content = content_of(path, LARGEST) if path.exists() or path.suffix else None
    with ledger_of(loaded(config, output)) as database:
        if content is None:
            return tracing.trace_mark(what, database)
        return tracing.trace(content, database, password)


def _password(path: Path | None, *, ask: bool) -> str:
    from reportgen.errors import MissingInputError

    if path is not None:
        try:
            with path.open(encoding="utf-8") as file:
                return file.readline(LONGEST_PASSWORD).rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise MissingInputError(f"{path}: no password can be read from it.") from None
    if ask:
        return str(click.prompt("Password", hide_input=sys.stdin.isatty(), err=True))
    return ""


def _lines(what: str, traced: Traced) -> Iterator[str]:
    if len(traced.trails) > 1:
        yield f"{what}: {SEVERAL.format(len(traced.trails))}"
    for trail in traced.trails:
        yield f"{what} was made for {_whose(trail)}."
        yield from (f"  {line}" for line in _evidence(trail))
    if traced.trails and traced.unknown:
        yield f"It bears marks besides that are on no record here: {', '.join(traced.unknown[:5])}."
    if not traced.whole:
        yield LOCKED


def _whose(trail: Trail) -> str:
    from reportgen.deliver.clients.address import masked

    name = f" ({trail.organisation})" if trail.organisation else ""
    kind = f", {trail.form.upper()}" if trail.form else ""
    made = f", made {trail.at:%Y-%m-%d %H:%M} UTC" if trail.at is not None else ""
    return (
        f"client {trail.client}{name}, {masked(trail.address)}: mailing {trail.mailing}, "
        f"language {trail.language}{kind}{made}"
    )


def _evidence(trail: Trail) -> Iterator[str]:
    if trail.exact:
        yield "It is, byte for byte, the file that was made."
    places: dict[str, list[int]] = {}
    for one in trail.findings:
        places.setdefault(one.place, []).append(one.page)
    said = [PLACES[place] + _on(pages) for place, pages in places.items()]
    if said:
        yield f"Marked in {', '.join(said)}."


def _on(pages: Sequence[int]) -> str:
    numbers = sorted({page for page in pages if page})
    return f" ({_listed(numbers)})" if numbers else ""


def _listed(numbers: Sequence[int]) -> str:
    """Return page numbers as a person writes them: ``pages 1 to 4, 7``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    said = ", ".join(str(one[0]) if len(one) == 1 else f"{one[0]} to {one[-1]}" for one in parts)
    return f"page {said}" if len(numbers) == 1 else f"pages {said}"


def _json(what: str, traced: Traced) -> dict[str, Any]:
    from reportgen.deliver.clients.address import masked

    return {
        "file": what,
        "whole": traced.whole,
        "unknown": list(traced.unknown),
        "copies": [
            {
                "client": one.client,
                "organisation": one.organisation or None,
                "address": masked(one.address),
                "mailing": one.mailing,
                "language": one.language,
                "format": one.form or None,
                "made": one.at.isoformat() if one.at is not None else None,
                "exact": one.exact,
                "marks": [
                    {"place": found.place, "value": found.value, "page": found.page or None}
                    for found in one.findings
                ],
            }
            for one in traced.trails
        ],
    }
