"""Codes for what a score cannot say, and when they apply."""

from __future__ import annotations

from reportgen.scores.checks import BoolArray

NO_EVENTS = "no_events"
"""The event never came: no discrimination can be measured."""
ALL_EVENTS = "all_events"
"""The event came every time: no discrimination can be measured."""
FEW_FORECASTS = "few_forecasts"
"""Fewer forecasts than ``FEW`` (or the number the caller states)."""
PERFECT_REFERENCE = "perfect_reference"
"""The reference made no error, so a skill against it is not defined."""
FEW_BLOCKS = "few_blocks"
"""Fewer than ten blocks: the interval is rough, as a rule too narrow."""
TOO_FEW_BLOCKS = "too_few_blocks"
"""Fewer than two blocks: no interval is given."""
UNDEFINED_DRAWS = "undefined_draws"
"""Some resamples had a reference without error and were left out."""
THIN_BINS = "thin_bins"
"""A bin holds fewer than five forecasts."""
TIED_PIT = "tied_pit"
"""Outcomes on a value of the forecast's own: the middle of the step was taken."""
COARSE_SAMPLE = "coarse_sample"
"""So few members that the middles of their steps would fail a test of uniformity by themselves."""
OPEN_TAILS = "open_tails"
"""Outcomes beyond the outermost quantile: the middle of the tail's share was taken."""
NO_VIOLATIONS = "no_violations"
"""Nothing lay beyond the bound: independence cannot be tested."""
ALL_VIOLATIONS = "all_violations"
"""Everything lay beyond the bound: independence cannot be tested."""
FEW_EXPECTED = "few_expected_violations"
"""Fewer than five violations were to be expected: read the exact probability."""
FEW_TRANSITIONS = "few_transitions"
"""Fewer than two days: independence cannot be tested."""

FEW = 30
"""Forecasts below which a mean score is called one of few."""


def outcome_codes(came: BoolArray, few: int = FEW) -> tuple[str, ...]:
    """Return the codes that the outcomes alone call for, in a fixed order."""
    codes: list[str] = []
    if not came.any():
        codes.append(NO_EVENTS)
    if came.all():
        codes.append(ALL_EVENTS)
    if came.size < few:
        codes.append(FEW_FORECASTS)
    return tuple(codes)
