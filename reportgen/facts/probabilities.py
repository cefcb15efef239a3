"""What may happen, how likely it is, and how often it happened before."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity, Range

Likelihood = Literal["remote", "unlikely", "possible", "even", "likely", "very_likely"]
"""Codes of the words for a probability; the words stand in the catalogues."""


class BaseRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often the same event happened in past windows of the same length.

    Args:
        code: the state filter: ``all``, ``near_high``, ``near_high_calm``.
        rate: share of completed windows in which the event happened.
        windows: number of completed windows counted.
        clusters: number of distinct episodes among them.
        first: first day of the history.
        last: last day a counted window may begin.
    """

    code: Literal["all", "near_high", "near_high_calm"]
    rate: Quantity
    windows: Quantity
    clusters: Quantity
    first: Day
    last: Day


class HouseView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stated probability beside the model's: a range or a single figure as equal bounds.

    ``against``: whether the model's point lies ``above``, ``within`` or ``below`` the stated one.
    """

    stated: Range
    against: Literal["above", "within", "below"]
    upper_bound: bool = False


class Forecast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The probability of one event over one horizon.

    Args:
        code: the horizon: ``d21``, ``d63``, ``d126``, ``d252``, or ``window`` (to the window's end).
        trading_days: its length.
        probability: the models' point.
        interval: the spread of the two history windows.
        ten_year: estimate from the last ten years.
        all_history: estimate from all history.
        base_rates: of the same event and horizon, first without a state filter.
        word: the likelihood word of the point.
    """

    code: Literal["d21", "d63", "d126", "d252", "window"]
    trading_days: Quantity
    probability: Quantity
    interval: Range
    ten_year: Quantity
    all_history: Quantity
    base_rates: tuple[BaseRate, ...]
    word: Likelihood

    @property
    def base_rate(self) -> BaseRate:
        """The base rate without a state filter."""
        return self.base_rates[0]

    def base(self, code: str) -> BaseRate | None:
        """Return the base rate under a state filter, or ``None``."""
        return next((one for one in self.base_rates if one.code == code), None)


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event by its definition, with a forecast a horizon.

    Codes: ``flash`` F1, ``disorderly`` F2, ``swift`` F3, ``slide`` F4, ``bear`` B1, ``severe`` B2.
    F2 needs a path of the VIX, so it has base rates only and no forecast.
    """

    code: Literal["flash", "disorderly", "swift", "slide", "bear", "severe"]
    forecasts: tuple[Forecast, ...]
    base_rates: tuple[BaseRate, ...]
    house: HouseView | None = None

    def at(self, code: str) -> Forecast:
        """Return the forecast over a horizon; ``KeyError`` when there is none."""
        found = next((one for one in self.forecasts if one.code == code), None)
        if found is None:
            raise KeyError(code)
        return found


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of a partition of what may happen over the window."""

    code: str
    probability: Quantity


class LayerMonth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A month of the layer model: its share of the window's hazard, and each layer's breach."""

    code: str
    month: Day
    share: Quantity
    credible: bool
    carry: Quantity
    ai: Quantity
    gamma: Quantity
    debt: Quantity


class Layers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The layer model over the window.

    ``state``: ``even`` when no month's share is credibly above an even spread, else ``peaked``.
    """

    state: Literal["even", "peaked"]
    months: tuple[LayerMonth, ...]
    even_share: Quantity
    lowest: Quantity
    highest: Quantity
    all_four: Quantity
    three_or_more: Quantity


class Probabilities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Events, their partition, and the layer model.

    Args:
        in_bear: whether the index already stands 20 % below its peak of the past year.
        events: every event the report knows; ``flash`` and ``bear`` carry the headline.
        partition: exclusive outcomes over the window: ``calm``, ``correction``, ``bear``, ``severe``.
        crossing: ``both``, ``flash_only``, ``bear_only``, ``neither``.
        layers: the layer model; ``None`` when an input is missing.
        paths: simulated paths a history window.
    """

    in_bear: bool
    events: tuple[Event, ...]
    partition: tuple[Share, ...]
    crossing: tuple[Share, ...]
    layers: Layers | None
    paths: Quantity

    def event(self, code: str) -> Event:
        """Return an event; ``KeyError`` when there is none."""
        found = next((one for one in self.events if one.code == code), None)
        if found is None:
            raise KeyError(code)
        return found
