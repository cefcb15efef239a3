"""``messages`` and ``doctor``: the words and the machine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from reportgen.cli.group import answers, json_option, now

MARKS = {"sound": "ok     ", "warning": "warning", "missing": "MISSING"}


@click.command(epilog="\b\nExamples:\n  reportgen doctor\n  reportgen doctor --mail --json")
@click.option("--mail", is_flag=True, help="Log in to the relay, too; sends nothing.")
@json_option
@click.pass_obj
@answers
def doctor(config: Path | None, /, *, mail: bool, as_json: bool) -> None:
    """Check what reports and their publication need of this machine.

    Fonts, libraries, catalogues, encoding, clock and zone, disk, folders, calendar, secrets,
    watchdog; with --mail the relay. 66 if something is missing; warnings end with 0.
    """
    from reportgen import health
    from reportgen.config import load
    from reportgen.errors import MissingInputError
    from reportgen.operations.surroundings import furnish

    settings = load(config)
    furnish(Path(settings.build.output), os.environ)
    findings = health.examine(health.Scene(settings, os.environ, now()), with_mail=mail)
    state = health.worst(findings)
    if as_json:
        rows = [{"what": one.what, "state": one.state, "detail": one.detail} for one in findings]
        click.echo(json.dumps({"state": state, "findings": rows}, ensure_ascii=False, indent=1))
    else:
        for one in findings:
            click.echo(f"{MARKS[one.state]} {one.what}: {one.detail}")
    if state == "missing":
        raise MissingInputError("Something is missing.", "It is named above.")


@click.group()
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
