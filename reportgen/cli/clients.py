"""``clients``: the address book, its lists, and whom nothing is sent to."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli import telling_clients as telling
from reportgen.cli.group import answers, json_option, now, output_option
from reportgen.cli.opening import key_of, ledger_of, loaded
from reportgen.cli.suppressing import clients_suppress, clients_suppressed

if TYPE_CHECKING:
    from reportgen.deliver.clients.importing import Imported

_CONTACT = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*")


@click.group()
def clients() -> None:
    """Clients: who gets the report, in which languages, and who does not."""


clients.add_command(clients_suppress)
clients.add_command(clients_suppressed)


@clients.command("list", epilog="\b\nExample:\n  reportgen clients list")
@click.option("--addresses", is_flag=True, help="Show addresses whole.")
@output_option
@json_option
@click.pass_obj
@answers
def clients_list(
    config: Path | None, /, *, addresses: bool, as_json: bool, output: Path | None
) -> None:
    """List the clients by id; addresses are shortened."""
    from reportgen.deliver.clients import book

    with ledger_of(loaded(config, output)) as database:
        found = book.all(database)
    if as_json:
        _print([telling.client(one, whole=addresses) for one in found])
        return
    if not found:
        click.echo("There is no client yet.")
    for one in found:
        click.echo(telling.client_line(one, whole=addresses))


ADD = (
    'reportgen clients add acme --organisation "Acme Capital" \\\n'
    '    --contact "Wang Fang <wang@acme.example>" --language zh --language en'
)


@clients.command("add", epilog=f"\b\nExample:\n  {ADD}")
@click.argument("identity", metavar="ID")
@click.option("--organisation", required=True, metavar="NAME", help="As printed on its copies.")
@click.option(
    "--contact", "contacts", multiple=True, required=True, metavar='"NAME <ADDRESS>"',
    help="Who gets the mail; once for each.",
)  # fmt: skip
@click.option(
    "--language", "languages", multiple=True, required=True, metavar="CODE",
    help="zh, ja or en; once for each.",
)  # fmt: skip
@click.option("--format", "formats", multiple=True, metavar="FORMAT", help="pdf, html. [pdf]")
@click.option("--protection", default="none", metavar="KIND", help="none, mark, password or link.")
@click.option("--from", "active_from", default="", metavar="DAY", help="First day as a client.")
@click.option("--to", "active_to", default="", metavar="DAY", help="Last day as a client.")
@click.option("--house", is_flag=True, help="The house's own copy: goes first.")
@click.option("--replace", is_flag=True, help="Put it in the place of the client with that id.")
@output_option
@json_option
@click.pass_obj
@answers
def clients_add(
    config: Path | None, /, *, replace: bool, as_json: bool, output: Path | None, **fields: Any
) -> None:
    """Add a client.

    The id is short, of a to z, 0 to 9 and . _ - between; it names the client in files and lists.
    """
    from reportgen.deliver.clients import book
    from reportgen.deliver.clients.checks import Fields, client_of
    from reportgen.errors import UsageError

    called = {"id": fields.pop("identity"), "house": "yes" if fields.pop("house") else ""}
    contacts = tuple(_contact(one) for one in fields.pop("contacts"))
    client = client_of(Fields(contacts=contacts, **called, **fields))
    with ledger_of(loaded(config, output)) as database:
        change = book.difference(database, [client], replace=False)
        if not change.added and not replace:
            raise UsageError(f"There is a client {client.id} already.", "To change it: --replace")
        book.put(database, client, now())
    if as_json:
        _print(telling.client(client, whole=False))
    else:
        click.echo(f"{'Added' if change.added else 'Changed'} {client.id}.")


@clients.command("import", epilog="\b\nExample:\n  reportgen clients import clients.csv --dry-run")
@click.argument("file", metavar="FILE")
@click.option("--encoding", metavar="NAME", help="utf-8, utf-16, gb18030, cp932 … [concluded]")
@click.option("--replace", is_flag=True, help="Remove the clients that are not in the list.")
@click.option("--ignore", "ignored", multiple=True, metavar="COLUMN", help="Leave a column out.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@output_option
@json_option
@click.pass_obj
@answers
def clients_import(
    config: Path | None, /, *, file: str, as_json: bool, output: Path | None, **options: Any
) -> None:
    """Import a list of clients, all of it or, where a row is bad, nothing.

    The list is CSV as Excel saves it; its first line names the columns, in English, Chinese or
    Japanese: id, organisation, contact, address, languages, formats, protection, active_from,
    active_to, house. A client with several contacts has a line for each. What a list has no
    column for stays as it was. - reads the list from the standard input.
    """
    from reportgen.deliver.clients import book
    from reportgen.deliver.clients.importing import import_list
    from reportgen.errors import DataError

    content = _content(file)
    try:
        found = import_list(content, options["encoding"], options["ignored"])
    except DataError as problem:
        raise DataError(f"{file}: {problem.message}", problem.hint) from None
    told: dict[str, Any] = {"file": file, **telling.listing(found)}
    if not found.bad and not found.clients:
        raise DataError(f"{file} holds no client; nothing was imported.")
    if found.bad:
        _refuse(found, file, told, as_json=as_json)
    doing = {"replace": options["replace"], "omitted": found.omitted}
    with ledger_of(loaded(config, output)) as database:
        if options["dry_run"]:
            change = book.difference(database, found.clients, **doing)
        else:
            change = book.put_all(database, found.clients, now=now(), **doing)
    if as_json:
        _print({**told, "dry_run": options["dry_run"], **telling.change(change)})
        return
    for line in telling.imported_lines(found, change, dry_run=options["dry_run"]):
        click.echo(line)


def _refuse(found: Imported, file: str, told: dict[str, Any], *, as_json: bool) -> None:
    from reportgen.errors import DataError

    if as_json:
        _print({**told, "dry_run": False})
    else:
        click.echo(telling.read_as(found), err=True)
        for one in found.bad:
            click.echo(telling.bad_row(one), err=True)
    rows = len({one.line for one in found.bad})
    said = "1 row is" if rows == 1 else f"{rows} rows are"
    raise DataError(f"{file}: {said} not as they must be; nothing was imported.")


@clients.command("export", epilog="\b\nExample:\n  reportgen clients export clients.csv")
@click.argument("file", metavar="FILE")
@output_option
@click.pass_obj
@answers
def clients_export(config: Path | None, /, *, file: str, output: Path | None) -> None:
    """Write the clients to a list that Excel opens and import reads back.

    Only its owner can read the file. - writes to the standard output.
    """
    from reportgen.deliver.clients import book
    from reportgen.deliver.clients.export import export, write

    with ledger_of(loaded(config, output)) as database:
        found = book.all(database)
    if file == "-":
        sys.stdout.buffer.write(export(found))
        return
    write(Path(file), export(found))
    click.echo(f"{file}: {len(found)} clients.")


@clients.command("remove", epilog="\b\nExample:\n  reportgen clients remove acme")
@click.argument("identity", metavar="ID")
@output_option
@click.pass_obj
@answers
def clients_remove(config: Path | None, /, *, identity: str, output: Path | None) -> None:
    """Take a client out of the book; what it was sent stays on record."""
    from reportgen.deliver.clients import book

    with ledger_of(loaded(config, output)) as database:
        gone = book.remove(database, identity.strip().lower())
    click.echo(f"Removed {gone.id}.")


@clients.command("check", epilog="\b\nExample:\n  reportgen clients check")
@output_option
@json_option
@click.pass_obj
@answers
def clients_check(config: Path | None, /, *, as_json: bool, output: Path | None) -> None:
    """Name everything that stands in the way of the clients' mail; 65 where something does."""
    from zoneinfo import ZoneInfo

    from reportgen.deliver.clients import book, inspection, suppression
    from reportgen.deliver.clients.passwords import passwords
    from reportgen.errors import DataError

    settings = loaded(config, output)
    with ledger_of(settings) as database:
        found = book.all(database)
        addresses = {contact.address for one in found for contact in one.contacts}
        known = suppression.among(database, key_of(settings), addresses)
    today = now().astimezone(ZoneInfo(settings.schedule.timezone)).date()
    terms = inspection.terms_of(settings, passwords(os.environ), today)
    findings = inspection.inspect(found, terms, known)
    if as_json:
        _print({"clients": len(found), "findings": [telling.finding(one) for one in findings]})
    else:
        for one in findings:
            click.echo(telling.finding_line(one))
    hindering = sum(one.hinders for one in findings)
    if hindering:
        raise DataError(f"{hindering} of {len(findings)} findings stand in the way of mail.")
    if not as_json:
        click.echo(f"{len(found)} clients; nothing stands in the way of their mail.")


def _contact(text: str) -> tuple[str, str]:
    """Return the name and the address of ``Name <address>``, or of an address alone."""
    found = _CONTACT.fullmatch(text)
    return (found["name"].strip(), found["address"]) if found else ("", text)


def _content(file: str) -> bytes:
    """Return what a list holds, as much of it as is looked at.

    Raises:
        MissingInputError: it cannot be read.
    """
    from reportgen.deliver.clients.csvfile import MOST_BYTES
    from reportgen.errors import MissingInputError

    try:
        if file == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(file).open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as problem:
        raise MissingInputError(f"{file} cannot be read ({problem.strerror}).") from None


def _print(told: object) -> None:
    click.echo(json.dumps(told, ensure_ascii=False, indent=1))
