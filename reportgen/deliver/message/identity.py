"""The identities of a delivery, all derived: the same delivery always has the same."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.deliver.keys import Key


@dataclass(frozen=True)
class Identity:
    """The identities of one delivery.

    Args:
        token: 40 hexadecimal digits.
        message_id: with its angle brackets.
        reference: as the client reads it, ``2026-01/7f3a9c01``; unlike the token it may be told
            over the telephone.
    """

    token: str
    message_id: str
    reference: str


def identity(
    key: Key, mailing: str, client: str, address: str, language: str, domain: str
) -> Identity:
    """Return the identities of a delivery; nothing of the client can be read from them.

    Args:
        key: the house's.
        mailing: name of the mailing, ``2026-01-r2``.
        client: id of the client.
        address: of its contact.
        language: code of the mail's language.
        domain: of the sender.
    """
    token = key.token("delivery", mailing, client, address, language)
    return Identity(token, f"<rg1.{token}@{domain}>", f"{mailing}/{token[:12]}")


def copy_code(
    key: Key, mailing: str, client: str, address: str, language: str, form: str = "pdf"
) -> str:
    """Return the mark of a personal copy: 16 hexadecimal digits; each format has its own."""
    return key.token("copy", mailing, client, address, language, form, length=16)


def unsubscribe_token(key: Key, address: str) -> str:
    """Return what an unsubscribe address carries in the place of a mail address."""
    return key.token("unsubscribe", address.lower(), length=32)


def address_hash(key: Key, address: str) -> str:
    """Return what the suppression list knows an address by; upper and lower case are the same."""
    return key.token("address", address.lower(), length=64)


def bounce_address(key: Key, mailbox: str, token: str) -> str:
    """Return the envelope sender of a delivery: the bounce mailbox with the delivery's mark.

    Args:
        key: the house's.
        mailbox: ``bounces@example.com``; empty for none.
        token: of the delivery.
    """
    local, _, domain = mailbox.rpartition("@")
    mark = f"{token[:16]}-{key.token('bounce', token[:16], length=12)}"
    return f"{local}+{mark}@{domain}" if local else ""
