"""What can go wrong in a way a person can mend: one base, few kinds, each with its exit code.

Anything that is not a ``ReportgenError`` is a bug and shows its traceback.
"""

from __future__ import annotations

from typing import ClassVar


class ReportgenError(Exception):
    """A failure with a sentence for the person at the terminal and, where there is one, a hint.

    Args:
        message: one sentence naming the file, key, series or address at fault.
        hint: what to do about it; empty when the message already says it.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type[ReportgenError], tuple[str, str]]:
        """Travel whole between processes."""
        return type(self), (self.message, self.hint)


class UsageError(ReportgenError):
    """The command was given something it does not know (64)."""

    exit_code = 64


class DataError(ReportgenError):
    """Data, a model result or a finished document failed a check (65)."""

    exit_code = 65


class MissingInputError(ReportgenError):
    """A file, series, font or library that is needed is not there (66)."""

    exit_code = 66


class UnreachableError(ReportgenError):
    """Too little of the month's data can be reached (69)."""

    exit_code = 69


class CannotCreateError(ReportgenError):
    """An output file or folder cannot be created (73)."""

    exit_code = 73


class DiskError(ReportgenError):
    """Reading or writing failed half-way: disk full, file vanished (74)."""

    exit_code = 74


class LockedError(ReportgenError):
    """Another run holds the lock, or the work is paused: try later (75)."""

    exit_code = 75


class ApprovalMissingError(ReportgenError):
    """Delivery has not been approved, or what was approved has changed (77)."""

    exit_code = 77


class ConfigError(ReportgenError):
    """A configuration, house-view or catalogue file is not as it must be (78)."""

    exit_code = 78
