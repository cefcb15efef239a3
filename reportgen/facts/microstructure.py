"""Market microstructure: hedging of same-day options, SKEW and VIX, measures of depth."""

from __future__ import annotations

import msgspec

from reportgen.facts.depth import Depth
from reportgen.facts.hedging import Hedging
from reportgen.facts.skew import Skew


class Microstructure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hedging, SKEW and depth; ``skew`` is ``None`` when SKEW is not there."""

    hedging: Hedging
    skew: Skew | None
    depth: Depth
