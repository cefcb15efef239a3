"""``run-due``: one tick of the clock, for cron or systemd."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import answers, json_option, now
from reportgen.cli.issuing import answer, asked, figures_given, order_of, published
from reportgen.cli.opening import loaded
from reportgen.cli.telling import Telling, log_option, telling
from reportgen.errors import LockedError, ReportgenError, UnreachableError

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.publishing.order import Outcome
    from reportgen.publishing.tick import Standing, Task
    from reportgen.schedule import EditionPlan


@click.command("run-due", epilog="\b\nExample:\n  reportgen --config /srv/reportgen.toml run-due")
@click.option(
    "--stage",
    "stages",
    multiple=True,
    type=click.Choice(["gather", "build", "deliver"]),
    help="Only this part; repeatable. [all]",
)
@figures_given
@log_option
@json_option
@click.pass_obj
@answers
def run_due(
    config: Path | None, /, *, as_json: bool, stages: tuple[str, ...], **options: Any
) -> None:
    """Do whatever the calendar says is due, as far as it can go: one tick, for cron or systemd.

    It may be called as often as one likes: hourly is right. 0 when nothing is due or the figures
    are still waited for; 75 when another run is at work or a person has to decide.
    """
    from reportgen.publishing.tick import task

    settings = loaded(config, options["output"])
    output = Path(settings.build.output)
    found = task(settings, output, now())
    nothing = found.plan is None or found.standing == "nothing"
    if (nothing or _too_early(found, output, stages)) and not _waits(output, stages):
        say = _idle if nothing else _left
        say(found, settings, output, options["log_format"], stages, as_json=as_json)
        return
    network = not stages or {"gather", "deliver"} & set(stages) != set()
    tell = telling("run-due", settings, output, options["log_format"], network=network)
    with tell.whole():
        due = None if nothing or _too_early(found, output, stages) else found
        try:
            outcome = _published(due, options, stages, tell)
        except ReportgenError:  # no reason for clients to wait
            _carried(tell, stages)
            tell.book.edition = found.name
            raise
        lines, problem = _carried(tell, stages)
    _answered(outcome, lines, tell, as_json=as_json)
    if problem is not None:
        with tell.whole(begins=False):
            raise problem


def _waits(output: Path, stages: tuple[str, ...]) -> bool:
    """Tell whether an edition is to be delivered, and this run may do something for that."""
    from reportgen.publishing import mailings

    return set(stages) != {"gather"} and bool(mailings.asked(output))


def _carried(tell: Telling, stages: tuple[str, ...]) -> tuple[list[str], ReportgenError | None]:
    """Carry editions on to the clients; a line for each, and the first thing that went wrong."""
    if not _waits(tell.output, stages):
        return [], None
    from reportgen.cli.carrying import carried_all

    return carried_all(tell, sends=not stages or "deliver" in stages)


def _published(
    found: Task | None, options: dict[str, Any], stages: tuple[str, ...], tell: Telling
) -> Outcome | None:
    """Publish what is due, and have it delivered where there may be clients."""
    from reportgen.cli.carrying import may_have_clients
    from reportgen.publishing import mailings

    if found is None or found.plan is None:
        return None
    tell.book.edition = found.name
    outcome = _ticked(found.standing, found.plan, options, stages, tell)
    if outcome.fresh and outcome.edition is not None:
        if may_have_clients(tell.settings):
            mailings.ask(tell.output, outcome.edition.name)
        _tidied(tell)
    return outcome


def _answered(outcome: Outcome | None, lines: list[str], tell: Telling, *, as_json: bool) -> None:
    """Say what was published, and how far deliveries are."""
    if outcome is not None:
        answer(outcome, tell, as_json=as_json, deliveries=lines)
        return
    tell.ended("delivering" if lines else "nothing due", mail=False)
    if as_json:
        click.echo(json.dumps({"result": "nothing due", "deliveries": lines}))
    for line in () if as_json else lines:
        click.echo(line)


def _too_early(found: Task, output: Path, stages: tuple[str, ...]) -> bool:
    """Tell whether the stage before the first of these has not done its part yet."""
    from reportgen.publishing import state

    if not stages or "gather" in stages or found.standing == "late":
        return False
    now = state.load(output, found.name)
    return "build" not in stages or now is None or now.step == "begun"


def _left(
    found: Task,
    settings: Settings,
    output: Path,
    log_format: str | None,
    stages: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Say that an earlier stage has to come first.

    The watchdog hears what that one left to be told and nothing else: that all is well would
    hide its failure.
    """
    if "deliver" in stages:
        telling("run-due", settings, output, log_format).signals.drain()
    if as_json:
        click.echo(json.dumps({"result": "waiting", "edition": found.name}))
    else:
        click.echo(f"Edition {found.name} waits for an earlier stage; nothing was done.")


def _ticked(
    standing: Standing,
    plan: EditionPlan,
    options: dict[str, Any],
    stages: tuple[str, ...],
    tell: Telling,
) -> Outcome:
    from reportgen.publishing.order import STAGES, Outcome
    from reportgen.publishing.tick import still_patient

    settings = tell.settings
    if standing == "late":
        raise LockedError(
            f"Edition {plan.period} was due on {plan.publication:%Y-%m-%d %H:%M %Z}, more than "
            f"{settings.schedule.late_days} days ago.",
            f"Publish it by hand with reportgen publish --period {plan.period}.",
        )
    order = order_of(asked(settings, options), plan, tell)
    order = replace(order, stages=frozenset(stages or STAGES))  # type: ignore[arg-type]
    try:
        return published(order, tell, 0.0)
    except UnreachableError as problem:
        if not still_patient(settings, plan, now()):
            raise
        tell.log.warning("waiting", reason=problem.message)
        return Outcome(None, fresh=False)


def _tidied(tell: Telling) -> None:
    """Remove what is old, once a month; what cannot go is a line in the log."""
    from reportgen.archive.lock import held
    from reportgen.cli.tidy import of_mailings
    from reportgen.operations import retention

    try:
        with held(tell.output, 0.0):
            done = retention.remove(retention.find(tell.output, tell.settings.retention, now()))
        of_mailings(tell.settings)
    except ReportgenError as problem:
        tell.log.warning("tidy", problem=problem.message)
        return
    size = sum(one.size for one in done.removed)
    tell.log.event("tidy", removed=len(done.removed), bytes=size, kept=len(done.kept))


def _idle(
    found: Task,
    settings: Settings,
    output: Path,
    log_format: str | None,
    stages: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Say that nothing is due; the watchdog hears that the clock still ticks.

    What a stage without network left to be told is told now.
    """
    from reportgen.publishing.state import FOLDER, UNTOLD
    from reportgen.secret import HEARTBEAT_URL, secret

    watched = secret(HEARTBEAT_URL, os.environ) is not None
    waiting = (output / FOLDER / UNTOLD).is_file()
    if (watched or waiting) and (not stages or "deliver" in stages):
        tell = telling("run-due", settings, output, log_format)
        tell.signals.drain()
        tell.signals.heartbeat.success("nothing due")
    moment = found.plan.publication if found.plan else None
    if as_json:
        due = moment.isoformat() if moment else None
        click.echo(json.dumps({"result": "nothing due", "next": found.name or None, "at": due}))
    elif moment is None:
        click.echo("Nothing is due; the calendar does not say when the next edition is.")
    else:
        click.echo(f"Nothing is due; next {found.name}, {moment:%Y-%m-%d %H:%M %Z}.")
