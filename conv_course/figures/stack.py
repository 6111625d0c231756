"""Two layers in a row: what goes forward through them, and what comes back."""

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from conv_course.figures.forms import WIDE, two_forms
from conv_course.figures.palette import COLORS, canvas, tint


@two_forms
def draw_stack(narrow=False):
    """Draw x -> layer 1 -> hidden -> layer 2 -> y, and below it what comes back: e -> dhidden -> dw."""
    wide = WIDE if narrow else 6.4
    figure, ax = canvas(wide, 1.75)
    layer = 0.58 if narrow else 1.1  # inches of a layer's box
    margin = 0.09 if narrow else 0.4
    middle = [margin + 0.12, wide / 2, wide - margin - 0.12]  # x, hidden, y
    boxes = [(middle[0] + middle[1]) / 2, (middle[1] + middle[2]) / 2]
    half = [0.16, 0.35 if narrow else 0.45, 0.16]  # of the names
    top, low = 0.42, 1.33

    def arrow(start, end, y, colour):
        look = {"arrowstyle": "-|>", "mutation_scale": 11, "shrinkA": 0, "shrinkB": 0, "lw": 1.6}
        ax.add_patch(FancyArrowPatch((start, y), (end, y), color=colour, **look))

    def name(words, x, y, role):
        size = 14 if words[0] == "$" else 10.5 if narrow else 11.5
        ax.text(x, y, words, ha="center", va="center", fontsize=size, color=COLORS[role], weight="bold")

    for words, x, role in zip(("$x$", "hidden", "$y$"), middle, ("x", "y", "y"), strict=True):
        name(words, x, top, role)
    for n, x in enumerate(boxes):
        left, right = x - layer / 2, x + layer / 2
        shape = FancyBboxPatch((left, 0.14), layer, low + 0.14, boxstyle="round,pad=0,rounding_size=0.07")
        shape.set(fc=tint(COLORS["w"], 0.12), ec=COLORS["w"], lw=1.4)
        ax.add_patch(shape)
        ax.text(x, (top + low) / 2, f"layer {n + 1}", ha="center", va="center", fontsize=11)
        arrow(middle[n] + half[n], left, top, COLORS["ink"])
        arrow(right, middle[n + 1] - half[n + 1], top, COLORS["ink"])
        arrow(middle[n + 1] - half[n + 1], right, low, COLORS["dout"])
        arrow(left, middle[n] + half[n], low, COLORS["dout"])
    name("$e$", middle[2], low, "dout")
    edge = wide - (0.02 if narrow else 0.12)
    ax.text(edge, (top + low) / 2, "less what\nis wanted", ha="right", va="center", fontsize=9.5)
    name("dhidden", middle[1], low, "dout")
    name("dw", middle[0], low, "dw")
    return figure
