"""``record``: the ledger of forecasts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.build import request_of
from reportgen.cli.group import (
    answers,
    as_of_option,
    figures_options,
    json_option,
    now,
    output_option,
)

if TYPE_CHECKING:
    from reportgen.record.booking import Booking
    from reportgen.record.ledger import Ledger
    from reportgen.recording import Booked

EXAMPLES = {
    "show": "reportgen record show --as-of 2025-12-05",
    "verify": "reportgen record verify",
    "resolve": "reportgen record resolve --data live",
    "issue": "reportgen record issue --data bundled",
    "correct": 'reportgen record correct ID --reason "The close was revised."',
}


@click.group()
def record() -> None:
    """The record of forecasts: statements that closes decide, and their scores."""


@record.command("show", epilog=f"\b\nExample:\n  {EXAMPLES['show']}")
@as_of_option
@output_option
@json_option
@click.pass_obj
@answers
def show(config: Path | None, /, *, as_json: bool, **options: Any) -> None:
    """Show what is on record and how good it was, as it stood on a day."""
    from reportgen.record import telling

    ledger = _ledger(config, options["output"])
    told = telling.summary(ledger, options["as_of"])
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for line in telling.lines(told):
            click.echo(line)


@record.command("verify", epilog=f"\b\nExample:\n  {EXAMPLES['verify']}")
@output_option
@json_option
@click.pass_obj
@answers
def verify(config: Path | None, /, *, as_json: bool, **options: Any) -> None:
    """Check the whole chain; 65 names the first line that was changed, removed or put in."""
    ledger = _ledger(config, options["output"])
    if as_json:
        sound = {"rows": len(ledger.rows), "head": ledger.head, "torn_bytes": ledger.torn}
        click.echo(json.dumps(sound, indent=1))
        return
    click.echo(f"{len(ledger.rows)} rows, each as it was written. Head: {ledger.head}")
    _tell_torn(ledger.torn)


@record.command("resolve", epilog=f"\b\nExample:\n  {EXAMPLES['resolve']}")
@figures_options
@json_option
@click.pass_obj
@answers
def resolve(config: Path | None, /, *, as_json: bool, **options: Any) -> None:
    """Decide the statements on record that the figures decide."""
    from reportgen import recording
    from reportgen.config import load

    booked = recording.resolve(request_of(load(config), options))
    _answer(booked, as_json=as_json)


@record.command("issue", epilog=f"\b\nExample:\n  {EXAMPLES['issue']}")
@figures_options
@json_option
@click.pass_obj
@answers
def issue(config: Path | None, /, *, as_json: bool, **options: Any) -> None:
    """Decide what has come due, then put the edition's own statements on record.

    Doing so twice adds nothing; what an edition has stated stays.
    """
    from reportgen import recording
    from reportgen.config import load

    booked = recording.issue(request_of(load(config), options))
    _answer(booked, as_json=as_json)


@record.command("correct", epilog=f"\b\nExample:\n  {EXAMPLES['correct']}")
@click.argument("identity", metavar="ID")
@click.option("--reason", required=True, metavar="SENTENCE", help="Why it no longer stands.")
@as_of_option
@output_option
@click.pass_obj
@answers
def correct(config: Path | None, /, *, identity: str, reason: str, **options: Any) -> None:
    """Withdraw a statement from the scores; the rows on record stay as they are."""
    from reportgen.record import booking

    moment = now()
    path = _path(config, options["output"])
    booking.correct(path, identity, reason, options["as_of"] or moment.date(), moment)
    click.echo(f"Withdrew {identity}.")


def _path(config: Path | None, output: Path | None) -> Path:
    from reportgen.config import load
    from reportgen.record.ledger import FILE

    return (output or Path(load(config).build.output)) / FILE


def _ledger(config: Path | None, output: Path | None) -> Ledger:
    from reportgen.record.ledger import read

    return read(_path(config, output))


def _answer(booked: Booked, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_as_json(booked), ensure_ascii=False, indent=1))
        return
    found = booked.booking
    _tell_torn(found.cut, cut=True)
    click.echo(
        f"As of {booked.as_of}: {len(found.settlement.resolved)} statements decided, "
        f"{len(found.issued)} issued, {found.held} on record already."
    )
    for group in found.refused:
        click.echo(f"  {group}: issued before from other figures or settings; left as it is.")
    for one in found.settlement.overdue:
        click.echo(f"  Overdue: {one.statement.id} ({one.reason.replace('_', ' ')})")
    for sentence in booked.omitted:
        click.echo(f"  Not stated: {sentence}")
    click.echo(f"{booked.path}: {len(found.ledger.rows)} rows. Head: {found.ledger.head}")


def _tell_torn(torn: int, *, cut: bool = False) -> None:
    if torn:
        done = "it was cut off" if cut else "the next run that writes will cut it off"
        click.echo(
            f"The last line was not finished ({torn} bytes): a run was stopped while writing; "
            f"{done}."
        )


def _as_json(booked: Booked) -> dict[str, object]:
    found: Booking = booked.booking
    return {
        "as_of": booked.as_of.isoformat(),
        "ledger": str(booked.path),
        "rows": len(found.ledger.rows),
        "head": found.ledger.head,
        "resolved": [one.id for one in found.settlement.resolved],
        "issued": [one.id for one in found.issued],
        "held": found.held,
        "refused": list(found.refused),
        "overdue": [
            {"id": one.statement.id, "reason": one.reason} for one in found.settlement.overdue
        ],
        "omitted": list(booked.omitted),
        "cut_bytes": found.cut,
    }
