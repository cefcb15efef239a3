"""Mail addresses: plain ``name@domain``, refused when anything about them is unusual.

The form is the addr-spec of RFC 5322 without comments, quotes and folding; the domain is brought
into its ASCII form (IDNA 2008). Nothing is repaired: a repaired address is somebody else's.
"""

from __future__ import annotations

import re
import unicodedata

import idna

from reportgen.errors import UsageError

LONGEST = 254
"""Signs of an address (RFC 5321 4.5.3.1.3, less the angle brackets)."""
_LONGEST_LOCAL = 64

_ATOM = r"[A-Za-z0-9#$&'*+/=?^_`{|}~-]+"
# Of what RFC 5322 allows, ! and % are left out: relays read a route in them.
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SECOND = ("ac", "co", "com", "edu", "go", "gov", "net", "or", "org")
"""Under which a country's names may be registered."""
_NOBODYS = ("example", "test", "invalid", "localhost", "local", "localdomain", "internal", "lan")
_UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs")


def parse(text: str, *, smtputf8: bool = False) -> str:
    """Return an address as mail is sent to it, its domain in ASCII and small letters.

    Args:
        text: the address alone, without a name or brackets.
        smtputf8: whether the part before the ``@`` may hold letters beyond ASCII.

    Raises:
        UsageError: it is no address. The sentence says why, without the address.
    """
    if text.count("@") != 1:
        raise UsageError("An address has one @.")
    if any(unicodedata.category(sign) in _UNSEEN for sign in text):
        raise UsageError("An address holds no spaces and no signs that cannot be seen.")
    if "=?" in text:
        raise UsageError("An address does not hold =?.")
    local, _, domain = text.partition("@")
    address = f"{_local(local, smtputf8=smtputf8)}@{_domain(domain)}"
    if len(address.encode()) > LONGEST:
        raise UsageError(f"An address has at most {LONGEST} signs.")
    return address


def masked(address: str) -> str:
    """Return an address as it may be shown: ``w***@e***.cn``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain[:1]}***.{domain.rpartition('.')[2]}"


def is_test(address: str) -> bool:
    """Tell whether an address can be nobody's, as in examples and trials (RFC 2606, RFC 6761).

    Beside what the RFCs reserve: example in any country, example.cn or example.co.jp.
    """
    labels = address.rpartition("@")[2].lower().split(".")
    registered = labels[-3:-1] if labels[-2] in _SECOND else labels[-2:-1]
    return labels[-1] in _NOBODYS or "example" in registered


def _local(local: str, *, smtputf8: bool) -> str:
    ascii_form = local
    if smtputf8:
        if unicodedata.normalize("NFC", local) != local:
            raise UsageError("The part before the @ is not in its composed form (NFC).")
        ascii_form = re.sub(r"[^\x00-\x7f]", "x", local)
    elif not local.isascii():
        raise UsageError("Before the @ only ASCII letters can be sent to.")
    if not _LOCAL.fullmatch(ascii_form):
        raise UsageError("What stands before the @ is no mailbox.")
    if len(local.encode()) > _LONGEST_LOCAL:
        raise UsageError(f"Before the @ stand at most {_LONGEST_LOCAL} signs.")
    return local


def _domain(domain: str) -> str:
    labels = [_label(one) for one in domain.lower().split(".")]
    if len(labels) < 2:
        raise UsageError("After the @ stands a whole domain, name.country.")
    if labels[-1].isdigit():
        raise UsageError("After the @ stands a domain, not the number of a machine.")
    return ".".join(labels)


def _label(label: str) -> str:
    try:
        found = idna.encode(label).decode() if _is_international(label) else label
    except UnicodeError:
        raise UsageError("What stands after the @ cannot be the name of a domain.") from None
    if not _LABEL.fullmatch(found):
        raise UsageError("What stands after the @ cannot be the name of a domain.")
    return found


def _is_international(label: str) -> bool:
    return not label.isascii() or label.startswith("xn--")
