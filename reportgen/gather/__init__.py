"""Gathering: from the publishers to a snapshot, each series by the best rung that holds it."""

from reportgen.gather.ladder import Choice
from reportgen.gather.modes import Material, Wish, harvested, material, said, write
from reportgen.gather.run import Harvest, refuse_too_little

__all__ = [
    "Choice",
    "Harvest",
    "Material",
    "Wish",
    "harvested",
    "material",
    "refuse_too_little",
    "said",
    "write",
]
