"""What is different between two editions: headlines by cause, figures by name, sentences."""

from reportgen.publishing.differing.difference import Difference, difference

__all__ = ["Difference", "difference"]
