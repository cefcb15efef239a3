"""The section ``[delivery]`` of ``reportgen.toml``: how editions reach the clients."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from reportgen.config.publishing import Address

Https = Annotated[str, msgspec.Meta(pattern=r"^(https://[^\s?#@<>]+)?$", max_length=120)]
JOURNAL = "journal"
"""In the place of a log file: what systemd keeps."""

Minutes = Annotated[float, msgspec.Meta(ge=0, le=10_080)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=3_600)]


class Delivery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How editions reach the clients; the relay is that of ``[smtp]``.

    Args:
        database: address of a PostgreSQL database, ``postgresql://user@host/name``, for several
            machines; its password is ``REPORTGEN_DATABASE_PASSWORD``. Empty for the file
            ``delivery.sqlite`` in the output folder.
        sender: address in From; empty for that of ``[smtp]``.
        sender_name: name in From; empty for that of the publisher.
        reply_to: address that answers go to; empty for the sender.
        bounces: address that undeliverable mail comes back to, ``bounces@example.com``; each
            message adds its own mark before the ``@`` (VERP), so the mailbox has to take
            ``bounces+anything@``. Empty for the sender, without marks.
        unsubscribe_url: https address at which one click unsubscribes; empty for none.
        unsubscribe_mail: address at which a mail unsubscribes; empty for none.
        links_url: https address at which ``links/`` of the output folder is served, for clients
            who get a link and for files too large for a mail; empty for no links.
        link_days: for which a link is kept.
        attachment_name: ``ascii``, or ``localised`` for the name in the client's language.
        approval: ``required``: a person approves each mailing; ``auto``: whatever passes the
            guards is sent.
        approvals: how many different people have to approve.
        change_percent: by how much the number of recipients may differ from the last edition's
            before a person has to say that it is meant.
        shared_addresses: whether two clients may have the same address.
        connections: to the relay at the same time.
        per_minute: messages in a minute; 0 for no limit.
        domain_per_minute: messages in a minute to one domain; 0 for no limit.
        per_connection: messages after which a connection is closed.
        canary: messages that go first, one at a time, to the house's own addresses if it has any.
        canary_wait: seconds to wait after them for trouble to show.
        on_unknown: what is done about a message that may or may not have been taken: looked up in
            the relay's log, sent once more, or held for a person.
        relay_log: the log of a Postfix relay, for ``reconcile``: its newest file, or ``journal``
            for what systemd keeps. Empty for none.
        settle: seconds the relay is given to write its log.
        doubt_delay: minutes until such a message is sent once more.
        retry_after: minutes until the next attempt after the relay said "later".
        give_up_hours: after which a message the relay never took has failed.
        connect_timeout, command_timeout, final_timeout: seconds; the last is for the answer to a
            whole message: who gives up earlier than RFC 5321 allows makes duplicates.
        dkim_selector: selector of the DKIM key, ``REPORTGEN_DKIM_KEY``; empty when the relay signs.
        outbox_days: for which the files of finished mailings are kept.
    """

    database: Annotated[str, msgspec.Meta(pattern=r"^(postgresql://[^\s]+)?$")] = ""
    sender: Address = ""
    sender_name: Annotated[str, msgspec.Meta(max_length=60)] = ""
    reply_to: Address = ""
    bounces: Address = ""
    unsubscribe_url: Https = ""
    unsubscribe_mail: Address = ""
    links_url: Https = ""
    link_days: Annotated[int, msgspec.Meta(ge=1, le=400)] = 60
    attachment_name: Literal["ascii", "localised"] = "ascii"
    approval: Literal["required", "auto"] = "required"
    approvals: Annotated[int, msgspec.Meta(ge=1, le=3)] = 1
    change_percent: Annotated[float, msgspec.Meta(ge=0, le=1_000)] = 20.0
    shared_addresses: bool = False
    connections: Annotated[int, msgspec.Meta(ge=1, le=16)] = 4
    per_minute: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 120
    domain_per_minute: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    per_connection: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 100
    canary: Annotated[int, msgspec.Meta(ge=0, le=100)] = 5
    canary_wait: Annotated[float, msgspec.Meta(ge=0, le=3_600)] = 60.0
    on_unknown: Literal["reconcile,resend", "reconcile,hold", "resend", "hold"] = "reconcile,resend"
    relay_log: str = ""
    settle: Annotated[float, msgspec.Meta(ge=0, le=600)] = 15.0
    doubt_delay: Minutes = 10.0
    retry_after: tuple[Minutes, ...] = (5.0, 15.0, 60.0, 240.0, 720.0)
    give_up_hours: Annotated[float, msgspec.Meta(ge=0, le=240)] = 48.0
    connect_timeout: Seconds = 30.0
    command_timeout: Seconds = 300.0
    final_timeout: Seconds = 600.0
    dkim_selector: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,62})?$")] = (
        ""
    )
    outbox_days: Annotated[int, msgspec.Meta(ge=7, le=3_650)] = 90
