"""``bounces``: returned mail taken in, and the page on which one unsubscribes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import answers, json_option, now, output_option
from reportgen.cli.opening import key_of, ledger_of, loaded, opened

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.deliver.bounces import Ingested
    from reportgen.deliver.database import Database
    from reportgen.deliver.keys import Key
    from reportgen.deliver.unsubscribe import Application

MEANINGS = {
    "hard": "no such mailbox: suppressed",
    "soft": "not this time",
    "policy": "refused for what we are or send",
    "complaint": "called spam: suppressed",
    "unsubscribe": "unsubscribed by mail: suppressed",
    "delayed": "still being tried",
    "delivered": "confirmed as delivered",
    "relayed": "passed on without confirmation",
}


@click.group()
def bounces() -> None:
    """Mail that comes back, complaints, and who unsubscribes."""


@bounces.command(
    "ingest",
    epilog="""\b
Examples:
  reportgen bounces ingest /var/mail/bounces
  reportgen bounces ingest ~/Maildir --json
  fetch-a-mailbox | reportgen bounces ingest -
""",
)
@click.argument("mailbox", type=click.Path(path_type=Path, allow_dash=True), metavar="PATH")
@output_option
@json_option
@click.pass_obj
@answers
def ingest_(config: Path | None, /, *, mailbox: Path, as_json: bool, output: Path | None) -> None:
    """Take returned mail in: a maildir, a folder of files, an mbox, a message, or - for stdin.

    Each message counts once, and only if it is ours. Mailboxes that are gone and people who
    complain are suppressed at once, full ones after three editions. 65 when mail was newly
    refused for a reason that lies with the house.
    """
    from reportgen.deliver.bounces import ingest, messages

    with _opened(config, output) as (_, database, key):
        found = ingest(database, key, messages(mailbox, sys.stdin.buffer), now())
    click.echo(
        json.dumps(_as_json(found), indent=1, ensure_ascii=False) if as_json else _told(found)
    )
    for one in found.rows:
        if one.meaning == "policy":
            click.echo(f"reportgen: {one.mailing} to {one.address}: {one.words}", err=True)
    sys.exit(65 if found.count("policy") else 0)


@bounces.command(
    "serve",
    epilog="\b\nExample, behind the house's https server:\n  reportgen bounces serve --port 8025",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8025, show_default=True)
@output_option
@click.pass_obj
@answers
def serve(config: Path | None, /, *, host: str, port: int, output: Path | None) -> None:
    """Serve the page on which one unsubscribes, for delivery.unsubscribe_url.

    A server for one house, without TLS: the house's https server passes requests on to it.
    Other servers take "reportgen.cli.bounces:application()", which speaks WSGI.
    """
    from reportgen.deliver.unsubscribe_server import serving

    with _opened(config, output) as (settings, database, key):
        app = _application(settings, database, key)
        with serving(app, host, port) as server:
            click.echo(f"http://{host}:{server.server_port}/", err=True)
            server.serve_forever()


def application(config: Path | None = None) -> Application:
    """Return the page on which one unsubscribes as a WSGI application, for other servers."""
    settings = loaded(config, None)
    key = key_of(settings)
    return _application(settings, opened(settings), key)


def _application(settings: Settings, database: Database, key: Key) -> Application:
    from functools import partial
    from time import monotonic

    from reportgen.deliver.unsubscribe import Application, Directory, recipients
    from reportgen.deliver.unsubscribe_pages import pages

    return Application(
        database=database,
        key=key,
        pages=pages(settings.publisher.name, settings.report.languages),
        directory=Directory(partial(recipients, database, key), monotonic),
        now=now,
        told=lambda event: click.echo(f"{now():%Y-%m-%dT%H:%M:%SZ} {event}", err=True),
    )


@contextmanager
def _opened(config: Path | None, output: Path | None) -> Iterator[tuple[Settings, Database, Key]]:
    """Give settings, database and key of the house."""
    settings = loaded(config, output)
    key = key_of(settings)
    with ledger_of(settings) as database:
        yield settings, database, key


def _as_json(found: Ingested) -> dict[str, Any]:
    rows = [
        {
            "meaning": one.meaning,
            "client": one.client or None,
            "mailing": one.mailing or None,
            "address": one.address,
            "status": one.status or None,
            "words": one.words,
            "suppressed": one.suppressed or None,
        }
        for one in found.rows
    ]
    counts = {name: getattr(found, name) for name in ("again", "strange", "other")}
    return {"new": len(rows), **counts, "messages": rows}


def _told(found: Ingested) -> str:
    lines = [
        f"{found.count(code):6} {words}" for code, words in MEANINGS.items() if found.count(code)
    ]
    for number, words in (
        (found.again, "read before"),
        (found.strange, "about no message of ours"),
        (found.other, "no notices; somebody may want to read them"),
    ):
        if number:
            lines.append(f"{number:6} {words}")
    return "\n".join(lines) or "Nothing new."
