"""Charts, where it is not about one of them."""

from __future__ import annotations

from reportgen.charts.pen import decimals


def test_ticks_are_told_apart() -> None:
    """An axis gets the decimals its steps need, so that no two ticks read the same."""
    assert decimals([0.0, 20.0, 40.0]) == 0
    assert decimals([0.0, 0.1, 0.2]) == 1
    assert decimals([-0.5, -0.25, 0.0, 0.25]) == 2
