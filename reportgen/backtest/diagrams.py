"""Reliability diagrams of a backtest, for whoever judges the models; not for the report's pages."""

from __future__ import annotations

import io

from matplotlib import rc_context
from matplotlib.figure import Figure

from reportgen.backtest.scoring import EventScore

_INK, _BAND, _LINE = "#1d2b3a", "#c9d6e2", "#8a97a4"


def reliability_svg(score: EventScore) -> bytes:
    """Return the diagram: observed share by fifth of the forecasts, with the 90 % band.

    The same score gives the same bytes.
    """
    with rc_context({"svg.hashsalt": "reliability", "svg.fonttype": "path"}):
        figure = Figure(figsize=(4.2, 4.2), layout="constrained")
        axes = figure.add_subplot()
        stated = [point.forecast for point in score.points]
        most = min(1.05 * max([*stated, *(point.high for point in score.points), 0.05]), 1.0)
        most = max(most, *(point.frequency for point in score.points))
        axes.plot([0, most], [0, most], color=_LINE, linewidth=0.8)
        for point in score.points:
            axes.plot(
                [point.forecast] * 2,
                [point.low, point.high],
                color=_BAND,
                linewidth=7,
                solid_capstyle="butt",
            )
        axes.plot(
            stated, [point.frequency for point in score.points], "o-", color=_INK, markersize=4
        )
        axes.set(
            xlim=(0, most),
            ylim=(0, most),
            xlabel="forecast probability",
            ylabel="observed share; bars: 90 % band of a calibrated forecast",
            title=f"{score.event}, {score.horizon} trading days, n = {score.origins}",
        )
        axes.set_aspect("equal")
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
        return out.getvalue()
