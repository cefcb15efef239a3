"""From the snapshot and the house view to the assessment: runs the models, writes down states."""

from reportgen.assess.build import assess

__all__ = ["assess"]
