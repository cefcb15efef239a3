"""``gather``, ``series`` and ``snapshot``: the figures before the models."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import answers, as_of_option, has_key, json_option, now, output_option

if TYPE_CHECKING:
    from reportgen.gather import Harvest, Wish


@click.command(
    epilog="\b\nExamples:\n  reportgen gather\n  reportgen gather --as-of 2025-12-05 --only vix"
)
@as_of_option
@click.option("--only", multiple=True, metavar="SERIES", help="This series alone; repeatable.")
@click.option("--cache", is_flag=True, help="Ask nobody; use what was gathered before.")
@output_option
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@json_option
@click.pass_obj
@answers
def gather(config: Path | None, /, *, as_json: bool, quiet: bool, **options: Any) -> None:
    """Gather the figures into a snapshot, and show where each comes from and how fresh it is.

    The snapshot of the whole catalogue is written to output/snapshots/ unless too much is missing;
    with --only nothing is.
    """
    from reportgen import gather as gathering
    from reportgen.errors import UnreachableError

    wish = _wish(config, options)
    found = gathering.harvested(wish, "cache" if options["cache"] else "live")
    folder, refusal = None, None
    if not wish.only:
        try:
            gathering.refuse_too_little(found)
            folder = gathering.write(wish, found)
        except UnreachableError as problem:
            refusal = problem
    if as_json:
        click.echo(json.dumps(_as_json(found, folder), ensure_ascii=False, indent=1))
    elif not quiet:
        _print_gathered(found, folder)
    if refusal is not None:
        raise refusal


def _wish(config: Path | None, options: dict[str, Any]) -> Wish:
    from reportgen.config import load
    from reportgen.gather import Wish

    settings = load(config)
    return Wish(
        data="live",
        as_of=options.get("as_of"),
        now=now(),
        output=options["output"] or Path(settings.build.output),
        settings=settings,
        only=tuple(options.get("only", ())),
        keyed=has_key(),
    )


def _as_json(found: Harvest, folder: Path | None) -> dict[str, object]:
    return {
        "as_of": found.snapshot.as_of.isoformat(),
        "known_at": found.snapshot.known_at.isoformat(),
        "snapshot": found.snapshot.hash,
        "folder": str(folder) if folder else None,
        "degraded": [one.spec.id for one in found.degraded],
        "series": [one.as_json() for one in found.choices],
    }


def _print_gathered(found: Harvest, folder: Path | None) -> None:
    from reportgen import gather as gathering

    _print_table(found)
    click.echo(gathering.said(found))
    if folder:
        click.echo(f"Wrote {folder}.")


def _print_table(found: Harvest) -> None:
    """Print the table: what came from where, how fresh, and what was found."""
    from rich.console import Console
    from rich.table import Table

    from reportgen.gather import table as gathered

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, justify in gathered.COLUMNS:
        table.add_column(title, justify=justify, overflow="fold")
    for row, style in gathered.rows(found):
        table.add_row(*row, style=style)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


@click.group()
def series() -> None:
    """The series the report knows, and what is held of them."""


@series.command("list", epilog="\b\nExample:\n  reportgen series list")
@output_option
@json_option
@click.pass_obj
@answers
def series_list(config: Path | None, /, *, as_json: bool, **options: Any) -> None:
    """List the catalogue, with what was last gathered of each series."""
    from reportgen import gather as gathering
    from reportgen.gather.table import listed

    found = gathering.harvested(_wish(config, options), "cache")
    entries = [listed(one) for one in found.choices]
    if as_json:
        click.echo(json.dumps(entries, ensure_ascii=False, indent=1))
        return
    width = max(len(str(one["id"])) for one in entries)
    for one in entries:
        held = f"{one['rung']}, to {one['last']}" if one["last"] else "nothing held"
        click.echo(f"{one['id']:<{width}}  {one['publisher']}: {one['frequency']}, {held}")


@series.command("show", epilog="\b\nExample:\n  reportgen series show vix")
@click.argument("identity", metavar="ID")
@output_option
@json_option
@click.pass_obj
@answers
def series_show(config: Path | None, /, *, identity: str, as_json: bool, **options: Any) -> None:
    """Show one series: names, publisher, sources, rules, models, and the last values held."""
    from reportgen import gather as gathering
    from reportgen.gather.table import described

    wish = _wish(config, options | {"only": (identity,)})
    found = gathering.harvested(wish, "cache")
    entry = described(found.choices[-1], found.snapshot.series.get(identity))
    if as_json:
        click.echo(json.dumps(entry, ensure_ascii=False, indent=1))
        return
    for key, value in entry.items():
        shown = "; ".join(str(one) for one in value) if isinstance(value, list) else value
        click.echo(f"{key.replace('_', ' '):<18} {shown}")


@series.command("import", epilog="\b\nExample:\n  reportgen series import cape.csv")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--id", "identity", metavar="ID", help="The series. [the file's name]")
@click.pass_obj
@answers
def series_import(config: Path | None, /, *, file: Path, identity: str | None) -> None:
    """Check FILE (date,value[,released]) and take it into the folder of your own figures."""
    from reportgen.config import load
    from reportgen.gather.importing import imported

    settings = load(config)
    folder = Path(settings.sources.folder) if settings.sources.folder else None
    target, count = imported(file, identity or file.stem, folder, now())
    click.echo(f"Took {count} observations into {target}.")


@click.group()
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
