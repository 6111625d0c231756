"""Draw the pictures used outside the book's pages: the README's and the social card.

`python -m tools.pictures` writes them. A test redraws the README's picture and compares.
"""

from pathlib import Path

import matplotlib
import numpy as np

from conv_course import figures
from conv_course.figures.palette import tint
from conv_lib.naive import conv1d

ASSETS = Path(__file__).resolve().parents[1] / "book" / "assets"
X, W, B = np.array([4.0, 9, 7, 5, 6]), np.array([2.0, -1, 3]), 12.0


def readme_picture(path):
    """Draw the first figure of chapter 02 as an SVG that is the same in every run."""
    with figures.style():
        figure = figures.draw_sliding(X, W, bias=B)
        figure.savefig(path, format="svg", metadata={"Date": None}, bbox_inches="tight")


def social_card(path):
    """Draw the social card, 1200 x 630 pixels: the name of the course above one window and its sum."""
    terms = " + ".join(f"{w:g}·{x:g}".replace("-", "−") for w, x in zip(W, X[:3], strict=True))
    with figures.style():
        figure = matplotlib.figure.Figure(figsize=(12, 6.3), dpi=100, facecolor="white")
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, 12), ylim=(0, 6.3))
        ax.set_axis_off()
        ax.text(0.8, 5.0, "The convolution layer", fontsize=52, fontweight="bold")
        ax.text(0.8, 4.3, "forward and backward, derived, drawn and run", fontsize=26)
        for row, (values, name) in enumerate([(X, "x"), (W, "w")]):
            for k, value in enumerate(values):
                corner = 0.8 + 1.2 * k, 2.5 - 1.2 * row
                ax.add_patch(
                    matplotlib.patches.Rectangle(
                        corner, 1.1, 1.1, facecolor=tint(figures.COLORS[name], 0.25),
                        edgecolor=figures.COLORS[name], linewidth=3,
                    )
                )  # fmt: skip
                ax.text(corner[0] + 0.55, corner[1] + 0.55, f"{value:g}".replace("-", "−"), fontsize=30,
                        ha="center", va="center")  # fmt: skip
        ax.text(7.2, 2.2, f"{terms} + {B:g} = {conv1d(X, W, B)[0]:g}", fontsize=26, color=figures.COLORS["y"])
        figure.savefig(path, format="png", metadata={"Software": None})


def main():
    readme_picture(ASSETS / "readme.svg")
    social_card(ASSETS / "social-card.png")


if __name__ == "__main__":
    main()
