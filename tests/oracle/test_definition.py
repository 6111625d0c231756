"""The definition against PyTorch, on the same problems that compare everything else with the definition."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as runs
from numpy.testing import assert_allclose

from conv_lib import naive
from tests import problems

pytestmark = pytest.mark.oracle
FORWARD_BACK = {
    "conv2d": problems.conv2d(),
    "depthwise": problems.conv2d(depthwise=True),
    "transposed": problems.conv_transpose2d(),
    "transposed depthwise": problems.conv_transpose2d(depthwise=True),
    "conv1d": problems.conv1d(),
    "pooling": problems.pooling(),
}


def each(value, axes):
    return value if isinstance(value, tuple) else (value,) * axes


def zeros(layer):
    """Return (before, after) of each axis. PyTorch pads both sides equally, and "same" only at stride 1."""
    taps = layer.w.shape[-1:] if layer.name == "conv1d" else layer.w.shape[2:]
    padding, axes = layer.settings["padding"], len(taps)
    if padding == "same":
        stride, dilation = (each(layer.settings[name], axes) for name in ("stride", "dilation"))
        spans = problems.spans(taps, dilation)
        sizes = layer.x.shape[-axes:]
        return [problems.same(n, s, by) for n, s, by in zip(sizes, spans, stride, strict=True)]
    if axes == 1:
        return [each(padding, 2)]
    return [each(pad, 2) for pad in each(padding, axes)]


def cropped_transposed(functional, tensors, layer):
    """Crop PyTorch's full output here, since PyTorch itself crops both ends by the same number."""
    settings, padding = layer.settings, layer.settings["padding"]
    if not isinstance(padding, str) and not any(isinstance(pad, tuple) for pad in each(padding, 2)):
        return functional.conv_transpose2d(*tensors, **settings)
    if padding == "same":  # H S pixels; a kernel narrower than the stride leaves some of them to the bias
        stride, dilation = (each(settings[name], 2) for name in ("stride", "dilation"))
        excess = [s - by for s, by in zip(problems.spans(layer.w.shape[2:], dilation), stride, strict=True)]
        settings = settings | {"output_padding": tuple(max(-e, 0) for e in excess)}
        padding = [(max(e, 0) // 2, (max(e, 0) + 1) // 2) for e in excess]
    y = functional.conv_transpose2d(*tensors, **settings | {"padding": 0})
    (top, bottom), (left, right) = ((0, 0), (0, 0)) if padding == "valid" else padding
    return y[:, :, top : y.shape[2] - bottom, left : y.shape[3] - right]


def by_torch(torch, layer):
    """Return y and the gradients of x, w and b, computed in float64."""
    functional = torch.nn.functional
    inputs = [layer.x] if layer.w is None else [layer.x, layer.w]
    if layer.b is not None:
        inputs.append(np.atleast_1d(layer.b))
    tensors = [torch.tensor(np.array(a, np.float64, order="C"), requires_grad=True) for a in inputs]
    if layer.w is None:
        y = getattr(functional, layer.name)(*tensors, layer.kernel_size, **layer.settings)
    elif layer.name == "conv_transpose2d":
        y = cropped_transposed(functional, tensors, layer)
    else:
        others = {name: value for name, value in layer.settings.items() if name != "padding"}
        padded = functional.pad(tensors[0], [n for pair in reversed(zeros(layer)) for n in pair])
        if layer.name == "conv2d":
            y = functional.conv2d(padded, *tensors[1:], **others)
        else:
            w, b = tensors[1:]
            y = functional.conv1d(padded[None, None], w[None, None], b, **others)[0, 0]
    dout = torch.tensor(np.array(layer.dout, np.float64, order="C"))
    gradients = torch.autograd.grad(y, tensors, dout)
    return [found.detach().numpy() for found in (y, *gradients)]


def compare(torch, layer):
    if layer.x.ndim == 4:
        assume(layer.x.shape[1] > 0 and layer.dout.shape[1] > 0)  # PyTorch has no layer without channels
    if layer.name == "max_pool2d":
        assume(np.isnan(layer.x).sum() <= 1)  # with several, PyTorch sends the gradient to the last
    with np.errstate(all="ignore"):
        results = layer.forward(naive), *layer.backward(naive)
    for found, expected in zip(results, by_torch(torch, layer), strict=False):  # db comes even without b
        tolerance = 1e-6 if np.result_type(found) == np.float32 else 1e-13
        assert_allclose(found, np.reshape(expected, np.shape(found)), rtol=tolerance, atol=tolerance)


QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


@pytest.mark.parametrize("kind", FORWARD_BACK)
def test_the_definition_agrees_with_pytorch(torch, kind):
    some = runs(max_examples=80, derandomize=True, **QUIET)
    some(given(FORWARD_BACK[kind])(lambda layer: compare(torch, layer)))()


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", FORWARD_BACK)
def test_the_definition_agrees_with_pytorch_on_many_problems(torch, kind):
    many = runs(max_examples=2000, print_blob=True, **QUIET)
    many(given(FORWARD_BACK[kind])(lambda layer: compare(torch, layer)))()
