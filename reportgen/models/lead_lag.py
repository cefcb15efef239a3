"""M11: whether one of two markets moves before the other, and does so every year.

Two tests that fail in different ways. The Hayashi-Yoshida contrast correlates moves whose spans
overlap when one market is shifted by some days; no value is filled in where a market was closed.
Granger's test asks whether one market's past improves the forecast of the other from its own
past. A lead is stated only when both tests find the same one, and not the opposite one, at the
1 % level in two disjoint years, the latest among them; else there is no stable lead. Clusters of
volatility make Granger's test reject too often, which is one more reason to ask for both.
The rotations behind the contrast's p value are all gone through, so no random draw is needed.
Sources: Hoffmann, Rosenbaum, Yoshida (2013), Estimation of the Lead-Lag Parameter from
Non-Synchronous Data, Bernoulli 19; Granger (1969), Econometrica 37.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.assets import AssetSeries, moves
from reportgen.models.lead_lag_tests import contrast, granger
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M11b",
    version="1.0",
    inputs=("nasdaq_composite", "bitcoin"),
    references=(
        "Hoffmann, Rosenbaum, Yoshida (2013), Estimation of the Lead-Lag Parameter from "
        "Non-Synchronous Data, Bernoulli 19",
        "Granger (1969), Investigating Causal Relations by Econometric Models and Cross-spectral "
        "Methods, Econometrica 37",
    ),
)

Side = Literal["first", "second"]
SATURDAY = 5


@dataclass(frozen=True)
class LeadLagSettings:
    """Shifts, lags and years.

    Args:
        reach: longest shift in weekdays either way.
        lags: of Granger's regression.
        year: moves of the first market in a year; ``years``: disjoint ones looked at, at most.
        level: p value (0 to 1) below which a test has found something.
        stable: years in which both tests must agree.
    """

    reach: int = 5
    lags: int = 2
    year: int = 250
    years: int = 4
    level: float = 0.01
    stable: int = 2


@dataclass(frozen=True)
class Lead:
    """What speaks for one side moving first.

    Args:
        next_day: correlation of its move with the other's a weekday later.
        contrast, shift: the strongest correlation with a later move, and after how many weekdays.
        p: share of rotations (0 to 1) with one as strong.
        granger: p value of its past in the forecast of the other.
    """

    next_day: float
    contrast: float
    shift: int
    p: float
    granger: float


@dataclass(frozen=True)
class LeadLagYear:
    """One year: correlation on the same day, both sides' leads, and what the tests agree on.

    ``peak``: shift with the strongest correlation of all, above zero when the first side leads;
    ``rotations``: behind the p values.
    ``agreed``: the side that both tests find to lead; ``None`` when it is neither or each.
    """

    start: date
    end: date
    same_day: float
    peak: int
    rotations: int
    first: Lead
    second: Lead
    agreed: Side | None


@dataclass(frozen=True)
class LeadLagResult:
    """The years, latest last, and the one conclusion.

    Args:
        first, second: codes of the markets.
        leader: the side with a stable lead, ``None`` when there is none.
        diagnostics: ``one_year_only`` when the history allows no second year,
            ``second_closes_later`` or ``first_closes_later`` when the other market's day ends so
            that its news of an evening looks like a lead of a day.
    """

    first: str
    second: str
    years: tuple[LeadLagYear, ...]
    leader: Side | None
    diagnostics: tuple[str, ...]


def evaluate(
    first: AssetSeries, second: AssetSeries, settings: LeadLagSettings | None = None
) -> LeadLagResult:
    """Return whether one of two markets has led the other.

    Args:
        first: daily values; those of weekends are left out.
        second: the other market's; the years end where the shorter of both ends.
        settings: shifts, lags, years.

    Raises:
        DataError: a malformed series, less than a year of common history, or a market that does
            not move.
    """
    given = settings or LeadLagSettings()
    one, other = _weekdays(first), _weekdays(second)
    start, end = max(one.index[0], other.index[0]), min(one.index[-1], other.index[-1])
    one, other = one[start:end], other[start:end]
    count = min(given.years, (len(one) - 1) // given.year)
    if count < 1:
        raise DataError(f"series {first.asset.code} and {second.asset.code} share less than a year")
    stops = [len(one) - 1 - given.year * ago for ago in reversed(range(count))]
    years = tuple(
        _year(
            AssetSeries(first.asset, one[begin:until]),
            AssetSeries(second.asset, other[begin:until]),
            given,
        )
        for begin, until in ((one.index[stop - given.year], one.index[stop]) for stop in stops)
    )
    return LeadLagResult(
        first=first.asset.code,
        second=second.asset.code,
        years=years,
        leader=_leader(years, given),
        diagnostics=_notes(first, second, years),
    )


def _year(first: AssetSeries, second: AssetSeries, given: LeadLagSettings) -> LeadLagYear:
    """Return what both tests say of one year."""
    one = moves(first.values, first.asset.kind)
    other = moves(second.values, second.asset.kind)
    found = contrast(one, other, given.reach)
    shared = first.values.index.intersection(second.values.index)
    x = np.asarray(moves(first.values[shared], first.asset.kind), dtype=np.float64)
    y = np.asarray(moves(second.values[shared], second.asset.kind), dtype=np.float64)
    ahead, behind = found.strongest(1, given.reach), found.strongest(-given.reach, -1)
    sides = {
        "first": Lead(found.at(1), ahead[1], ahead[0], found.p_first, granger(x, y, given.lags)),
        "second": Lead(
            found.at(-1), behind[1], -behind[0], found.p_second, granger(y, x, given.lags)
        ),
    }
    return LeadLagYear(
        start=guard.day_of(one.index[0]),
        end=guard.day_of(one.index[-1]),
        same_day=found.at(0),
        peak=found.strongest(-given.reach, given.reach)[0],
        rotations=found.rotations,
        first=sides["first"],
        second=sides["second"],
        agreed=_agreed(sides["first"], sides["second"], given.level),
    )


def _agreed(first: Lead, second: Lead, level: float) -> Side | None:
    """Return the side that both tests find to lead, where they do not find the other as well."""
    ahead, behind = max(first.p, first.granger) < level, max(second.p, second.granger) < level
    if ahead == behind:
        return None
    return "first" if ahead else "second"


def _leader(years: tuple[LeadLagYear, ...], given: LeadLagSettings) -> Side | None:
    """Return the side that led in the latest year and in enough others, the other in none."""
    found = [one.agreed for one in years if one.agreed is not None]
    latest = years[-1].agreed
    steady = latest is not None and len(found) >= given.stable and set(found) == {latest}
    return latest if steady else None


def _notes(
    first: AssetSeries, second: AssetSeries, years: tuple[LeadLagYear, ...]
) -> tuple[str, ...]:
    """Return the diagnostics: too few years, and whose day ends later."""
    day = years[-1].end
    one, other = first.asset.instant(day), second.asset.instant(day)
    notes = (
        ("one_year_only", len(years) < 2),
        ("first_closes_later", one > other),
        ("second_closes_later", other > one),
    )
    return tuple(code for code, present in notes if present)


def _weekdays(item: AssetSeries) -> pd.Series[float]:
    """Return an asset's values of weekdays, checked."""
    values = item.checked(2)
    kept: pd.Series[float] = values[pd.DatetimeIndex(values.index).day_of_week < SATURDAY]
    return kept
