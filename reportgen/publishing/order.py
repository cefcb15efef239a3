"""What is to be published, what a run has at hand for it, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reportgen.archive.manifest import Correction
from reportgen.publishing import state
from reportgen.publishing.making import Workshop
from reportgen.publishing.state import State

if TYPE_CHECKING:
    from reportgen.archive.editions import Edition
    from reportgen.operations.report import Book
    from reportgen.pipeline import Request
    from reportgen.schedule import EditionPlan
    from reportgen.secret import Secret

Stage = Literal["gather", "build", "deliver"]
STAGES: tuple[Stage, ...] = ("gather", "build", "deliver")
"""``gather`` needs the network, ``build`` none, ``deliver`` no templates."""
GATHER: Stage = "gather"
BUILD: Stage = "build"


@dataclass(frozen=True)
class Order:
    """What is to be published.

    Args:
        request: figures, languages, formats, size; where to.
        plan: the edition's dates.
        correction: why a revision is issued; ``None`` for a first edition.
        run: id of the run.
        signing: key for the manifest; ``None`` to leave it unsigned.
        stages: what may be done; a run without the others leaves off where they begin.
    """

    request: Request
    plan: EditionPlan
    run: str
    correction: Correction | None = None
    signing: Secret | None = None
    stages: frozenset[Stage] = frozenset(STAGES)


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Args:
        edition: in the archive; ``None`` when it is not finished.
        fresh: whether this run put it there.
        site: the folder of the site as it now is; ``None`` when it was not touched.
    """

    edition: Edition | None
    fresh: bool
    site: Path | None = None


@dataclass(frozen=True)
class Run:
    """A run with its tools: what is ordered, where it is made, what becomes its report."""

    order: Order
    workshop: Workshop
    book: Book

    @property
    def output(self) -> Path:
        """The output folder."""
        return self.order.request.output

    def work(self, now: State) -> Path:
        """Return the folder in which the edition is made."""
        return state.work_of(self.output, now.name)


def correction_of(edition: Edition, reason: dict[str, str], day: date) -> Correction:
    """Return the correction of an edition.

    Args:
        edition: that it takes the place of.
        reason: one sentence by language.
        day: of issue.
    """
    head = edition.head
    return Correction(
        corrects=edition.name,
        revision=head.revision + 1,
        replaces=head.correction.day if head.correction else head.dated,
        day=day,
        reason=reason,
    )
