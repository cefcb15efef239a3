"""How the walk came out: every forecast held against what happened after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
import numpy as np

from reportgen import scores
from reportgen.backtest.origin import HORIZONS, MONTH, SCORED
from reportgen.backtest.rows import QUANTILE_RANKS, EventRow, MonthRow, OriginRow
from reportgen.backtest.walk import Walk
from reportgen.models.arrays import BoolArray, FloatArray
from reportgen.models.events import EVENTS
from reportgen.models.history import TRADING_MONTH, TRADING_YEAR
from reportgen.models.onsets import first_onsets
from reportgen.scores import BandPlan, BlockPlan

BINS = 5
FORECASTERS = ("pool", "paths", "conditional")
FEWEST = 24


class Interval(msgspec.Struct, frozen=True):
    """A skill with its 90 % block-bootstrap interval; None where it is not defined."""

    skill: float | None
    low: float | None
    high: float | None


class Point(msgspec.Struct, frozen=True):
    """A point of a reliability diagram: a fifth of the forecasts, with its 90 % band."""

    forecasts: int
    forecast: float
    frequency: float
    low: float
    high: float


class EventScore(msgspec.Struct, frozen=True):
    """The score of one event over one horizon.

    Args:
        event, horizon: what was forecast, trading days.
        origins: month ends with an outcome. events: after how many of them it came.
        base_rate, mean_pool: share of events, mean of the pooled forecasts, unit 1.
        brier: of the pool. brier_climatology: of the reference.
        log_score: of the pool, nats. auc: of the pool.
        skill: Brier skill against expanding climatology by forecaster: ``pool``, ``paths``,
            ``conditional``, ``normal`` and each window.
        beyond_conditional: Brier skill of the pool less that of the conditional climatology.
        reliability, resolution, uncertainty: Murphy's terms of the pool, by fifths.
        points: the reliability diagram of the pool. calibrated_p: chance of a diagram as far
            from the diagonal by luck alone.
        by_decade: skill of the pool by decade of the origin, where there are two years of them.
        blocks: separate pieces of evidence behind the intervals.
    """

    event: str
    horizon: int
    origins: int
    events: int
    base_rate: float
    mean_pool: float
    brier: float
    brier_climatology: float
    log_score: float
    auc: float | None
    skill: dict[str, Interval]
    beyond_conditional: Interval
    reliability: float
    resolution: float
    uncertainty: float
    points: tuple[Point, ...]
    calibrated_p: float
    by_decade: dict[str, float | None]
    blocks: float


class Coverage(msgspec.Struct, frozen=True):
    """How often a return fell below its stated quantile, and whether such days follow each other.

    Args:
        window: id of the window. days: returns. stated: 0.01 or 0.05.
        share: of returns below. kupiec_p, independence_p: of the two tests; the second None where
            it cannot be made.
    """

    window: str
    days: int
    stated: float
    share: float
    kupiec_p: float
    independence_p: float | None


class MonthScore(msgspec.Struct, frozen=True):
    """The distribution over twenty days by one window.

    Args:
        window: id. origins: with an outcome.
        crps: mean, log return. crps_skill: against the returns of history up to the origin.
        uniform_p: Kolmogorov-Smirnov test of the transforms. deciles: their counts.
    """

    window: str
    origins: int
    crps: float
    crps_skill: float | None
    uniform_p: float
    deciles: tuple[int, ...]


class IntervalScore(msgspec.Struct, frozen=True):
    """The interval M1g where it was made.

    Args:
        horizon: trading days. origins: at which it was made, both events counted.
        holds: share of them whose interval holds every pooled window's estimate.
        width: mean width, unit 1. narrowest: least width.
    """

    horizon: int
    origins: int
    holds: float
    width: float
    narrowest: float


class Scorecard(msgspec.Struct, frozen=True):
    """All scores of a walk.

    Args:
        name: where the figures come from. key: hash of figures, settings and models.
        first: first origin.
        last: last origin.
        known: last day of the figures the forecasts were held against.
        origins: number of them.
        paths: simulated a window.
        versions: version of each model, by id.
        events, month, month_tails, day_tails, intervals: the scores.
    """

    name: str
    key: str
    first: date
    last: date
    known: date
    origins: int
    paths: int
    versions: dict[str, str]
    events: tuple[EventScore, ...]
    month: tuple[MonthScore, ...]
    month_tails: tuple[Coverage, ...]
    day_tails: tuple[Coverage, ...]
    intervals: tuple[IntervalScore, ...]

    def event(self, event: str, horizon: int) -> EventScore | None:
        """Return the score of an event over a horizon, or None."""
        return next(
            (one for one in self.events if (one.event, one.horizon) == (event, horizon)), None
        )


@dataclass(frozen=True)
class _Cases:
    """Forecasts of one event and horizon that have an outcome, in the order of time."""

    origins: tuple[date, ...]
    rows: tuple[EventRow, ...]
    came: BoolArray

    def of(self, read: Callable[[EventRow], float]) -> FloatArray:
        return np.array([read(row) for row in self.rows], dtype=np.float64)


def scorecard(walk: Walk, versions: dict[str, str]) -> Scorecard:
    """Return all scores of a finished walk; draws of the bootstrap are seeded by the walk's key.

    Args:
        walk: the rows and the histories that tell what came after them.
        versions: of the models, for the record.
    """
    random = np.random.default_rng(int(walk.key, 16))
    rows = walk.rows
    every = (
        _event_score(_cases(walk, event, horizon), event, horizon, random)
        for event in SCORED
        for horizon in HORIZONS
    )
    return Scorecard(
        name=walk.histories.name,
        key=walk.key,
        first=rows[0].origin,
        last=rows[-1].origin,
        known=walk.histories.closes.index[-1].date(),
        origins=len(rows),
        paths=walk.settings.paths,
        versions=versions,
        events=tuple(one for one in every if one is not None),
        month=tuple(_month_scores(walk)),
        month_tails=tuple(_month_tails(walk)),
        day_tails=tuple(_day_tails(rows)),
        intervals=tuple(_interval_scores(rows)),
    )


# -- events -----------------------------------------------------------------------------------


def _cases(walk: Walk, event: str, horizon: int) -> _Cases:
    """Return the forecasts whose window was over before the history ended."""
    closes = walk.histories.closes
    log_close = np.log(closes.to_numpy())
    log_peak = np.log(closes.rolling(TRADING_YEAR + 1).max().to_numpy())
    sought = next(one for one in EVENTS if one.id == event)
    first = first_onsets(log_close, log_peak, sought, horizon)
    place = {day.date(): position for position, day in enumerate(closes.index)}
    found = [
        (origin.origin, row, bool(first[place[origin.origin]] <= horizon))
        for origin in walk.rows
        for row in origin.events
        if (row.event, row.horizon) == (event, horizon)
        and row.climatology is not None
        and place[origin.origin] + horizon < log_close.size
    ]
    return _Cases(
        tuple(one[0] for one in found),
        tuple(one[1] for one in found),
        np.array([one[2] for one in found], dtype=np.bool_),
    )


def _event_score(
    cases: _Cases, event: str, horizon: int, random: np.random.Generator
) -> EventScore | None:
    if len(cases.rows) < FEWEST:
        return None
    months = max(horizon // TRADING_MONTH, 1)
    plan = BlockPlan(length=min(2 * months, len(cases.rows)))
    pool, rate = cases.of(lambda row: row.pool), cases.of(_climatology)
    conditional = cases.of(_conditional)
    whole = scores.score_probabilities(pool, cases.came)
    parts = scores.murphy_decomposition(pool, cases.came, BINS)
    diagram = scores.reliability_by_bins(pool, cases.came, random, BINS, BandPlan(overlap=months))
    beyond = scores.skill_difference_interval(
        scores.brier_scores(pool, cases.came),
        scores.brier_scores(conditional, cases.came),
        scores.brier_scores(rate, cases.came),
        random,
        plan,
    )
    return EventScore(
        event=event,
        horizon=horizon,
        origins=whole.forecasts,
        events=whole.events,
        base_rate=whole.base_rate,
        mean_pool=whole.mean_forecast,
        brier=whole.brier,
        brier_climatology=scores.brier(rate, cases.came),
        log_score=whole.log_score,
        auc=whole.auc,
        skill=_skills(cases, rate, random, plan),
        beyond_conditional=Interval(beyond.skill, beyond.low, beyond.high),
        reliability=parts.reliability,
        resolution=parts.resolution,
        uncertainty=parts.uncertainty,
        points=tuple(
            Point(one.forecasts, one.forecast, one.frequency, one.low, one.high)
            for one in diagram.points
        ),
        calibrated_p=diagram.p_value,
        by_decade=_by_decade(cases, pool, rate),
        blocks=beyond.blocks,
    )


def _climatology(row: EventRow) -> float:
    if row.climatology is None:
        raise AssertionError("a row without climatology is not a case")
    return row.climatology


def _conditional(row: EventRow) -> float:
    return _climatology(row) if row.conditional is None else row.conditional


def _skills(
    cases: _Cases, rate: FloatArray, random: np.random.Generator, plan: BlockPlan
) -> dict[str, Interval]:
    """Return the skill of every forecaster over the origins at which all of them spoke."""
    readers: dict[str, Callable[[EventRow], float]] = {
        "pool": lambda row: row.pool,
        "paths": lambda row: row.paths,
        "conditional": _conditional,
    }
    common = set.intersection(*(set(row.members) for row in cases.rows))
    for name in sorted(common):
        readers[name] = lambda row, name=name: row.members[name]  # type: ignore[misc]
    found: dict[str, Interval] = {}
    for name, read in readers.items():
        one = scores.brier_skill_interval(cases.of(read), rate, cases.came, random, plan)
        found[name] = Interval(one.skill, one.low, one.high)
    return found


def _by_decade(cases: _Cases, pool: FloatArray, rate: FloatArray) -> dict[str, float | None]:
    decades = np.array([10 * (day.year // 10) for day in cases.origins])
    found: dict[str, float | None] = {}
    for decade in sorted(set(decades.tolist())):
        here = decades == decade
        if here.sum() >= FEWEST:
            skill = scores.brier_skill(pool[here], rate[here], cases.came[here])
            found[str(decade)] = skill.skill
    return found


# -- twenty days, one day ---------------------------------------------------------------------


def _returns_after(walk: Walk) -> dict[date, float]:
    """Return the log return over twenty trading days after each origin that has so many."""
    closes = walk.histories.closes
    values = np.log(closes.to_numpy())
    place = {day.date(): position for position, day in enumerate(closes.index)}
    return {
        row.origin: float(values[place[row.origin] + MONTH] - values[place[row.origin]])
        for row in walk.rows
        if place[row.origin] + MONTH < values.size
    }


def _by_window(
    walk: Walk,
) -> dict[str, list[tuple[date, MonthRow]]]:
    after = _returns_after(walk)
    found: dict[str, list[tuple[date, MonthRow]]] = {}
    for origin in walk.rows:
        for row in origin.month:
            if origin.origin in after:
                found.setdefault(row.window, []).append((origin.origin, row))
    return {name: rows for name, rows in found.items() if len(rows) >= FEWEST}


def _month_scores(walk: Walk) -> Sequence[MonthScore]:
    after, found = _returns_after(walk), []
    for name, rows in _by_window(walk).items():
        came = np.array([after[day] for day, _ in rows])
        lines = np.array([row.quantiles for _, row in rows])
        past = np.array([_past_quantiles(walk, day) for day, _ in rows])
        own = scores.crps_quantiles(QUANTILE_RANKS, lines, came)
        other = scores.crps_quantiles(QUANTILE_RANKS, past, came)
        places = scores.pit_from_quantiles(QUANTILE_RANKS, lines, came).values
        found.append(
            MonthScore(
                window=name,
                origins=len(rows),
                crps=float(own.mean()),
                crps_skill=scores.crps_skill(own, other).skill,
                uniform_p=scores.uniform_test(places).p_value,
                deciles=scores.pit_histogram(places).counts,
            )
        )
    return found


def _past_quantiles(walk: Walk, day: date) -> FloatArray:
    """Return the quantiles of all returns over twenty days that were complete on a day."""
    values = np.log(walk.histories.until(day).closes.to_numpy())
    past: FloatArray = np.quantile(values[MONTH:] - values[:-MONTH], QUANTILE_RANKS)
    return past


def _month_tails(walk: Walk) -> Sequence[Coverage]:
    after = _returns_after(walk)
    return [
        _coverage(name, stated, np.array([after[day] < read(row) for day, row in rows]))
        for name, rows in _by_window(walk).items()
        for stated, read in ((0.01, _low_1), (0.05, _low_5))
    ]


def _low_1(row: MonthRow) -> float:
    return row.low_1


def _low_5(row: MonthRow) -> float:
    return row.low_5


def _day_tails(rows: Sequence[OriginRow]) -> Sequence[Coverage]:
    names = dict.fromkeys(one.window for row in rows for one in row.days)
    found = []
    for name in names:
        mine = [one for row in rows for one in row.days if one.window == name]
        for stated, line in (
            (0.01, "".join(one.below_1 for one in mine)),
            (0.05, "".join(one.below_5 for one in mine)),
        ):
            found.append(_coverage(name, stated, np.array([mark == "1" for mark in line])))
    return found


def _coverage(window: str, stated: float, below: BoolArray) -> Coverage:
    found = scores.christoffersen(below, stated)
    whole = scores.kupiec(int(below.sum()), int(below.size), stated)
    return Coverage(
        window=window,
        days=int(below.size),
        stated=stated,
        share=float(below.mean()),
        kupiec_p=whole.test.p_value,
        independence_p=None if found.independence is None else found.independence.p_value,
    )


# -- the interval -----------------------------------------------------------------------------


def _interval_scores(rows: Sequence[OriginRow]) -> Sequence[IntervalScore]:
    found = []
    for horizon in HORIZONS:
        made = [
            (one, one.low, one.high)
            for row in rows
            for one in row.events
            if one.horizon == horizon and one.low is not None and one.high is not None
        ]
        if not made:
            continue
        widths = [high - low for _, low, high in made]
        holds = [
            all(low <= chance <= high for name, chance in one.members.items() if name != "normal")
            for one, low, high in made
        ]
        found.append(
            IntervalScore(
                horizon=horizon,
                origins=len(made),
                holds=float(np.mean(holds)),
                width=float(np.mean(widths)),
                narrowest=float(np.min(widths)),
            )
        )
    return found
