"""M9: when the debt limit is reached, and when the money is gone.

Two different days. The limit date is the first day on which debt subject to the limit reaches
it; the X-date is the first day on which cash, extraordinary measures and what room is left
under the limit no longer cover the need. Both are distributions over simulated paths. Within
a month the need is spread evenly over weekdays: month-end figures carry no more, so a single
day is not to be trusted to better than about two weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.date_distribution import DateDistribution, distribution_of
from reportgen.models.debt_flow import MONTHS, FlowModel, Period
from reportgen.models.spec import ModelSpec, generator

SPEC = ModelSpec(
    id="M9",
    version="1.0",
    inputs=("federal_debt", "treasury_general_account"),
    references=(
        "Congressional Budget Office (2025), Federal Debt and the Statutory Limit, March 2025",
        "US Treasury, Description of the Extraordinary Measures",
        "US Treasury Fiscal Data, Debt to the Penny",
    ),
)

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
Indices = NDArray[np.int64]
NEVER = -1
CHUNK = 2_000


@dataclass(frozen=True)
class Measure:
    """Room an extraordinary measure gives, in USD millions.

    Args:
        available_from: the day a one-off release happens (30 June, for example); it counts
            only when the limit binds by then. ``None``: usable whenever the limit binds.
    """

    code: str
    amount_musd: float
    available_from: date | None = None


@dataclass(frozen=True)
class DebtLimitInputs:
    """What is known on the as-of date; amounts in USD millions.

    Args:
        debt: total public debt outstanding, ending at or before ``as_of``.
        cash: Treasury General Account, ending at or before ``as_of``.
        limit_musd: the statutory limit in force.
        outside_limit_musd: the part of total debt that does not count against the limit.
        measures: extraordinary measures, a setting with dates and sources.
    """

    as_of: date
    debt: pd.Series[float]
    cash: pd.Series[float]
    limit_musd: float
    outside_limit_musd: float
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class DebtLimitSettings:
    """Size of the simulation; ``drift_uncertainty`` is one standard deviation of the level."""

    paths: int = 20_000
    horizon_months: int = 48
    drift_uncertainty: float = 0.10
    buffer_musd: float = 30_000.0
    annual_musd: float | None = None


@dataclass(frozen=True)
class ProjectedDebt:
    """Debt subject to the limit at a month's last weekday, held at the limit (USD millions)."""

    day: date
    p10_musd: float
    p50_musd: float
    p90_musd: float


@dataclass(frozen=True)
class DebtLimitResult:
    """Limit date and X-date; amounts in USD millions.

    ``buffer_date`` is the first day with less than the settings' buffer left. Where the limit
    binds already (diagnostic ``at_limit``) ``limit_date`` is the first simulated day.
    """

    as_of: date
    debt_day: date
    subject_musd: float
    limit_musd: float
    headroom_musd: float
    cash_musd: float
    cash_day: date
    measures_musd: float
    annual_musd: float
    limit_date: DateDistribution
    x_date: DateDistribution
    buffer_date: DateDistribution
    projection: tuple[ProjectedDebt, ...]
    paths: int
    diagnostics: tuple[str, ...]


def assess_debt_limit(
    inputs: DebtLimitInputs, flow: FlowModel, settings: DebtLimitSettings | None = None
) -> DebtLimitResult:
    """Return the distributions of limit date and X-date from the state on the as-of date.

    Raises:
        DataError: a malformed or later-dated series, or amounts that make no sense.
    """
    chosen = settings or DebtLimitSettings()
    start = _start(inputs)
    annual = flow.annual_musd if chosen.annual_musd is None else chosen.annual_musd
    days = _weekdays(inputs.as_of, chosen.horizon_months)
    needs = _draw_needs(inputs.as_of, days, flow, annual, chosen)
    limit, exhausted, buffered = _first_days(days, needs, start, inputs.measures, chosen)
    at_limit = ("at_limit",) if start.headroom_musd <= 0.0 else ()
    level = ("level_from_settings",) if chosen.annual_musd is not None else ()
    return DebtLimitResult(
        as_of=inputs.as_of,
        debt_day=_last_day(inputs.debt),
        subject_musd=start.subject_musd,
        limit_musd=inputs.limit_musd,
        headroom_musd=start.headroom_musd,
        cash_musd=start.cash_musd,
        cash_day=_last_day(inputs.cash),
        measures_musd=sum(measure.amount_musd for measure in inputs.measures),
        annual_musd=annual,
        limit_date=distribution_of("limit_date", limit, days),
        x_date=distribution_of("x_date", exhausted, days),
        buffer_date=distribution_of("buffer_date", buffered, days),
        projection=_project(days, needs, start, inputs.limit_musd),
        paths=chosen.paths,
        diagnostics=at_limit + level + flow.diagnostics,
    )


def debt_outside_limit(debt: pd.Series[float], period: Period, limit_musd: float) -> float:
    """Return total debt less the limit while it bound (USD millions): what does not count.

    Args:
        debt: total public debt outstanding, USD millions.
        period: days on which debt subject to the limit stood at the limit.
        limit_musd: that limit.

    Raises:
        DataError: no observation in the period, or a difference below zero.
    """
    total = guard.positive_series(debt, "federal_debt")
    bound = total[str(period.start) : str(period.end)]
    if not len(bound) or float(bound.median()) < limit_musd:
        raise DataError("federal debt shows no binding limit between the two days given")
    return float(bound.median()) - limit_musd


