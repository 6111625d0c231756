"""Plots with axes."""

from matplotlib.figure import Figure

from conv_course.figures.forms import WIDE, two_forms
from conv_course.figures.palette import COLORS, style

_LOOKS = (
    {"color": COLORS["x"], "marker": "o", "ls": "-"},
    {"color": COLORS["w"], "marker": "s", "ls": "--"},
    {"color": COLORS["y"], "marker": "^", "ls": "-."},
    {"color": COLORS["dout"], "marker": "D", "ls": ":"},
)


@two_forms
def plot_errors(steps, curves, *, guides=(), marks=(), narrow=False):
    """Plot error against step length h on logarithmic axes; the step gets smaller to the right.

    Parameters
    ----------
    steps : sequence of float
        The step lengths.
    curves : dict of str to sequence of float
        One curve per entry. Its name appears in the legend.
    guides : sequence of (label, errors, place)
        Thin grey lines, each with a label at index `place`.
    marks : sequence of (h, text)
        Vertical marks with a text at the top.

    Returns
    -------
    matplotlib.figure.Figure
    """
    with style():
        figure = Figure(figsize=(WIDE, 4) if narrow else (7.2, 4.2), layout="constrained")
        ax = figure.add_subplot()
        for label, errors, place in guides:
            ax.plot(steps, errors, color="#999999", lw=1)
            ax.annotate(
                label,
                (steps[place], errors[place]),
                xytext=(6, -4),
                textcoords="offset points",
                va="top",
                fontsize=10,
                color="#555555",
            )
        for (name, errors), look in zip(curves.items(), _LOOKS, strict=False):
            ax.plot(steps, errors, label=name, ms=4, lw=1.5, **look)
        for h, text in marks:
            ax.axvline(h, color="#bbbbbb", lw=1, ls=":", zorder=0)
            ax.text(h, 1.01, text, transform=ax.get_xaxis_transform(), ha="center", va="bottom", fontsize=10)
        ax.set(xscale="log", yscale="log", xlabel="step $h$", ylabel="relative error of the gradient")
        ax.invert_xaxis()
        ax.grid(True, which="major", lw=0.6)
        figure.legend(loc="outside lower center", ncols=2, frameon=False, columnspacing=1, handlelength=1.6)
    return figure
