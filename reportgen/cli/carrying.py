"""An edition carried to its clients: planned, sent once it is approved, as far as it can go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.cli.deliver import in_the_end, raise_unless_done, sent
from reportgen.cli.opening import ledger_of
from reportgen.errors import ApprovalMissingError, LockedError, ReportgenError

if TYPE_CHECKING:
    from reportgen.cli.telling import Telling
    from reportgen.config import Settings
    from reportgen.deliver.database import Database

CALM = ("waiting", "stopped")
"""Ends of a run of which a person need not hear: the next tick goes on."""


def may_have_clients(settings: Settings) -> bool:
    """Tell whether there may be somebody to deliver to, without opening a database."""
    from reportgen.deliver.database import FILE

    return bool(settings.delivery.database) or (Path(settings.build.output) / FILE).is_file()


def carried(tell: Telling, name: str, *, patient: bool) -> str:
    """Carry an edition on towards its clients, and return where it stands.

    Args:
        tell: told of everything.
        name: of the edition.
        patient: whether what is only due later is no failure.

    Returns:
        ``delivered``, with how many failed or are held; ``under way`` when some are due later;
        ``for nobody`` without clients.

    Raises:
        ApprovalMissingError: a person has to approve it.
        DataError: the guards refuse it; says all that is wrong.
        LockedError, UnreachableError: as ``deliver send``.
    """
    from reportgen.publishing import mailings

    if planned(tell, name) is None:
        return "for nobody: there are no clients"
    with ledger_of(tell.settings) as database, tell.book.stage("deliver"):
        outcome = sent(tell, database, resume=False, join=False)
    if patient and outcome.end in CALM:
        tell.log.event("delivering", left=outcome.standing.left, edition=name)
        return "under way"
    raise_unless_done(outcome)
    mailings.settle(tell.output, name)
    ended = in_the_end(outcome.standing)
    _told(tell, name, ended, f"Edition {name} is {ended}.\n", about="delivery")
    return ended


def planned(tell: Telling, name: str) -> str | None:
    """Have an edition's mailing planned; a plan that no longer holds is made anew.

    Returns:
        Where it stands; ``None`` when there is nobody to deliver to, and it is forgotten.

    Raises:
        DataError: the guards refuse it; says all that is wrong.
        LockedError: the database cannot be reached.
    """
    from reportgen.deliver.clients import book
    from reportgen.publishing import mailings

    tell.book.edition = name
    with ledger_of(tell.settings) as database:
        if not book.all(database):
            mailings.settle(tell.output, name)
            return None
        with tell.book.stage("plan"):
            _planned(tell, database, name)
    return "planned"


def _planned(tell: Telling, database: Database, name: str) -> None:
    """Plan the mailing, unless it was begun; a plan that no longer holds is made anew."""
    from reportgen.archive import editions
    from reportgen.cli.planning_desk import desk_of
    from reportgen.deliver.planning import plan as planning
    from reportgen.deliver.sending.alone import alone
    from reportgen.deliver.sending.status import mailings, standing

    if name in mailings(database) and standing(database, name).state not in ("planned", "approved"):
        return
    with alone(database, tell.output, name):
        desk = desk_of(tell.settings, database)
        found = planning.plan(
            desk, editions.find(tell.output, name), planning.Order(by="reportgen")
        )
    tell.log.event("planned", edition=name, fresh=found.fresh, **found.rows)


def carried_all(tell: Telling, *, sends: bool) -> tuple[list[str], ReportgenError | None]:
    """Carry on whatever is to be delivered; what stops one edition stops no other.

    Args:
        tell: told of everything.
        sends: whether this run may send; without a network it only plans, as far as it can
            reach the database.

    Returns:
        A line on each edition, and the first thing that went wrong.
    """
    from reportgen.publishing import mailings

    step = _sent_on if sends else _planned_on
    lines, problem = [], None
    for name in mailings.asked(tell.output):
        try:
            lines.append(step(tell, name))
        except ReportgenError as trouble:
            lines.append(f"Edition {name}: {trouble.message}")
            problem = problem or trouble
    return lines, problem


def _sent_on(tell: Telling, name: str) -> str:
    try:
        return f"Edition {name} is {carried(tell, name, patient=True)}."
    except ApprovalMissingError as problem:
        return awaiting(tell, name, problem)


def _planned_on(tell: Telling, name: str) -> str:
    try:
        planned(tell, name)
    except LockedError as problem:
        if tell.settings.delivery.database:  # on another machine: delivering plans it
            tell.log.warning("plan", edition=name, problem=problem.message)
            return f"Edition {name} waits to be planned."
        raise
    return f"Edition {name} is planned."


def awaiting(tell: Telling, name: str, problem: ApprovalMissingError) -> str:
    """Tell the operator, once a day, that a mailing waits for a person; return a line on it."""
    said = f"{problem.message}\n{problem.hint}\n"
    _told(tell, name, "awaits approval", said, about="approval")
    tell.log.event("awaiting approval", edition=name)
    return f"Edition {name} awaits approval: {problem.message} {problem.hint}".rstrip()


def _told(tell: Telling, name: str, title: str, text: str, *, about: str) -> None:
    """Tell the operator something that is no failure."""
    from reportgen.publishing.signals import Signal

    tell.signals.tell(Signal(0, f"{name}: {title}", text, mail=True, about=f"{name}:{about}"))
