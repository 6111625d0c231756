"""Drawings for the two-dimensional chapters: grids of numbers, windows on them, and a photograph."""

import matplotlib.cbook
import numpy as np
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from conv_course.figures.forms import WIDE, two_forms
from conv_course.figures.palette import ABOVE, BELOW, COLORS, SIGNED, number, style, tint

SIGN = 0.3  # inches for a sign that stands alone between two rows

__all__ = ["draw_arrays", "draw_cells", "draw_picture", "draw_pixel", "photograph", "show_images"]


def draw_cells(
    ax,
    values,
    role="x",
    *,
    title=None,
    heads=(),
    sides=(),
    window=(),
    grey=(),
    hatched=(),
    shade=None,
    write=number,
    fontsize=11,
):
    """Draw a matrix as a grid of cells with its numbers written in.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    values : array_like, shape (rows, columns)
        Where it is NaN there is no cell.
    role : str
        A key of `COLORS`: x, w, y, dout, dx, dw. Or "signed": blue for negative, red for positive.
    title : str, optional
    heads, sides : iterable of str
        The names of the columns, above them, and of the rows, before them.
    window : iterable of (row, column)
        Cells with a strong fill: the window, or the entry that the text discusses.
    grey : iterable of (row, column)
        Cells in grey: the padding, or entries that are never read.
    hatched : iterable of (row, column)
        Cells in grey with a hatch, where a pale fill means something else.
    shade : array_like, optional
        The strength of each cell's fill, from 0 to 1. By default all cells have a pale fill.
    write : callable, optional
        A function that formats an entry. None leaves the cells empty.
    """
    values = np.atleast_2d(values)
    rows, columns = values.shape
    window, hatched = set(window), set(hatched)
    grey = {*grey, *hatched}
    # without numbers to carry, a dark page can show the whole range: there an opacity stays as it is
    fill = tint if write else to_rgba
    for r in range(rows):
        for c in range(columns):
            if np.isnan(values[r, c]):
                continue
            strength = 0.16 if shade is None else 0.85 * float(np.asarray(shade)[r, c])
            colour = (BELOW if values[r, c] < 0 else ABOVE) if role == "signed" else COLORS[role]
            face = tint(COLORS["zero"], 0.25) if (r, c) in grey else fill(colour, strength)
            strong = (r, c) in window
            ax.add_patch(
                Rectangle(
                    (c, r),
                    1,
                    1,
                    facecolor=tint(colour, 0.5) if strong else face,
                    edgecolor=colour if strong else "#777777",
                    linewidth=2.2 if strong else 0.7,
                    hatch="///" if (r, c) in hatched else None,
                    zorder=3 if strong else 2,
                    clip_on=False,  # half of a border cell's frame is outside the axes
                )
            )
            if write:
                text = write(values[r, c])
                weight = "bold" if strong else "normal"
                ax.text(
                    c + 0.5,
                    r + 0.53,
                    text,
                    ha="center",
                    va="center",
                    fontsize=fontsize,
                    zorder=4,
                    weight=weight,
                )
    ax.set_xlim(0, columns)
    ax.set_ylim(rows, 0)
    ax.set_aspect("equal")
    ax.axis("off")
    named = {"fontsize": 9, "color": COLORS["ink"]}
    for c, head in enumerate(heads):
        ax.text(c + 0.5, -0.1, head, ha="center", va="bottom", **named)
    for r, side in enumerate(sides):
        ax.text(-0.12, r + 0.53, side, ha="right", va="center", **named)
    if title:
        there = np.flatnonzero(~np.isnan(values).all(axis=0))
        middle = (there[0] + there[-1] + 1) / 2 / columns
        ax.set_title(title, fontsize=11, x=middle, pad=18 if heads else None)


