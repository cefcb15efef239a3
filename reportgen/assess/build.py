"""The assessment, section by section."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from reportgen import __version__
from reportgen.assess.back import back
from reportgen.assess.conclusions import Known, conclusions
from reportgen.assess.cross_checks import cross_checks
from reportgen.assess.desk import Desk
from reportgen.assess.economy import economy
from reportgen.assess.fragility import fragility
from reportgen.assess.levels import levels
from reportgen.assess.market import index_chart, market
from reportgen.assess.probabilities import probabilities
from reportgen.assess.probability_charts import level_marks, probability_charts
from reportgen.assess.simulation import simulate
from reportgen.assess.summary import verdict
from reportgen.assess.trend import trend
from reportgen.facts import Computed, Day, keyed
from reportgen.facts.assessment import SCHEMA_VERSION, Assessment, Edition
from reportgen.house import PUBLISHER

if TYPE_CHECKING:
    from reportgen.house import HouseView
    from reportgen.period import EditionDates
    from reportgen.snapshot import Snapshot


def assess(
    snapshot: Snapshot, house: HouseView | None, dates: EditionDates, paths: int
) -> Assessment:
    """Run the models on the snapshot and write down what they found.

    Args:
        snapshot: the figures, cut at the edition's as-of date.
        house: the stated views; ``None`` when the edition has none.
        dates: the edition's dates.
        paths: simulated paths a window.

    Raises:
        DataError: when a model returns what is not a number, or a needed series is missing.
    """
    desk = Desk(snapshot, house, dates.window_end, paths)
    simulation = simulate(desk)
    around = economy(desk)
    inside = fragility(desk)
    chances = probabilities(desk, simulation, around.borrowing)
    reach = levels(desk, simulation)
    end = conclusions(desk, Known(simulation, around, inside, chances))
    charts = (
        index_chart(desk, level_marks(reach)),
        *probability_charts(desk, simulation, chances, reach),
        *around.charts,
        *inside.charts,
        *end.charts,
    )
    return keyed(
        Assessment(
            schema_version=SCHEMA_VERSION,
            edition=_edition(desk, dates),
            market=market(desk),
            verdict=verdict(chances),
            probabilities=chances,
            cross_checks=cross_checks(desk),
            levels=reach,
            trend=trend(desk, simulation),
            liquidity=around.liquidity,
            carry=around.carry,
            macro=around.macro,
            fiscal=around.fiscal,
            policy=around.policy,
            capex=inside.capex,
            bubble=inside.bubble,
            microstructure=inside.microstructure,
            outlook=end.outlook,
            matrix=end.matrix,
            review=end.review,
            back=back(desk, dates),
            charts={chart.code: chart for chart in charts},
        )
    )


def _edition(desk: Desk, dates: EditionDates) -> Edition:
    calendar = Computed("calendar")
    stated = house_day(desk)
    return Edition(
        period=dates.period,
        as_of=Day(dates.as_of, calendar),
        dated=dates.dated,
        window_end=Day(dates.window_end, calendar),
        known_at=desk.snapshot.known_at,
        snapshot=desk.snapshot.hash,
        program=__version__,
        house="house" if stated else "",
        house_day=stated if stated is not None and stated < dates.dated else None,
        paths=desk.paths,
    )


def house_day(desk: Desk) -> date | None:
    """Return the last day on which the house stated an entry that still stands."""
    if desk.house is None:
        return None
    entries = (desk.house.get(name) for name in desk.house.entries)
    own = [one.stated for one in entries if one.by == PUBLISHER and not one.expired(desk.as_of)]
    return max(own, default=None)
