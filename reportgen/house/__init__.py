"""The house view: what the publisher and others have stated, by whom, when, until when."""

from reportgen.house.entries import PUBLISHER, SHAPES, Shape
from reportgen.house.view import HouseEntry, HouseView, read

__all__ = ["PUBLISHER", "SHAPES", "HouseEntry", "HouseView", "Shape", "read"]
