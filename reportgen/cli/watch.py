"""``watch``: the trigger table on fresh figures, between two editions."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import (
    answers,
    as_of_option,
    data_option,
    has_key,
    json_option,
    now,
    output_option,
)
from reportgen.cli.telling import Telling, log_option, telling
from reportgen.secret import SMTP_PASSWORD

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.gather import Wish
    from reportgen.watching import Round
    from reportgen.watching.round import Row


@click.command(epilog="\b\nExamples:\n  reportgen watch\n  reportgen watch --dry-run --json")
@data_option
@as_of_option
@click.option("--dry-run", is_flag=True, help="Look, tell nobody, remember nothing.")
@output_option
@log_option
@json_option
@click.pass_obj
@answers
def watch(config: Path | None, /, *, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Hold fresh figures against the trigger table, and tell the operator when a trigger fires.

    The thresholds are those of the newest edition. Each firing is told once; 69 when it could not
    be told, and the next round tries again. Without an edition the present thresholds count.
    """
    from reportgen.config import load
    from reportgen.watching import Operators, Post, look

    settings = load(config)
    wish = _wish(settings, options)
    ears = telling("watch", settings, wish.output, options["log_format"])
    # The watchdog waits for run-due; of a round it hears only when it fails.
    with nullcontext() if dry_run else ears.whole(begins=False):
        operators = Operators(settings, ears.secrets[SMTP_PASSWORD], ears.log.mask, wish.now)
        found = look(Post(wish, (operators,), keep=not dry_run))
        _log(ears, found)
        click.echo(json.dumps(_as_json(found), indent=1) if as_json else _table(found))
        _refuse_if_untold(found)


def _wish(settings: Settings, options: dict[str, Any]) -> Wish:
    from reportgen.gather import Wish

    return Wish(
        data=options["data"] or settings.build.data,
        as_of=options["as_of"],
        now=now(),
        output=options["output"] or Path(settings.build.output),
        settings=settings,
        keyed=has_key(),
    )


def _log(ears: Telling, found: Round) -> None:
    for row in found.rows:
        if row.judgement.fires or row.judgement.rearmed:
            said = "fired" if row.judgement.fires else "armed"
            value, bound = row.reading.value.value, row.bound.threshold.value
            ears.log.event(said, trigger=row.bound.code, value=value, threshold=bound)
    for name, why in found.untold.items():
        ears.log.warning("untold", listener=name, problem=why.reason, doubtful=why.doubtful)
    ears.log.event("end", fired=len(found.fired), edition=found.edition, missing=found.missing)


def _refuse_if_untold(found: Round) -> None:
    from reportgen.errors import UnreachableError

    for name, said in found.untold.items():
        raise UnreachableError(
            f"A trigger fired, and the {name} could not be told: {said.reason}",
            "The next round tries again.",
        )


def _as_json(found: Round) -> dict[str, object]:
    return {
        "edition": found.edition or None,
        "as_of": found.as_of.isoformat(),
        "triggers": [_row(one) for one in found.rows],
        "missing": list(found.missing),
        "told": {name: not hasattr(said, "reason") for name, said in found.outcomes.items()},
    }


def _row(row: Row) -> dict[str, object]:
    judgement = row.judgement
    return {
        "code": row.bound.code,
        "state": judgement.standing,
        "value": row.reading.value.value,
        "unit": str(row.reading.value.unit),
        "day": row.reading.day.day.isoformat(),
        "side": row.bound.side,
        "threshold": row.bound.threshold.value,
        "fires": judgement.fires,
        "rearmed": judgement.rearmed,
        "since": judgement.memory.since.isoformat() if judgement.memory.since else None,
    }


def _table(found: Round) -> str:
    """Return the table for a terminal."""
    from reportgen.operations import texts

    return texts.table("watch_table", round=found)
