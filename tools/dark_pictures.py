"""A drawing for dark pages, made from the one for light pages: the same hues on the dark ground.

A drawing's colours are its roles' and its ink, on white or mixed with white (`palette.tint`). Here each
becomes the dark page's colour of that role, mixed with the dark ground in the same share; grey lines and
letters are ink in part, no fainter than on paper. A picture that lets the ground through is drawn in one or
two of these colours, with its numbers as their opacity, and changes with them. What is no such mixture, and
every photograph, keeps its colours: they are data.
"""

import base64
import io
import re

import numpy as np
from matplotlib.colors import to_hex, to_rgb
from PIL import Image

from conv_course.figures.palette import COLORS, DARK

COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
PAPER, INK = "#ffffff", COLORS["ink"]
FULL = 0.9
NEAR = 0.012  # how far a channel may be from a mixture: colours are rounded to 1/255
PIXELS = re.compile(r"(data:image/png;base64,)\s*([^\"]+)")
CLEAR = 8  # of 255: so faint a pixel has lost its colour to rounding


def share(colour, base):
    """How much of `base` is in a mixture with white that gives `colour`, or None if none does."""
    whole = [1 - channel for channel in to_rgb(base)]
    part = [1 - channel for channel in to_rgb(colour)]
    amount = sum(a * b for a, b in zip(whole, part, strict=True)) / sum(a * a for a in whole)
    far = max(abs(amount * a - b) for a, b in zip(whole, part, strict=True))
    return amount if far <= NEAR and amount <= 1 + NEAR else None


def dark(colour):
    """The colour on a dark page; itself if it is no mixture of a role's colour with white."""
    if to_hex(colour) == PAPER:
        return DARK[PAPER]
    if exact := next((over for base, over in DARK.items() if base.lower() == to_hex(colour)), None):
        return exact  # a tap's colour may be a mixture of another's
    # so pale a colour is near a mixture of every dark hue: what has no hue is ink in part
    neutral = len({to_hex(colour)[n : n + 2] for n in (1, 3, 5)}) == 1
    for base, over in () if neutral else DARK.items():
        amount = share(colour, base) if base not in (PAPER, INK) else None
        if amount is not None:
            return mixed(filled(amount), over)
    grey = share(colour, INK)
    return colour if grey is None else mixed(min(grey, 1), DARK[INK])


def filled(amount):
    """A pale fill is stronger on a dark page, and a strong one less so, since light numbers stand on it."""
    if amount >= FULL:
        return 1
    if amount < 0.3:
        return 0.3 * (amount / 0.3) ** 0.6
    return 0.3 + 0.6 * (amount - 0.3) if amount < 0.5 else 0.42 + 0.12 * (amount - 0.5)


def mixed(amount, over):
    return to_hex([g + amount * (o - g) for o, g in zip(to_rgb(over), to_rgb(DARK[PAPER]), strict=True)])


def dark_pixels(png):
    """The PNG for dark pages; itself if a pixel has another colour than those of drawings."""
    pixels = np.array(Image.open(io.BytesIO(png)).convert("RGBA"))
    seen = pixels[..., 3] > CLEAR
    if (pixels[..., 3] == 255).all():
        return png
    bases, overs = (
        np.array([to_rgb(colour) for colour in side]) * 255 for side in (DARK.keys(), DARK.values())
    )
    far = np.abs(pixels[..., None, :3] - bases).max(axis=-1)
    if (far.min(axis=-1)[seen] > NEAR * 255).any():
        return png
    pixels[..., :3] = np.rint(overs[far.argmin(axis=-1)])
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, format="png")
    return made.getvalue()


def dark_drawing(svg):
    """The SVG for dark pages. Text without a colour of its own is black, so it takes the ink."""

    def picture(found):
        made = dark_pixels(base64.b64decode(found[2]))
        return found[1] + base64.b64encode(made).decode("ascii")

    made = PIXELS.sub(picture, COLOUR.sub(lambda found: dark(found[0]), svg))
    return re.sub(r"<svg\b", f'<svg fill="{DARK[INK]}"', made, count=1)
