"""``site``: the archive as pages, feeds and a search."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reportgen.cli.group import answers, json_option, output_option

WAIT = 60.0
"""Seconds to wait for a run that holds the output folder."""


@click.command(epilog="\b\nExample:\n  reportgen site --json")
@output_option
@json_option
@click.pass_obj
@answers
def site(config: Path | None, output: Path | None, *, as_json: bool) -> None:
    """Make the site of the archive anew and swap it in; 65 if an edition is damaged."""
    from reportgen import site as room
    from reportgen.archive.lock import held
    from reportgen.config import load

    settings = load(config)
    folder = output or Path(settings.build.output)
    with held(folder, WAIT):
        place = room.write(folder, settings)
    missing = room.left_out(settings)
    if as_json:
        told = {"site": str(place), "digest": room.digest(folder), "unset": list(missing)}
        click.echo(json.dumps(told))
        return
    click.echo(f"The site is {place} ({room.digest(folder)}).")
    if missing:
        click.echo("Without site.base_url it has no feeds and no map for search engines.", err=True)
