"""How a layer is computed block by block, and how Winograd's products are shared by the outputs of a tile."""

from matplotlib.patches import FancyArrowPatch, Rectangle

from conv_course.figures.forms import WIDE, two_forms
from conv_course.figures.palette import COLORS, canvas, number, tint

__all__ = ["draw_short", "draw_tiles"]

_HIGH, _ROW = 1.2, 1.95  # inches: an image, and a frame with its titles
_PALE, _DONE, _NOW = 0.1, 0.22, 0.5


@two_forms
def draw_tiles(blocks, shown=(0, 1), *, narrow=False):
    """Draw an image cut into blocks of rows, once for each block in `shown`, while this block is computed.

    The block's rows of x are unfolded into columns in the cache, which the product with w takes at once to
    the same rows of y.
    """
    wide = WIDE if narrow else 6.6
    fig, ax = canvas(wide, _ROW * len(shown) - 0.32)
    for row, block in enumerate(shown):
        _draw_block(ax, block, blocks, row * _ROW + 0.4, wide)
    return fig


@two_forms
def draw_short(samples, taps, before, after, *, narrow=False):
    """Draw Winograd's short convolution: samples above, products in the middle, outputs below.

    Parameters
    ----------
    samples : sequence of float
    taps : sequence of float
        The sums of the taps, one for each product: G w.
    before, after : ndarray
        B transposed (products x samples) and A transposed (outputs x products), of 1, 0 and -1. A line is
        full for 1 and broken for -1.
    """
    sums = before @ samples
    outputs = after @ (sums * taps)
    wide = WIDE if narrow else 5.6
    fig, ax = canvas(wide, 2.95)
    step = wide / len(sums)
    places = [(k + 0.5) * step for k in range(len(sums))]
    below = [(k + 0.5) * wide / len(outputs) for k in range(len(outputs))]
    for k, sample in enumerate(samples):
        _named(ax, places[k], 0.25, 0.5, "x", f"$x_{k}$", 0.12, number(sample))
    for k, (one, other) in enumerate(zip(sums, taps, strict=True)):
        box = {"facecolor": "white", "edgecolor": COLORS["ink"], "lw": 1.0, "zorder": 3}
        ax.add_patch(Rectangle((places[k] - 0.46 * step, 1.2), 0.92 * step, 0.56, **box))
        product = f"{number(one)} · {number(other)} = {number(one * other)}"
        for y, words in ((1.34, f"$p_{k + 1}$"), (1.6, product)):
            ax.text(places[k], y, words, ha="center", va="center", fontsize=10 if narrow else 11, zorder=4)
    for k, output in enumerate(outputs):
        _named(ax, below[k], 2.3, 0.5, "y", f"$y_{k}$", 2.84, number(output))
    for signs, upper, lower, start, end in (
        (before, places, places, 0.65, 1.2),
        (after, places, below, 1.76, 2.3),
    ):
        for k, row in enumerate(signs):
            for j, sign in enumerate(row):
                if sign:
                    dash = "-" if sign > 0 else (0, (3, 2))
                    ax.plot([upper[j], lower[k]], [start, end], color="#555555", lw=1.4, ls=dash, zorder=1)
    return fig


def _named(ax, middle, top, side, role, name, where, words):
    _box(ax, middle - side / 2, top, side, 0.4, role, _DONE)
    ax.text(middle, top + 0.2, words, ha="center", va="center", fontsize=11)
    ax.text(middle, where, name, ha="center", va="center", fontsize=11)


def _draw_block(ax, block, blocks, top, wide):
    side = 0.2 * wide
    cache = (1.36 * side, 2.28 * side)  # left edge and width
    _bands(ax, 0.02, top, side, "x", [_NOW if k == block else _PALE for k in range(blocks)])
    strength = [_DONE if k < block else _NOW if k == block else 0 for k in range(blocks)]
    _bands(ax, wide - side - 0.02, top, side, "y", strength)
    ax.add_patch(Rectangle((cache[0], top), cache[1], _HIGH, facecolor="none", edgecolor="#777777", lw=1.2))
    _box(ax, cache[0] + 0.1, top + 0.6, 0.2 * cache[1], 0.4, "w", _DONE)
    _box(ax, cache[0] + 0.42 * cache[1], top + 0.14, 0.5 * cache[1], _HIGH - 0.28, "x", _NOW)
    for x, y, words in (
        (cache[0] + 0.1 + 0.1 * cache[1], top + 0.8, "w"),
        (cache[0] + 0.35 * cache[1], top + 0.8, "×"),
        (0.02 + side / 2, top - 0.13, "x"),
        (cache[0] + cache[1] / 2, top - 0.13, "in the cache"),
        (wide - 0.02 - side / 2, top - 0.13, "y"),
        (cache[0] + 0.67 * cache[1], top + _HIGH / 2, f"columns,\nblock {block}"),
    ):
        ax.text(x, y, words, ha="center", va="center", fontsize=11, linespacing=1.1)
    middle = top + (block + 0.5) * _HIGH / blocks
    _arrow(ax, (side + 0.04, middle), (cache[0] + 0.42 * cache[1], top + 0.34), rad=-0.1)
    _arrow(ax, (cache[0] + 0.92 * cache[1], top + _HIGH / 2), (wide - side - 0.05, middle), rad=0)


def _bands(ax, left, top, side, role, strengths):
    high = _HIGH / len(strengths)
    for k, strength in enumerate(strengths):
        _box(ax, left, top + k * high, side, high, role, strength)


def _box(ax, left, top, width, height, role, strength):
    face = tint(COLORS[role], strength)
    ax.add_patch(Rectangle((left, top), width, height, facecolor=face, edgecolor=COLORS[role], lw=1.2))


def _arrow(ax, start, end, *, rad):
    look = {"arrowstyle": "-|>", "mutation_scale": 12, "lw": 1.4, "color": COLORS["ink"], "shrinkA": 0}
    ax.add_patch(FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={rad}", zorder=4, **look))
