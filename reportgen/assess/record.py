"""The forecast record as the report shows it: counts, scores, and when this edition comes due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from reportgen.assess.record_rows import (
    computed,
    count,
    distribution,
    judged,
    ratio,
    score,
    tail_test,
)
from reportgen.assess.simulation import INDEX
from reportgen.facts import Chart, Computed, Day, Line, Unit, keyed
from reportgen.facts import record as facts
from reportgen.facts.record import Decomposition, Due, Record, RecordCounts, TiltRecord
from reportgen.period import STATED
from reportgen.record.distributions import distribution_scores, tail_breaks
from reportgen.record.history import Account, accounts, last_seen
from reportgen.record.scoreboard import (
    ALL,
    FORECASTERS,
    ProbabilityScore,
    common,
    counts,
    probability_scores,
    reliability,
)
from reportgen.record.sessions import session_after, sessions_between
from reportgen.record.tilt import tilt_standing

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.record.ledger import Ledger

HORIZONS = (21, 63, 126, 252)
"""Trading days over which the edition states probabilities of the index."""
FIRST_EDITION = min(STATED)
HOUSES = ("house", "tilt")
CALENDAR = Computed("calendar")
MONTH = 21
BY_RECORD = Computed("record")
CHART = "reliability"
SOURCE = "Forecast ledger"
"""Where the figures of the diagram come from, as a reader is told."""


def with_record(found: Assessment, ledger: Ledger) -> Assessment:
    """Return an assessment with the forecast record as it stood on its as-of date.

    Args:
        found: the assessment; its own figures stay as they are.
        ledger: the statements on record; what is of a later day is not seen.
    """
    edition = found.edition
    told = record(edition.period, edition.as_of.day, edition.window_end.day, ledger)
    drawn = {chart.code: chart for chart in record_charts(edition.as_of.day, ledger)}
    back = msgspec.structs.replace(found.back, record=told)
    return keyed(msgspec.structs.replace(found, back=back, charts={**found.charts, **drawn}))


def record(period: str, as_of: date, window_end: date, ledger: Ledger) -> Record:
    """Return what an edition can say of forecasts.

    Args:
        period: month of the edition.
        as_of: its as-of date.
        window_end: last day of its forecast window.
        ledger: the statements on record; what is of a later day is not seen.
    """
    found = accounts(ledger.rows, as_of)
    due = _due(as_of, window_end)
    own = count(sum(one.statement.edition == period for one in found))
    if not found:
        return Record("first" if period == FIRST_EDITION else "unscored", due, own)
    scores = probability_scores(found, as_of)
    number = last_seen(ledger.rows, as_of)
    recent = _recent(found, as_of)
    return Record(
        state="scored" if any(one.decided for one in found) else "waiting",
        due=due,
        own=own,
        counts=_counts(found, as_of),
        next_due=_next_due(found, as_of),
        rows=number,
        head=ledger.hashes[number - 1],
        probabilities=_table(scores),
        shared=_shared(found, as_of),
        distributions=tuple(
            distribution(one) for one in distribution_scores(found) if one.forecaster == "model"
        ),
        tail=tail_test(tail_breaks(found, INDEX, MONTH, as_of)),
        terms=_terms(scores),
        judged=judged(recent),
        judged_all=count(len(recent)),
        tilt=_tilt(found, as_of),
    )


def record_charts(as_of: date, ledger: Ledger) -> tuple[Chart, ...]:
    """Return the reliability diagram, when enough statements are decided."""
    found = reliability(accounts(ledger.rows, as_of), "model", as_of)
    if found is None:
        return ()
    places = tuple(100.0 * point.forecast for point in found.points)
    shares = {
        "observed": [100.0 * point.frequency for point in found.points],
        "low": [100.0 * point.low for point in found.points],
        "high": [100.0 * point.high for point in found.points],
    }
    numbers = tuple(float(point.forecasts) for point in found.points)
    lines = (
        *(Line(code, Unit.PERCENT, BY_RECORD, places, tuple(y)) for code, y in shares.items()),
        Line("statements", Unit.COUNT, BY_RECORD, places, numbers),
    )
    return (Chart(CHART, "number", lines, as_of, (SOURCE,)),)


# -- when this edition comes due --------------------------------------------------------------


def _due(as_of: date, window_end: date) -> tuple[Due, ...]:
    ends = [(str(days), days, session_after(as_of, days)) for days in HORIZONS]
    ends.append(("window", len(sessions_between(as_of, window_end)), window_end))
    return tuple(
        Due(code, computed(days, Unit.TRADING_DAYS, CALENDAR), Day(day, CALENDAR))
        for code, days, day in sorted(ends, key=lambda end: end[2])
    )


# -- what is on record --------------------------------------------------------------------------


def _counts(found: Sequence[Account], as_of: date) -> RecordCounts:
    number = counts(found)
    return RecordCounts(
        issued=count(number.issued),
        houses=count(sum(one.statement.forecaster in HOUSES for one in found)),
        editions=count(len({one.statement.as_of for one in found})),
        first=Day(min(one.statement.as_of for one in found), CALENDAR),
        decided=count(number.decided),
        waiting=count(number.open),
        overdue=count(sum(one.open and one.due(as_of) for one in found)),
        void=count(number.void),
        withdrawn=count(number.withdrawn),
        corrected=count(number.corrected),
        bare=count(number.bare),
        late=count(number.late),
    )


def _next_due(found: Iterable[Account], as_of: date) -> Day | None:
    ends = [one.statement.horizon_end for one in found if one.open and not one.due(as_of)]
    return Day(min(ends), CALENDAR) if ends else None


def _recent(found: Sequence[Account], as_of: date) -> tuple[Account, ...]:
    """Return the model's probabilities that were decided after the edition before this one."""
    before = max(
        (one.statement.as_of for one in found if one.statement.as_of < as_of), default=date.min
    )
    return tuple(
        one
        for one in found
        if one.decided
        and one.resolution is not None
        and one.resolution.day > before
        and one.statement.forecaster == "model"
        and one.statement.p is not None
    )


