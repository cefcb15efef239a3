"""Mail that comes back: whose it was, what it means, and who is suppressed for it."""

from __future__ import annotations

from reportgen.deliver.bounces.ingest import Ingested, Returned, ingest
from reportgen.deliver.bounces.mailbox import messages
from reportgen.deliver.bounces.notice import Notice
from reportgen.deliver.bounces.reading import read
from reportgen.deliver.bounces.rules import meaning

__all__ = ["Ingested", "Notice", "Returned", "ingest", "meaning", "messages", "read"]
