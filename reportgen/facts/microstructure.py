"""Market microstructure: hedging of same-day options, SKEW and VIX, measures of depth."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.depth import Depth
from reportgen.facts.hedging import Hedging
from reportgen.facts.skew import Skew


class Microstructure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hedging, SKEW and depth; each ``None`` when it cannot be studied.

    ``hedging_absence``: ``not_yet`` before options expired on every trading day, ``no_series``
    without S&P 500 or VIX, else empty.
    """

    hedging: Hedging | None
    hedging_absence: Literal["", "not_yet", "no_estimate", "no_series"]
    skew: Skew | None
    depth: Depth | None
