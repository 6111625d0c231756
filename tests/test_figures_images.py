"""The drawings of the two-dimensional chapters: their texts, not their looks."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from conv_course.figures import images
from conv_course.figures.palette import COLORS, SIGNED


def written(fig):
    """Return all texts of a figure, in the cells and next to them."""
    return [text.get_text() for ax in fig.axes for text in ax.texts] + [text.get_text() for text in fig.texts]


def test_photograph_has_the_requested_height_and_grey_is_the_weighted_colour():
    grey, colour = images.photograph(30), images.photograph(30, colour=True)
    assert grey.shape == (30, 24)
    assert colour.shape == (3, 30, 24)
    assert 0 <= colour.min() < colour.max() <= 1
    assert_allclose(grey, 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2])


def test_draw_arrays_writes_each_number_and_sign_once():
    fig = images.draw_arrays(
        [{"values": [[1, -2], [3, 0.5]], "role": "x"}, "=", {"values": [[7]], "role": "y"}]
    )
    assert sorted(written(fig)) == sorted(["1", "−2", "3", "0.5", "=", "7"])


def test_draw_arrays_keeps_one_cell_size():
    fig = images.draw_arrays([{"values": np.ones((2, 5))}, {"values": np.ones((4, 1))}], cell=0.5)
    sizes = fig.get_size_inches()
    shapes = [(ax.get_position().height * sizes[1], ax.get_position().width * sizes[0]) for ax in fig.axes]
    assert_allclose(shapes, [(1.0, 2.5), (2.0, 0.5)])


def test_where_a_number_is_nan_no_cell_is_drawn_and_the_title_is_over_those_that_are():
    fig = images.draw_arrays([{"values": [[np.nan, 4, np.nan, 6, np.nan, np.nan]], "title": "w"}])
    (ax,) = fig.axes
    assert sorted(cell.get_x() for cell in ax.patches) == [1, 3]
    assert ax.title.get_position()[0] == pytest.approx(2.5 / 6)


@pytest.mark.parametrize("narrow", [False, True])
def test_rows_of_one_length_stand_exactly_below_each_other(narrow):
    """A kernel with NaN around it lies under its window."""
    rows = [{"values": np.ones((1, 8)), "title": title} for title in ("x", "w, spread out")]
    fig = images.draw_arrays(rows, columns=1, narrow=narrow)
    above, below = (ax.get_position() for ax in fig.axes)
    assert_allclose([above.x0, above.x1], [below.x0, below.x1])


def test_an_arrow_leads_down_to_what_goes_on_below_on_a_phone():
    x, y = {"values": np.ones((4, 5))}, {"values": np.ones((2, 2))}
    fig = images.draw_arrays([x, "→", y, y], cell=0.52, narrow=True)
    (arrow,) = [text for text in fig.texts if text.get_text() == "↓"]
    assert "→" not in [text.get_text() for text in fig.texts]
    first, second, third = (ax.get_position() for ax in fig.axes)
    assert second.y1 < arrow.get_position()[1] < first.y0  # between them, and in the middle
    assert first.x0 < arrow.get_position()[0] < first.x1
    assert second.x0 < third.x0
    assert abs(arrow.get_position()[0] - 0.5) < 0.01


def test_a_drawn_picture_lets_the_ground_through_and_has_a_frame_on_all_sides():
    ax = Figure().subplots()
    images.draw_picture(ax, [[0, 2.0], [4, 1]], "y")
    pixels = ax.images[0].get_array()
    assert pixels[..., 3].tolist() == [[0, 0.5], [1, 0.25]]
    assert all(to_hex(pixel[:3]) == COLORS["y"].lower() for pixel in pixels.reshape(-1, 4))
    assert all(side.get_visible() for side in ax.spines.values())
    images.draw_picture(ax, [[-2.0, 0, 4]], "signed")
    pixels = ax.images[1].get_array()
    assert pixels[0, :, 3].tolist() == [0.5, 0, 1]
    assert [to_hex(pixels[0, k, :3]) for k in (0, 2)] == [to_hex(SIGNED(0.0)), to_hex(SIGNED(1.0))]


def test_draw_pixel_writes_the_sum_of_channels_and_one_bias():
    x, w = np.ones((2, 3, 4)), np.array([[[[1.0, 2]], [[3, -5]]]])
    fig = images.draw_pixel(x, w, np.array([10.0]), f=0, i=1, j=2)
    texts = written(fig)
    assert "sum 3" in texts
    assert "sum −2" in texts
    assert "3 + (−2) + bias 10 = 11 = y[0, 0, 1, 2]" in texts


@pytest.mark.parametrize("count", [1, 4, 5])
def test_show_images_draws_every_picture(count):
    fig = images.show_images({f"picture {k}": np.eye(3) * k for k in range(count)}, signed=("picture 0",))
    assert [ax.get_title() for ax in fig.axes if ax.images] == [f"picture {k}" for k in range(count)]


def test_zero_in_a_signed_picture_is_the_pages_own_ground():
    fig = images.show_images({"grey": np.eye(2), "signed": [[-4.0, 0], [2.8, 4]]}, signed=("signed",))
    (pixels,) = (ax.images[0].get_array() for ax in fig.axes if ax.get_title() == "signed")
    assert_allclose(pixels[..., 3], [[1, 0], [1, 1]])
    fig = images.show_images({"small": [[-10.0, 0.7]]}, signed=("small",))
    (pixels,) = (ax.images[0].get_array() for ax in fig.axes if ax.images)
    assert_allclose(pixels[0, :, 3], [1, 0.1**0.8])
