"""What an edition puts on record: its probabilities and quantiles as statements to be decided."""

from reportgen.record.issuing.edition import Issue, issue

__all__ = ["Issue", "issue"]
