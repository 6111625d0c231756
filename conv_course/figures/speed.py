"""Plots of the stored measurements. Nothing is measured here."""

from matplotlib.figure import Figure

from conv_course.figures.forms import WIDE, two_forms
from conv_course.figures.palette import COLORS, style

_LOOKS = {
    "fast": {"color": COLORS["y"], "marker": "o", "ms": 7},
    "PyTorch": {"color": COLORS["ink"], "marker": "|", "ms": 12, "mew": 2},
    "onnxruntime": {"color": COLORS["x"], "marker": "D", "ms": 6},
    "JAX": {"color": COLORS["dx"], "marker": "s", "ms": 6},
    "strided im2col, kept": {"color": COLORS["dw"], "marker": "^", "ms": 7},
    "windows + tensordot": {"color": COLORS["w"], "marker": "v", "ms": 7},
    "fancy im2col, add.at": {"color": COLORS["dout"], "marker": "x", "ms": 7},
}

_SLOWEST = 0.12  # what is slower has its mark at the edge, so that the others have the axis


@two_forms
def plot_speeds(speeds, *, title="", xlabel="speed relative to PyTorch, log scale", narrow=False):
    """Plot one row per layer and one mark per contestant, on a logarithmic axis. The line at 1 is PyTorch.

    What is slower than 0.12 is marked at the edge, with its number.

    Parameters
    ----------
    speeds : dict of str to dict of str to float
        {contestant: {layer: speed}}. The rows are those of the first contestant, its fastest at the top.
    title, xlabel : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    first = next(iter(speeds.values()))
    layers = sorted(first, key=first.get, reverse=True)
    with style():
        figure = Figure(figsize=(WIDE if narrow else 7.4, 0.29 * len(layers) + 1.9), layout="constrained")
        ax = figure.add_subplot()
        for order, (name, found) in enumerate(speeds.items()):
            look = {"zorder": 4 - order / 8, **_LOOKS.get(name, {"color": COLORS["zero"], "marker": "."})}
            points = [(found[layer], k) for k, layer in enumerate(layers) if layer in found]
            seen = [point for point in points if point[0] >= _SLOWEST]
            ax.plot(*zip(*seen, strict=True), ls="", label=name, **look)
            _mark_slower(ax, [point for point in points if point not in seen], look["color"])
        ax.axvline(1, color=COLORS["ink"], lw=1.5, zorder=1, label="PyTorch")
        ax.set_yticks(range(len(layers)), layers)
        ax.set_ylim(len(layers) - 0.4, -0.6)
        most = max(max(found.values()) for found in speeds.values())
        ax.set(xscale="log", xlabel=xlabel, xlim=(0.85 * _SLOWEST, 1.3 * most))
        ax.set_xticks([1 / 8, 1 / 4, 1 / 2, 1, 2, 4], ["⅛", "¼", "½", "1", "2", "4"])
        ax.minorticks_off()
        ax.grid(True, axis="x", which="major", lw=0.6)
        ax.grid(True, axis="y", lw=0.4)
        if title:
            ax.set_title(title, loc="left", fontsize=10)
        figure.legend(loc="outside upper left", ncols=2 if narrow else 3)
    return figure


def _mark_slower(ax, points, color):
    place = {"xytext": (7, 0), "textcoords": "offset points", "va": "center", "fontsize": 9.5}
    for speed, row in points:
        ax.plot([_SLOWEST], [row], marker="<", ms=7, color=color)
        ax.annotate(f"{speed:.2f}", (_SLOWEST, row), **place)


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
            ax.plot([intensity], [reach], marker="o", ms=7, color=COLORS["ink"])
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
