"""``publish``, ``run-due`` and ``editions correct``: editions, with nobody watching."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.build import request_of
from reportgen.cli.editions import editions
from reportgen.cli.group import answers, json_option, now, output_option
from reportgen.cli.telling import Telling, log_option, telling
from reportgen.errors import (
    ApprovalMissingError,
    LockedError,
    ReportgenError,
    UnreachableError,
    UsageError,
)

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.publishing.publish import Order, Outcome
    from reportgen.publishing.tick import Standing, Task
    from reportgen.schedule import EditionPlan

LONGEST_REASON = 500
"""Characters of a correction's reason: it stands on the first page."""


def figures_given(command: Any) -> Any:
    """Add what says from which figures an edition is made, and where to."""
    for option in (
        click.option("--jobs", type=click.IntRange(1, 64), help="Languages written side by side."),
        click.option(
            "--paths",
            type=click.IntRange(1_000, 5_000_000),
            help="Simulated paths a window. [200000]",
        ),
        click.option(
            "--house",
            type=click.Path(path_type=Path, dir_okay=False),
            help="File of the house view.",
        ),
        click.option(
            "--lang", "languages", multiple=True, metavar="CODE", help="Repeatable. [all]"
        ),
        click.option(
            "--format",
            "formats",
            multiple=True,
            type=click.Choice(["pdf", "html", "all"]),
            help="Repeatable. [all]",
        ),
        click.option(
            "--data",
            metavar="SOURCE",
            help="auto, live, cache, bundled, or a snapshot's folder. [auto]",
        ),
        output_option,
    ):
        command = option(command)
    return command


@click.command(
    epilog="\b\nExamples:\n  reportgen publish\n"
    "  reportgen publish --period 2026-01 --data live\n  reportgen publish --rehearse"
)
@click.option("--period", metavar="MONTH", help="Month of the edition. [the newest that is due]")
@figures_given
@click.option("--rehearse", is_flag=True, help="Into a scratch folder; tells only the operator.")
@click.option("--deliver", is_flag=True, help="Then deliver it to the clients.")
@click.option("--wait", type=click.FloatRange(0, 3600), default=0.0, help="Seconds for a lock. [0]")
@log_option
@json_option
@click.pass_obj
@answers
def publish(
    config: Path | None, /, *, as_json: bool, rehearse: bool, wait: float, **options: Any
) -> None:
    """Gather, assess, render, check, archive and show an edition: once, whole, or not at all.

    A run that was stopped is taken up where it was; an edition that is there already is left
    alone. 75 when another run is at work.
    """
    from reportgen.config import load

    settings = load(config)
    request = _request(settings, options)
    tell = telling("publish", settings, request.output, options["log_format"])
    if options["deliver"]:
        raise ApprovalMissingError(
            "There are no clients to deliver to.", "Leave out --deliver; the edition is published."
        )
    with tell.whole(quiet=_watched()):
        plan = _plan(settings, request.output, options["period"])
        tell.book.edition = plan.period
        order = _order(request, plan, tell)
        outcome = _rehearsed(order, tell, wait) if rehearse else _published(order, tell, wait)
    _answer(outcome, tell, as_json=as_json, rehearsed=rehearse)


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
    from reportgen.config import load
    from reportgen.publishing.tick import task

    settings = load(config)
    output = options["output"] or Path(settings.build.output)
    found = task(settings, output, now())
    if found.plan is None or found.standing == "nothing":
        _idle(found, settings, output, options["log_format"], stages, as_json=as_json)
        return
    network = not stages or {"gather", "deliver"} & set(stages) != set()
    tell = telling("run-due", settings, output, options["log_format"], network=network)
    tell.book.edition = found.name
    with tell.whole():
        outcome = _ticked(found.standing, found.plan, options, stages, tell)
        if outcome.fresh:
            _tidied(tell)
    _answer(outcome, tell, as_json=as_json)


@editions.command(
    "correct",
    epilog='\b\nExample:\n  reportgen editions correct 2026-01 --reason "The VIX of 5 January '
    'was misprinted."',
)
@click.argument("period")
@click.option("--reason", required=True, metavar="SENTENCE", help="Printed on the first page.")
@click.option(
    "--reason-in",
    "reasons",
    multiple=True,
    type=(str, str),
    metavar="CODE SENTENCE",
    help="The reason in zh, ja or en; repeatable.",
)
@figures_given
@log_option
@json_option
@click.pass_obj
@answers
def correct(
    config: Path | None,
    /,
    *,
    as_json: bool,
    period: str,
    reason: str,
    reasons: tuple[tuple[str, str], ...],
    **options: Any,
) -> None:
    """Issue an edition again, as a revision, with the reason on its first page.

    It is made from the figures of the edition it takes the place of, unless --data names others.
    The old edition stays as it is and is marked on the site.
    """
    from reportgen.archive import editions as archive
    from reportgen.config import load
    from reportgen.errors import MissingInputError
    from reportgen.publishing.publish import correction_of

    settings = load(config)
    request = _request(settings, options)
    old = archive.latest(request.output, period)
    if old is None:
        raise MissingInputError(f"There is no edition of {period} to correct.")
    if options["data"] is None:
        request = replace(request, data=str(old.folder / "snapshot"))
    tell = telling("correct", settings, request.output, options["log_format"])
    with tell.whole(quiet=True):
        tell.book.edition = period
        said = _reasons(reason, reasons)
        order = _order(request, _plan_of(old.folder), tell)
        outcome = _published(
            replace(order, correction=correction_of(old, said, now().date())), tell, 0.0
        )
    _answer(outcome, tell, as_json=as_json)


# -- what is asked for ----------------------------------------------------------------------


