"""``backtest``: what the published models would have said, month by month."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import answers, json_option, now, output_option

if TYPE_CHECKING:
    from reportgen.backtest.history import Histories
    from reportgen.config import Settings


@click.command(
    epilog="\b\nExamples:\n  reportgen backtest --data arch\n"
    "  reportgen backtest --data output/snapshots/2025-12-05-cdb8063ce073 --from 1985"
)
@click.option(
    "--data",
    metavar="SOURCE",
    default="bundled",
    show_default=True,
    help="arch (1999 to 2018, without VIX), bundled, cache, live, or a snapshot's folder.",
)
@click.option(
    "--from", "first", type=click.IntRange(1900, 2200), metavar="YEAR", help="First year."
)
@click.option("--paths", type=click.IntRange(1_000, 1_000_000), default=10_000, show_default=True)
@click.option("--jobs", type=click.IntRange(1), help="Origins walked side by side. [every core]")
@output_option
@click.option("--check", is_flag=True, help="End with 65 when a bar is missed.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@json_option
@click.pass_obj
@answers
def backtest(config: Path | None, /, *, as_json: bool, quiet: bool, **options: Any) -> None:
    """Walk the published models through history, month end by month end, and score them.

    Nothing after a month end is shown to its forecast. Rows are kept as they are made, so a walk
    that is stopped goes on where it was. Scores, tables and reliability diagrams are written to
    output/backtest/.
    """
    import os

    import msgspec

    from reportgen.backtest import bars, report, run
    from reportgen.config import load
    from reportgen.errors import DataError
    from reportgen.operations.surroundings import furnish

    settings = load(config)
    output = options["output"] or Path(settings.build.output)
    furnish(output, os.environ)
    histories = _histories(options["data"], settings, output)
    card, folder = run(
        histories,
        first=options["first"],
        paths=options["paths"],
        folder=output / "backtest",
        jobs=options["jobs"] or os.cpu_count() or 1,
        progress=_progress(quiet=quiet or as_json),
    )
    if as_json:
        click.echo(msgspec.json.encode(card))
    elif not quiet:
        click.echo(report.summary(card))
        click.echo(f"Wrote {folder}.")
    missed = [one.name for one in bars.bars(card) if not one.holds]
    if options["check"] and missed:
        raise DataError(f"{len(missed)} bars are missed.", "; ".join(missed))


def _histories(data: str, settings: Settings, output: Path) -> Histories:
    from reportgen.backtest.history import from_arch, from_snapshot

    if data == "arch":
        return from_arch()
    from reportgen.gather import Wish, material

    wish = Wish(data=data, as_of=None, now=now(), output=output, settings=settings)
    return from_snapshot(material(wish).snapshot)


def _progress(*, quiet: bool) -> Any:
    """Return what is told how far the walk is: a bar on a terminal, a line a tenth elsewhere."""
    if quiet:
        return lambda done, of: None
    if not sys.stderr.isatty():
        return lambda done, of: (
            click.echo(f"{done} of {of} month ends", err=True)
            if done == of or done % max(of // 10, 1) == 0
            else None
        )
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    shown = Progress(
        "month ends",
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = shown.add_task("walk")
    shown.start()

    def tell(done: int, of: int) -> None:
        shown.update(task, completed=done, total=of)
        if done == of:
            shown.stop()

    return tell
