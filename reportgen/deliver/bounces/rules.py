"""What a notice means for the recipient: gone, full for now, or not their matter at all."""

from __future__ import annotations

from typing import Literal

from reportgen.deliver.bounces.notice import Notice
from reportgen.deliver.bounces.vocabulary import FULL, GONE, POLICY

Meaning = Literal[
    "hard", "soft", "policy", "complaint", "delayed", "delivered", "relayed", "unsubscribe"
]

HARD = ("5.1.1", "5.1.6", "5.1.10", "5.2.1")
"""The mailbox does not exist, has moved or is closed (RFC 3463; 5.1.10 is RFC 7505)."""

OURS = ("5.1.7", "5.1.8", "5.2.3", "5.3.4")
"""The sender's address, or the size of the message: nothing the recipient could mend."""


def meaning(notice: Notice) -> Meaning:
    """Return what a notice means.

    ``hard``: nothing can ever be delivered there. ``soft``: not this time. ``policy``: refused
    for what the message, the sender or the relay is, which says nothing of the recipient. In doubt
    it is the one with the milder consequence.
    """
    if notice.kind != "failed":
        return notice.kind
    status, words = notice.status, notice.words
    if status[2:4] == "7." or status in OURS or status[:4] in ("5.5.", "5.6."):
        return "policy"
    if status in HARD:
        return _of_a_hard_code(words)
    if status and not status.endswith(".0"):
        return "soft"
    return _of_words(words)


def _of_a_hard_code(words: str) -> Meaning:
    """Return what a code for a missing mailbox means: some servers use it for their filters."""
    if POLICY.search(words) and not GONE.search(words):
        return "policy"
    if FULL.search(words) and not GONE.search(words):
        return "soft"
    return "hard"


def _of_words(words: str) -> Meaning:
    if FULL.search(words):
        return "soft"
    if GONE.search(words):
        return "policy" if POLICY.search(words) else "hard"
    return "policy" if POLICY.search(words) else "soft"
