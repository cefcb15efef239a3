"""What may happen, how likely it is, and how often it happened before."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.backtest import Backtest
from reportgen.facts.layers import Layers
from reportgen.facts.quantity import Day, Quantity, Range

Likelihood = Literal["remote", "unlikely", "possible", "even", "likely", "very_likely"]
"""Codes of the words for a probability; the words stand in the catalogues."""
StartState = Literal["all", "near_high", "near_high_calm"]
"""Which past windows count: all; begun within 5 % of the one-year high; and with a VIX up to 17."""
Standing = Literal["above", "in_line", "below"]
Against = Literal["above", "at", "within", "below"]


class BaseRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often the same event happened in past windows of the same length.

    Args:
        code: the state filter.
        rate: share of completed windows in which the event happened.
        windows: number of completed windows counted.
        clusters: number of distinct episodes among them.
        first: first day of the history.
        last: last day a counted window may begin.
    """

    code: StartState
    rate: Quantity
    windows: Quantity
    clusters: Quantity
    first: Day
    last: Day


class ConditionalRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often the event followed month ends with today's drawdown and volatility.

    Args:
        rate: share of those windows, drawn towards the share of all month-end windows.
        hits, months: the windows of the cell with the event, and all of the cell.
        bucket: drawdown cell: 0 for less than 5 % below the one-year high, 1 to 3 for steps of
            5 points, 4 for 20 % and more.
        volatile: whether the model's volatility lies above its median so far.
    """

    rate: Quantity
    hits: Quantity
    months: Quantity
    bucket: Literal[0, 1, 2, 3, 4]
    volatile: bool


class HouseView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stated probability beside the model's: a range or a single figure as equal bounds.

    Args:
        stated: the figure.
        against: where the model's point lies, in whole per cent as printed; ``at`` the bound of
            a view that is an ``upper_bound`` and excludes it.
        history: the same for the base rate without a state filter; ``None`` without one.
        upper_bound: whether the view is "less than" its high figure.
    """

    stated: Range
    against: Against
    history: Against | None
    upper_bound: bool = False


class Forecast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The probability of one event over one horizon.

    Args:
        code: the horizon, ``d21`` to ``d252``, or ``window`` for the window's end.
        trading_days: its length.
        probability: the pool of paths and conditional rate.
        interval: its 10 % and 90 % points, over history windows, parameters and the rate.
        paths: the paths alone.
        conditional: the rate after month ends like this one; ``None`` without any, when the
            paths stand alone.
        base_rates: of the same event and horizon, first without a state filter.
        word: the likelihood word of the point.
        standing: the point against the base rate without a filter; within a quarter is in line.
    """

    code: Literal["d21", "d63", "d126", "d252", "window"]
    trading_days: Quantity
    probability: Quantity
    interval: Range
    paths: Quantity
    conditional: ConditionalRate | None
    base_rates: tuple[BaseRate, ...]
    word: Likelihood
    standing: Standing

    @property
    def base_rate(self) -> BaseRate:
        """The base rate without a state filter."""
        return self.base_rates[0]

    def base(self, code: str) -> BaseRate | None:
        """Return the base rate under a state filter, or ``None``."""
        return next((one for one in self.base_rates if one.code == code), None)


class Tilt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the house's narrative would make of the model's twelve-month figure.

    It enters neither the printed probability nor the model's score.

    Args:
        stated: the house's shift, log odds.
        applied: the shift within the limit.
        clipped: whether more was stated than is applied.
        probability: the model's figure so shifted; ``interval`` its ends.
    """

    stated: Quantity
    applied: Quantity
    clipped: bool
    probability: Quantity
    interval: Range


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event by its definition, with a forecast a horizon.

    Codes: ``flash`` F1, ``disorderly`` F2, ``swift`` F3, ``slide`` F4, ``bear`` B1, ``severe`` B2.
    F2 needs a path of the VIX, so it has base rates only and no forecast; an event that holds
    on the as-of date has none either, for its onset is past.
    """

    code: Literal["flash", "disorderly", "swift", "slide", "bear", "severe"]
    forecasts: tuple[Forecast, ...]
    base_rates: tuple[BaseRate, ...]
    house: HouseView | None = None
    tilt: Tilt | None = None

    def at(self, code: str) -> Forecast:
        """Return the forecast over a horizon; ``KeyError`` when there is none."""
        found = next((one for one in self.forecasts if one.code == code), None)
        if found is None:
            raise KeyError(code)
        return found

    def base(self, code: str) -> BaseRate | None:
        """Return the twelve-month base rate under a state filter, or ``None``."""
        return next((one for one in self.base_rates if one.code == code), None)


class HistoryWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One estimation window of the paths and what it alone says about twelve months.

    Args:
        code: ``y5``, ``y10``, ``y20``, ``all``; with ``_vix`` when half of the first day's
            variance is the VIX's.
        first: first day of its returns.
        pooled: whether it enters the point, or the interval only.
        volatility: of the next day, per cent a year.
        flash: probability of F1.
        bear: probability of B1; ``None`` when the index is in a bear market already.
    """

    code: Literal["y5", "y10", "y20", "all", "y10_vix", "all_vix"]
    first: Day
    pooled: bool
    volatility: Quantity
    flash: Quantity
    bear: Quantity | None


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of a partition of what may happen over the window."""

    code: str
    probability: Quantity


class Probabilities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Events, their partition, and the layer model.

    Args:
        in_bear: whether the index already stands 20 % below its peak of the past year.
        state: the narrowest state filter that holds on the as-of date.
        events: every event the report knows; ``flash`` and ``bear`` carry the headline.
        windows: what each history window alone says.
        implied: whether the VIX's windows are among them.
        draws: parameter draws behind the interval.
        partition: exclusive outcomes over the window: ``calm``, ``correction``, ``bear``,
            ``severe``.
        crossing: ``both``, ``flash_only``, ``bear_only``, ``neither``.
        flash_in_bear: share of the paths with a bear market that hold F1; ``None`` in a bear.
        implied_flash: probability of F1 that the house's bear market alone would mean, at that
            share; ``None`` without such a view.
        layers: the layer model; ``None`` when fewer than two layers have their inputs.
        layers_missing: which inputs those are.
        paths: simulated paths a history window.
        backtest: how the same models would have done before; ``None`` where that is not known.
    """

    in_bear: bool
    state: StartState
    events: tuple[Event, ...]
    windows: tuple[HistoryWindow, ...]
    implied: bool
    draws: Quantity
    partition: tuple[Share, ...]
    crossing: tuple[Share, ...]
    flash_in_bear: Quantity | None
    implied_flash: Quantity | None
    layers: Layers | None
    layers_missing: tuple[str, ...]
    paths: Quantity
    backtest: Backtest | None

    def event(self, code: str) -> Event:
        """Return an event; ``KeyError`` when there is none."""
        found = next((one for one in self.events if one.code == code), None)
        if found is None:
            raise KeyError(code)
        return found
