"""The command line: parses, calls the pipeline, reports. Heavy imports happen inside commands."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reportgen import __version__
from reportgen.errors import ReportgenError

if TYPE_CHECKING:
    from reportgen.pipeline import Result

Command = TypeVar("Command", bound=Callable[..., Any])


def answers(command: Command) -> Command:
    """Turn a ``ReportgenError`` into one sentence on stderr and its exit code."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except ReportgenError as problem:
            click.echo(f"reportgen: {problem.message}", err=True)
            if problem.hint:
                click.echo(f"  {problem.hint}", err=True)
            sys.exit(problem.exit_code)

    return wrapped  # type: ignore[return-value]


class Grouped(click.Group):
    """A group whose usage errors end with 64, as documented."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; like ``click.Group.main`` but for the code of usage errors."""
        kwargs["standalone_mode"] = False
        try:
            return super().main(*args, **kwargs)
        except click.UsageError as problem:
            problem.show()
            sys.exit(64)
        except click.ClickException as problem:
            problem.show()
            sys.exit(problem.exit_code)
        except click.Abort:
            click.echo("Stopped.", err=True)
            sys.exit(130)


EPILOG = """\b
Exit codes: 0 done · 64 usage · 65 data or a check failed · 66 input missing ·
69 too little can be reached · 70 internal · 73 cannot create · 74 disk ·
75 locked, try later · 77 approval missing · 78 configuration
"""


@click.group(cls=Grouped, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reportgen")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Configuration file (reportgen.toml in this folder when there is one).",
)
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Write the monthly risk assessment of the Nasdaq in Chinese, Japanese and English."""
    context.obj = config


def _json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(
        command
    )


@main.command(
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
@click.option(
    "--data", default="bundled", show_default=True, help="bundled, or a snapshot's folder."
)
@click.option(
    "--house", type=click.Path(path_type=Path, dir_okay=False), help="File of the house view."
)
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), help="Output folder. [output]"
)
@click.option(
    "--paths", type=click.IntRange(1_000, 5_000_000), help="Simulated paths a window. [200000]"
)
@click.option("--jobs", type=click.IntRange(1, 64), help="Languages written side by side.")
@click.option("--draft", is_flag=True, help="Mark the pages as a draft.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@_json_option
@click.pass_obj
@answers
def build(config: Path | None, /, *, as_json: bool, quiet: bool, **options: Any) -> None:
    """Write the report into output/drafts/<period>/."""
    from reportgen import pipeline
    from reportgen.config import load

    settings = load(config)
    request = pipeline.Request(
        languages=pipeline.languages_of(options["languages"] or tuple(settings.report.languages)),
        formats=pipeline.formats_of(options["formats"] or tuple(settings.report.formats)),
        data=options["data"],
        output=options["output"] or Path(settings.build.output),
        settings=settings,
        paths=options["paths"] or settings.build.paths,
        jobs=options["jobs"] or settings.build.jobs or os.cpu_count() or 1,
        house=options["house"],
        draft=options["draft"],
    )
    with _progress(quiet=quiet or as_json) as progress:
        result = pipeline.build(request, progress)
    if as_json:
        click.echo(json.dumps(_as_json(result), ensure_ascii=False, indent=1))
    elif not quiet:
        click.echo(_last_line(result))


def _as_json(result: Result) -> dict[str, object]:
    edition = result.assessment.edition
    return {
        "folder": str(result.folder),
        "period": edition.period,
        "as_of": edition.as_of.day.isoformat(),
        "snapshot": edition.snapshot,
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


class _progress:  # noqa: N801 - used as a function
    """Phase names: a live line on a terminal, plain lines in a pipe, nothing when quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._status: Any = None

    def __enter__(self) -> Callable[[str, str], None]:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status("")
            self._status.start()
        return self._tell

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def _tell(self, phase: str, detail: str) -> None:
        if self._quiet:
            return
        if self._status is not None:
            self._status.update(f"[bold]{phase}[/bold] {detail}")
            self._status.console.print(f"[green]▸[/green] [bold]{phase}[/bold] {detail}")
        else:
            click.echo(f"{phase} {detail}".rstrip(), err=True)


@main.command(epilog="\b\nExample:\n  reportgen assess --paths 20000 > assessment.json")
@click.option(
    "--data", default="bundled", show_default=True, help="bundled, or a snapshot's folder."
)
@click.option(
    "--house", type=click.Path(path_type=Path, dir_okay=False), help="File of the house view."
)
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), help="Output folder. [output]"
)
@click.option(
    "--paths", type=click.IntRange(1_000, 5_000_000), help="Simulated paths a window. [200000]"
)
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
    settings = load(config)
    request = pipeline.Request(
        languages=(),
        formats=(),
        data=options["data"],
        output=options["output"] or Path(settings.build.output),
        settings=settings,
        paths=options["paths"] or settings.build.paths,
        jobs=1,
        house=options["house"],
    )
    found, _ = pipeline.assessed(request, pipeline.gather(request))
    click.echo(files.to_json(found).decode())


@main.group()
def snapshot() -> None:
    """Snapshots: the figures of a month, with publisher, day and hash of each series."""


@snapshot.command("export", epilog="\b\nExample:\n  reportgen snapshot export my-snapshot")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@answers
def snapshot_export(folder: Path) -> None:
    """Write the bundled figures into a new FOLDER, to look at or to change."""
    from reportgen import bundled
    from reportgen.snapshot import write

    write(bundled.load(), folder)
    click.echo(f"Wrote {folder}.")


@snapshot.command("seal", epilog="\b\nExample:\n  reportgen snapshot seal my-snapshot")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@answers
def snapshot_seal(folder: Path) -> None:
    """Check the figures of FOLDER after a change by hand, and write their hashes anew."""
    from reportgen.snapshot import seal

    click.echo(f"Sealed {folder}: {seal(folder)}")


@snapshot.command("verify", epilog="\b\nExample:\n  reportgen snapshot verify my-snapshot")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@answers
def snapshot_verify(folder: Path) -> None:
    """Check that nothing in FOLDER was changed since it was written."""
    from reportgen.snapshot import verify

    click.echo(f"{folder} is as it was written: {verify(folder)}")


@main.command(epilog="\b\nExample:\n  reportgen doctor")
@click.pass_obj
@answers
def doctor(config: Path | None) -> None:
    """Check fonts, libraries, catalogues and the output folder; 66 if something is missing."""
    from reportgen import health
    from reportgen.config import load
    from reportgen.errors import MissingInputError

    findings = health.examine(load(config))
    for finding in findings:
        click.echo(f"{'ok     ' if finding.sound else 'MISSING'} {finding.what}: {finding.detail}")
    if not all(finding.sound for finding in findings):
        raise MissingInputError("Something is missing.", "It is named above.")


@main.group()
def messages() -> None:
    """Catalogues: the words of every language."""


@messages.command("update", epilog="\b\nExample:\n  reportgen messages update")
@answers
def messages_update() -> None:
    """Bring the catalogues up to the templates; new messages stand there untranslated."""
    from reportgen.i18n import extraction

    extraction.refresh()


@messages.command("check", epilog="\b\nExample:\n  reportgen messages check")
@answers
def messages_check() -> None:
    """List what is untranslated, fuzzy, left over or against the glossary; 65 if anything is."""
    from reportgen.errors import DataError
    from reportgen.i18n import extraction

    found = extraction.check()
    for problem in found:
        click.echo(problem)
    if found:
        raise DataError(f"The catalogues have {len(found)} faults.", "They are listed above.")
    click.echo("The catalogues are complete.")


if __name__ == "__main__":
    main()
