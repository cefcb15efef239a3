"""``publish`` and ``editions correct``: an edition, and its correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.editions import editions
from reportgen.cli.group import answers, json_option, now
from reportgen.cli.issuing import answer, asked, figures_given, order_of, published
from reportgen.cli.opening import loaded
from reportgen.cli.telling import Telling, log_option, telling
from reportgen.errors import ApprovalMissingError, UsageError

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.publishing.order import Order, Outcome
    from reportgen.schedule import EditionPlan

deliver_option = click.option("--deliver", is_flag=True, help="Then deliver it to the clients.")
LONGEST_REASON = 500
"""Characters of a correction's reason: it stands on the first page."""


@click.command(
    epilog="\b\nExamples:\n  reportgen publish\n"
    "  reportgen publish --period 2026-01 --data live\n  reportgen publish --rehearse"
)
@click.option("--period", metavar="MONTH", help="Month of the edition. [the newest that is due]")
@figures_given
@click.option("--rehearse", is_flag=True, help="Into a scratch folder; tells only the operator.")
@deliver_option
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
    alone. 75 when another run is at work; 77 when --deliver waits for an approval.
    """
    settings = loaded(config, options["output"])
    request = asked(settings, options)
    tell = telling("publish", settings, request.output, options["log_format"])
    if options["deliver"] and rehearse:
        raise UsageError("A rehearsal goes to nobody; leave out --deliver.")
    with tell.whole(quiet=_watched()):
        plan = _plan(settings, options["period"])
        tell.book.edition = plan.period
        order = order_of(request, plan, tell)
        outcome = _rehearsed(order, tell, wait) if rehearse else published(order, tell, wait)
        lines, missing = _delivered(outcome, tell) if options["deliver"] else ((), None)
    answer(outcome, tell, as_json=as_json, rehearsed=rehearse, deliveries=lines)
    if missing is not None:
        raise missing


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
@deliver_option
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
    The old edition stays as it is and is marked on the site. With --deliver the revision goes to
    those who got the old one; 77 while it waits for an approval.
    """
    from reportgen.archive import editions as archive
    from reportgen.errors import MissingInputError
    from reportgen.publishing.order import correction_of

    settings = loaded(config, options["output"])
    request = asked(settings, options)
    old = archive.latest(request.output, period)
    if old is None:
        raise MissingInputError(f"There is no edition of {period} to correct.")
    if options["data"] is None:
        request = replace(request, data=str(old.folder / "snapshot"))
    tell = telling("correct", settings, request.output, options["log_format"])
    with tell.whole(quiet=True):
        tell.book.edition = period
        said = _reasons(reason, reasons)
        order = order_of(request, _plan_of(old.folder), tell)
        outcome = published(
            replace(order, correction=correction_of(old, said, now().date())), tell, 0.0
        )
        lines, missing = _delivered(outcome, tell) if options["deliver"] else ((), None)
    answer(outcome, tell, as_json=as_json, deliveries=lines)
    if missing is not None:
        raise missing


# -- what is asked for ----------------------------------------------------------------------


def _plan(settings: Settings, period: str | None) -> EditionPlan:
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


def _rehearsed(order: Order, tell: Telling, wait: float) -> Outcome:
    """Rehearse, and mail the operator the report in the operator's language."""
    from reportgen.operations.mail import Attachment
    from reportgen.publishing.rehearsal import rehearsed

    outcome = published(rehearsed(order), tell, wait)
    if outcome.edition is not None:
        language = tell.settings.operator.language
        found = sorted(outcome.edition.folder.glob(f"*.{language}.pdf"))
        tell.signals.attachments.extend(Attachment(one) for one in found)
    return outcome


def _delivered(
    outcome: Outcome, tell: Telling
) -> tuple[Sequence[str], ApprovalMissingError | None]:
    """Carry the edition to the clients, now and in later ticks.

    Returns:
        A line on it, and what a person has to approve first; later ticks go on after that.

    Raises:
        ReportgenError: as ``carried``.
    """
    from reportgen.cli.carrying import awaiting, carried
    from reportgen.publishing import mailings

    if outcome.edition is None:
        return (), None
    name = outcome.edition.name
    mailings.ask(tell.output, name)
    try:
        return (f"Edition {name} is {carried(tell, name, patient=False)}.",), None
    except ApprovalMissingError as problem:
        awaiting(tell, name, problem)
        return (), problem


def _watched() -> bool:
    """Tell whether a person sees what this run says."""
    import sys

    return sys.stderr.isatty()
