"""The circuit breaker: stops a run whose messages the relay does not want."""

from __future__ import annotations

import threading

from reportgen.deliver.smtp.answer import Answer

IN_A_ROW = 5
"""Attempts in a row without one that was taken, after which a run stops."""

ENOUGH = 20
"""Attempts after which the share of refused ones is looked at."""

SHARE = 0.05
"""Share of refused messages above which a run stops: the list or the sender is at fault."""


class Breaker:
    """Counts how attempts end; threads share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._attempts = 0
        self._refused = 0
        self._row = 0
        self._reason = ""
        self._unreachable = False

    @property
    def reason(self) -> str:
        """Why the run has to stop; empty while it may go on."""
        return self._reason

    @property
    def unreachable(self) -> bool:
        """Whether the relay could not be reached, rather than refusing."""
        return self._unreachable

    def stop(self, reason: str) -> None:
        """Stop the run for another reason."""
        with self._lock:
            self._reason = self._reason or reason

    def note(self, answer: Answer) -> None:
        """Count the end of an attempt."""
        with self._lock:
            self._attempts += 1
            self._row = 0 if answer.kind == "accepted" else self._row + 1
            self._refused += answer.kind == "refused"
            if not self._reason:
                self._reason = self._judged(answer)

    def cut_off(self, answer: Answer) -> None:
        """Count a connection that could not be made."""
        with self._lock:
            if answer.code >= 500 or answer.kind == "refused":
                self._reason = self._reason or f"the relay refuses: {_said(answer)}"
                return
            self._row += 1
            if self._row >= IN_A_ROW and not self._reason:
                self._reason = f"the relay cannot be reached: {_said(answer)}"
                self._unreachable = True

    def _judged(self, answer: Answer) -> str:
        if answer.kind == "refused" and answer.scope == "relay":
            return f"the relay refuses: {_said(answer)}"
        if self._row >= IN_A_ROW:
            return f"{IN_A_ROW} attempts in a row failed, the last with: {_said(answer)}"
        if self._attempts >= ENOUGH and self._refused > SHARE * self._attempts:
            return f"{self._refused} of {self._attempts} messages were refused"
        return ""


def _said(answer: Answer) -> str:
    return f"{answer.code or ''} {answer.text}".strip().removesuffix(".")
