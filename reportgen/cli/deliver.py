"""``deliver``: the mailing of an edition, from the plan to the last receipt."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import answers, json_option, now, output_option
from reportgen.cli.opening import key_of, ledger_of, loaded
from reportgen.cli.telling import Telling, log_option, telling
from reportgen.errors import LockedError, MissingInputError, UnreachableError

if TYPE_CHECKING:
    from reportgen.deliver.database import Database
    from reportgen.deliver.sending.run import Outcome
    from reportgen.deliver.sending.status import Standing


@click.group("deliver")
def deliver() -> None:
    """Send an edition to the clients: plan, preview, test, approve, send, status."""


def named(database: Database, name: str | None) -> str:
    """Return the mailing that is meant, where none is named too.

    Raises:
        MissingInputError: there is none.
    """
    from reportgen.deliver.sending.status import meant

    found = name or meant(database)
    if found is None:
        raise MissingInputError(
            "Nothing has been planned yet.", "Plan an edition: reportgen deliver plan 2026-01"
        )
    return found


@deliver.command("send", epilog="\b\nExample:\n  reportgen deliver send 2026-01")
@click.argument("mailing", required=False)
@click.option("--resume", is_flag=True, help="Go on with a mailing that was paused.")
@click.option("--join", is_flag=True, help="Work beside other runs (PostgreSQL only).")
@output_option
@log_option
@json_option
@click.pass_obj
@answers
def send(
    config: Path | None,
    /,
    *,
    mailing: str | None,
    resume: bool,
    join: bool,
    output: Path | None,
    log_format: str | None,
    as_json: bool,
) -> None:
    """Send what is due of an approved MAILING; it may be stopped anywhere and called again.

    0 when every client is in a last state; 69 when the relay cannot be reached; 75 when some are
    due later, the run was stopped or the mailing is paused; 77 when it is not approved.
    """
    settings = loaded(config, output)
    tell = telling("deliver send", settings, Path(settings.build.output), log_format)
    with ledger_of(settings) as database:
        tell.book.edition = named(database, mailing)
        with tell.whole():
            outcome = sent(tell, database, resume=resume, join=join)
            if as_json or outcome.end == "done":
                _show(outcome.standing, as_json=as_json)
            raise_unless_done(outcome)
        tell.ended(in_the_end(outcome.standing), mail=True)


def sent(tell: Telling, database: Database, *, resume: bool, join: bool) -> Outcome:
    """Send what is due of the mailing the run is about."""
    from reportgen.deliver import instance
    from reportgen.deliver.dispatching import Dispatch, dispatch
    from reportgen.deliver.planning.desk import House
    from reportgen.deliver.planning.readiness import make_ready
    from reportgen.secret import SMTP_PASSWORD

    settings, name = tell.settings, tell.book.edition
    key = key_of(settings)
    instance.check(database, key, os.environ)
    with _stoppable() as stop:
        order = Dispatch(
            settings=settings,
            database=database,
            password=tell.secrets[SMTP_PASSWORD],
            mask=tell.log.mask,
            clock=now,
            tell=tell.log.event,
            stop=stop,
            resume=resume,
            join=join,
        )
        return dispatch(
            order, name, lambda: make_ready(House(settings, database, key, now()), name)
        )


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """Finish the messages in flight when somebody says stop."""
    stop = threading.Event()
    before = {
        one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def raise_unless_done(outcome: Outcome) -> None:
    """Say how a run ended that did not come to the end of its mailing.

    Raises:
        UnreachableError: there is no relay.
        LockedError: some are due later, it was stopped, or it is paused.
    """
    now = outcome.standing
    if outcome.end == "done":
        return
    there = f"{now.name}: {_in_words(now)}."
    if outcome.end == "unreachable":
        raise UnreachableError(
            f"Delivery stopped: {outcome.reason}. {there}", "The next run goes on; nothing is lost."
        )
    if outcome.end == "paused":
        raise LockedError(
            f"Delivery is paused: {outcome.reason}. {there}",
            f"When that is mended: reportgen deliver send {now.name} --resume",
        )
    if outcome.end == "stopped":
        raise LockedError(f"Delivery was stopped. {there}", "The next run goes on.")
    due = f" The next is due at {now.next_at:%Y-%m-%d %H:%M} UTC." if now.next_at else ""
    raise LockedError(f"Some messages are due later. {there}{due}", "The next run goes on.")


def in_the_end(now: Standing) -> str:
    """Say how a mailing ended: ``delivered``, and how many a person should look at."""
    others = {state: now.states[state] for state in ("failed", "held") if state in now.states}
    return ", ".join(("delivered", *(f"{count} {state}" for state, count in others.items())))


def _in_words(now: Standing) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(now.states.items()))


@deliver.command("status", epilog="\b\nExample:\n  reportgen deliver status 2026-01 --rows")
@click.argument("mailing", required=False)
@click.option("--rows", "with_rows", is_flag=True, help="Also each delivery that is not sent.")
@output_option
@json_option
@click.pass_obj
@answers
def status(
    config: Path | None,
    /,
    *,
    mailing: str | None,
    with_rows: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    """Show how a MAILING stands; 70 when its rows are not the list it was planned for."""
    from reportgen.deliver.sending.status import open_rows, refuse_a_gap, standing

    with ledger_of(loaded(config, output)) as database:
        found = standing(database, named(database, mailing))
        rows = open_rows(database, found.name) if with_rows else ()
    _show(found, as_json=as_json, rows=[asdict(one) for one in rows])
    refuse_a_gap(found)


def _show(found: Standing, *, as_json: bool, rows: list[dict[str, Any]] | None = None) -> None:
    if as_json:
        told = {**asdict(found), "adds_up": found.adds_up, "left": found.left}
        click.echo(json.dumps(told | ({"rows": rows} if rows else {}), indent=1, default=str))
        return
    click.echo(f"{found.name} ({found.kind} of {found.edition}): {found.state}")
    for state, count in sorted(found.states.items()):
        click.echo(f"  {state:<11}{count:>7}")
    sum_said = "as planned" if found.adds_up else f"PLANNED {found.recipients}"
    click.echo(f"  {'together':<11}{found.rows:>7}  {sum_said}")
    if found.doubted:
        click.echo(f"  {found.doubted} were in doubt: each may have got a second copy")
    for fate, count in sorted(found.fates.items()):
        click.echo(f"  of those sent: {count} {fate.replace('_', ' ')}")
    if found.paused:
        click.echo(f"  paused: {found.paused}")
    if held := found.states.get("held"):
        commands = f"reportgen deliver status {found.name} --rows, reportgen deliver resolve"
        click.echo(f"  {held} are held until a person decides: {commands}")
    for row in rows or []:
        said = row["reason"] or row["reply"]
        click.echo(f"  {row['reference']}  {row['state']:<10} {row['client']}  {said}".rstrip())
