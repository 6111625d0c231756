"""Figures of the book, drawn with matplotlib: quiet, labelled with their numbers, readable in print.

Together with `conv_course.widgets` this is the only place that imports a plotting package. Use
`with style(): ...` around your own figures, and `COLORS` so that a quantity always has the same colour.

>>> sorted(COLORS)[:4]
['crop', 'dout', 'dw', 'dx']
"""

from conv_course.figures.forms import two_forms
from conv_course.figures.graphs import draw_graph, draw_graphs
from conv_course.figures.palette import COLORS, SIGNED, TAPS, style
from conv_course.figures.plots import plot_errors
from conv_course.figures.speed import plot_roofline, plot_speeds
from conv_course.figures.stack import draw_stack
from conv_course.figures.strips import draw_sliding, draw_strip
from conv_course.figures.tables import draw_grid, draw_matrix, draw_memory
from conv_course.figures.tiling import draw_short, draw_tiles

__all__ = [
    "COLORS",
    "SIGNED",
    "TAPS",
    "draw_graph",
    "draw_graphs",
    "draw_grid",
    "draw_matrix",
    "draw_memory",
    "draw_short",
    "draw_sliding",
    "draw_stack",
    "draw_strip",
    "draw_tiles",
    "plot_errors",
    "plot_roofline",
    "plot_speeds",
    "style",
    "two_forms",
]
