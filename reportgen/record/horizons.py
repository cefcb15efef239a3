"""Horizons by which scores are told apart."""

from __future__ import annotations

import math

HORIZONS = (5, 21, 63, 126, 252)
"""Trading days; every statement counts to the nearest by ratio."""


def horizon_class(days: int) -> int:
    """Return the horizon a statement over so many trading days counts to."""
    return min(HORIZONS, key=lambda one: (abs(math.log(one / days)), one))
