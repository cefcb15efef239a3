"""What overnight money costs over the rate on reserves, and the reserves themselves."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import TRILLION, few_ticks, head, labelled, last_value, scaled_axis
from reportgen.charts.pen import ACCENT, BASE, SECONDARY, SERIES, TINT, WARNING, Pen, day_number
from reportgen.facts import Chart


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw both spreads with the bound of the tests above reserves with their average."""
    figure, (above, below) = pen.figure(
        "column", "tall", margins=(8, 36, 5, 6), nrows=2, height_ratios=(3, 2), sharex=True
    )
    figure.subplots_adjust(hspace=0.24)
    head(above, words.upper)
    for band in chart.bands:
        above.axvspan(
            day_number(str(band.start)), day_number(str(band.end)), color=TINT, linewidth=0
        )
    sofr, effr = chart.line("sofr_spread"), chart.line("effr_spread")
    pen.line(above, effr, SERIES[1], linewidth=1.0)
    pen.line(above, sofr, ACCENT, linewidth=1.0)
    above.axhline(0, color=SECONDARY, linewidth=0.6)
    bound = chart.marks[0].value.value
    low, high = above.get_ylim()
    above.set_ylim(low, max(high, bound + 0.2 * (bound - low)))  # room for the bound's label
    pen.level(above, bound, words.bound, WARNING)
    pen.numbers(above)
    pen.end_labels(
        above,
        [
            (last_value(sofr), labelled(words.sofr_short, last_value(sofr), pen, 0), ACCENT),
            (last_value(effr), labelled(words.effr_short, last_value(effr), pen, 0), SERIES[1]),
        ],
    )
    _reserves(below, chart, words, pen)
    pen.years(below)
    return figure


def _reserves(axes: Any, chart: Chart, words: Any, pen: Pen) -> None:
    head(axes, words.lower)
    reserves, average = chart.line("reserves"), chart.line("reserves_average")
    pen.line(axes, average, SECONDARY, linewidth=1.0, linestyle=BASE)
    pen.line(axes, reserves, ACCENT)
    pen.last(axes, reserves)
    axes.margins(x=0.01)
    few_ticks(axes, 4)
    scaled_axis(axes, pen, TRILLION, 1)
    labels = []
    for line, name, colour in (
        (reserves, words.reserves_short, ACCENT),
        (average, words.average_short, SECONDARY),
    ):
        value = last_value(line)
        labels.append((value, labelled(name, value / TRILLION, pen, 2), colour))
    pen.end_labels(axes, labels)