def _request(settings: Settings, options: dict[str, Any]) -> Any:
    return request_of(settings, {**options, "as_of": None, "period": None, "draft": False})


def _plan(settings: Settings, output: Path, period: str | None) -> EditionPlan:
    """Return the dates of the month named, or of the newest one whose moment has passed."""
    from datetime import date

    from reportgen import schedule
    from reportgen.period import bounds

    moment = now()
    if period is None:
        days = schedule.calendars(settings, moment.date())
        return schedule.due(moment, frozenset(), settings.schedule, days).plan
    first, _ = bounds(period)
    if first > moment.date():
        raise UsageError(f"The month {period} has not come yet.")
    days = schedule.calendars(settings, date(first.year, first.month, 1))
    found = schedule.plan(period, settings.schedule, days)
    if found.publication > moment:
        raise UsageError(
            f"Edition {period} is due at {found.publication:%Y-%m-%d %H:%M %Z}, not before.",
            "Rehearse it with the newest figures: reportgen build.",
        )
    return found


def _plan_of(folder: Path) -> EditionPlan:
    """Return the dates of an edition that is there."""
    from reportgen.publishing.frozen import read
    from reportgen.schedule import EditionPlan

    frozen = read(folder)
    return EditionPlan(frozen.period, frozen.known_at, frozen.as_of, frozen.dated, frozen.known_at)


def _order(request: Any, plan: EditionPlan, tell: Telling) -> Order:
    from reportgen.publishing.publish import Order
    from reportgen.secret import SIGNING_KEY

    return Order(request=request, plan=plan, run=tell.run_id, signing=tell.secrets[SIGNING_KEY])


def _reasons(reason: str, others: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return the reason by language; in a language without its own the first one is printed."""
    from reportgen.i18n.language import LANGUAGES

    known = [one.code for one in LANGUAGES]
    given = {code: " ".join(text.split()) for code, text in others}
    for code in given:
        if code not in known:
            raise UsageError(f"There is no language {code!r}.", f"Known: {', '.join(known)}.")
    said = {"en": " ".join(reason.split()), **given}
    for text in said.values():
        if not text or len(text) > LONGEST_REASON or not text.isprintable():
            raise UsageError(f"A reason has 1 to {LONGEST_REASON} printable characters.")
    return said


# -- what is done ---------------------------------------------------------------------------


def _published(order: Order, tell: Telling, wait: float) -> Outcome:
    from reportgen.publishing import publish as publishing

    return publishing.publish(order, tell.book, tell.log.progress, wait)


def _rehearsed(order: Order, tell: Telling, wait: float) -> Outcome:
    """Rehearse, and mail the operator the report in the operator's language."""
    from reportgen.operations.mail import Attachment
    from reportgen.publishing.rehearsal import rehearsed

    outcome = _published(rehearsed(order), tell, wait)
    if outcome.edition is not None:
        language = tell.settings.operator.language
        found = sorted(outcome.edition.folder.glob(f"*.{language}.pdf"))
        tell.signals.attachments.extend(Attachment(one) for one in found)
    return outcome


def _ticked(
    standing: Standing,
    plan: EditionPlan,
    options: dict[str, Any],
    stages: tuple[str, ...],
    tell: Telling,
) -> Outcome:
    from reportgen.publishing.publish import STAGES, Outcome
    from reportgen.publishing.tick import still_patient

    settings = tell.settings
    if standing == "late":
        raise LockedError(
            f"Edition {plan.period} was due on {plan.publication:%Y-%m-%d %H:%M %Z}, more than "
            f"{settings.schedule.late_days} days ago.",
            f"Publish it by hand with reportgen publish --period {plan.period}.",
        )
    order = _order(_request(settings, options), plan, tell)
    order = replace(order, stages=frozenset(stages or STAGES))  # type: ignore[arg-type]
    try:
        return _published(order, tell, 0.0)
    except UnreachableError as problem:
        if not still_patient(settings, plan, now()):
            raise
        tell.log.warning("waiting", reason=problem.message)
        return Outcome(None, fresh=False)


def _tidied(tell: Telling) -> None:
    """Remove what is old, once a month; what cannot go is a line in the log."""
    from reportgen.archive.lock import held
    from reportgen.operations import retention

    try:
        with held(tell.output, 0.0):
            done = retention.remove(retention.find(tell.output, tell.settings.retention, now()))
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
    """Say that nothing is due; the watchdog hears that the clock still ticks."""
    import os

    from reportgen.secret import HEARTBEAT_URL, secret

    if secret(HEARTBEAT_URL, os.environ) and (not stages or "deliver" in stages):
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


def _answer(outcome: Outcome, tell: Telling, *, as_json: bool, rehearsed: bool = False) -> None:
    edition = outcome.edition
    if edition is None:
        result = "under way"
    elif rehearsed:
        result = "rehearsed"
    else:
        result = "published" if outcome.fresh else "published before"
    tell.ended(result, mail=outcome.fresh)
    if as_json:
        folder = str(edition.folder) if edition else None
        name = edition.name if edition else tell.book.edition
        site = str(outcome.site) if outcome.site else None
        told = {"result": result, "edition": name, "folder": folder, "site": site}
        click.echo(json.dumps(told, indent=1))
    elif edition is None:
        click.echo(f"Edition {tell.book.edition} is under way; the next run goes on.")
    elif outcome.fresh:
        click.echo(f"{result.capitalize()} edition {edition.name}: {edition.folder}")
    else:
        click.echo(f"Edition {edition.name} is published already; nothing was done.")


def _watched() -> bool:
    """Tell whether a person sees what this run says."""
    import sys

    return sys.stderr.isatty()
