"""What changed since the last edition, headline by headline, divided by cause."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from reportgen.facts.headlines import Kind
from reportgen.facts.quantity import Day, Quantity, Range

Direction = Literal["up", "down", "other"]
Cause = Literal["new_data", "revised_data", "model", "house"]
CAUSES: tuple[Cause, ...] = ("new_data", "revised_data", "model", "house")
"""In the order they are printed. ``new_data`` holds the passing of the months in between: the
forecast window of the later edition begins and ends later. ``model`` is the program and its
number of paths."""


class ChangeStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part of a change that belongs to one cause.

    Args:
        code: the cause; more than one joined by ``+`` where a run between them lacks the figure,
            so that their parts cannot be told apart.
        causes: the same, one by one.
        change: as printed, in percentage points of a probability or a per cent, else in the
            figure's own unit; ``None`` for a state, a range, and what appeared or went.
    """

    code: str
    causes: tuple[Cause, ...]
    change: Quantity | None = None


class Stated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an edition prints under a headline: a figure, a range or a state; one of the three."""

    figure: Quantity | None = None
    range: Range | None = None
    state: str = ""


class HeadlineChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A headline whose figure, range or state changed, or would have but for opposite causes.

    Args:
        code: the headline.
        kind: as in ``Headline``.
        status: ``moved``; ``offset`` when it prints as before because its causes cancel;
            ``appeared`` when the earlier edition lacks it, ``gone`` when this one does.
        digits: decimals with which figure and parts are printed.
        before, after: what the two editions print; ``None`` where one lacks it.
        direction: ``other`` where neither up nor down can be said.
        change: after less before, as printed; the steps add up to it exactly.
        steps: by cause, in the order of ``CAUSES``; no part is zero.
        main: code of the step that made most of the change; empty without one.
    """

    code: str
    kind: Kind
    status: Literal["moved", "offset", "appeared", "gone"]
    digits: int
    direction: Direction
    steps: tuple[ChangeStep, ...]
    before: Stated | None
    after: Stated | None
    change: Quantity | None = None
    main: str = ""

    def step(self, cause: Cause) -> ChangeStep | None:
        """Return the step of a cause alone, ``None`` where it has none."""
        return next((one for one in self.steps if one.causes == (cause,)), None)

    def joint(self, cause: Cause) -> bool:
        """Tell whether the cause's part cannot be told from another's."""
        return any(cause in one.causes and len(one.causes) > 1 for one in self.steps)


class Changes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What changed since the last edition.

    Args:
        edition: name of the edition compared with; ``period`` its month.
        as_of: its as-of date; ``window_end`` the end of its forecast window.
        months: from its month to this edition's.
        changed: headlines that changed, in the order they are told.
        unchanged: codes of those that print as before, whatever the cause.
        lead: code of the largest change; ``None`` when neither an event's probability nor a
            rating changed.
    """

    edition: str
    period: str
    as_of: Day
    window_end: Day
    months: Quantity
    changed: tuple[HeadlineChange, ...]
    unchanged: tuple[str, ...]
    lead: str | None

    def change(self, code: str) -> HeadlineChange | None:
        """Return the change of a headline, ``None`` where it has none."""
        return next((one for one in self.changed if one.code == code), None)

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The causes that had a part in anything, in the order of ``CAUSES``."""
        met = {cause for one in self.changed for step in one.steps for cause in step.causes}
        return tuple(cause for cause in CAUSES if cause in met)


class CorrectionFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an edition was issued again.

    Args:
        period: month of the edition.
        revision: number of the revision that was issued, from 2 on.
        day: the day it was issued.
        replaces: the day of issue of the one whose place it takes.
        reason: one sentence by language code, as the publisher wrote it.
    """

    period: str
    revision: int
    day: date
    replaces: date
    reason: dict[str, str]

    def said(self, language: str) -> tuple[str, str]:
        """Return the reason and the code of the language it is in; English where it lacks one."""
        for code in (language, "en", *sorted(self.reason)):
            if self.reason.get(code):
                return self.reason[code], code
        return "", language
