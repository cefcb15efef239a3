"""What the commands that publish share: options, the order, how they answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.build import request_of
from reportgen.cli.group import data_option, house_option, output_option, paths_option
from reportgen.cli.telling import Telling

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.pipeline import Request
    from reportgen.publishing.order import Order, Outcome
    from reportgen.schedule import EditionPlan


def figures_given(command: Any) -> Any:
    """Add what says from which figures an edition is made, and where to."""
    for option in (
        click.option("--jobs", type=click.IntRange(1, 64), help="Languages written side by side."),
        paths_option,
        house_option,
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
        data_option,
        output_option,
    ):
        command = option(command)
    return command


def asked(settings: Settings, options: dict[str, Any]) -> Request:
    """Return what an edition is made from, but for its dates."""
    return request_of(settings, {**options, "as_of": None, "period": None, "draft": False})


def order_of(request: Request, plan: EditionPlan, tell: Telling) -> Order:
    """Return the order for an edition."""
    from reportgen.publishing.order import Order
    from reportgen.secret import SIGNING_KEY

    return Order(request=request, plan=plan, run=tell.run_id, signing=tell.secrets[SIGNING_KEY])


def published(order: Order, tell: Telling, wait: float) -> Outcome:
    """Publish, telling of every phase."""
    from reportgen.publishing import publish as publishing

    return publishing.publish(order, tell.book, tell.log.progress, wait)


def answer(
    outcome: Outcome,
    tell: Telling,
    *,
    as_json: bool,
    rehearsed: bool = False,
    deliveries: Sequence[str] = (),
) -> None:
    """Say how it ended, to all who are told; and how far deliveries are, a line each."""
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
        click.echo(json.dumps(told | ({"deliveries": deliveries} if deliveries else {}), indent=1))
        return
    if edition is None:
        click.echo(f"Edition {tell.book.edition} is under way; the next run goes on.")
    elif outcome.fresh:
        click.echo(f"{result.capitalize()} edition {edition.name}: {edition.folder}")
    else:
        click.echo(f"Edition {edition.name} is published already; nothing was done.")
    for line in deliveries:
        click.echo(line)
