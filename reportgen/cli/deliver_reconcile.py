"""``deliver reconcile``: what the relay's log says of messages in doubt."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import answers, json_option, now, output_option
from reportgen.cli.opening import ledger_of, loaded

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.deliver.database import Database
    from reportgen.deliver.reconcile import Probe, Reconciled

OUTCOMES = {
    "accepted": "taken by the relay: sent",
    "not_accepted": "not taken: in the queue again",
    "waiting": "seems not taken: the log has to settle",
    "unclear": "still in doubt",
}

_EPILOG = """\b
Examples:
  reportgen deliver reconcile
  reportgen deliver reconcile 2026-01 --log /var/log/mail.log
  reportgen deliver reconcile --log journal
  ssh relay cat /var/log/mail.log | reportgen deliver reconcile --log -
  reportgen deliver reconcile 2026-01 --stdin-ids < taken.txt
"""


@click.command(epilog=_EPILOG)
@click.argument("mailing", required=False)
@click.option(
    "--log",
    type=click.Path(path_type=Path, allow_dash=True, dir_okay=False),
    help="Postfix's log; journal for systemd's, - for stdin. [delivery.relay_log]",
)
@click.option("--stdin-ids", is_flag=True, help="Message-IDs the relay took, on stdin.")
@click.option("--complete", is_flag=True, help="The list of --stdin-ids lacks none of the time.")
@click.option("--no-wait", is_flag=True, help="Do not wait for the log to settle.")
@output_option
@json_option
@click.pass_obj
@answers
def reconcile(
    config: Path | None, /, *, mailing: str | None, as_json: bool, **options: Any
) -> None:
    """Look messages in doubt up in the relay's log, of one mailing or of all.

    What the relay took is sent, what it did not take goes into the queue again, and the rest
    stays in doubt; 75 when any does.
    """
    from reportgen.deliver.sending.rules import rules_of
    from reportgen.deliver.sending.taking_over import take_back

    settings = loaded(config, options["output"])
    source = _source(settings, options)
    with ledger_of(settings) as database:
        take_back(database, Path(settings.build.output), rules_of(settings.delivery), now)
        names = _mailings(database, mailing)
        found = {
            name: _decided(database, name, source, settings, wait=not options["no_wait"])
            for name in names
        }
    click.echo(json.dumps(_as_json(found), indent=1) if as_json else _told(found))
    sys.exit(75 if any(one.decided < len(one.rows) for one in found.values()) else 0)


def _source(settings: Settings, options: dict[str, Any]) -> Any:
    """Return what is asked: a list of ids, lines, or a file.

    Raises:
        UsageError: both are given, or neither is to be had.
    """
    from reportgen.deliver.reconcile.listed import listed
    from reportgen.errors import UsageError

    log: Path | None = options["log"]
    if options["stdin_ids"]:
        if log is not None:
            raise UsageError("--log and --stdin-ids cannot be given together.")
        lines = sys.stdin.buffer.read().decode("utf-8", "replace").splitlines()
        return listed(lines, complete=options["complete"])
    if options["complete"]:
        raise UsageError("--complete says something of the list of --stdin-ids.")
    if log is not None and str(log) == "-":
        return sys.stdin.buffer.read().splitlines()
    if log is None and not settings.delivery.relay_log:
        raise UsageError(
            "There is no log to look into.", "Set delivery.relay_log, or give --log or --stdin-ids."
        )
    return log or Path(settings.delivery.relay_log)


def _probe(source: Any) -> Probe:
    from reportgen.deliver.reconcile import Listed, PostfixLog, local_zone

    if isinstance(source, Listed):
        return source
    moment = now()
    return PostfixLog(source, moment, local_zone(moment))


def _decided(
    database: Database, name: str, source: Any, settings: Settings, *, wait: bool
) -> Reconciled:
    """Decide what can be decided, once more after the log has had time to settle."""
    from dataclasses import replace

    from reportgen.deliver.reconcile import reconcile as decide

    settle = settings.delivery.settle
    first = decide(database, name, _probe(source), now(), settle)
    if first.ready_at is None or not wait:
        return first
    time.sleep(min(max((first.ready_at - now()).total_seconds(), 0.0), settle) + 0.01)
    again = decide(database, name, _probe(source), now(), settle)
    known = {one.delivery for one in again.rows}
    done = tuple(one for one in first.rows if one.delivery not in known)
    return replace(again, rows=done + again.rows)


def _mailings(database: Database, named: str | None) -> list[str]:
    """Return the mailings to look at: the one that was named, or all with messages in doubt."""
    from reportgen.deliver.reconcile.settling import mailings_in_doubt
    from reportgen.deliver.sending.status import standing

    return [standing(database, named).name] if named else mailings_in_doubt(database)


def _as_json(found: dict[str, Reconciled]) -> dict[str, object]:
    return {
        name: {
            **{outcome: one.count(outcome) for outcome in OUTCOMES},
            "rows": [
                {
                    "delivery": row.delivery,
                    "client": row.client,
                    "outcome": row.outcome,
                    "why": row.words,
                    "relay_id": row.relay_id or None,
                }
                for row in one.rows
            ],
        }
        for name, one in found.items()
    }


def _told(found: dict[str, Reconciled]) -> str:
    lines = []
    for name, one in found.items():
        lines.append(f"{name}: {len(one.rows)} in doubt")
        lines += [f"  {one.count(code):6} {words}" for code, words in OUTCOMES.items()]
        lines += [f"  {row.client}: {row.words}" for row in one.rows if row.outcome == "unclear"]
    return "\n".join(lines) or "Nothing is in doubt."
