"""How plans and approvals are told of."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reportgen.deliver.planning.approval import Verdict
    from reportgen.deliver.planning.plan import Planned


def tell_plan(found: Planned, *, as_json: bool) -> None:
    """Tell what was planned, and what comes next."""
    if as_json:
        click.echo(json.dumps(asdict(found), indent=1))
        return
    done = "Planned" if found.fresh else "Planned before, and nothing has changed:"
    states = ", ".join(f"{count} {state}" for state, count in sorted(found.rows.items()))
    click.echo(f"{done} {found.name} ({found.kind}): {states}")
    click.echo(f"  {found.size / 1e6:,.1f} MB together, the largest {found.largest / 1e6:.2f} MB")
    if found.left:
        few = ", ".join(found.left[:5]) + (" …" if len(found.left) > 5 else "")
        click.echo(f"  on the list no more, though they got what is corrected: {few}")
    click.echo(f"  Nothing was sent. Next: {_next(found)}")


def tell_nobody(edition: str, *, as_json: bool) -> None:
    """Tell that nobody is new to an edition."""
    if as_json:
        click.echo(json.dumps({"name": None, "kind": "supplement", "rows": {}}, indent=1))
        return
    click.echo(f"Nobody is new to edition {edition}: nothing is planned, and nothing was sent.")


def _next(found: Planned) -> str:
    if found.kind == "test":
        return f"reportgen deliver send {found.name}"
    return (
        f"reportgen deliver preview {found.name}, reportgen deliver approve {found.name} --by NAME"
    )


def approval_told(found: Verdict) -> str:
    """Return who approved a mailing, and whether that is enough."""
    people = ", ".join(found.approved_by)
    if found.holds:
        return f"{found.mailing} is approved by {people or 'nobody, and needs nobody'}."
    return f"{found.mailing}: approved by {people}; {found.needed} have to."