@dataclass(frozen=True)
class _Start:
    subject_musd: float
    headroom_musd: float
    cash_musd: float


def _start(inputs: DebtLimitInputs) -> _Start:
    """Check the inputs and return debt subject to the limit, room under it and cash."""
    debt = guard.positive_series(inputs.debt, "federal_debt")
    cash = guard.positive_series(inputs.cash, "treasury_general_account")
    for series, name in ((debt, "federal_debt"), (cash, "treasury_general_account")):
        if _last_day(series) > inputs.as_of:
            raise DataError(f"series {name} has values after {inputs.as_of}")
    if inputs.outside_limit_musd < 0.0 or any(m.amount_musd < 0.0 for m in inputs.measures):
        raise DataError("debt outside the limit and extraordinary measures must not be negative")
    subject = float(debt.iloc[-1]) - inputs.outside_limit_musd
    if not 0.5 < subject / inputs.limit_musd < 1.01:
        raise DataError("federal debt and debt limit are not in the same unit (USD millions)")
    return _Start(subject, max(0.0, inputs.limit_musd - subject), float(cash.iloc[-1]))


def _last_day(series: pd.Series[float]) -> date:
    return guard.day_of(series.index[-1])


def _weekdays(as_of: date, months: int) -> Days:
    """Return the weekdays after the as-of date to the end of the last simulated month."""
    end = (pd.Timestamp(as_of) + pd.offsets.MonthEnd(0) + pd.offsets.MonthEnd(months)).date()
    days = np.arange(np.datetime64(as_of) + 1, np.datetime64(end) + 1)
    return days[np.is_busday(days)]


def _draw_needs(
    as_of: date, days: Days, flow: FlowModel, annual: float, settings: DebtLimitSettings
) -> Floats:
    """Return the need of each whole simulated month by path, in USD millions."""
    random = generator(as_of, SPEC)
    months = int(_shares(days)[0][-1]) + 1
    first = days[0].astype(object).month - 1
    level = annual * (1.0 + settings.drift_uncertainty * random.standard_normal(settings.paths))
    season = np.array([flow.seasonal_musd[(first + k) % MONTHS] for k in range(months)])
    pool = np.array(flow.residuals_musd)
    surprise = pool[random.integers(0, len(pool), size=(settings.paths, months))]
    needs: Floats = level[:, None] / MONTHS + season[None, :] + surprise
    return needs


def _shares(days: Days) -> tuple[Indices, Floats]:
    """Return by day the number of its month from the first one, and its part of that month."""
    months = days.astype("datetime64[M]")
    number = (months - months[0]).astype(np.int64)
    return number, 1.0 / np.busday_count(months, months + 1)


def _project(
    days: Days, needs: Floats, start: _Start, limit_musd: float
) -> tuple[ProjectedDebt, ...]:
    """Return the 10, 50 and 90 per cent points of debt at the end of each simulated month."""
    number, share = _shares(days)
    part = np.bincount(number, weights=share)
    debt = np.minimum(limit_musd, start.subject_musd + np.cumsum(needs * part, axis=1))
    points = np.quantile(debt, (0.1, 0.5, 0.9), axis=0)
    last = days[np.flatnonzero(np.diff(number, append=number[-1] + 1))].astype(object)
    return tuple(
        ProjectedDebt(day, float(low), float(middle), float(high))
        for day, low, middle, high in zip(last, *points, strict=True)
    )


def _first_days(
    days: Days,
    needs: Floats,
    start: _Start,
    measures: tuple[Measure, ...],
    settings: DebtLimitSettings,
) -> tuple[Indices, Indices, Indices]:
    """Return by path the index of limit day, empty day and buffer day in ``days``, or NEVER."""
    number, share = _shares(days)
    parts = [
        _walk(days, np.cumsum(chunk[:, number] * share, axis=1), start, measures, settings)
        for chunk in np.array_split(needs, max(1, len(needs) // CHUNK))
    ]
    limit, exhausted, buffered = (np.concatenate(column) for column in zip(*parts, strict=True))
    return limit, exhausted, buffered


def _walk(
    days: Days,
    spent: Floats,
    start: _Start,
    measures: tuple[Measure, ...],
    settings: DebtLimitSettings,
) -> tuple[Indices, Indices, Indices]:
    """Return the first days for a chunk of paths of cumulative need (paths by days)."""
    # At the limit already: a month of surplus does not lift the suspension of investments.
    binds_now = start.headroom_musd <= 0.0
    limit = np.zeros(len(spent), np.int64) if binds_now else _first(spent >= start.headroom_musd)
    left = start.cash_musd + start.headroom_musd - spent
    for measure in measures:
        if measure.available_from is None:
            left += measure.amount_musd
            continue
        release = int(np.searchsorted(days, np.datetime64(measure.available_from)))
        # Investments can be suspended on that day only where the limit already binds.
        binding = (limit != NEVER) & (limit <= release)
        left[binding, release:] += measure.amount_musd
    return limit, _first(left < 0.0), _first(left < settings.buffer_musd)


def _first(hit: NDArray[np.bool_]) -> Indices:
    """Return by row the index of the first true value, or NEVER."""
    index = hit.argmax(axis=1)
    return np.where(hit[np.arange(len(hit)), index], index, NEVER)
