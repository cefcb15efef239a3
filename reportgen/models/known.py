"""From which day each figure that the method assumes, or took from a study, can have been known.

An edition of an earlier day must not use it. Definitions of the method's own (events, bounds of
states, horizons) are no findings: they hold for every day and stand nowhere here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

KNOWN_FROM: Mapping[str, date] = {
    "reserve_ratios": date(2022, 5, 31),
    "hedging_flow": date(2023, 2, 15),
    "hedging_author_left": date(2024, 7, 31),
    "carry_sizes": date(2024, 8, 27),
    "pass_through": date(2025, 11, 30),
    "layer_record": date(2025, 11, 30),
    "method_tests": date(2025, 11, 30),
}
"""``reserve_ratios``: shares of bank assets at which reserves get scarce (Federal Reserve Bank
of New York, Staff Report 1019, May 2022). ``hedging_flow``: what hedging of same-day options
could sell (JPMorgan, 15 February 2023); ``hedging_author_left``: its author left the bank in July
2024. ``carry_sizes``: size and leverage of the yen carry trade (BIS Bulletin 90).
``pass_through``: index move for one of semiconductor shares, from daily moves since 2023.
``layer_record``: risk ratios of the layers' conditions, 2000-2025. ``method_tests``: what
forecasts of the models' form were worth in the past, on histories to 2025."""


def known(figure: str, on: date) -> bool:
    """Tell whether a figure of ``KNOWN_FROM`` can have been known on a day."""
    return on >= KNOWN_FROM[figure]


def unknown(on: date) -> tuple[str, ...]:
    """Return the figures that could not have been known on a day."""
    return tuple(figure for figure in KNOWN_FROM if not known(figure, on))
