"""Valuation and run-up beside those of the year 2000."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.exuberance import Exuberance, Gauge
from reportgen.facts.quantity import Day, Quantity


class ThenAndNow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measure at the peak of 2000 and at the as-of date.

    Args:
        code: ``cape``, ``rise_one_year``, ``rise_five_years``, ``above_average``,
            ``lead_one_year`` (rise beyond that of the S&P 500), ``vix``, ``vix_year``.
        then, now: the figures.
        day_then, day_now: the days they belong to.
        likeness: ``beyond`` when now is at least then, ``near`` from four fifths of it on,
            ``apart`` below; a measure that was not above zero then is ``apart``.
    """

    code: str
    then: Quantity
    now: Quantity
    day_then: Day
    day_now: Day
    likeness: Literal["beyond", "near", "apart"]


class FirstPassage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The month in which the ratio first stood at its present height, before its record.

    Args:
        month: that month's end.
        months: from there to the index's peak of 2000, in the week that ends on ``top``.
        rise: of the index over that time, per cent.
    """

    month: Day
    top: Day
    months: Quantity
    rise: Quantity


class RunUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The index of late beside that from January 1995, both 100 in the first week.

    Args:
        start: first day of the present run.
        weeks: weeks since the start; ``now`` and ``then``: the index there.
        peak_then: highest value of the earlier run; ``peak_week``: weeks to it.
        ahead: whether the present run stands ``above`` or ``below`` the earlier one.
    """

    start: Day
    ahead: Literal["above", "below"]
    weeks: Quantity
    now: Quantity
    then: Quantity
    peak_then: Quantity
    peak_week: Quantity


class Aftermath(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fall after the record of 2000: record and low by daily closes, and the fall."""

    peak: Quantity
    peak_day: Day
    low: Quantity
    low_day: Day
    fall: Quantity


class Bubble(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far the market resembles that of March 2000.

    Args:
        likeness: what resembles 2000: ``both``, ``valuation``, ``run_up`` or ``neither``.
            Valuation does from four fifths of its record on; the run-up when most of its
            measures reach four fifths of theirs.
        beyond: whether the ratio is at or above its record.
        state: the ratio in its own history: ``low``, ``normal``, ``high`` or ``extreme``.
        share_of_peak: the ratio in per cent of its record; ``near_from``: the ratio from which
            valuation counts as near it, ``near_rise`` the rise over a year from which that does.
        percentile: share of months at or below it, 0 to 1, since ``since``.
        months_higher: of ``months``, those with a higher ratio.
        median: middle of the ratio's history.
        rows: the comparisons there are figures for.
        short: whether a comparison had to be left out.
        gauge: the pillars that a series covers, and their mean; ``None`` when there is none.
        missing: codes of the pillars that no series covers for twenty years.
        exuberance: formal tests for growth that feeds on itself.
        quoted: share of its peak that another gauge was said to show.
    """

    likeness: Literal["both", "valuation", "run_up", "neither"]
    beyond: bool
    state: Literal["low", "normal", "high", "extreme"]
    cape: Quantity
    cape_day: Day
    peak: Quantity
    peak_day: Day
    share_of_peak: Quantity
    near_from: Quantity
    near_rise: Quantity | None
    percentile: Quantity
    since: Day
    months: Quantity
    months_higher: Quantity
    median: Quantity
    first_passage: FirstPassage | None
    rows: tuple[ThenAndNow, ...]
    short: bool
    run_up: RunUp
    aftermath: Aftermath | None
    gauge: Gauge | None
    missing: tuple[str, ...]
    exuberance: Exuberance | None
    quoted: Quantity | None
    quoted_day: Day | None

    def row(self, code: str) -> ThenAndNow | None:
        """Return a comparison, ``None`` when there are no figures for it."""
        return next((one for one in self.rows if one.code == code), None)
