"""The drawings of the two-dimensional chapters: their texts, not their looks."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from conv_course.figures import images


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


def test_draw_pixel_writes_the_sum_of_channels_and_one_bias():
    x, w = np.ones((2, 3, 4)), np.array([[[[1.0, 2]], [[3, -5]]]])
    fig = images.draw_pixel(x, w, np.array([10.0]), f=0, i=1, j=2)
    texts = written(fig)
    assert "sum 3" in texts
    assert "sum −2" in texts
    assert "3 + (−2) + bias 10 = 11 = y[0, 1, 2]" in texts


@pytest.mark.parametrize("count", [1, 4, 5])
def test_show_images_draws_every_picture(count):
    fig = images.show_images({f"picture {k}": np.eye(3) * k for k in range(count)}, signed=("picture 0",))
    assert [ax.get_title() for ax in fig.axes if ax.images] == [f"picture {k}" for k in range(count)]
