"""``messages`` and ``doctor``: the words and the machine."""

from __future__ import annotations

from pathlib import Path

import click

from reportgen.cli.group import answers


@click.command(epilog="\b\nExample:\n  reportgen doctor")
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