@two_forms
def draw_arrays(arrays, *, columns=None, cell=0.46, gap=0.55, fontsize=11, footer=None, narrow=False):
    """Draw several arrays side by side, each given as a dict of `draw_cells`'s arguments.

    All cells have the same size. A str instead of a dict is a sign between two arrays ("=", "⋆"). On a phone
    a row that is too long goes on below; where an empty str stands, it goes on below in any case.
    """
    if not narrow:
        arrays = [entry for entry in arrays if entry != ""]
    columns = columns or len(arrays)
    table = [arrays[k : k + columns] for k in range(0, len(arrays), columns)]
    apart = 0.4
    if narrow:
        apart, (cell, table) = 0.22, _for_phone(table, cell, 0.22)
        fontsize = min(fontsize, 10 if cell < 0.36 else 11)
        widths = [[_wide(entry, cell) for entry in row] for row in table]
    else:
        across = [max(_room(row[c])[1] for row in table if c < len(row)) * cell for c in range(columns)]
        widths = [across[: len(row)] for row in table]
    # a sign alone between two rows takes the gap between them
    signs = [all(isinstance(entry, str) for entry in row) for row in table]
    heights = [
        SIGN if sign else max(_room(e)[0] for e in row) * cell for row, sign in zip(table, signs, strict=True)
    ]
    gaps = [0 if sign else gap for sign in signs]
    below = 0.5 if footer else 0.1
    tall, wide = sum(heights) + sum(gaps) + below, max(sum(w + apart for w in row) for row in widths)
    with style():
        fig = Figure(figsize=(wide, tall))
        if footer:
            fig.text(1 - 0.3 / wide, 0.2 / tall, footer, ha="right", va="center", fontsize=12, weight="bold")
        top = 0
        for row, height, across, above, sign in zip(table, heights, widths, gaps, signs, strict=True):
            left = (wide - sum(across)) / 2 if sign else apart / 2
            top += above
            for entry, width in zip(row, across, strict=True):
                _place(fig, entry, (left, top, width, height), cell, fontsize)
                left += width + apart
            top += height
    return fig


def _for_phone(table, cell, apart):
    """Return the size of cells and the rows of entries that a phone has room for."""
    longest = max(_room(entry)[1] for row in table for entry in row if not isinstance(entry, str))
    cell = min(cell, (WIDE - apart) / longest)
    for row in table:
        fits = (WIDE - apart * len(row)) / sum(_room(entry)[1] for entry in row)
        if 0.8 * cell <= fits < cell and "→" not in row:
            cell = fits  # a little smaller, and the row or the equation stays whole
    rows = []
    for row in table:
        rows.append([])
        left = WIDE
        for entry in row:
            need = _wide(entry, cell) + apart
            if entry == "" or (rows[-1] and need > left + 0.01):
                if rows[-1] and rows[-1][-1] == "→":  # it leads from above to what goes on below
                    rows[-1:] = [rows[-1][:-1], ["↓"]]
                rows.append([])
                left = WIDE
            if entry:
                rows[-1].append(entry)
                left -= need
    return cell, [row for row in rows if row]


def _wide(entry, cell):
    """Return the inches that an array takes with its title, or a sign."""
    title = 0 if isinstance(entry, str) else len(entry.get("title") or "") * 0.076
    return max(_room(entry)[1] * cell, title)


def _place(fig, entry, place, cell, fontsize):
    """Draw an array or a sign in the middle of its place: (left, top, width, height) in inches."""
    left, top, width, height = place
    wide, tall = fig.get_size_inches()
    if isinstance(entry, str):
        middle = (left + width / 2) / wide, 1 - (top + height / 2) / tall
        size = 20 if entry == "⋆" else 14  # the star is small in its font
        fig.text(*middle, entry, ha="center", va="center", fontsize=size)
        return
    rows, cols = (n * cell for n in _room(entry))
    ax = _axes(fig, left + (width - cols) / 2, top + (height - rows) / 2, rows, cols)
    draw_cells(ax, **{"fontsize": fontsize, **entry})


def _room(entry):
    """Return the rows and columns of cells that an array needs, or the room for a sign or a long title."""
    if isinstance(entry, str):
        return 1, 0.25 * len(entry)
    rows, cols = np.atleast_2d(entry["values"]).shape
    return rows, cols


def _axes(fig, left, top, height, width):
    """Add axes at a position in inches from the figure's upper left corner."""
    wide, tall = fig.get_size_inches()
    return fig.add_axes((left / wide, 1 - (top + height) / tall, width / wide, height / tall))


