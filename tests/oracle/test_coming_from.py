"""The statements of the page "Coming from" about PyTorch: its names, its defaults, its padding."""

import inspect
import re
from itertools import dropwhile, takewhile

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from conv_lib import naive
from tests.page_cells import source

pytestmark = pytest.mark.oracle


def column(section, heading):
    """Return {first cell: cell under the heading} of the first table of a section."""
    text = source("coming_from").split(f"({section})=")[1]
    lines = dropwhile(lambda line: not line.startswith("|"), text.splitlines())
    table = takewhile(lambda line: line.startswith("|"), lines)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table]
    place = rows[0].index(heading)
    return {row[0]: row[place] for row in rows[2:]}


def test_names(torch):
    where = [torch, torch.nn, torch.nn.functional]
    parameters = {
        name
        for layer in (torch.nn.Conv2d, torch.nn.AvgPool2d)
        for name in inspect.signature(layer).parameters
    }
    found = column("coming-pytorch", "PyTorch")
    assert len(found) == 9
    for here, there in found.items():
        cell = here if there == "the same names" else there
        for name in re.findall(r"`([^`]+)`", cell):
            short = name.rsplit(".", 1)[-1]
            assert short in parameters or any(hasattr(module, short) for module in where), name


def test_defaults(torch):
    said = column("coming-pytorch-settings", "PyTorch")
    defaults = inspect.signature(torch.nn.Conv2d).parameters
    for name in ("stride", "padding"):
        assert str(defaults[name].default) == said[name]
    assert "Everywhere the dilation is 1, and a pair of sizes is (height, width)." in source("coming_from")
    assert defaults["dilation"].default == 1
    assert said["bias"] == "yes in the layer, none in the function"
    assert torch.nn.Conv2d(1, 2, 3).bias is not None
    x, w = torch.zeros(1, 1, 4, 5), torch.ones(2, 1, 2, 3)
    assert not torch.nn.functional.conv2d(x, w).any()
    assert said["stride of a pooling"] == "the window's size"
    for pool in (torch.nn.functional.max_pool2d, torch.nn.functional.avg_pool2d):
        assert pool(torch.zeros(1, 1, 7, 9), (2, 3)).shape == (1, 1, 3, 3)
    assert torch.nn.Conv2d(1, 2, (2, 3), stride=(1, 2))(torch.zeros(1, 1, 4, 9)).shape == (1, 2, 3, 4)


def test_padding(torch):
    said = column("coming-pytorch-settings", "PyTorch")
    functional = torch.nn.functional
    assert functional.pad(torch.zeros(1, 1, 4, 5), (1, 2, 3, 4)).shape == (1, 1, 4 + 3 + 4, 5 + 1 + 2)
    assert "(left, right, top, bottom)" in said["uneven padding"]
    x, w = np.arange(1.0, 7), np.array([1.0, 2, -1, 3])
    tx, tw = torch.tensor(x)[None, None], torch.tensor(w)[None, None]
    assert_array_equal(functional.conv1d(tx, tw, padding="same")[0, 0], naive.conv1d(x, w, padding=(1, 2)))
    assert said['"same", stride 1'] == "as here, the odd zero at the end"
    assert said["padding, two numbers"] == "(height, width)"
    assert said['"same", stride S'] == "refused"
    with pytest.raises(RuntimeError, match="same"):
        functional.conv1d(tx, tw, padding="same", stride=2)
    assert said['transposed, "same"'] == "refused"
    with pytest.raises(TypeError, match="padding"):
        functional.conv_transpose2d(tx[None], tw[None], padding="same")
    assert said["transposed, uneven crop"] == "slice the output of `padding=0`"
    with pytest.raises(TypeError, match="padding"):
        functional.conv_transpose2d(tx[None], tw[None], padding=((0, 0), (1, 2)))
    full = functional.conv_transpose2d(tx[None], tw[None], padding=0, stride=(1, 2)).numpy()
    options = {"stride": (1, 2), "padding": ((0, 0), (1, 2))}
    ours = naive.conv_transpose2d(x[None, None, None], w[None, None, None], **options)
    assert_array_equal(ours, full[..., 1:-2])
    assert functional.conv2d(torch.zeros(1, 1, 4, 5), torch.ones(1, 1, 1, 1), padding=(1, 3)).shape[2:] == (
        6,
        11,
    )


def test_backward(torch):
    said = column("coming-pytorch-backward", "PyTorch")
    rng = np.random.default_rng(3)
    x, w, b = rng.normal(size=(2, 3, 6, 8)), rng.normal(size=(4, 3, 2, 3)), rng.normal(size=4)
    dout = rng.normal(size=(2, 4, 5, 6))
    tx, tw, tb = (torch.tensor(one, requires_grad=True) for one in (x, w, b))
    torch.nn.functional.conv2d(tx, tw, tb).backward(torch.tensor(dout))
    dx, dw, db = naive.conv2d_backward(dout, x, w)
    for ours, theirs in ((dx, tx.grad), (dw, tw.grad), (db, tb.grad)):
        assert_allclose(ours, theirs, atol=1e-12)
    names = {"torch": torch, "x": tx.detach(), "w": tw.detach(), "dout": torch.tensor(dout)}
    for row, ours in (("dx alone", dx), ("dw alone", dw)):
        assert_allclose(ours, eval(said[row].strip("`"), names), atol=1e-12)
    columns = torch.nn.functional.unfold(names["x"], (2, 3))
    assert columns.shape == (2, 3 * 2 * 3, 5 * 6)  # of each image a column for each window
    y = (w.reshape(4, -1) @ columns.numpy()).reshape(2, 4, 5, 6)
    assert_allclose(y, naive.conv2d(x, w), atol=1e-12)
    sent = torch.tensor(w.reshape(4, -1).T @ dout.reshape(2, 4, -1))
    assert_allclose(torch.nn.functional.fold(sent, (6, 8), (2, 3)), dx, atol=1e-12)
