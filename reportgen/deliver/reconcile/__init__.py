"""What the relay's log says of messages in doubt."""

from __future__ import annotations

from reportgen.deliver.reconcile.finding import Doubt, Finding, Known, Probe
from reportgen.deliver.reconcile.listed import Listed
from reportgen.deliver.reconcile.logs import PostfixLog, local_zone, relay_probe
from reportgen.deliver.reconcile.settling import Reconciled, Settled, reconcile

__all__ = [
    "Doubt",
    "Finding",
    "Known",
    "Listed",
    "PostfixLog",
    "Probe",
    "Reconciled",
    "Settled",
    "local_zone",
    "reconcile",
    "relay_probe",
]
