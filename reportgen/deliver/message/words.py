"""Texts of any script in the ASCII of a header: as they are, or all in encoded words (RFC 2047)."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

LINE = 76
"""Signs of a line that holds an encoded word (RFC 2047, section 2)."""
_OPEN, _CLOSE = "=?utf-8?B?", "?="
_LONGEST = 75
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def unstructured(name: str, text: str) -> str:
    """Return the value of a field that is read as text, folded where it is long.

    Args:
        name: of the field.
        text: a safe line.
    """
    if _PLAIN.fullmatch(text) and len(name) + 2 + len(text) <= LINE:
        return text
    return folded(text, LINE - len(name) - 2)


def mailbox(name: str, text: str, address: str) -> str:
    """Return a name and its address as they stand in ``From``.

    Args:
        name: of the field.
        text: the name, a safe line.
        address: a plain address.
    """
    room = LINE - len(name) - 2
    if _PLAIN.fullmatch(text) and len(text) + 2 <= room - 2:
        shown = text if _PHRASE.fullmatch(text) else f'"{_quoted(text)}"'
    else:
        shown = folded(text, room)
    last = len(shown) - shown.rfind("\n") - 1
    taken = last if "\n" in shown else last + len(name) + 2
    gap = " " if taken + len(address) + 3 <= LINE else "\r\n "
    return f"{shown}{gap}<{address}>"


def folded(text: str, first: int, close: int = 0) -> str:
    """Return a text in encoded words, one a line, each of which can be read alone.

    Args:
        text: of any script.
        first: signs there is room for on the first line.
        close: signs that will follow the last word on its line.
    """
    words, start, room = [], 0, first
    while start < len(text):
        end = _end(text, start, _octets(min(room, _LONGEST) - close))
        words.append(_word(text[start:end]))
        start, room = end, LINE - 1
    return "\r\n ".join(words)


def named(name: str) -> tuple[str, str]:
    """Return the parameters that name a file: of ``Content-Type``, of ``Content-Disposition``.

    The first is read by mail programs that know no RFC 2231, which is why it is an encoded word.

    Args:
        name: a safe file name.
    """
    if _PLAIN.fullmatch(name):
        return f'name="{name}"', f'filename="{name}"'
    words = folded(name, LINE - len(' name="'), close=2)
    return f'name="{words}"', f"filename*=utf-8''{quote(name, safe='')}"


def _word(text: str) -> str:
    return _OPEN + base64.b64encode(text.encode()).decode() + _CLOSE


def _octets(room: int) -> int:
    """Return how many octets an encoded word of so many signs holds."""
    return (room - len(_OPEN) - len(_CLOSE)) // 4 * 3


def _end(text: str, start: int, octets: int) -> int:
    """Return where the text that fills so many octets ends; whole characters only."""
    end, taken = start, 0
    while end < len(text) and taken + len(text[end].encode()) <= octets:
        taken += len(text[end].encode())
        end += 1
    return end


def _quoted(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"")
