"""The forecast record: what was stated before, what came of it, and how good that was."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity

Forecaster = Literal["model", "climatology", "house", "tilt", "market", "quoted"]
JudgedEvent = Literal[
    "fall",
    "drawdown",
    "at_or_below",
    "at_or_above",
    "net_liquidity",
    "debt_limit",
    "x_date",
    "cut",
    "hold",
    "raise",
]


class Due(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a statement of this edition over a horizon can be scored.

    ``code`` is the horizon in trading days (``"21"``) or ``"window"``.
    """

    code: str
    horizon: Quantity
    day: Day


class RecordCounts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many statements are on record, by what became of them.

    Args:
        issued: all of them; ``houses`` those of the house view, its tilts among them.
        editions: as-of dates on which they were made; ``first`` the first of these.
        decided: by published figures; ``waiting`` not yet, ``overdue`` of them though their last
            day is over; ``void`` never, because a series stopped.
        withdrawn: by a correction; ``corrected`` decided otherwise by one.
        bare: decided ones stated without a probability, which no score counts.
        late: written down more than a month after their own date.
    """

    issued: Quantity
    houses: Quantity
    editions: Quantity
    first: Day
    decided: Quantity
    waiting: Quantity
    overdue: Quantity
    void: Quantity
    withdrawn: Quantity
    corrected: Quantity
    bare: Quantity
    late: Quantity


class ProbabilityScore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scores of a forecaster's probabilities whose last day is over.

    Args:
        code: forecaster and horizon, ``model_21`` or ``model_all``.
        forecaster: who.
        horizon: class in trading days; ``None`` for all together.
        statements: how many; ``came`` of them did.
        stated: mean probability; ``share`` what came.
        brier, log: mean scores, lower is better; the logarithm is natural.
        base_brier: of the base rates stored with the statements; ``None`` without any.
        skill: Brier skill against those, 1 at best; ``None`` without them.
        early_skill: the same when early hits count before their last day.
    """

    code: str
    forecaster: Forecaster
    horizon: Quantity | None
    statements: Quantity
    came: Quantity
    stated: Quantity
    share: Quantity
    brier: Quantity
    log: Quantity
    base_brier: Quantity | None
    skill: Quantity | None
    early_skill: Quantity | None


class DistributionScore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scores of a forecaster's quantiles.

    Args:
        code, forecaster, horizon, statements: as of ``ProbabilityScore``.
        skill: CRPS skill against the distribution of all past changes; ``None`` if undefined.
        wide, narrow: share of values within the outer and the inner pair of quantiles;
            ``stated_wide``, ``stated_narrow`` what those promise.
        p_value: Kupiec's, of the outer pair.
        cells: share of values below the first quantile, between each pair, above the last;
            ``stated_cells`` what they promise.
    """

    code: str
    forecaster: Forecaster
    horizon: Quantity | None
    statements: Quantity
    skill: Quantity | None
    wide: Quantity
    narrow: Quantity
    stated_wide: Quantity
    stated_narrow: Quantity
    p_value: Quantity
    cells: tuple[Quantity, ...]
    stated_cells: tuple[Quantity, ...]


class TailTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often the index fell below the model's lowest quantile a month ahead.

    Args:
        values: how many there are; ``breaks`` below, ``stated`` the share there should be.
        p_value: Kupiec's, of the number.
        independence: Christoffersen's, of breaks in a row; ``None`` when it cannot be tested.
    """

    values: Quantity
    breaks: Quantity
    stated: Quantity
    p_value: Quantity
    independence: Quantity | None


class Judged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement of the model that was decided since the edition before.

    Args:
        event: what it was about.
        series: our id of the series; ``name`` its English message id.
        level: depth in per cent, or a level in the unit of the series; ``None`` without one.
        days: of a fall, at most.
        stated_on: as-of date of its edition; ``end`` its last day.
        probability: stated; ``base_rate`` beside it.
        came: whether it did; ``brier`` its score.
    """

    code: str
    event: JudgedEvent
    series: str
    name: str
    level: Quantity | None
    days: Quantity | None
    stated_on: Day
    end: Day
    probability: Quantity
    base_rate: Quantity | None
    came: bool
    brier: Quantity


class Decomposition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Murphy's terms of the model's Brier score: reliability - resolution + uncertainty."""

    statements: Quantity
    reliability: Quantity
    resolution: Quantity
    uncertainty: Quantity


class TiltRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the narrative tilt has done, by statements put on record in time.

    Args:
        months: editions whose last day is over.
        skill: Brier skill against the base rates stored with them; ``None`` without a case.
        proven: whether that is above zero over at least sixty months.
    """

    months: Quantity
    skill: Quantity | None
    proven: bool


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The forecast record.

    Args:
        state: ``first`` when no edition came before this one; ``unscored`` when nothing of
            earlier ones is on record here; ``waiting`` when nothing on record is decided;
            else ``scored``.
        due: days on which the statements of this edition come due, soonest first.
        own: statements of this edition on record already.
        counts: of everything on record; ``None`` when there is nothing.
        next_due: last day of the statement on record that comes due next.
        rows: number of rows of the ledger up to the as-of date; ``head`` the hash of the last.
        probabilities: of every forecaster over all horizons, then the model by horizon.
        shared: every forecaster on the events the house gave a probability to.
        distributions: the model by horizon, then all.
        tail: of the index a month ahead; ``None`` without a value.
        terms: Murphy's terms of the model; ``None`` with few statements.
        judged: a choice of what was decided since the edition before.
        judged_all: how many of the model's probabilities were.
        tilt: of the narrative tilt; ``None`` where none is on record.
    """

    state: Literal["first", "unscored", "waiting", "scored"]
    due: tuple[Due, ...]
    own: Quantity
    counts: RecordCounts | None = None
    next_due: Day | None = None
    rows: int = 0
    head: str = ""
    probabilities: tuple[ProbabilityScore, ...] = ()
    shared: tuple[ProbabilityScore, ...] = ()
    distributions: tuple[DistributionScore, ...] = ()
    tail: TailTest | None = None
    terms: Decomposition | None = None
    judged: tuple[Judged, ...] = ()
    judged_all: Quantity | None = None
    tilt: TiltRecord | None = None

    def score(self, code: str) -> ProbabilityScore | None:
        """Return a row of the table of probabilities, if it is there."""
        return next((one for one in self.probabilities if one.code == code), None)

    def distribution(self, code: str) -> DistributionScore | None:
        """Return a row of the table of distributions, if it is there."""
        return next((one for one in self.distributions if one.code == code), None)
