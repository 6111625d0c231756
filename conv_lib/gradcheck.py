"""Check a backward pass: central differences, an error that looks at every element, and the adjoint test."""

import numpy as np

from conv_lib.validation import check_numbers

__all__ = ["adjoint_gap", "check_gradients", "numerical_gradient", "relative_error"]


def numerical_gradient(f, x, dout=None, *, h=1e-5):
    """Estimate the gradient of sum(f(x) * dout) with respect to x, element by element.

    Each element is nudged to both sides, (f(x + h) - f(x - h)) / (2 h): the error falls with h squared until
    rounding takes over. x keeps its precision, which shows that float32 is too coarse.

    Parameters
    ----------
    f : callable
        Takes an array of x's shape; returns an array or a number. Called twice for each element.
    x : ndarray
        Never changed; integers are promoted to float64.
    dout : ndarray of the shape of f(x), or None for ones
        Weights of the outputs. Ones hide errors that cancel in the sum: prefer random numbers.
    h : float
        Half the distance between the two evaluations, > 0.

    Returns
    -------
    ndarray, the shape of x, float64

    Raises
    ------
    TypeError
        If x, dout or f(x) does not hold real numbers.
    ValueError
        If dout does not have the shape of f(x), or h is not positive.

    References
    ----------
    Press et al., "Numerical Recipes" (2007), section 5.7.

    Examples
    --------
    >>> numerical_gradient(lambda x: x**2, np.array([1.0, -3.0])).round(6)
    array([ 2., -6.])
    """
    check_numbers(x, "x")
    if not h > 0:
        raise ValueError(f"h must be positive, got {h}")
    nudged = np.array(x, dtype=x.dtype if x.dtype.kind == "f" else np.float64, order="C")
    y_shape = _real(f(nudged.copy()), "f(x)").shape
    weights = np.ones(y_shape) if dout is None else _real(dout, "dout")
    if np.shape(weights) != y_shape:
        raise ValueError(f"dout has shape {np.shape(weights)} but f(x) has shape {y_shape}")
    gradient = np.zeros(nudged.shape)
    for index in np.ndindex(nudged.shape):
        centre = nudged[index]
        nudged[index] = centre + h
        above = np.asarray(f(nudged.copy()))
        nudged[index] = centre - h
        below = np.asarray(f(nudged.copy()))
        nudged[index] = centre
        # Differences first, output by output: outputs that x[index] does not touch cancel exactly.
        gradient[index] = np.sum((above - below) * weights, dtype=np.float64) / (2 * h)
    return gradient


def _real(value, name):
    """The value as an array; a complex number would silently lose its imaginary part."""
    array = np.asarray(value)
    check_numbers(array, name)
    return array


def relative_error(a, b, *, floor=1e-3):
    """The worst element: max |a - b| / max(|a|, |b|, floor * the largest entry of both).

    The floor keeps elements that are zero except for rounding from failing a right answer. NaN gives NaN,
    which no comparison with a tolerance accepts.

    Raises
    ------
    TypeError
        If a or b does not hold real numbers.
    ValueError
        If the shapes differ. They are never broadcast: a gradient of the wrong shape is wrong.

    Examples
    --------
    >>> relative_error(np.array([1.0, 2.0]), np.array([1.0, 2.5]))
    0.2
    >>> relative_error(np.array([1000.0, 1e-9]), np.array([1000.0, 0.0])) < 1e-8
    True
    """
    a, b = _real(a, "a").astype(np.float64), _real(b, "b").astype(np.float64)
    if a.shape != b.shape:
        raise ValueError(f"shapes differ: {a.shape} and {b.shape}")
    if a.size == 0:
        return 0.0
    scale = np.maximum(np.abs(a), np.abs(b))
    largest = scale.max()
    if largest == 0:
        return 0.0
    return float(np.max(np.abs(a - b) / np.maximum(scale, floor * largest)))


def check_gradients(forward, backward, *inputs, dout=None, h=1e-5, seed=0):
    """Compare a backward pass with central differences, one input at a time.

    Parameters
    ----------
    forward : callable
        forward(*inputs) -> y.
    backward : callable
        backward(dout, *inputs) -> one gradient for each input, in the same order.
    *inputs : ndarray
    dout : ndarray of the shape of y, or None for random numbers from `seed`
    h : float

    Returns
    -------
    tuple of float
        `relative_error` for each input; a right backward pass in float64 stays below 1e-6.

    Raises
    ------
    ValueError
        If the number of gradients, or the shape of one, is not that of the inputs.

    Examples
    --------
    >>> from conv_lib.naive import conv1d, conv1d_backward
    >>> errors = check_gradients(
    ...     lambda x, w: conv1d(x, w, stride=2),
    ...     lambda dout, x, w: conv1d_backward(dout, x, w, stride=2)[:2],
    ...     np.array([1.0, 4, -2, 3, 5, 0]), np.array([2.0, -1, 1]),
    ... )
    >>> [error < 1e-6 for error in errors]
    [True, True]
    """
    y = np.asarray(forward(*inputs))
    if dout is None:
        dout = np.random.default_rng(seed).standard_normal(y.shape)
    gradients = tuple(backward(dout, *inputs))
    if len(gradients) != len(inputs):
        raise ValueError(f"backward gives {len(gradients)} gradients for {len(inputs)} inputs")

    def with_input(k):
        return lambda value: forward(*inputs[:k], value, *inputs[k + 1 :])

    return tuple(
        relative_error(gradients[k], numerical_gradient(with_input(k), inputs[k], dout, h=h))
        for k in range(len(inputs))
    )


def adjoint_gap(forward, adjoint, x, y):
    """How far <C x, y> is from <x, C' y>, relative to their norms: 0 up to rounding if C' is right.

    A layer without bias is linear in x and dx = C' dout: no step h, no limit, one number for all elements.

    Parameters
    ----------
    forward : callable
        x -> C x, linear: no bias.
    adjoint : callable
        y -> C' y.
    x, y : ndarray
        Random arrays of the shapes of input and output.

    References
    ----------
    Claerbout, "Earth Soundings Analysis: Processing versus Inversion" (1992), the dot-product test.

    Examples
    --------
    >>> from conv_lib.naive import conv1d, conv1d_backward
    >>> x, w, y = np.array([1.0, 2, 3, 4, 5]), np.array([1.0, 0, -1]), np.array([2.0, 7, 1])
    >>> adjoint_gap(lambda x: conv1d(x, w), lambda y: conv1d_backward(y, x, w)[0], x, y)
    0.0
    """
    check_numbers(x, "x")
    check_numbers(y, "y")
    Cx, Cty = np.asarray(forward(x)), np.asarray(adjoint(y))
    if Cx.shape != y.shape:
        raise ValueError(f"forward gives shape {Cx.shape} but y has {y.shape}")
    if Cty.shape != x.shape:
        raise ValueError(f"adjoint gives shape {Cty.shape} but x has {x.shape}")
    scale = np.linalg.norm(Cx) * np.linalg.norm(y) + np.linalg.norm(x) * np.linalg.norm(Cty)
    gap = abs(np.vdot(Cx, y) - np.vdot(x, Cty))
    return float(gap if scale == 0 else 2 * gap / scale)