# -- scores -------------------------------------------------------------------------------------


def _table(scores: Sequence[ProbabilityScore]) -> tuple[facts.ProbabilityScore, ...]:
    """Return every forecaster over all horizons, then the model by horizon."""
    due = [one for one in scores if one.scope == "due"]
    early = {(one.forecaster, one.horizon): one for one in scores if one.scope == "resolved"}
    chosen = [one for one in due if one.horizon == ALL or one.forecaster == "model"]
    order = {name: place for place, name in enumerate(FORECASTERS)}
    chosen.sort(key=lambda one: (one.horizon != ALL, order[one.forecaster], one.horizon))
    return tuple(score(one, early[one.forecaster, one.horizon]) for one in chosen)


def _shared(found: Sequence[Account], as_of: date) -> tuple[facts.ProbabilityScore, ...]:
    """Return every forecaster on what the house gave a probability to."""
    scores = probability_scores(common(found, "house"), as_of)
    return tuple(score(one, one) for one in scores if one.scope == "due" and one.horizon == ALL)


def _terms(scores: Sequence[ProbabilityScore]) -> Decomposition | None:
    for one in scores:
        if (one.forecaster, one.horizon, one.scope) == ("model", ALL, "due") and one.murphy:
            return Decomposition(
                statements=count(one.statements),
                reliability=ratio(one.murphy.reliability),
                resolution=ratio(one.murphy.resolution),
                uncertainty=ratio(one.murphy.uncertainty),
            )
    return None


def _tilt(found: Sequence[Account], as_of: date) -> TiltRecord | None:
    standing = tilt_standing(found, as_of)
    if standing is None:
        return None
    return TiltRecord(
        months=computed(standing.months, Unit.MONTHS),
        skill=None if standing.skill is None else ratio(standing.skill),
        proven=standing.proven,
    )
