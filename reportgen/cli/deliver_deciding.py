"""``deliver resolve`` and ``adopt``: what a person decides, and is named for."""

from __future__ import annotations

import os
from pathlib import Path

import click

from reportgen.cli.group import answers, now, output_option
from reportgen.cli.opening import ledger_of, loaded


@click.command(
    "resolve",
    epilog="\b\nExample:\n  reportgen deliver resolve 2026-01/7f3a9c01d2e4 --accepted --by Li",
)
@click.argument("delivery")
@click.option("--accepted", "verdict", flag_value="accepted", help="The client has it.")
@click.option(
    "--not-accepted", "verdict", flag_value="not_accepted", help="It has not: send it again."
)
@click.option("--failed", "verdict", flag_value="failed", help="It shall not be sent any more.")
@click.option("--by", required=True, metavar="NAME", help="Who decides.")
@output_option
@click.pass_obj
@answers
def resolve(
    config: Path | None,
    /,
    *,
    delivery: str,
    verdict: str | None,
    by: str,
    output: Path | None,
) -> None:
    """Decide a DELIVERY the program must not decide alone, by its reference or number."""
    from reportgen.deliver.sending.resolve import resolve as resolved

    if verdict is None:
        raise click.UsageError("Say one of --accepted, --not-accepted, --failed.")
    with ledger_of(loaded(config, output)) as database:
        reference = resolved(database, delivery, verdict, by, now())  # type: ignore[arg-type]
    click.echo(f"{reference}: {verdict.replace('_', ' ')}, says {by}.")


@click.command(
    "adopt", epilog="\b\nExample:\n  reportgen deliver adopt --i-am-the-only-copy --by Li"
)
@click.option("--i-am-the-only-copy", "only", is_flag=True, help="Nobody else delivers from it.")
@click.option("--by", required=True, metavar="NAME", help="Who says so.")
@output_option
@click.pass_obj
@answers
def adopt(config: Path | None, /, *, only: bool, by: str, output: Path | None) -> None:
    """Let this machine deliver from a ledger that was another machine's.

    A ledger brought back from a copy does not know what was sent since: look there first.
    """
    from reportgen.deliver import instance

    if not only:
        raise click.UsageError("Say --i-am-the-only-copy when no other machine delivers from it.")
    settings = loaded(config, output)
    with ledger_of(settings) as database:
        instance.adopt(database, os.environ, by, now())
    click.echo("This machine delivers from now on.")
