"""The mail relay of ``[smtp]``: reached, secured and logged in to, and understood word for word.

What goes over the line belongs to those who use it; what a failure was is said here.
"""

from reportgen.relay.connecting import connected, security
from reportgen.relay.line import Line
from reportgen.relay.problems import Problem, RefusedError, UnreadableError, explained
from reportgen.relay.replies import Reply

__all__ = [
    "Line",
    "Problem",
    "RefusedError",
    "Reply",
    "UnreadableError",
    "connected",
    "explained",
    "security",
]
