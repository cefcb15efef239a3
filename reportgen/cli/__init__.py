"""The command line: parses, calls the pipeline, reports. Heavy imports happen inside commands."""

from __future__ import annotations

from reportgen.cli.build import assess, build
from reportgen.cli.data import gather, series, snapshot
from reportgen.cli.editions import editions
from reportgen.cli.group import main
from reportgen.cli.record import record
from reportgen.cli.schedule import schedule
from reportgen.cli.trial import backtest
from reportgen.cli.upkeep import doctor, messages
from reportgen.cli.verify import verify

for command in (build, gather, assess, backtest, record, series, snapshot, messages, doctor):
    main.add_command(command)
main.add_command(schedule)
main.add_command(editions)
main.add_command(verify)

__all__ = ["main"]
