"""Plots of the stored measurements. Nothing is measured here."""

import statistics

from matplotlib.figure import Figure

from conv_course.figures.forms import WIDE, two_forms
from conv_course.figures.palette import COLORS, style

# The programs are no roles of the layer: they have shapes, and none of the roles' colours.
_LOOKS = (
    {"color": COLORS["ink"], "marker": "o", "ms": 6.5},
    {"color": "#777777", "marker": "D", "ms": 8, "mfc": "none", "mew": 1.4},  # open: a dot shows in it
)


@two_forms
def plot_speeds(passes, *, narrow=False):
    """Plot one row per layer and batch, and one mark per program, on a logarithmic axis. PyTorch is at 1.

    Parameters
    ----------
    passes : dict of str to dict of str to dict of (str, int) to sequence of float
        {title: {program: {(layer, batch): speeds, one per process}}}, for at most two programs. The rows are
        those of the first one, in its order. Its marks have a line from the lowest speed to the highest.

    Returns
    -------
    matplotlib.figure.Figure
        One axes per title, side by side; below each other on a phone.
    """
    rows = list(next(iter(next(iter(passes.values())).values())))
    high = max(2, 0.21 * len(rows) + 0.9)
    with style():
        size = (WIDE, high * len(passes)) if narrow else (7.6, high)
        figure = Figure(figsize=size, layout="constrained")
        shape = (len(passes), 1) if narrow else (1, len(passes))
        axes = figure.subplots(*shape, squeeze=False, sharey=True, sharex=True).ravel()
        for ax, (title, programs) in zip(axes, passes.items(), strict=True):
            ax.set_title(title, loc="left", fontsize=11, weight="bold")
            _draw_rows(ax, rows, programs)
            ax.tick_params(axis="x", labelbottom=True)
            ax.set_xlabel("times as fast as PyTorch")
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="outside upper left", ncols=3, columnspacing=1.2, handletextpad=0.4
        )
    return figure


def _draw_rows(ax, rows, programs):
    for (name, found), look in zip(programs.items(), _LOOKS, strict=False):
        middles = [(statistics.median(found[row]), k) for k, row in enumerate(rows) if row in found]
        if look is _LOOKS[0]:
            for k, row in enumerate(rows):
                ax.hlines(k, min(found[row]), max(found[row]), color=look["color"], lw=1.2, zorder=2)
        ax.plot(*zip(*middles, strict=True), ls="", label=name, zorder=3, **look)
    ax.axvline(1, color=COLORS["zero"], lw=2.5, zorder=1, label="PyTorch")
    new = [k for k, (layer, _) in enumerate(rows) if k == 0 or rows[k - 1][0] != layer]
    for k in new[1:]:
        ax.axhline(k - 0.5, color="#dddddd", lw=0.8, zorder=0)
    ax.set_yticks(
        range(len(rows)), [f"{layer}   {N}" if k in new else str(N) for k, (layer, N) in enumerate(rows)]
    )
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set(xscale="log")
    ax.set_xticks([1 / 2, 1, 2, 4, 8], ["½", "1", "2", "4", "8"])
    ax.minorticks_off()
    ax.grid(True, axis="x", which="major", lw=0.6)


@two_forms
def plot_roofline(rate, copy, points, *, narrow=False):
    """Plot the highest rate that a step can reach, against its operations per byte moved.

    Parameters
    ----------
    rate : float
        Operations per second of the processor's best product.
    copy : float
        Bytes per second from and to memory.
    points : dict of str to float
        {step: operations per byte}. Each one is marked on the roof.

    Returns
    -------
    matplotlib.figure.Figure
    """
    low, high = 0.05, max(200.0, 2 * max(points.values()))
    corner = rate / copy
    with style():
        figure = Figure(figsize=(WIDE, 3.8) if narrow else (7.2, 3.8), layout="constrained")
        ax = figure.add_subplot()
        ax.plot([low, corner, high], [low * copy / 1e9, rate / 1e9, rate / 1e9], color=COLORS["ink"], lw=2)
        for k, (name, intensity) in enumerate(points.items()):
            reach = min(rate, intensity * copy) / 1e9
            ax.plot([intensity], [reach], marker="o", ms=8, color=COLORS["ink"])
            if intensity > corner:  # in turn above and below the flat roof, where neighbours have room
                place = {
                    "xytext": (0, -9 if k % 2 else 9),
                    "ha": "center",
                    "va": "top" if k % 2 else "bottom",
                }
            elif intensity > 20 * low:  # over the slope, away from the corner
                place = {"xytext": (-7, 2), "ha": "right", "va": "bottom"}
            else:
                place = {"xytext": (9, -2), "ha": "left", "va": "top"}
            ax.annotate(name, (intensity, reach), textcoords="offset points", fontsize=10, **place)
        ax.axvline(corner, color="#bbbbbb", lw=1, ls=":", zorder=0)
        ax.set(
            xscale="log",
            yscale="log",
            ylim=(0.5 * low * copy / 1e9, 5 * rate / 1e9),
            xlabel="operations per byte moved",
            ylabel="10⁹ operations per second",
        )
        ax.text(corner, ax.get_ylim()[0], f" {corner:.1f}", va="bottom", fontsize=10)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.grid(True, which="major", lw=0.6)
    return figure
