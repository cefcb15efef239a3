"""Other ways to the same probabilities, shown beside the published figure and never pooled."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity, Range

Law = Literal["filtered", "student", "skew_student", "extreme_tail", "jumps", "normal"]
"""Laws of the daily shock; ``filtered`` is the model's own through the same draws."""
Beside = Literal["above", "in_line", "below"]
"""A figure against another; within a tenth of it is in line."""


class CheckFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The probability of one event over one horizon under one law.

    Args:
        event: ``flash`` F1, ``bear`` B1 or ``severe`` B2.
        code: the horizon.
        probability: logit mean of the ten-year and the all-history estimate.
    """

    event: Literal["flash", "bear", "severe"]
    code: Literal["d21", "d63", "d126", "d252"]
    probability: Quantity


class LawCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One law of the daily shock.

    Args:
        law: its code.
        figures: events by horizons; an event that holds at the start is not there.
        flash: twelve-month F1 against the ``filtered`` law's.
    """

    law: Law
    figures: tuple[CheckFigure, ...]
    flash: Beside

    def at(self, event: str, code: str) -> Quantity | None:
        """Return the probability of an event over a horizon, or ``None``."""
        return next(
            (one.probability for one in self.figures if (one.event, one.code) == (event, code)),
            None,
        )


class Tail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lower tail of the residuals of all history.

    Args:
        threshold: the 5 % quantile, standard deviations.
        shape: of the generalised Pareto law, with ``interval`` its 80 % interval.
        hill: Hill's estimate on the same residuals; ``None`` where it is not defined.
        excesses: residuals below the threshold.
    """

    threshold: Quantity
    shape: Quantity
    interval: Range
    hill: Quantity | None
    excesses: Quantity


class OptionRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the option-implied figures of past months were worth.

    Args:
        priced: mean risk-neutral probability; ``tilted`` the mean after the tilt.
        came: share of the months followed by the fall.
        months: number of months, from ``first`` to ``last``.
        priced_skill, tilted_skill: Brier skill against the frequency known at each month, with
            their 90 % intervals; ``None`` where undefined or on too few months.
    """

    priced: Quantity
    tilted: Quantity
    came: Quantity
    months: Quantity
    first: Day
    last: Day
    priced_skill: Quantity | None
    priced_interval: Range | None
    tilted_skill: Quantity | None
    tilted_interval: Range | None


class OptionImplied(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What S&P 500 options say of a close 20 % below the last one within 252 trading days.

    Figures in the unit ``risk_neutral`` carry their label wherever they are printed.

    Args:
        vix: the reading used. volatility: for a year, per cent.
        touch, terminal: risk-neutral: to have been there, to end there.
        tilted, tilted_range: to have been there, under the physical measure.
        tilted_terminal: to end there, under the physical measure.
        aversion, aversion_range: relative risk aversion of the tilt.
        rate: interest rate used; ``None`` where carry is taken as zero.
        dividends: dividend yield assumed.
        record: ``None`` where history is too short for one.
        codes: what the model had to do without.
    """

    vix: Quantity
    volatility: Quantity
    touch: Quantity
    terminal: Quantity
    tilted: Quantity
    tilted_range: Range
    tilted_terminal: Quantity
    aversion: Quantity
    aversion_range: Range
    rate: Quantity | None
    dividends: Quantity
    record: OptionRecord | None
    codes: tuple[str, ...]


class Unemployment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The macro severe case: an unemployment rate at the threshold twelve months on.

    Args:
        threshold: per cent.
        rate: last published rate, of the month ``month``; the forecast is for ``target``.
        probability, interval: by the probit, with its 80 % interval; ``None`` where ``absent``
            says why.
        base_rate: share of past months below the threshold that were followed by it.
        months: months behind it; ``first`` the first of them.
        episodes: separate spells at or above the threshold in the history held.
        absent: codes of why there is no probability.
    """

    threshold: Quantity
    rate: Quantity
    month: Day
    target: Day
    probability: Quantity | None
    interval: Range | None
    base_rate: Quantity | None
    base_interval: Range | None
    months: Quantity
    first: Day
    episodes: Quantity
    absent: tuple[str, ...]


class CrossChecks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All cross-checks of an edition.

    Args:
        laws: laws of the daily shock, the model's own first.
        tail: the fitted lower tail.
        paths: simulated paths of a law on each history window.
        option: ``None`` where ``option_absent`` says why.
        unemployment: ``None`` without the rate.
        codes: diagnostics of the models, ``code:window`` where one window is meant.
    """

    laws: tuple[LawCheck, ...]
    tail: Tail
    paths: Quantity
    option: OptionImplied | None
    option_absent: Literal["", "not_yet", "vix_missing", "vix_stale"]
    unemployment: Unemployment | None
    codes: tuple[str, ...]

    def law(self, code: str) -> LawCheck:
        """Return the check of a law."""
        return next(one for one in self.laws if one.law == code)
