"""``clients suppress`` and ``suppressed``: to whom nothing is sent, and why."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reportgen.cli import telling_clients as telling
from reportgen.cli.group import answers, json_option, now, output_option
from reportgen.cli.opening import key_of, ledger_of, loaded

SUPPRESS = (
    'reportgen clients suppress wang@acme.example --by "Li Na" --note "Left the firm."\n'
    '  reportgen clients suppress wang@acme.example --by "Li Na" --note "Is back." --lift'
)


@click.command("suppress", epilog=f"\b\nExamples:\n  {SUPPRESS}")
@click.argument("address")
@click.option("--reason", default="operator", metavar="REASON", help="operator, unsubscribed, complaint, hard_bounce or soft_bounces. [operator]")  # fmt: skip # noqa: E501
@click.option("--note", default="", metavar="SENTENCE", help="Why; needed with --lift.")
@click.option("--by", required=True, metavar="NAME", help="Who does it.")
@click.option("--lift", is_flag=True, help="Take it off the list, whatever it is there for.")
@output_option
@click.pass_obj
@answers
def clients_suppress(
    config: Path | None, /, *, address: str, lift: bool, output: Path | None, **said: str
) -> None:
    """Send nothing more to an address, or take it off that list again."""
    from reportgen.deliver.clients import suppression
    from reportgen.deliver.clients.address import masked, parse

    plain = parse(address)
    settings = loaded(config, output)
    reason, note, by = said["reason"], said["note"], said["by"]
    with ledger_of(settings) as database:
        if lift:
            suppression.lift(database, key_of(settings), plain, by, note, now())
        else:
            suppression.suppress(database, key_of(settings), plain, reason, note, by, now())
    click.echo(f"{masked(plain)} gets {'mail again' if lift else 'no more mail'}.")


@click.command("suppressed", epilog="\b\nExample:\n  reportgen clients suppressed --all")
@click.option("--all", "lifted", is_flag=True, help="Also those that were taken off the list.")
@output_option
@json_option
@click.pass_obj
@answers
def clients_suppressed(
    config: Path | None, /, *, lifted: bool, as_json: bool, output: Path | None
) -> None:
    """List the addresses nothing is sent to, shortened, and why."""
    from reportgen.deliver.clients import suppression

    with ledger_of(loaded(config, output)) as database:
        found = suppression.listed(database, lifted=lifted)
    if as_json:
        told = [telling.suppressed(one) for one in found]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    if not found:
        click.echo("No address is suppressed.")
    for one in found:
        click.echo(telling.suppressed_line(one))
