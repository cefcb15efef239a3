"""SKEW beside VIX: what it stands for, and what followed it. All of it is the S&P 500's."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity, Range


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Share of a history (0 to 1) at or below a reading, and the history's first day."""

    share: Quantity
    since: Day


class FallRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often the index then fell by more than two implied deviations within 21 days.

    Args:
        code: ``daily`` or ``weekly``, by the readings counted.
        start, end: first and last reading.
        readings: their number; ``windows``: separate windows in that time.
        falls, share: readings followed by such a fall.
        interval: 80 % interval of the share, with the separate windows counted only.
    """

    code: Literal["daily", "weekly"]
    start: Day
    end: Day
    readings: Quantity
    windows: Quantity
    falls: Quantity
    share: Quantity
    interval: Range


class SkewBucket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same by height of SKEW at the reading, daily and weekly; ``None``: an open end.

    ``here``: whether the latest reading lies in it. A share is ``None`` without readings.
    """

    code: str
    here: bool
    lower: Quantity | None
    upper: Quantity | None
    daily: Quantity
    daily_falls: Quantity
    daily_share: Quantity | None
    weekly: Quantity
    weekly_falls: Quantity
    weekly_share: Quantity | None


class Precursor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What followed month ends with a low VIX and a high SKEW, beside its base rates.

    Args:
        verdict: ``supported`` when the interval lies above the share with a low VIX alone,
            ``contradicted`` below it, ``not_supported`` around it, ``too_few`` cases to say.
        horizon: trading days within which a flash crash counts.
        base: share of all months; ``calm``: of those with a low VIX, whatever SKEW;
            ``diverging``: of those with a high SKEW as well; ``interval``: its 80 % interval.
    """

    verdict: Literal["supported", "not_supported", "contradicted", "too_few"]
    start: Day
    end: Day
    horizon: Quantity
    months: Quantity
    base: Quantity
    calm_months: Quantity
    calm: Quantity | None
    diverging_months: Quantity
    diverging: Quantity | None
    interval: Range | None


class SkewView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the house says of SKEW, beside what the table gives.

    Args:
        levels: readings stated for the last months; ``seen``: lowest and highest reading of
            the last 21 trading days; ``inside``: share of those days within the stated range.
        tail: stated chance; ``table``: the table's at the stated range's upper end.
        normal: stated as the normal chance; ``normal_two_sided``: what two sides together have.
    """

    levels: Range
    seen: Range
    inside: Quantity
    tail: Quantity | None
    table: Quantity
    normal: Quantity | None
    normal_two_sided: Quantity


class SkewMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What followed readings, as a function of SKEW, at the reading of the day.

    Args:
        isotonic: by a fit that never falls with SKEW; fitted: by a probit, with its 80 %
            ``interval``. overall: of all readings.
    """

    isotonic: Quantity
    fitted: Quantity
    interval: Range
    overall: Quantity


class Skew(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """SKEW beside VIX.

    Args:
        state: ``low``, ``normal``, ``high`` or ``extreme``.
        diverging: SKEW high while VIX is low.
        vix_low: whether VIX lies below ``calm_vix``.
        validity: whether the table's figure can be a ``probability`` of a law with one mode,
            is a ``convention`` beyond it, or is ``impossible`` under any law.
        table, table_three: risk-neutral tail beyond two and three deviations by the table.
        normal: the same tail of the normal law.
        one_mode: largest such tail of a law with one mode, reached at ``one_mode_at``;
            ``any_law`` and ``any_law_at`` of any law.
        negative_mass: probability the underlying series takes below zero to give its tail.
        skew_long, skew_recent, vix_long, vix_recent: places in long and recent history.
        high_from: reading that parts the daily record in two; ``high_share`` and ``other_share``:
            what followed at or above it and below it; ``None`` without such readings.
        alert: level whose share of recent days is ``alert_share``.
        mapped: what readings like this one were followed by; ``None`` with too few falls.
    """

    state: Literal["low", "normal", "high", "extreme"]
    diverging: bool
    vix_low: bool
    validity: Literal["probability", "convention", "impossible"]
    skew: Quantity
    skew_day: Day
    vix: Quantity
    calm_vix: Quantity
    high_skew: Quantity
    table: Quantity
    table_three: Quantity
    normal: Quantity
    one_mode: Quantity
    one_mode_at: Quantity
    any_law: Quantity
    any_law_at: Quantity
    negative_mass: Quantity
    skew_long: Place
    skew_recent: Place
    vix_long: Place
    vix_recent: Place
    alert: Quantity
    alert_share: Quantity
    daily: FallRecord
    weekly: FallRecord
    high_from: Quantity
    high_share: Quantity | None
    other_share: Quantity | None
    buckets: tuple[SkewBucket, ...]
    precursor: Precursor | None
    house: SkewView | None
    mapped: SkewMap | None = None
