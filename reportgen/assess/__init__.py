"""From the snapshot and the house view to the assessment: runs the models, writes down states."""

from reportgen.assess.build import assess
from reportgen.assess.changes import with_changes, with_corrections
from reportgen.assess.headlines import headlines
from reportgen.assess.record import with_record

__all__ = ["assess", "headlines", "with_changes", "with_corrections", "with_record"]
