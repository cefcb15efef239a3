"""The assessment: every figure, state and chart of one edition, in one frozen value."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from reportgen.facts.back import Back
from reportgen.facts.bubble import Bubble
from reportgen.facts.capex import Capex
from reportgen.facts.carry import Carry
from reportgen.facts.changes import Changes, CorrectionFact
from reportgen.facts.charts import Chart
from reportgen.facts.cross_checks import CrossChecks
from reportgen.facts.fiscal import Fiscal, PolicyOutlook
from reportgen.facts.levels import Levels
from reportgen.facts.liquidity import Liquidity
from reportgen.facts.macro import Macro
from reportgen.facts.market import Market
from reportgen.facts.matrix import Matrix
from reportgen.facts.microstructure import Microstructure
from reportgen.facts.outlook import Outlook
from reportgen.facts.probabilities import Probabilities
from reportgen.facts.quantity import Day
from reportgen.facts.review import Review
from reportgen.facts.summary import Verdict
from reportgen.facts.trend import TrendFollowers

SCHEMA_VERSION = "1.0"
"""Raised whenever a reader of ``assessment.json`` would have to be changed."""


class Edition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which edition this is and what it rests on.

    Args:
        period: month of publication, ``2025-12``.
        as_of: last day any observation carries.
        dated: day the edition is dated.
        window_end: last day of the forecast window.
        known_at: what had been published by then counts.
        snapshot: sha256 of the snapshot.
        program: version of the program.
        house: who states the house view; empty when nothing of it stands.
        house_day: the last day on which something of it was stated, where that was before the
            day the edition is dated; else ``None``.
        paths: simulated paths a window.
        revision: 1, or higher for a correction.
    """

    period: str
    as_of: Day
    dated: date
    window_end: Day
    known_at: datetime
    snapshot: str
    program: str
    house: str
    house_day: date | None
    paths: int
    revision: int = 1

    @property
    def name(self) -> str:
        """``2026-01``, or ``2026-01-r2`` for its second revision."""
        return self.period if self.revision == 1 else f"{self.period}-r{self.revision}"


class Assessment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the report prints.

    ``changes`` is what changed since the last edition, ``None`` without one; ``corrections`` are
    those issued by the day the edition is dated, of this and of earlier editions, oldest first.
    """

    schema_version: str
    edition: Edition
    market: Market
    verdict: Verdict
    probabilities: Probabilities
    cross_checks: CrossChecks
    levels: Levels
    trend: TrendFollowers | None
    liquidity: Liquidity | None
    carry: Carry | None
    macro: Macro
    fiscal: Fiscal | None
    policy: PolicyOutlook
    capex: Capex | None
    bubble: Bubble | None
    microstructure: Microstructure
    outlook: Outlook
    matrix: Matrix
    review: Review
    back: Back
    charts: dict[str, Chart]
    changes: Changes | None = None
    corrections: tuple[CorrectionFact, ...] = ()

    @property
    def correction(self) -> CorrectionFact | None:
        """Why this revision was issued; ``None`` for a first edition."""
        own = (self.edition.period, self.edition.revision)
        return next((one for one in self.corrections if (one.period, one.revision) == own), None)
