"""What follows from the other sections: conclusions, risk matrix, market review, their charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportgen.assess import outlook, review
from reportgen.assess.calendar_chart import calendar_chart
from reportgen.assess.matrix import matrix
from reportgen.assess.matrix_findings import Sources
from reportgen.assess.outlook import Found
from reportgen.assess.review_charts import review_charts
from reportgen.assess.trigger_desk import TriggerDesk
from reportgen.facts import Chart
from reportgen.facts.matrix import Matrix
from reportgen.facts.outlook import Outlook
from reportgen.facts.review import Review

if TYPE_CHECKING:
    from reportgen.assess.desk import Desk
    from reportgen.assess.economy import Economy
    from reportgen.assess.fragility import Fragility
    from reportgen.assess.simulation import Simulation
    from reportgen.facts.probabilities import Probabilities


@dataclass(frozen=True)
class Conclusions:
    """The parts of the assessment that this module writes."""

    outlook: Outlook
    matrix: Matrix
    review: Review
    charts: tuple[Chart, ...]


@dataclass(frozen=True)
class Known:
    """What the sections before have found."""

    simulation: Simulation
    around: Economy
    inside: Fragility
    chances: Probabilities


def conclusions(desk: Desk, known: Known) -> Conclusions:
    """Return conclusions, risk matrix and market review with their charts.

    Raises:
        DataError: the index has too few closes, or a series is malformed.
    """
    around, inside, layers = known.around, known.inside, known.chances.layers
    looked_at = review.study(desk)
    month = review.review(looked_at)
    ahead = outlook.outlook(
        TriggerDesk(desk, known.simulation, around.carry, inside.capex),
        Found(layers, around.fiscal),
    )
    return Conclusions(
        outlook=ahead,
        matrix=matrix(desk, Sources(inside.capex, around.fiscal)),
        review=month.facts,
        charts=(
            *calendar_chart(desk, ahead.timing, layers),
            *review_charts(looked_at, month.facts, month.together),
        ),
    )
