"""What may stand in a mail: a value is taken as it is or refused; none is repaired."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from reportgen.errors import DataError

LONGEST_SUBJECT = 200
LONGEST_NAME = 120
LONGEST_FILE_NAME = 60
"""Characters; what the percent signs of RFC 2231 make of them stays on one line."""
LONGEST_URI = 200
"""Characters of an unsubscribe address: relays that broke longer fields broke their signature."""
LONGEST_ADDRESS = 254

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_DOMAIN}")
_WEB = re.compile(
    rf"https://{_DOMAIN}(?::\d{{1,5}})?(?:/[A-Za-z0-9._~/%+-]*(?:\?[A-Za-z0-9._~=&%+-]*)?)?"
)
_QUERY = re.compile(r"[A-Za-z0-9._~=&%+-]+")
_MESSAGE_ID = re.compile(rf"<[A-Za-z0-9._-]{{1,64}}@{_DOMAIN}>")
_TOKEN = re.compile(r"[A-Za-z0-9]{8,64}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_FEEDBACK = re.compile(r"[A-Za-z0-9._+-]+(?::[A-Za-z0-9._+-]+){0,3}")
_CONTENT_ID = re.compile(r"[A-Za-z0-9._-]{1,80}(?:@[A-Za-z0-9.-]{1,80})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NOT_IN_FILES = frozenset('/\\:*?"<>|')

_REFUSED_KINDS: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTIONS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
"""They let a text be read in another order than it stands in."""


def line(what: str, text: str, most: int) -> str:
    """Return a text that stands in the header.

    Args:
        what: the text's place, for the sentence of a refusal.
        text: as it is to be read.
        most: characters it may have.

    Raises:
        DataError: it is empty or too long, begins or ends with a space, or holds a control sign,
            a line or paragraph separator, a lone surrogate, a direction sign, a byte order mark,
            a code that is no character, or what a reader that decodes twice would take for an
            encoded word.
    """
    if not text or text != text.strip():
        raise DataError(f"{what} is empty, or begins or ends with a space.")
    if len(text) > most:
        raise DataError(f"{what} has {len(text)} characters; {most} are the most.")
    for sign in text:
        if _is_refused(sign):
            raise DataError(f"{what} holds the sign U+{ord(sign):04X}, which no mail may hold.")
    if "=?" in text:
        raise DataError(f"{what} holds =?, with which an encoded word begins.")
    return text


def _is_refused(sign: str) -> bool:
    """Tell whether a sign is no character, or one that changes how others are read."""
    none = ord(sign) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(sign) <= 0xFDEF
    return none or unicodedata.category(sign) in _REFUSED_KINDS or sign in _DIRECTIONS


def body(what: str, text: str) -> bytes:
    """Return a body's text in UTF-8, its lines ended as in mail.

    Raises:
        DataError: it is empty, or holds a control sign or a lone surrogate.
    """
    if not text.strip():
        raise DataError(f"{what} is empty.")
    lines = text.replace("\r\n", "\n")
    control = _CONTROL.search(lines)
    if control is not None:
        raise DataError(f"{what} holds the control sign U+{ord(control[0]):04X}.")
    try:
        return lines.replace("\n", "\r\n").encode()
    except UnicodeEncodeError:
        raise DataError(f"{what} holds half a character.") from None


def address(what: str, text: str) -> str:
    """Return a plain address: ``name@domain`` in ASCII, nothing quoted.

    Raises:
        DataError: it is none.
    """
    if len(text) > LONGEST_ADDRESS or "=?" in text or not _ADDRESS.fullmatch(text):
        raise DataError(f"{what} is not a plain mail address.")
    return text


def unsubscribe_url(text: str) -> str:
    """Return an address that stands in ``List-Unsubscribe`` unfolded and unencoded.

    Raises:
        DataError: it is no plain https address, or longer than ``LONGEST_URI``.
    """
    if len(text) > LONGEST_URI or not _WEB.fullmatch(text):
        raise DataError(
            f"The unsubscribe address is not a plain https address of {LONGEST_URI} characters."
        )
    return text


def unsubscribe_mail(text: str) -> str:
    """Return a ``mailto:`` address; ``mailto:`` may be left out, ``?subject=…`` may follow.

    Raises:
        DataError: it is none, or longer than ``LONGEST_URI``.
    """
    target, mark, query = text.removeprefix("mailto:").partition("?")
    address("The unsubscribe address", target)
    whole = f"mailto:{target}{mark}{query}"
    if len(whole) > LONGEST_URI or bool(mark) != bool(_QUERY.fullmatch(query)):
        raise DataError("The unsubscribe address is not a plain mail address.")
    if any(sign in target for sign in "%&#"):
        raise DataError("The unsubscribe address holds a sign that means something in an address.")
    return whole


def file_name(text: str, ending: str) -> str:
    """Return the name of an attached file.

    Raises:
        DataError: it would not be a name on every system, or has not the ending of its kind.
    """
    line("The name of a file", text, LONGEST_FILE_NAME)
    if _NOT_IN_FILES & set(text) or text.startswith((".", "-", "~")):
        raise DataError("The name of a file holds a sign that file names cannot hold.")
    if not text.endswith(ending):
        raise DataError(f"The name of a file does not end with {ending}.")
    return text


def _matching(what: str, pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise DataError(f"{what} is not as it must be.")
    return text


def message_id(text: str) -> str:
    """Return a Message-ID with its brackets."""
    return _matching("The Message-ID", _MESSAGE_ID, text)


def token(text: str) -> str:
    """Return a delivery's token."""
    return _matching("The token of a delivery", _TOKEN, text)


def language(text: str) -> str:
    """Return a language code."""
    return _matching("The language of a mail", _LANGUAGE, text)


def feedback_id(text: str) -> str:
    """Return a ``Feedback-ID``: one to four names with colons between them."""
    return _matching("The Feedback-ID", _FEEDBACK, text)


def content_id(text: str) -> str:
    """Return a ``Content-ID`` without its brackets."""
    return _matching("The Content-ID of a picture", _CONTENT_ID, text)
