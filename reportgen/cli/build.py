"""``build`` and ``assess``: from figures to reports, and to the assessment between them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import answers, figures_options, has_key, json_option, now, progress

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.pipeline import Request, Result


@click.command(
    epilog="\b\nExample:\n  reportgen build --lang zh --lang ja --format pdf --output output"
)
@click.option(
    "--lang",
    "languages",
    multiple=True,
    metavar="CODE",
    help="zh, ja, en or all; repeatable. [all]",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["pdf", "html", "all"]),
    help="Repeatable. [all]",
)
@figures_options
@click.option("--jobs", type=click.IntRange(1, 64), help="Languages written side by side.")
@click.option("--draft", is_flag=True, help="Mark the pages as a draft.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@json_option
@click.pass_obj
@answers
def build(config: Path | None, /, *, as_json: bool, quiet: bool, **options: Any) -> None:
    """Write the report into output/drafts/<period>/."""
    from reportgen import pipeline
    from reportgen.config import load

    request = request_of(load(config), options)
    with progress(quiet=quiet or as_json) as tell:
        result = pipeline.build(request, tell)
    if as_json:
        click.echo(json.dumps(_as_json(result), ensure_ascii=False, indent=1))
    elif not quiet:
        click.echo(_last_line(result))


@click.command(epilog="\b\nExample:\n  reportgen assess --paths 20000 > assessment.json")
@figures_options
@click.option("--schema", is_flag=True, help="Print the JSON schema instead.")
@click.pass_obj
@answers
def assess(config: Path | None, /, *, schema: bool, **options: Any) -> None:
    """Run the models and print the assessment as JSON."""
    from reportgen import pipeline
    from reportgen.config import load
    from reportgen.facts import files

    if schema:
        click.echo(json.dumps(files.schema(), indent=1))
        return
    request = request_of(load(config), options)
    found, _ = pipeline.assessed(request, pipeline.gather(request))
    click.echo(files.to_json(found).decode())


def request_of(settings: Settings, options: dict[str, Any]) -> Request:
    """Return what is wanted: the command line before the configuration."""
    from reportgen import pipeline
    from reportgen.operations.surroundings import furnish

    output = options["output"] or Path(settings.build.output)
    furnish(output, os.environ)
    return pipeline.Request(
        languages=pipeline.languages_of(options.get("languages") or settings.report.languages),
        formats=pipeline.formats_of(options.get("formats") or settings.report.formats),
        data=options["data"] or settings.build.data,
        now=now(),
        output=output,
        settings=settings,
        paths=options["paths"] or settings.build.paths,
        jobs=options.get("jobs") or settings.build.jobs or os.cpu_count() or 1,
        as_of=options["as_of"],
        period=options["period"],
        house=options["house"],
        draft=options.get("draft", False),
        keyed=has_key(),
    )


def _as_json(result: Result) -> dict[str, object]:
    edition = result.assessment.edition
    harvest = result.material.harvest
    return {
        "folder": str(result.folder),
        "period": edition.period,
        "as_of": edition.as_of.day.isoformat(),
        "snapshot": edition.snapshot,
        "data": result.material.said,
        "degraded": [] if harvest is None else [one.as_json() for one in harvest.degraded],
        "seconds": round(result.seconds, 2),
        "cached": result.cached,
        "files": [
            {
                "language": one.language,
                "format": one.format,
                "path": str(result.folder / one.name),
                "pages": one.pages,
                "bytes": (result.folder / one.name).stat().st_size,
            }
            for one in result.reports
        ],
    }


def _last_line(result: Result) -> str:
    pages = " + ".join(f"{one.pages}" for one in result.reports if one.pages)
    paged = f", {pages} pages" if pages else ""
    count = len(result.reports)
    files = "1 report" if count == 1 else f"{count} reports"
    return f"Wrote {files} to {result.folder}{paged}, in {result.seconds:.1f} s."
