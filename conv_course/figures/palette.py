"""One colour per quantity, one style for every figure of the book."""

import re
from importlib.resources import files
from pathlib import Path

import matplotlib
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

# Okabe and Ito's palette, distinguishable with the common forms of colour blindness.
COLORS = {
    "x": "#0072B2",
    "w": "#D55E00",
    "y": "#009E73",
    "dout": "#CC79A7",
    "dx": "#56B4E9",
    "dw": "#E69F00",
    "zero": "#999999",
    "padding": "#999999",
    "crop": "#999999",
    "ink": "#222222",
}

# The one scale for numbers with a sign, in every picture: blue below zero, red above, told apart by
# colour-blind readers. Its two ends, and what they become on a dark page, have their home in the style sheet
# of what moves.
_SHEET = files("conv_course.widgets").joinpath("esm/figures.css").read_text(encoding="utf-8")
(BELOW, _BELOW_AT_NIGHT), (ABOVE, _ABOVE_AT_NIGHT) = (
    re.findall(rf"--conv-{end}: (#\w+)", _SHEET)[:2] for end in ("minus", "plus")
)
SIGNED = LinearSegmentedColormap.from_list("signed", [BELOW, "#ffffff", ABOVE], N=257)

# The same on a dark page: ground, ink, the roles, the signs, and the taps that have colours of their own. The
# tap that stands out most from paper stands out most from the dark ground, too.
DARK = {
    "#ffffff": "#14171b",
    "#222222": "#e4e8ed",
    "#0072B2": "#4ba3db",
    "#D55E00": "#f08a3c",
    "#009E73": "#1fc79a",
    "#CC79A7": "#dd94bd",
    "#56B4E9": "#86cbf4",
    "#E69F00": "#f3b63a",
    "#3A1000": "#ffc080",
    "#86380C": "#d1601c",
    BELOW: _BELOW_AT_NIGHT,
    ABOVE: _ABOVE_AT_NIGHT,
}

# The taps of one filter: the weights' colour and two darker shades of it, each with its own dash, so that
# they also differ in greyscale. None is lighter: a thin line has to stand out from paper.
TAPS = (
    {"color": "#D55E00", "linestyle": "-"},
    {"color": "#3A1000", "linestyle": (0, (5, 2))},
    {"color": "#86380C", "linestyle": (0, (6, 1.5, 1.5, 1.5))},
)

# The page's own faces: Plex Sans for labels, Computer Modern for formulas.
for _file in sorted(Path(__file__).parent.glob("*.ttf")):
    fontManager.addfont(_file)

RC = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": "#444444",
    "axes.labelcolor": "#222222",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": "#dddddd",
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "text.color": "#222222",
    "font.family": ["Course Sans", "DejaVu Sans"],  # the second for signs that the first lacks
    "font.size": 11,
    "axes.labelsize": 11,
    "axes.titlesize": 12,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "mathtext.fontset": "cm",
    "figure.figsize": (7.2, 3.6),
    "svg.hashsalt": "the convolution layer",
}


def style():
    """Return a context manager that sets the book's fonts, colours and white card.

    >>> with style():
    ...     print(matplotlib.rcParams["font.size"])
    11.0
    """
    return matplotlib.rc_context(RC)


def tint(color, amount):
    """Mix `color` with white: amount 0 is white, 1 is the colour itself.

    >>> tint("#000000", 0.25)
    (0.75, 0.75, 0.75)
    """
    return tuple(1 - amount * (1 - channel) for channel in to_rgb(color))


def number(value):
    """Format a number for a figure: short, with a true minus sign, -0 as 0.

    >>> number(-2.0), number(0.125), number(1/3), number(-0.0)
    ('−2', '0.125', '0.333', '0')
    """
    text = f"{float(value):.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def canvas(width, height, unit=1.0):
    """Return a figure and an axis-free drawing area measured in `unit` inches, y pointing down."""
    figure = Figure(figsize=(width * unit, height * unit), facecolor="white")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    ax.set_axis_off()
    return figure, ax
