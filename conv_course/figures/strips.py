"""Draw signals as strips of cells, and a kernel sliding along one."""

import textwrap

from matplotlib.patches import Rectangle

from conv_course.figures.forms import WIDE, two_forms
from conv_course.figures.palette import COLORS, canvas, number, style, tint

CELL = 0.46
SIZE = 11
GREY = "#595959"


def cell(ax, x, y, text, colour, kind="data", width=1.0):
    """Draw one cell with its upper left corner at (x, y): full, `zero`, `unread` (hatched) or `crop`."""
    look = {
        "data": {"fc": tint(colour, 0.22), "ec": colour, "lw": 1.3},
        "zero": {"fc": "#f2f2f2", "ec": COLORS["zero"], "lw": 1.0, "ls": (0, (3, 2))},
        "unread": {"fc": "white", "ec": colour, "lw": 1.3, "hatch": "////", "alpha": 0.8},
        "crop": {"fc": "white", "ec": COLORS["crop"], "lw": 1.0, "ls": (0, (1, 2))},
        "empty": {"fc": "white", "ec": "#cccccc", "lw": 0.8},
    }[kind]
    ax.add_patch(Rectangle((x, y), width, 1, **look))
    pad = {"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none"} if kind == "unread" else None
    grey = {"zero": GREY, "crop": GREY}.get(kind, COLORS["ink"])
    ax.text(x + width / 2, y + 0.5, text, ha="center", va="center", fontsize=SIZE, color=grey, bbox=pad)
    if kind == "crop":
        ax.plot(
            [x + 0.06, x + width - 0.06], [y + 0.94, y + 0.06], color="#8a8a8a", lw=1.2
        )  # over the number


@two_forms
def draw_strip(rows, *, column=None, places=False, cell_width=1.0, unit=CELL, narrow=False):
    """Draw named rows of cells below each other. On a phone the names and notes are above them.

    Parameters
    ----------
    rows : sequence of dict
        Each with `name`, `values` (numbers or texts) and, optionally, `role` (a key of COLORS), `kinds`
        (one of "data", "zero", "unread", "crop", "empty" for each value), `start` (the column of the first
        cell) and `note` (text after the row).
    column : int, optional
        A column that gets a frame.
    places : bool
        Whether to number the cells of the last row, below it.

    Returns
    -------
    matplotlib.figure.Figure
    """
    heads = [_head(row) if narrow else [] for row in rows]
    label = 0.05 if narrow else max(len(row["name"]) for row in rows) * 0.2 + 0.4
    notes = [0 if narrow or not row.get("note") else len(row["note"]) * 0.205 + 0.35 for row in rows]
    ends = [(row.get("start", 0) + len(row["values"])) * cell_width for row in rows]
    end = max(map(sum, zip(ends, notes, strict=True))) + 0.05
    if narrow:
        unit = min(unit, WIDE / (label + end))
    line = 0.2 / unit  # of text
    pitches = [(1.1 + line * (len(head) + 0.5) if narrow else 1.45) for head in heads]
    with style():
        figure, ax = canvas(label + end, sum(pitches) + (0.75 if places else 0.35), unit)
        for i, row in enumerate(rows):
            y = 0.3 + sum(pitches[:i]) + line * len(heads[i])
            if narrow:
                ax.text(label, y - 0.15, "\n".join(heads[i]), va="bottom", fontsize=SIZE - 0.5)
            else:
                ax.text(label - 0.2, y + 0.5, row["name"], ha="right", va="center", fontsize=SIZE)
            kinds = row.get("kinds") or ["data"] * len(row["values"])
            for j, (value, kind) in enumerate(zip(row["values"], kinds, strict=True)):
                text = value if isinstance(value, str) else number(value)
                at = label + (row.get("start", 0) + j) * cell_width
                cell(ax, at, y, text, COLORS[row.get("role", "x")], kind, cell_width)
            if row.get("note") and not narrow:
                after = label + (row.get("start", 0) + len(row["values"])) * cell_width + 0.3
                ax.text(after, y + 0.5, row["note"], va="center", fontsize=SIZE - 0.5)
        for j in range(len(rows[-1]["values"]) if places else 0):
            middle = label + (rows[-1].get("start", 0) + j + 0.5) * cell_width
            ax.text(middle, y + 1.18, str(j), ha="center", va="top", fontsize=SIZE - 1, color=GREY)
        if column is not None:
            corner = (label + column * cell_width - 0.07, 0.2 + line * len(heads[0]))
            tall = y + 1.1 - corner[1]
            ax.add_patch(
                Rectangle(corner, cell_width + 0.14, tall, fc="none", ec=COLORS["ink"], lw=2, zorder=6)
            )
    return figure


def _head(row):
    """Return the lines above a row on a phone: its name, and its note."""
    return textwrap.wrap(f"{row['name']}: {row['note']}" if row.get("note") else row["name"], 44)


