"""``tidy``: what is old and can be made or fetched again."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.group import answers, json_option, now, output_option
from reportgen.cli.opening import key_of, ledger_of, loaded

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.deliver.tidying import Gone
    from reportgen.operations.retention import Old, Tidied


@click.command(epilog="\b\nExamples:\n  reportgen tidy --dry-run\n  reportgen tidy --json")
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
@output_option
@json_option
@click.pass_obj
@answers
def tidy(config: Path | None, /, *, dry_run: bool, output: Path | None, as_json: bool) -> None:
    """Remove what is older than [retention] says and can be made or fetched again.

    Caches, drafts, rehearsals, snapshots, run reports, answers of publishers that nothing refers
    to; files, previews and links of mailings that are over. Never editions, the record of
    forecasts, the ledger of deliveries, a run under way, the last good answer of a series.
    """
    from reportgen.archive.lock import held
    from reportgen.errors import DiskError
    from reportgen.operations import retention

    settings = loaded(config, output)
    folder = Path(settings.build.output)
    if not folder.is_dir():
        _print(retention.Tidied((), ()), None, as_json=as_json, dry_run=dry_run)
        return
    found = retention.find(folder, settings.retention, now())
    if dry_run:
        done = retention.Tidied(found, ())
    else:
        with held(folder, wait=0.0):
            done = retention.remove(found)
    mail = of_mailings(settings, dry_run=dry_run)
    _print(done, mail, as_json=as_json, dry_run=dry_run)
    failed = [f"{one.path} ({why})" for one, why in done.kept if why != retention.USED]
    if failed:
        raise DiskError(f"{len(failed)} cannot be removed: {'; '.join(failed[:3])}.")


def of_mailings(settings: Settings, *, dry_run: bool = False) -> Gone | None:
    """Tidy up after the mailings that are over; ``None`` where nothing was ever delivered."""
    from reportgen.archive.lock import held
    from reportgen.deliver.outbox import FOLDER
    from reportgen.deliver.planning.desk import House
    from reportgen.deliver.tidying import tidy as tidied

    folder = Path(settings.build.output)
    if not (folder / FOLDER).is_dir():
        return None
    with ledger_of(settings) as database, held(folder / FOLDER, wait=0.0):
        house = House(settings, database, key_of(settings), now())
        return tidied(house, dry_run=dry_run)


def _print(done: Tidied, mail: Gone | None, *, as_json: bool, dry_run: bool) -> None:
    size = sum(one.size for one in done.removed)
    if as_json:
        content = {
            "dry_run": dry_run,
            "bytes": size,
            "removed": [_row(one) for one in done.removed],
            "kept": [{**_row(one), "reason": why} for one, why in done.kept],
            "mailings": asdict(mail) if mail else None,
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
        return
    for one in done.removed if dry_run else ():
        click.echo(f"{one.kind:<10}  {_megabytes(one.size):>10}  {one.path}")
    counts = Counter(one.kind for one in done.removed)
    told = ", ".join(f"{count} of {kind}" for kind, count in sorted(counts.items())) or "nothing"
    verb = "Would remove" if dry_run else "Removed"
    click.echo(f"{verb} {told}; {_megabytes(size)}.")
    if mail and (mail.files or mail.previews or mail.links):
        files = f"{mail.files} files ({_megabytes(mail.bytes)})"
        click.echo(f"Of mailings: {files}, {mail.previews} previews, {mail.links} links.")


def _row(one: Old) -> dict[str, object]:
    return {"kind": one.kind, "path": str(one.path), "bytes": one.size}


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
