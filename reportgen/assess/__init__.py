"""From the snapshot and the house view to the assessment: runs the models, writes down states."""

from reportgen.assess.build import assess
from reportgen.assess.record import with_record

__all__ = ["assess", "with_record"]
