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


@two_forms
def plot_speeds(speeds, *, title="", xlabel="speed relative to PyTorch", narrow=False):
    """Plot one row per layer and one mark per contestant, on a logarithmic axis.

    Parameters
    ----------
    speeds : dict of str to dict of str to float
        {contestant: {layer: speed}}. Layers are in the order of the first contestant.
    title, xlabel : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    layers = list(next(iter(speeds.values())))
    with style():
        figure = Figure(figsize=(WIDE if narrow else 7.4, 0.29 * len(layers) + 1.7), layout="constrained")
        ax = figure.add_subplot()
        for name, found in speeds.items():
            rows = [k for k, layer in enumerate(layers) if layer in found]
            look = _LOOKS.get(name, {"color": COLORS["zero"], "marker": "."})
            ax.plot([found[layers[k]] for k in rows], rows, ls="", label=name, **look)
        ax.axvline(1, color="#888888", lw=1, zorder=0)
        ax.set_yticks(range(len(layers)), layers)
        ax.set_ylim(len(layers) - 0.4, -0.6)
        ax.set(xscale="log", xlabel=xlabel)
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.grid(True, axis="x", which="major", lw=0.6)
        ax.grid(True, axis="y", lw=0.4)
        if title:
            ax.set_title(title, loc="left", fontsize=10)
        figure.legend(loc="outside lower center", ncols=2 if narrow else min(len(speeds), 4))
    return figure


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
        ax.plot([low, corner, high], [low * copy / 1e9, rate / 1e9, rate / 1e9], color=COLORS["x"], lw=2)
        for k, (name, intensity) in enumerate(points.items()):
            reach = min(rate, intensity * copy) / 1e9
            ax.plot([intensity], [reach], marker="o", ms=7, color=COLORS["w"])
            left = intensity > corner
            ax.annotate(
                name,
                (intensity, reach),
                xytext=(0 if left else 8, (-44 if narrow and k % 2 else -16) if left else -4),
                textcoords="offset points",
                ha="center" if left else "left",
                va="top",
                fontsize=10,
            )
        ax.axvline(corner, color="#bbbbbb", lw=1, ls=":", zorder=0)
        ax.set(
            xscale="log",
            yscale="log",
            xlabel="operations per byte moved",
            ylabel="10⁹ operations per second",
        )
        ax.grid(True, which="major", lw=0.6)
    return figure
