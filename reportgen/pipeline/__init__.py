"""The main path, one function a stage: gather, assess, write (draw, set, check), bind.

Everything is written into a new folder first and takes its place only when it is complete,
so a failed run leaves the draft that was there untouched.
"""

from reportgen.pipeline.assessing import assessed, own_assessment
from reportgen.pipeline.building import ASSESSMENT, Result, build
from reportgen.pipeline.gathering import gather
from reportgen.pipeline.looks import font_folder, look
from reportgen.pipeline.request import (
    FORMATS,
    Gathered,
    Progress,
    Request,
    formats_of,
    languages_of,
)

__all__ = [
    "ASSESSMENT",
    "FORMATS",
    "Gathered",
    "Progress",
    "Request",
    "Result",
    "assessed",
    "build",
    "font_folder",
    "formats_of",
    "gather",
    "languages_of",
    "look",
    "own_assessment",
]