@two_forms
def draw_sliding(
    signal,
    kernel,
    *,
    stride=1,
    dilation=1,
    kinds=None,
    bias=0.0,
    names=("x", "w", "y"),
    roles=None,
    sums=True,
    narrow=False,
):
    """Draw a kernel at each of its positions along a signal, with the sums and the cells that they make.

    The places are numbered above the signal. Each sum and its cell stand at the end of their row. On a phone
    the sum stands below its row, and the cells make a row of their own at the end.

    Parameters
    ----------
    signal, kernel : sequences of float
        The signal as the window reads it, with padding and inserted zeros, which `kinds` marks.
    stride, dilation : int
        Samples between windows, and between the taps of one window.
    kinds : sequence of str, optional
        "data" or "zero" for each sample. Samples that no window reads are hatched automatically.
    bias : float
        Added to each sum.
    names, roles : triples of str
        Names of signal, kernel and result, and their keys in COLORS.
    sums : bool
        Whether to write out each sum.

    Returns
    -------
    matplotlib.figure.Figure
    """
    signal, kernel = [float(v) for v in signal], [float(v) for v in kernel]
    roles = roles or names
    reach = dilation * (len(kernel) - 1) + 1
    count = (len(signal) - reach) // stride + 1
    if count < 1:
        raise ValueError(f"the kernel reaches over {reach} samples but the signal has {len(signal)}")
    used = {i * stride + k * dilation for i in range(count) for k in range(len(kernel))}
    kinds = list(kinds or ["data"] * len(signal))
    kinds = [k if i in used or k == "zero" else "unread" for i, k in enumerate(kinds)]
    results = [
        _sum_text(signal, kernel, i, stride, dilation, bias, names[2], sums, narrow) for i in range(count)
    ]
    label = max(len(n) for n in (names if narrow else names[:2])) * 0.22 + 0.45
    with style():
        letters = max(len(text.rpartition("$")[2]) for text, _ in results) + len(names[2])
        note = 0.05 if narrow else letters * 0.175 + 2.0
        unit = min(CELL, WIDE / (label + len(signal) + note)) if narrow else CELL
        pitch = 1.3 + 0.23 / unit if narrow else 1.2
        head = 0.2 / unit  # of the numbers above the signal
        width, height = label + len(signal) + note, 1.65 + pitch * count + (1.2 if narrow else 0)
        figure, ax = canvas(width, height + head, unit)
        ax.set_ylim(height, -head)
        ax.text(label - 0.2, 0.75, _symbol(names[0]), ha="right", va="center", fontsize=SIZE)
        for j, (value, kind) in enumerate(zip(signal, kinds, strict=True)):
            cell(ax, label + j, 0.25, number(value), COLORS[roles[0]], kind)
            ax.text(label + j + 0.5, 0.1, str(j), ha="center", va="bottom", fontsize=SIZE - 1, color=GREY)
        ax.text(label - 0.2, 2.1, _symbol(names[1]), ha="right", va="center", fontsize=SIZE)
        for i in range(count):
            y = 1.6 + pitch * i
            for j in range(len(signal)):
                ax.plot([label + j + 0.5], [y + 0.5], ".", color="#c8c8c8", ms=2.5, zorder=0)
            ax.plot(
                [label + i * stride + 0.5, label + i * stride + reach - 0.5],
                [y + 0.5] * 2,
                color="#aaaaaa",
                lw=1,
                zorder=0.5,
            )
            for k, tap in enumerate(kernel):
                cell(ax, label + i * stride + k * dilation, y, number(tap), COLORS[roles[1]], "data")
            text, total = results[i]
            if narrow:
                ax.text(label, y + 1.1, text, va="top", fontsize=SIZE - 0.5)
                cell(ax, label + i, 1.65 + pitch * count, number(total), COLORS[roles[2]])
            else:
                end = label + len(signal) + note - 1.1
                ax.text(end - 0.2, y + 0.5, text, ha="right", va="center", fontsize=SIZE - 0.5)
                cell(ax, end, y, number(total), COLORS[roles[2]])
        if narrow:
            middle = 2.15 + pitch * count
            ax.text(label - 0.2, middle, _symbol(names[2]), ha="right", va="center", fontsize=SIZE)
    return figure


def _symbol(name):
    """Return a letter, or the letters of a gradient, as the text sets them; other names as they are."""
    return f"$\\mathit{{{name}}}$" if name.isalpha() else name


def _sum_text(signal, kernel, i, stride, dilation, bias, name, sums, whole):
    """Return the sum of one place as text, up to its result or `whole`, and the result."""
    samples = [signal[i * stride + k * dilation] for k in range(len(kernel))]
    total = sum(a * b for a, b in zip(kernel, samples, strict=True)) + bias
    result = f" {number(total)}" if whole else ""
    head = f"$\\mathit{{{name}}}_{{{i}}}$ ="
    if not sums:
        return head + result, total
    terms = " + ".join(f"{_bracket(a)}·{_bracket(b)}" for a, b in zip(kernel, samples, strict=True))
    if bias:
        terms += f" + {_bracket(bias)}"
    return f"{head} {terms} ={result}", total


def _bracket(value):
    text = number(value)
    return f"({text})" if text.startswith("−") else text
