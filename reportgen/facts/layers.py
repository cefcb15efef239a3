"""The layers: weaknesses that may open together, month by month."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity, Range


class LayerMonth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A month of 21 trading days: its share of the hazard, and each layer's breach.

    Args:
        month: the calendar month it stands for, by its first day.
        spread: the share's 10-90 % over the parameter draws.
        elevated: share of the draws in which it holds 1.25 of an even share or more.
        credible: whether four draws in five do.
        carry: probability that the layer is open in the month; the other layers likewise.
    """

    code: str
    month: Day
    share: Quantity
    spread: Range
    elevated: Quantity
    credible: bool
    carry: Quantity
    ai: Quantity
    gamma: Quantity
    debt: Quantity


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often a condition went with the onset of F1: a risk ratio with its 90 % interval.

    ``reading``: whether the interval lies ``above`` one, ``below`` it, or spans it (``open``).
    """

    code: str
    ratio: Quantity
    interval: Range
    reading: Literal["above", "open", "below"]
    layer: Literal["", "carry", "ai", "gamma", "debt"] = ""


class TornadoBar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The twelve-month probability with one input at its 10 % and its 90 % point."""

    code: str
    ends: Range
    width: Quantity


class StatedMonths(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Months the house view names as dangerous: their share of the hazard, and an even share."""

    code: str
    start: Day
    end: Day
    share: Quantity
    even: Quantity


class Layers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The layer model over twelve months of 21 trading days.

    Args:
        state: ``even`` when no month's share is credibly above an even spread, else ``peaked``.
        even_share: one twelfth. lowest, highest: the extreme shares, with their months.
        all_four: probability that all layers are open together in at least one month.
        three_or_more: the same for three or more.
        total: the probability that the layers divide, from the paths.
        draws: parameter draws behind the spreads.
        evidence: what history says about conditions and onsets.
        onsets: onsets of F1 behind it, in ``studied`` months.
        cuts: falls of capital expenditure on the quarter, in ``quarters`` company-quarters.
        tornado: one bar for each input, widest first; inputs that move nothing are left out.
        stated: the months the house view names, by what the layers give them.
    """

    state: Literal["even", "peaked"]
    months: tuple[LayerMonth, ...]
    even_share: Quantity
    lowest: Quantity
    lowest_month: Day
    highest: Quantity
    highest_month: Day
    all_four: Quantity
    three_or_more: Quantity
    total: Quantity
    draws: Quantity
    evidence: tuple[Evidence, ...]
    onsets: Quantity
    studied: Quantity
    cuts: Quantity
    quarters: Quantity
    tornado: tuple[TornadoBar, ...]
    stated: tuple[StatedMonths, ...]

    @property
    def credible(self) -> tuple[LayerMonth, ...]:
        """The months whose share is credibly above an even spread."""
        return tuple(month for month in self.months if month.credible)
