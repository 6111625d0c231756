"""The second form of a drawing, for a phone: as wide as its column there, with letters of the same size.

A drawing function with the decorator `two_forms` takes `narrow`. The book's build asks for the narrow form
of each drawing whose letters would be too small on a phone, and puts both into one SVG, which
tools/sphinx_lighten.py parts again.
"""

import os
import re
import sys
from functools import partial, wraps
from io import BytesIO

import matplotlib
from matplotlib.figure import Figure

from conv_course.figures.palette import RC, style

PHONE = 358  # pixels of a page's column on a phone, 390 wide
WIDE = PHONE / 96 - 0.06  # the same in inches, less a hair for lines at the edge
LEAST = 12  # pixels of a letter
_LENGTH = re.compile(r'<svg[^>]*? width="([\d.]+)pt"')
_LETTERS = re.compile(r"scale\(([\d.]+) -[\d.]+\)")
_NARROW = re.compile(r'\s*<metadata class="narrow"><!\[CDATA\[(.*?)\]\]></metadata>', re.DOTALL)


def two_forms(draw):
    """Let the drawing function `draw(..., narrow=False)` return a figure that knows its narrow form.

    It draws in the book's style.

    >>> @two_forms
    ... def square(narrow=False):
    ...     return Figure(figsize=(3, 3) if narrow else (6, 6))
    >>> float(square().narrow().get_figwidth())
    3.0
    """

    @wraps(draw)
    def drawn(*args, **options):
        with style():
            figure = draw(*args, **options)
        if not options.get("narrow"):
            figure.narrow = partial(drawn, *args, **{**options, "narrow": True})
        return figure

    return drawn


def smallest_letter(svg, room=PHONE):
    """Return the size in pixels of the smallest letters of Matplotlib's `svg`, shown no wider than `room`.

    Letters set low or high in a formula do not count. Without letters it is infinite.
    """
    width = float(_LENGTH.search(svg)[1]) / 72 * 96
    sizes = [100 * float(scale) / 72 * 96 for scale in _LETTERS.findall(svg)]
    return min(sizes, default=float("inf")) * min(1, room / width)


def with_narrow(svg, figure):
    """Put the figure's narrow form into its `svg` if the book is being built and a phone needs it."""
    narrow = getattr(figure, "narrow", None)
    if narrow is None or not os.environ.get("CONV_LIB_STATIC") or smallest_letter(svg) >= LEAST:
        return svg
    file = BytesIO()
    narrow().savefig(file, format="svg", metadata={"Date": None}, bbox_inches="tight", pad_inches=0.02)
    form = f'<metadata class="narrow"><![CDATA[{file.getvalue().decode()}]]></metadata>'
    return svg.replace("</svg>", f"{form}\n</svg>")


def parted(svg):
    """Return (the drawing alone, its narrow form or None) of what `with_narrow` made."""
    found = _NARROW.search(svg)
    return (_NARROW.sub("", svg), found[1]) if found else (svg, None)


def _show_as_svg():
    """In a notebook, show figures as SVG whose text does not change from build to build."""
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        return
    try:
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:  # Pyodide's kernel shows PNG
        return
    # Both are read when the figure is shown, after the style's context has ended.
    matplotlib.rcParams["svg.hashsalt"] = RC["svg.hashsalt"]
    set_matplotlib_formats("svg", metadata={"Date": None}, bbox_inches="tight")
    formatter = ipython.get_ipython().display_formatter.formatters["image/svg+xml"]
    plain = formatter.lookup_by_type(Figure)
    formatter.for_type(Figure, lambda figure: with_narrow(plain(figure), figure))


_show_as_svg()
