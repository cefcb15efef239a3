"""What delivering needs: clients, keys, and where mail that went astray is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reportgen.health.finding import Finding, Scene, Warned, look


def of_delivery(scene: Scene) -> Iterator[Finding]:
    """Look at what delivering needs; a house without clients needs nothing, and none of it is made.

    The database is opened, and nobody is written to.
    """
    if not _delivers(scene):
        yield Finding("clients", "sound", "there are none; nothing is delivered")
        return
    yield look("clients", lambda: _clients(scene))
    yield look("keys of the mail", lambda: _keys(scene))
    yield look("returned mail", lambda: _returned(scene))
    yield look("log of the relay", lambda: _log(scene))


def _delivers(scene: Scene) -> bool:
    from reportgen.deliver.database import FILE

    settings = scene.settings
    return bool(settings.delivery.database) or (Path(settings.build.output) / FILE).is_file()


def _clients(scene: Scene) -> str:
    from reportgen.deliver.clients import book
    from reportgen.deliver.database import open_database

    database = open_database(scene.settings, scene.environ)
    try:
        found = book.all(database)
    finally:
        database.close()
    if not any(one.house for one in found):
        raise Warned(f"{len(found)}, none the house's own: the first messages go to clients")
    return str(len(found))


def _keys(scene: Scene) -> str:
    """Read every key mail is made with, as planning does; shows none of them."""
    from reportgen.deliver.clients.passwords import passwords
    from reportgen.deliver.keys import delivery_key
    from reportgen.deliver.message.dkim import dkim_signer

    settings = scene.settings
    delivery_key(Path(settings.build.output), scene.environ)
    sender = settings.delivery.sender or settings.smtp.sender
    signer = dkim_signer(settings.delivery, sender, scene.environ) if sender else None
    signs = "signed here" if signer else "not signed here: the relay has to"
    return f"{len(passwords(scene.environ))} passwords of clients; mail is {signs}"


def _returned(scene: Scene) -> str:
    delivery = scene.settings.delivery
    if not delivery.bounces:
        raise Warned("[delivery] bounces is not set: it comes back to the sender, uncounted")
    return f"comes back to {delivery.bounces.partition('@')[2]}"


def _log(scene: Scene) -> str:
    delivery = scene.settings.delivery
    if not delivery.on_unknown.startswith("reconcile"):
        return f"not asked: messages in doubt are {delivery.on_unknown}"
    if not delivery.relay_log:
        raise Warned(
            "[delivery] relay_log is not set: what is in doubt after a crash is sent once more"
        )
    if delivery.relay_log == "journal":
        return "the system's journal"
    with Path(delivery.relay_log).open("rb") as log:
        log.read(1)
    return "can be read"
