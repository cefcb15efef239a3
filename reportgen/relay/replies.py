"""A relay's reply, read strictly (RFC 5321, 4.2): what is not one is never taken for one.

The library takes ``25`` at the end of a connection for code 25, ``2500 no`` for 250, and the last
of several different codes for the whole reply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reportgen.relay.problems import UnreadableError

LONGEST = 65_536
"""Bytes of a reply; who sends more is not a relay."""

_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])([^\r\n]*))?\r?\n")
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?= |$)")


@dataclass(frozen=True)
class Reply:
    """A whole reply.

    Args:
        code: 200 to 599.
        lines: what is said after the code.
    """

    code: int
    lines: tuple[bytes, ...]

    @property
    def kind(self) -> int:
        """First digit of the code: 2 yes, 3 go on, 4 later, 5 no."""
        return self.code // 100

    @property
    def enhanced(self) -> str:
        """Status code (RFC 3463) that agrees with the reply's; empty without one."""
        for line in self._decoded():
            found = _ENHANCED.match(line)
            if found and found[1][0] == str(self.kind):
                return found[1]
        return ""

    @property
    def text(self) -> str:
        """What is said, on one line of printable signs; a repeated status code stands once."""
        enhanced, told = self.enhanced, ""
        for line in self._decoded():
            rest = line
            if enhanced and told and line.startswith(enhanced):
                rest = line.removeprefix(enhanced)
            told += f" {rest}"
        return " ".join(told.split())

    def _decoded(self) -> list[str]:
        whole = (line.decode("utf-8", "replace") for line in self.lines)
        return ["".join(sign if sign.isprintable() else " " for sign in one) for one in whole]


def first(unread: bytes) -> tuple[Reply, bytes] | None:
    """Return the first reply in what came and what follows it; ``None`` when it is not whole.

    Raises:
        UnreadableError: it is no reply.
    """
    if len(unread) > LONGEST:
        raise UnreadableError("too long")
    codes, lines, at = set[bytes](), list[bytes](), 0
    while b"\n" in unread[at:]:
        found = _LINE.match(unread, at)
        if found is None:
            raise UnreadableError("no reply code")
        codes.add(found[1])
        lines.append(found[3] or b"")
        at = found.end()
        if len(codes) > 1:
            raise UnreadableError("several reply codes")
        if found[2] != b"-":
            return Reply(int(found[1]), tuple(lines)), unread[at:]
    return None
