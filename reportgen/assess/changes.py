"""Changes since the last edition: the difference of two lists of headlines, divided by cause.

Between the two editions stand the headlines of runs in which one thing after another was made
that of the later edition. Figures are rounded as they are printed before they are compared, so
that the parts printed in a row add up to its change exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from reportgen.assess.change_steps import (
    DIGITS,
    ORIGIN,
    difference,
    direction,
    largest,
    presence,
    stand,
    stated,
    steps_of,
)
from reportgen.assess.headlines import EVENTS, RISK
from reportgen.errors import DataError
from reportgen.facts import Day, Quantity, Unit, keyed
from reportgen.facts.changes import (
    Cause,
    Changes,
    ChangeStep,
    CorrectionFact,
)
from reportgen.facts.changes import HeadlineChange as Change
from reportgen.models.risk_matrix import RATINGS, change_of
from reportgen.models.risk_matrix import Change as RatingChange

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.facts.headlines import Headline
    from reportgen.facts.matrix import Matrix, Risk


@dataclass(frozen=True)
class Run:
    """A run on the way to the later edition, and the causes of what differs from the one before.

    It has more than one cause where a run in between could not be made.
    """

    causes: tuple[Cause, ...]
    headlines: tuple[Headline, ...]


@dataclass(frozen=True)
class Earlier:
    """The edition compared with: its name and dates, and its headlines as printed."""

    name: str
    period: str
    as_of: date
    window_end: date
    headlines: tuple[Headline, ...]


def changes(earlier: Earlier, runs: Sequence[Run], period: str) -> Changes:
    """Return what changed and why.

    Args:
        earlier: the earlier edition.
        runs: each with one more thing of the later edition's, the last one that edition itself.
        period: month of the later edition.
    """
    lists = (earlier.headlines, *(run.headlines for run in runs))
    tables = [{one.code: one for one in found} for found in lists]
    codes = dict.fromkeys(one.code for found in (lists[-1], lists[0]) for one in found)
    causes = tuple(run.causes for run in runs)
    found = tuple(_change(code, [table.get(code) for table in tables], causes) for code in codes)
    changed = tuple(one for one in found if one is not None)
    moved = {one.code for one in changed if one.status != "offset"}
    return Changes(
        edition=earlier.name,
        period=earlier.period,
        as_of=Day(earlier.as_of, ORIGIN),
        window_end=Day(earlier.window_end, ORIGIN),
        months=Quantity(_months(period) - _months(earlier.period), Unit.MONTHS, ORIGIN),
        changed=changed,
        unchanged=tuple(code for code in codes if code not in moved),
        lead=_lead(changed),
    )


def with_changes(found: Assessment, told: Changes) -> Assessment:
    """Return an assessment with its changes, in the summary and in the risk matrix."""
    graded = _compared(found.matrix, told)
    return keyed(msgspec.structs.replace(found, changes=told, matrix=graded))


def with_corrections(
    found: Assessment, revision: int, corrections: Iterable[CorrectionFact]
) -> Assessment:
    """Return an assessment as a revision of its edition, with the corrections issued so far.

    Args:
        found: the assessment.
        revision: 1, or higher for a correction, whose reason is then among the corrections.
        corrections: of this edition and of earlier ones; they are told oldest first.

    Raises:
        DataError: a correction without its reason.
    """
    told = sorted(corrections, key=lambda one: (one.day, one.period, one.revision))
    edition = msgspec.structs.replace(found.edition, revision=revision)
    whole = msgspec.structs.replace(found, edition=edition, corrections=tuple(told))
    if revision > 1 and whole.correction is None:
        raise DataError(f"The reason for the edition {edition.name} is not among the corrections.")
    return whole


# -- a headline -------------------------------------------------------------------------------


def _change(
    code: str, found: Sequence[Headline | None], causes: Sequence[tuple[Cause, ...]]
) -> Change | None:
    """Return what became of a headline; ``None`` when no cause had a part in it."""
    like = next(one for one in reversed(found) if one is not None)
    stands = [stand(one) for one in found]
    first, last = stands[0], stands[-1]
    if first is None or last is None:
        steps = presence(stands, causes)
        return _missing(like, steps, new=first is None) if steps else None
    steps = steps_of(stands, causes, like.unit)
    if not steps:
        return None
    whole = difference(last, first, like.unit)
    return Change(
        code=code,
        kind=like.kind,
        status="offset" if first == last else "moved",
        digits=DIGITS.get(like.unit, 0),
        direction=direction(first, last),
        steps=steps,
        change=whole,
        main=largest(steps, whole),
        before=stated(found[0]),
        after=stated(found[-1]),
    )


def _missing(like: Headline, steps: tuple[ChangeStep, ...], *, new: bool) -> Change:
    return Change(
        code=like.code,
        kind=like.kind,
        status="appeared" if new else "gone",
        digits=DIGITS.get(like.unit, 0),
        direction="other",
        steps=steps,
        main=steps[0].code if len(steps) == 1 else "",
        before=None if new else stated(like),
        after=stated(like) if new else None,
    )


# -- all of them ------------------------------------------------------------------------------


def _lead(changed: Sequence[Change]) -> str | None:
    """Return the code of what moved most; ``None`` when no probability and no grade did.

    An event to the window's end comes first, then a grade, then any other probability.
    """
    moved = [one for one in changed if one.status == "moved"]
    sized = [one for one in moved if one.kind == "probability" and one.change is not None]
    events = [one for one in sized if one.code in EVENTS]
    graded = [one for one in moved if one.kind == "grade"]
    if graded and not events:
        return graded[0].code
    return max(events or sized, key=_size).code if sized else None


def _size(change: Change) -> float:
    return 0.0 if change.change is None else abs(change.change.value)


def _months(period: str) -> int:
    year, month = (int(part) for part in period.split("-"))
    return 12 * year + month


def _compared(found: Matrix, told: Changes) -> Matrix:
    """Return the risk matrix with the change of each rating since the earlier edition."""
    risks = tuple(
        msgspec.structs.replace(one, change=_rating_change(one, told)) for one in found.risks
    )
    return msgspec.structs.replace(found, risks=risks, first=False)


def _rating_change(risk: Risk, told: Changes) -> RatingChange:
    code = f"{RISK}{risk.code}"
    if code in told.unchanged:
        return "same"
    change = told.change(code)
    before = change.before.state if change is not None and change.before is not None else ""
    return change_of(next((one for one in RATINGS if one == before), None), risk.rating)
