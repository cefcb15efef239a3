"""What of that which the guards refuse a person may say is meant."""

from __future__ import annotations

ALLOWABLE = ("late", "count", "test-domains")
"""Codes of problems."""
