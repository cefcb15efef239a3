"""The command line: parses, calls the pipeline, reports. Heavy imports happen inside commands."""

from __future__ import annotations

from reportgen.cli.bounces import bounces
from reportgen.cli.build import assess, build
from reportgen.cli.clients import clients
from reportgen.cli.data import gather, series, snapshot
from reportgen.cli.deliver import deliver
from reportgen.cli.deliver_deciding import adopt, resolve
from reportgen.cli.deliver_planning import approve, plan, preview, test
from reportgen.cli.deliver_reconcile import reconcile
from reportgen.cli.diff import editions_diff
from reportgen.cli.editions import editions
from reportgen.cli.group import main
from reportgen.cli.publish import publish
from reportgen.cli.record import record
from reportgen.cli.run_due import run_due
from reportgen.cli.schedule import schedule
from reportgen.cli.site import site
from reportgen.cli.tidy import tidy
from reportgen.cli.trace import trace
from reportgen.cli.trial import backtest
from reportgen.cli.upkeep import doctor, messages
from reportgen.cli.verify import verify
from reportgen.cli.watch import watch

for command in (
    *(build, gather, assess, backtest, record, series, snapshot),
    *(publish, run_due, editions, verify, trace, site, watch, schedule),
    *(clients, deliver, bounces),
    *(messages, doctor, tidy),
):
    main.add_command(command)
editions.add_command(editions_diff)
for command in (plan, preview, test, approve, reconcile, resolve, adopt):
    deliver.add_command(command)

__all__ = ["main"]
