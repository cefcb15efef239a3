"""The publication calendar: which edition comes out when, which is due, and what calls the program.

Nothing here loads numpy or pandas where the trading days are cached, but for an edition with
stated dates.
"""

from reportgen.schedule.days import calendars, coverage
from reportgen.schedule.due import Due, State, due, upcoming
from reportgen.schedule.rule import EditionPlan, plan, publication
from reportgen.schedule.trading import Calendars, Coverage, TradingDays

__all__ = [
    "Calendars",
    "Coverage",
    "Due",
    "EditionPlan",
    "State",
    "TradingDays",
    "calendars",
    "coverage",
    "due",
    "plan",
    "publication",
    "upcoming",
]
