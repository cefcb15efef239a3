"""Market microstructure: hedging, SKEW and depth together, with their charts."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.assess import depth, hedging, skew
from reportgen.assess.desk import Desk
from reportgen.facts import Chart
from reportgen.facts.microstructure import Microstructure


@dataclass(frozen=True)
class MicrostructureDesk:
    """The answers of the three models; each ``None`` where it could not be asked."""

    desk: Desk
    hedging: hedging.HedgingDesk | None
    skew: skew.SkewDesk | None
    depth: depth.DepthDesk | None


def study(desk: Desk) -> MicrostructureDesk:
    """Run the models on the series that are there."""
    return MicrostructureDesk(desk, hedging.study(desk), skew.study(desk), depth.study(desk))


def microstructure(studied: MicrostructureDesk) -> Microstructure:
    """Return the section's figures and states."""
    return Microstructure(
        hedging=hedging.hedging(studied.hedging),
        hedging_absence=hedging.absence(studied.desk),
        skew=skew.skew(studied.skew),
        depth=depth.depth(studied.depth),
    )


def microstructure_charts(studied: MicrostructureDesk) -> tuple[Chart, ...]:
    """Return the charts that there are figures for."""
    return (
        *hedging.hedging_charts(studied.hedging),
        *skew.skew_chart(studied.skew),
        *depth.depth_chart(studied.depth),
    )
