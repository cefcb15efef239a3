"""What a look at the machine found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from reportgen.errors import ReportgenError

if TYPE_CHECKING:
    from reportgen.config import Settings

State = Literal["sound", "warning", "missing"]
"""A warning stops nothing now; what is missing stops the next edition."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what it is, how it stands, and what was found."""

    what: str
    state: State
    detail: str

    @property
    def sound(self) -> bool:
        """Whether nothing is to be done."""
        return self.state == "sound"


@dataclass(frozen=True)
class Scene:
    """What is looked at.

    Args:
        settings: the configuration.
        environ: the environment.
        now: the moment; aware.
    """

    settings: Settings
    environ: Mapping[str, str]
    now: datetime


class Warned(Exception):  # noqa: N818 - no error: it ends a look with a warning
    """What was found stops nothing now, but somebody should see to it."""


def look(what: str, at: Callable[[], str]) -> Finding:
    """Look at one thing: its detail when sound; a ``Warned`` or an error says otherwise."""
    try:
        return Finding(what, "sound", at())
    except Warned as remark:
        return Finding(what, "warning", str(remark))
    except (ReportgenError, OSError, ImportError) as problem:
        hint = getattr(problem, "hint", "")
        return Finding(what, "missing", f"{problem} {hint}".strip())
