"""The committed pictures of the README and the social card are those that tools.pictures draws."""

import re

import numpy as np
from matplotlib import image

from tools import pictures


def texts(path):
    """Return a drawing's texts. Its letters are outlines, with each text in a comment before them."""
    return re.findall(r"<!-- (.*?) -->", path.read_text(encoding="utf-8"))


def numbers(path):
    """Return all coordinates of the drawing's shapes except letters."""
    boxes = re.findall(r'<path d="([^"]*)"\s+(?:clip-path|style)', path.read_text(encoding="utf-8"))
    return np.array([float(one) for box in boxes for one in re.findall(r"-?\d+\.?\d*", box)])


def test_the_readme_shows_the_first_figure_of_chapter_02(tmp_path):
    pictures.readme_picture(tmp_path / "readme.svg")
    drawn, kept = tmp_path / "readme.svg", pictures.ASSETS / "readme.svg"
    assert texts(kept) == texts(drawn)
    assert numbers(kept).size > 20
    np.testing.assert_allclose(numbers(kept), numbers(drawn), atol=2)


def test_the_social_card_is_up_to_date(tmp_path):
    pictures.social_card(tmp_path / "card.png")
    drawn, kept = image.imread(tmp_path / "card.png"), image.imread(pictures.ASSETS / "social-card.png")
    assert drawn.shape == kept.shape
    other = abs(drawn - kept).max(axis=-1) > 0.5  # edges of letters may differ by less between FreeTypes
    assert other.mean() < 2e-4
