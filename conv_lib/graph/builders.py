"""The 1-D convolution layer and the fully connected layer as graphs of named nodes."""

from conv_lib.graph.engine import Graph, add, constant, multiply, variable
from conv_lib.validation import check_array, check_conv1d

__all__ = ["conv1d_graph", "fully_connected_graph"]


def conv1d_graph(x, w, b=0.0, *, stride=1, padding=0, dilation=1, flip=False):
    """Draw every window of `conv1d` as a graph: products of one tap and one sample, summed with the bias.

    The nodes are x0, x1..., w0, w1..., b, y0, y1..., zeros of the padding z0, z1... and products such as
    w1x2. There is one node for each weight, whatever the number of windows: the weights are shared.

    Parameters
    ----------
    x, w, b, stride, padding, dilation
        As in `conv1d`.
    flip : bool
        False for correlation, y_i = sum_k w_k x_(i+k) + b; True for true convolution, as in
        `naive.convolve1d`: y_i = sum_k w_(kW-1-k) x_(i+k) + b.

    Examples
    --------
    >>> import numpy as np
    >>> graph = conv1d_graph(np.array([1.0, 2, 3, 4, 5]), np.array([1.0, 0, -1]), 10.0)
    >>> [node.value for node in graph.outputs]
    [8.0, 8.0, 8.0]
    >>> [node.name for node in graph["y0"].parents]
    ['w0x0', 'w1x1', 'w2x2', 'b']
    >>> graph.backward([1.0, 10.0, 100.0])
    >>> [node.grad for node in graph.by_role("x")]
    [1.0, 10.0, 99.0, -10.0, -100.0]
    """
    x, w, b, (stride, (left, right), dilation, out) = check_conv1d(x, w, b, stride, padding, dilation)
    samples = [variable(x[m], f"x{m}", role="x", index=m) for m in range(len(x))]
    positions = [*range(-left, 0), *range(len(x), len(x) + right)]
    zeros = [constant(0.0, f"z{m}", role="zero", index=p) for m, p in enumerate(positions)]
    padded = zeros[:left] + samples + zeros[left:]
    taps = [variable(w[k], f"w{k}", role="w", index=k) for k in range(len(w))]
    bias = variable(b, "b", role="b", index=0)
    outputs = []
    for i in range(out):
        products = []
        for k in range(len(w)):
            tap = taps[len(w) - 1 - k if flip else k]
            sample = padded[i * stride + k * dilation]
            products.append(multiply(tap, sample, name=tap.name + sample.name, role="product", index=i))
        outputs.append(add(*products, bias, name=f"y{i}", role="y", index=i))
    return Graph(outputs, extra=padded + taps + [bias])


def fully_connected_graph(x, w, b):
    """Draw the fully connected layer y_i = sum_m w_im x_m + b_i: one weight per arrow, one bias per output.

    The nodes are x0..., w0,0..., b0..., y0... and products such as w0,1x1. A convolution is this graph with
    most weights zero and the rest shared.

    Parameters
    ----------
    x : ndarray, shape (W,)
    w : ndarray, shape (W', W)
    b : ndarray, shape (W',)

    Examples
    --------
    >>> import numpy as np
    >>> graph = fully_connected_graph(np.array([1.0, 2]), np.array([[3.0, 4], [5, 6]]), np.array([0.0, 100]))
    >>> [node.value for node in graph.outputs]
    [11.0, 117.0]
    >>> graph.backward([1.0, 10.0])
    >>> [node.grad for node in graph.by_role("b")]
    [1.0, 10.0]
    """
    check_array(x, "x", ("W",))
    check_array(w, "w", ("W'", "W"))
    check_array(b, "b", ("W'",))
    if w.shape[1] != len(x):
        raise ValueError(f"x has {len(x)} samples but w expects {w.shape[1]}")
    if len(b) != w.shape[0]:
        raise ValueError(f"b has {len(b)} entries but w has {w.shape[0]} outputs")
    samples = [variable(x[m], f"x{m}", role="x", index=m) for m in range(len(x))]
    biases = [variable(b[i], f"b{i}", role="b", index=i) for i in range(len(b))]
    weights, outputs = [], []
    for i in range(len(b)):
        row = [variable(w[i, m], f"w{i},{m}", role="w", index=i * len(x) + m) for m in range(len(x))]
        products = [
            multiply(tap, sample, name=tap.name + sample.name, role="product", index=i)
            for tap, sample in zip(row, samples, strict=True)
        ]
        outputs.append(add(*products, biases[i], name=f"y{i}", role="y", index=i))
        weights += row
    return Graph(outputs, extra=samples + weights + biases)