def draw_pixel(x, w, b, *, f, i, j, n=0, stride=(1, 1)):
    """Draw how filter f computes the output pixel (i, j): one row of arrays per channel, the sum below.

    x is image n (D, H, W), already padded; w is (F, D, kH, kW), b is (F,).
    """
    depth, (k_height, k_width) = len(x), w.shape[2:]
    top, left = i * stride[0], j * stride[1]
    cells = [(top + u, left + v) for u in range(k_height) for v in range(k_width)]
    products = x[:, top : top + k_height, left : left + k_width] * w[f]
    sums = products.sum(axis=(1, 2))
    arrays = []
    for d in range(depth):
        arrays += [
            {"values": x[d], "role": "x", "window": cells, "title": f"x, channel {d}"},
            "×",
            {"values": w[f, d], "role": "w", "title": f"w[{f}, {d}]"},
            f"sum {number(sums[d])}",
        ]
    total = " + ".join(f"({number(a)})" if a < 0 else number(a) for a in sums)
    footer = f"{total} + bias {number(b[f])} = {number(sums.sum() + b[f])} = y[{n}, {f}, {i}, {j}]"
    return draw_arrays(arrays, columns=4, cell=0.4, footer=footer)


def draw_picture(ax, values, role="y", *, title=None, most=None):
    """Draw a picture in a role's colour, stronger for larger numbers, on the page's own ground.

    With the role "signed" it is blue for negative and red for positive.

    Parameters
    ----------
    values : array_like, shape (rows, columns)
        Not negative, but for the role "signed".
    most : float, optional
        The number with the full colour; the largest one by default.
    """
    values = np.asarray(values, dtype=float)
    share = values / (most or np.abs(values).max() or 1)
    pixels = np.empty((*values.shape, 4))
    if role == "signed":
        pixels[..., :3] = np.where(values[..., None] < 0, SIGNED(0.0)[:3], SIGNED(1.0)[:3])
    else:
        pixels[..., :3] = to_rgb(COLORS[role])
    pixels[..., 3] = np.minimum(np.abs(share), 1)
    ax.imshow(pixels, interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.set_title(title or "", fontsize=11)
    for side in ax.spines.values():
        side.set(visible=True, color="#777777", linewidth=0.7)


def photograph(height=120, *, colour=False):
    """Load Matplotlib's sample photograph of Grace Hopper (US Navy, public domain), values 0 to 1.

    It is cropped to head and shoulders and averaged down to `height` rows. The shape is (H, W), or (3, H, W)
    in colour.
    """
    from PIL import Image

    with matplotlib.cbook.get_sample_data("grace_hopper.jpg") as file:
        picture = Image.open(file).convert("RGB").crop((86, 30, 446, 480))
    picture = picture.resize((round(height * 360 / 450), height), Image.Resampling.BOX)
    channels = np.asarray(picture, dtype=np.float64).transpose(2, 0, 1) / 255
    return channels if colour else np.tensordot([0.299, 0.587, 0.114], channels, axes=1)


@two_forms
def show_images(pictures, *, columns=4, width=2.1, signed=(), limits=None, narrow=False):
    """Show pictures with their titles: (H, W) in grey, (3, H, W) in colour.

    Pictures whose titles are in `signed` are blue for negative, red for positive, and clear for zero, so
    that it has the page's own ground. Like the moving figure's, their colour is full from 0.7 of the largest
    number on, and small numbers are strengthened a little: most of an edge picture is near zero.
    """
    if narrow:
        columns = 3 if len(pictures) == 3 else 2
        width = WIDE / columns
    rows = -(-len(pictures) // columns)
    shapes = [np.asarray(p).shape[-2:] for p in pictures.values()]
    tall = max(h / w for h, w in shapes)
    with style():
        fig = Figure(figsize=(width * columns, (width * tall + 0.35) * rows))
        axes = fig.subplots(rows, columns, squeeze=False).ravel()
        for ax, title in zip(axes, pictures, strict=False):
            ax.set_title(title, fontsize=11)
    for ax in axes:
        ax.axis("off")
    for ax, (title, picture) in zip(axes, pictures.items(), strict=False):
        picture = np.asarray(picture)
        if picture.ndim == 3:
            ax.imshow(np.clip(picture.transpose(1, 2, 0), 0, 1), interpolation="nearest")
        elif title in signed:
            share = np.minimum(np.abs(picture) / (0.7 * np.abs(picture).max() or 1), 1) ** 0.8
            draw_picture(ax, np.copysign(share, picture), "signed", title=title, most=1)
        else:
            low, high = limits or (picture.min(), picture.max())
            ax.imshow(picture, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
    fig.tight_layout(pad=0.4)
    return fig
