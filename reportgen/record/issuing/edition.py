"""All statements of an edition, and what it could not state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportgen.errors import DataError
from reportgen.record.issuing.desk import IssueDesk
from reportgen.record.issuing.house import house
from reportgen.record.issuing.index import events, levels
from reportgen.record.issuing.markets import liquidity, quantiles, watched, yen
from reportgen.record.issuing.policy import debt_limit, meetings, quoted
from reportgen.record.issuing.tilt import tilts
from reportgen.record.statement import Statement

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.snapshot import Snapshot


@dataclass(frozen=True)
class Issue:
    """What an edition states.

    Args:
        statements: in a fixed order, each id once.
        omitted: sentences on what could not be stated.
    """

    statements: tuple[Statement, ...]
    omitted: tuple[str, ...]


def issue(assessment: Assessment, snapshot: Snapshot, config_hash: str) -> Issue:
    """Return the statements of an edition.

    Args:
        assessment: of the edition.
        snapshot: the figures it was made from.
        config_hash: sha256 of the settings that enter its figures.

    Raises:
        DataError: the snapshot is not the assessment's.
    """
    if snapshot.hash != assessment.edition.snapshot:
        raise DataError("These are not the figures the assessment was made from.")
    desk = IssueDesk(assessment, snapshot, config_hash)
    sections = (
        *(events, levels, quantiles, watched, yen, liquidity),
        *(debt_limit, meetings, quoted, house, tilts),
    )
    made = [one for section in sections for one in section(desk)]
    statements = {one.id: one for one in made if isinstance(one, Statement)}
    omitted = tuple(one.message for one in made if isinstance(one, DataError))
    return Issue(tuple(statements.values()), omitted)
