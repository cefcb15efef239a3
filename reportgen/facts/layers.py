"""The layers: weaknesses that may open together, month by month."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity, Range

LayerCode = Literal["carry", "ai", "gamma", "debt"]
ALIKE = 0.0005


class LayerMonth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A month of 21 trading days: its share of the hazard, and each layer's breach.

    Args:
        month: the calendar month it stands for, by its first day.
        spread: the share's 10-90 % over the parameter draws.
        elevated: share of the draws in which it holds 1.25 of an even share or more.
        credible: whether four draws in five do.
        carry: probability that the layer is open in the month, ``None`` when the layer is not
            run; the other layers likewise.
    """

    code: str
    month: Day
    share: Quantity
    spread: Range
    elevated: Quantity
    credible: bool
    carry: Quantity | None = None
    ai: Quantity | None = None
    gamma: Quantity | None = None
    debt: Quantity | None = None


class AbsentLayer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A layer that is not run: the series, models or events it lacks."""

    code: LayerCode
    missing: tuple[str, ...]


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
        layers: the layers that are run, two at least. absent: the others.
        state: ``even`` when no month's share is credibly above an even spread, else ``peaked``.
        even_share: one twelfth. lowest, highest: the extreme shares, with their months.
        all_open: probability that all layers run are open together in at least one month.
        three_or_more: the same for three or more; ``None`` when fewer than four are run.
        total: the probability that the layers divide, from the paths.
        draws: parameter draws behind the spreads.
        evidence: what history says about conditions and onsets.
        onsets: onsets of F1 behind it, in ``studied`` months.
        cuts: falls of capital expenditure on the quarter, in ``quarters`` company-quarters;
            ``None`` without the AI layer.
        tornado: one bar for each input, widest first; inputs that move nothing are left out.
        stated: the months the house view names, by what the layers give them.
    """

    layers: tuple[LayerCode, ...]
    absent: tuple[AbsentLayer, ...]
    state: Literal["even", "peaked"]
    months: tuple[LayerMonth, ...]
    even_share: Quantity
    lowest: Quantity
    lowest_month: Day
    highest: Quantity
    highest_month: Day
    all_open: Quantity
    three_or_more: Quantity | None
    total: Quantity
    draws: Quantity
    evidence: tuple[Evidence, ...]
    onsets: Quantity
    studied: Quantity
    cuts: Quantity | None
    quarters: Quantity | None
    tornado: tuple[TornadoBar, ...]
    stated: tuple[StatedMonths, ...]

    @property
    def level(self) -> bool:
        """Whether all months hold the same share to the printed decimal."""
        return self.highest.value - self.lowest.value < ALIKE

    @property
    def credible(self) -> tuple[LayerMonth, ...]:
        """The months whose share is credibly above an even spread."""
        return tuple(month for month in self.months if month.credible)
