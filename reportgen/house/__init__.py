"""The house view: what the publisher and others have stated, by whom, when, until when."""

from reportgen.house.entries import SHAPES, Shape
from reportgen.house.view import HouseEntry, HouseView, read

__all__ = ["SHAPES", "HouseEntry", "HouseView", "Shape", "read"]
