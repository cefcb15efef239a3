"""``editions``: what is in the archive."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import answers, json_option, output_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reportgen.archive.editions import Edition


@click.group()
def editions() -> None:
    """Editions: what was published, for ever as it was."""


@editions.command("list", epilog="\b\nExample:\n  reportgen editions list")
@output_option
@json_option
@click.pass_obj
@answers
def editions_list(config: Path | None, /, *, as_json: bool, output: Path | None) -> None:
    """List the editions in the archive, and which were corrected."""
    from reportgen.archive.editions import editions as all_of

    found = all_of(_output(config, output))
    if as_json:
        told = [_as_json(one, found) for one in found]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    if not found:
        click.echo("There is no edition yet.")
    for one in found:
        head = one.head
        click.echo(
            f"{one.name:<11} as of {head.as_of}  published {_moment(head.published)}  "
            f"{' '.join(head.languages):<8}{_note(one, found)}".rstrip()
        )


@editions.command("show", epilog="\b\nExample:\n  reportgen editions show 2026-01")
@click.argument("name", metavar="NAME")
@output_option
@json_option
@click.pass_obj
@answers
def editions_show(config: Path | None, /, *, name: str, as_json: bool, output: Path | None) -> None:
    """Show what an edition was made from and with, and its files."""
    from reportgen.archive.editions import editions as all_of
    from reportgen.archive.editions import find

    folder = _output(config, output)
    edition = find(folder, name)
    told = _as_json(edition, all_of(folder))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for key, value in told.items():
        for line in _lines(value):
            click.echo(f"{key.replace('_', ' '):<14} {line}".rstrip())
            key = ""


def _output(config: Path | None, output: Path | None) -> Path:
    from reportgen.config import load

    return output or Path(load(config).build.output)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _note(edition: Edition, among: Sequence[Edition]) -> str:
    from reportgen.archive.editions import superseded_by

    later = superseded_by(edition, among)
    correction = edition.head.correction
    corrects = f"  corrects {correction.corrects}" if correction else ""
    return corrects + (f"  superseded by {later.name}" if later else "")


def _as_json(edition: Edition, among: Sequence[Edition]) -> dict[str, Any]:
    """Return what an edition is; nothing in it is longer than a line."""
    from reportgen.archive.editions import superseded_by
    from reportgen.archive.manifest import SIGNATURE

    head, correction = edition.head, edition.head.correction
    later = superseded_by(edition, among)
    return {
        "name": edition.name,
        "folder": str(edition.folder),
        "as_of": head.as_of.isoformat(),
        "known_at": head.known_at.isoformat(),
        "dated": head.dated.isoformat(),
        "published": head.published.isoformat(),
        "corrects": correction.corrects if correction else None,
        "reason": dict(correction.reason) if correction else None,
        "superseded_by": later.name if later else None,
        "previous": head.previous,
        "languages": list(head.languages),
        "formats": list(head.formats),
        "paths": head.paths,
        "snapshot": head.snapshot,
        "ledger": f"{head.ledger_rows} rows, {head.ledger_head}",
        "program": head.program,
        "code": head.code,
        "libraries": dict(head.libraries),
        "signed": (edition.folder / SIGNATURE).is_file(),
        "manifest": edition.sha256,
        "files": {name: entry.size for name, entry in sorted(edition.manifest.files.items())},
    }


def _lines(value: Any) -> list[str]:
    """Return a value as lines for a person."""
    if isinstance(value, dict):
        return [f"{key} {text}" for key, text in value.items()] or ["none"]
    if isinstance(value, list):
        return [", ".join(map(str, value))]
    if isinstance(value, bool) or value is None:
        return ["yes" if value else "no"]
    return [str(value)]
