"""Charts: from the assessment's chart data to SVG in a language.

A chart is one file with one ``draw`` function, one entry in ``CHARTS`` and one template of
words, ``templates/charts/<code>.txt.j2``.
"""

from reportgen.charts.gallery import CHARTS, DrawnChart, draw_all

__all__ = ["CHARTS", "DrawnChart", "draw_all"]
