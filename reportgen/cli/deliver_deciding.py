"""``deliver resolve`` and ``adopt``: what a person decides, and is named for."""

from __future__ import annotations

import os
from pathlib import Path

import click

from reportgen.cli.group import answers, now, output_option
from reportgen.cli.opening import ledger_of, loaded

LONGEST_NAME = 80


def _person(context: click.Context, parameter: click.Parameter, by: str) -> str:
    """Return the name of who decides, in one spelling.

    Raises:
        BadParameter: it is nobody's.
    """
    name = " ".join(by.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise click.BadParameter(
            f"who decides is named with 1 to {LONGEST_NAME} printable characters."
        )
    return name


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
@click.option("--by", required=True, callback=_person, metavar="NAME", help="Who decides.")
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
@click.option(
    "--nothing-sent-since", "whole", is_flag=True, help="It is the last state: nothing is in doubt."
)
@click.option("--by", required=True, callback=_person, metavar="NAME", help="Who says so.")
@output_option
@click.pass_obj
@answers
def adopt(config: Path | None, /, *, only: bool, whole: bool, by: str, output: Path | None) -> None:
    """Let this machine deliver from a ledger that was another machine's, or brought back.

    It does not know what was sent since: all it would send is in doubt from then on, looked up in
    the relay's log, and, where that cannot tell, sent once more or held, as delivery.on_unknown
    says. An edition it has never heard of may have been sent too: look before you plan it.
    """
    from reportgen.deliver import instance
    from reportgen.deliver.sending.rules import rules_of
    from reportgen.deliver.sending.taking_over import doubt_what_is_due

    if not only:
        raise click.UsageError("Say --i-am-the-only-copy when no other machine delivers from it.")
    settings = loaded(config, output)
    with ledger_of(settings) as database:
        rules = rules_of(settings.delivery)
        doubted = 0 if whole else doubt_what_is_due(database, rules, now())
        instance.adopt(database, os.environ, by, now())
    click.echo("This machine delivers from now on.")
    if doubted:
        click.echo(f"  {doubted} messages may have been sent since, and are in doubt.")
        click.echo("  Next: reportgen deliver reconcile")
