"""Message-IDs somebody lists as taken: from a relay's web page or programming interface."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reportgen.deliver.reconcile.finding import Doubt, Finding, Known

_ID = re.compile(r"<[^\s<>@]{1,200}@[^\s<>@]{1,253}>")


@dataclass(frozen=True)
class Listed:
    """A list of Message-IDs.

    Args:
        taken: that the relay took.
        complete: whether the list has every message of the time, so that one missing from it was
            not taken.
    """

    taken: frozenset[str]
    complete: bool = False

    def probe(self, doubts: Sequence[Doubt], known: Sequence[Known]) -> Mapping[str, Finding]:
        """Return what the list says; a complete one has to have the messages known as taken."""
        missing = sum(one.message_id not in self.taken for one in known)
        return {one.message_id: self._finding(one.message_id, missing) for one in doubts}

    def _finding(self, message_id: str, missing: int) -> Finding:
        if message_id in self.taken:
            return Finding("accepted", "the list has it")
        if not self.complete:
            return Finding("unclear", "the list does not have it, and may not be complete")
        if missing:
            words = f"the list lacks {missing} messages the relay is known to have taken"
            return Finding("unclear", words)
        return Finding("not_accepted", "the list is complete and does not have it")


def listed(lines: Iterable[str], *, complete: bool = False) -> Listed:
    """Read Message-IDs out of lines: with or without their angle brackets, one or more a line."""
    taken: set[str] = set()
    for line in lines:
        found = _ID.findall(line)
        bare = line.strip()
        if not found and bare.count("@") == 1 and not re.search(r"[\s<>]", bare):
            found = [f"<{bare}>"]
        taken.update(found)
    return Listed(frozenset(taken), complete)
