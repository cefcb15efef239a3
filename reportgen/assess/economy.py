"""The economy around the index: liquidity, carry, macro and fiscal parts, and their charts."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.assess import carry, debt, fiscal, liquidity, macro
from reportgen.assess.carry_charts import carry_charts
from reportgen.assess.desk import Desk
from reportgen.assess.fiscal_charts import fiscal_charts
from reportgen.assess.liquidity_charts import liquidity_charts
from reportgen.assess.policy import policy_outlook
from reportgen.facts import Chart
from reportgen.facts.carry import Carry
from reportgen.facts.fiscal import Fiscal, PolicyOutlook
from reportgen.facts.liquidity import Liquidity
from reportgen.facts.macro import Macro


@dataclass(frozen=True)
class Economy:
    """The parts of the assessment that this module writes; ``None`` where a series is missing.

    ``borrowing`` is the debt-limit model's answer, which other sections read as well.
    """

    liquidity: Liquidity | None
    carry: Carry | None
    macro: Macro
    fiscal: Fiscal | None
    policy: PolicyOutlook
    charts: tuple[Chart, ...]
    borrowing: debt.DebtDesk | None


def economy(desk: Desk) -> Economy:
    """Return liquidity, carry, macro and fiscal parts with their charts."""
    trade, borrowing = carry.study(desk), debt.study(desk)
    return Economy(
        liquidity=liquidity.liquidity(desk),
        carry=carry.carry(trade),
        macro=macro.macro(desk),
        fiscal=fiscal.fiscal(borrowing),
        policy=policy_outlook(desk),
        charts=(
            *liquidity_charts(desk),
            *carry_charts(trade),
            *fiscal_charts(borrowing),
            *macro.macro_charts(desk),
        ),
        borrowing=borrowing,
    )
