"""``deliver plan``, ``preview``, ``test`` and ``approve``: everything before a message leaves."""

from __future__ import annotations

import getpass
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.group import answers, json_option, output_option
from reportgen.cli.opening import ledger_of, loaded
from reportgen.cli.planning_desk import desk_alone, house_of, watched
from reportgen.cli.telling_plans import approval_told, tell_nobody, tell_plan
from reportgen.deliver.planning.allowable import ALLOWABLE

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.deliver.sending.status import Standing


@click.command(
    "plan",
    epilog="\b\nExamples:\n  reportgen deliver plan 2026-01\n"
    "  reportgen deliver plan 2026-01-r2 --everybody\n"
    "  reportgen deliver plan 2025-12 --late-ok\n"
    "  reportgen deliver plan 2026-01 --newcomers",
)
@click.argument("edition", required=False)
@click.option("--late-ok", is_flag=True, help="An old edition is meant; the same as --allow late.")
@click.option(
    "--allow",
    "allowed",
    multiple=True,
    type=click.Choice(ALLOWABLE),
    help="What the guards refuse and is meant; repeatable.",
)
@click.option("--everybody", is_flag=True, help="A revision also to those who never got the first.")
@click.option(
    "--newcomers", is_flag=True, help="Once it has begun: a further mailing to who is new."
)
@click.option("--anew", is_flag=True, help="Make a plan that still holds again.")
@click.option("--by", metavar="NAME", help="Who plans. [the user]")
@output_option
@json_option
@click.pass_obj
@answers
def plan(
    config: Path | None,
    /,
    *,
    edition: str | None,
    late_ok: bool,
    allowed: tuple[str, ...],
    output: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Compose and freeze every message of an EDITION, by default the newest; nothing is sent.

    A revision goes to those who got what it corrects; with --newcomers, those who have no row of
    the edition yet get a mailing of their own, 2026-01+1. Called again, it leaves a plan alone that
    still holds, and makes it anew when anything has changed. 65 when something is not as it must
    be, with all of it.
    """
    from reportgen.archive.editions import find
    from reportgen.deliver.planning.newcomers import plan_newcomers
    from reportgen.deliver.planning.plan import Order
    from reportgen.deliver.planning.plan import plan as planned

    newcomers = options["newcomers"]
    _refuse_at_odds(edition or "", newcomers=newcomers, everybody=options["everybody"])
    order = Order(
        by=options["by"] or _user(),
        allowed=frozenset((*allowed, *(("late",) if late_ok else ()))),
        everybody=options["everybody"],
        anew=options["anew"],
    )
    with (
        desk_alone(loaded(config, output), edition, newcomers=newcomers) as (desk, name),
        watched(desk, as_json=as_json) as seen,
    ):
        found = (plan_newcomers if newcomers else planned)(seen, find(seen.output, name), order)
    if found is None:
        tell_nobody(name, as_json=as_json)
    else:
        tell_plan(found, as_json=as_json)


def _refuse_at_odds(edition: str, *, newcomers: bool, everybody: bool) -> None:
    from reportgen.deliver.names import planning_of

    if newcomers and everybody:
        raise click.UsageError("--newcomers and --everybody do not go together.")
    if "+" in edition:
        raise click.UsageError(f"{edition} is planned with: {planning_of(edition)}")


@click.command(
    "preview",
    epilog="\b\nExamples:\n  reportgen deliver preview 2026-01\n"
    "  reportgen deliver preview 2026-01 --client acme -o preview",
)
@click.argument("mailing", required=False)
@click.option("--client", default="", metavar="ID", help="The messages of one client.")
@click.option("--all", "everything", is_flag=True, help="Every message. [one of each sort]")
@click.option(
    "-o",
    "--to-folder",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to. [previews/MAILING in the output folder]",
)
@output_option
@json_option
@click.pass_obj
@answers
def preview(
    config: Path | None,
    /,
    *,
    mailing: str | None,
    client: str,
    everything: bool,
    folder: Path | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Write what would be sent of a MAILING: the exact bytes as .eml, and a page of all of it.

    Nothing is sent and no connection is opened. The folder holds addresses: only its owner can
    read it.
    """
    from reportgen.cli.deliver import named
    from reportgen.deliver.planning import preview as previews

    with house_of(loaded(config, output)) as house:
        name = named(house.database, mailing)
        target = folder or house.output / "previews" / name
        found = previews.preview(house, name, target, client=client, everything=everything)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=1, default=str))
        return
    click.echo(f"{found.messages} of {found.rows} messages: {found.index}")


@click.command(
    "test",
    epilog="\b\nExamples:\n  reportgen deliver test 2026-01 --to li@house.example\n"
    "  reportgen deliver test 2026-01 --to li@house.example --client acme --lang zh",
)
@click.argument("edition", required=False)
@click.option("--to", required=True, metavar="ADDRESS", help="In a domain of the house.")
@click.option("--client", default="", metavar="ID", help="In whose place. [the house's own copy]")
@click.option("--lang", "languages", multiple=True, metavar="CODE", help="Repeatable. [all]")
@click.option("--only-plan", is_flag=True, help="Plan it, to look at; send it later.")
@output_option
@json_option
@click.pass_obj
@answers
def test(
    config: Path | None,
    /,
    *,
    edition: str | None,
    to: str,
    client: str,
    languages: tuple[str, ...],
    only_plan: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    """Send an EDITION to yourself, as a client would get it, marked as a test.

    It is a mailing of its own, needs no approval, and no client hears of it.
    """
    from reportgen.archive.editions import find
    from reportgen.deliver.planning.test_mail import plan_test

    settings = loaded(config, output)
    with desk_alone(settings, edition) as (desk, name):
        found = plan_test(desk, find(desk.output, name), to, client=client, languages=languages)
    if only_plan:
        tell_plan(found, as_json=as_json)
        return
    outcome = _sent(settings, found.name)
    if as_json:
        click.echo(json.dumps({"name": found.name, "states": dict(outcome.states)}, indent=1))
    else:
        click.echo(f"{found.name}: {outcome.states.get('sent', 0)} of {outcome.rows} sent.")


def _sent(settings: Settings, name: str) -> Standing:
    """Send a mailing to oneself, and return how it stands."""
    from reportgen.cli.deliver import raise_unless_done, sent
    from reportgen.cli.telling import telling

    tell = telling("deliver test", settings, Path(settings.build.output), None)
    tell.book.edition = name
    with ledger_of(settings) as database, tell.whole(quiet=True):
        outcome = sent(tell, database, resume=False, join=False)
        raise_unless_done(outcome)
    return outcome.standing


@click.command("approve", epilog='\b\nExample:\n  reportgen deliver approve 2026-01 --by "Li Na"')
@click.argument("mailing", required=False)
@click.option("--by", required=True, metavar="NAME", help="Who says yes.")
@output_option
@json_option
@click.pass_obj
@answers
def approve(
    config: Path | None,
    /,
    *,
    mailing: str | None,
    by: str,
    output: Path | None,
    as_json: bool,
) -> None:
    """Approve a MAILING as it stands; any change of what it is made of voids it.

    77 when it is no longer what was planned.
    """
    from reportgen.cli.deliver import named
    from reportgen.deliver.planning.approval import approve as approved

    with house_of(loaded(config, output)) as house:
        found = approved(house, named(house.database, mailing), by)
    if as_json:
        click.echo(json.dumps({**asdict(found), "holds": found.holds}, indent=1))
        return
    click.echo(approval_told(found))


# -- how they answer --------------------------------------------------------------------------


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
