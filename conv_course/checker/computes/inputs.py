"""What the inputs of a learner's test have in common, and which wrong implementations that hides.

A fact is told only if it holds in every call that the test makes, and if a wrong implementation that the test
takes for right differs from the right one as soon as the fact does not hold.
"""

import inspect

import numpy as np

MOST = 4  # calls of a test in which another input is tried


class Inputs:
    """The arguments of one call by name. `H`, `k`, `s`, `zeros` and `rest` are those of each axis.

    With several axes, the height's come first. `rest` counts what is left over behind the last window.
    """

    def __init__(self, given):
        self.given, self.x, self.w = given, given.get("x"), given.get("w")
        axes = 1 if self.x is None else min(self.x.ndim, 2)
        self.H = (given["H"],) if self.x is None else self.x.shape[-axes:]
        kernel = given.get("kernel") if self.w is None else self.w.shape[-axes:]
        self.k = kernel or (given["k"],)
        self.s = np.broadcast_to(given.get("stride", 1), axes).tolist()
        zeros = np.asarray(given.get("padding", 0))
        zeros = zeros[:, None] if axes == 2 and zeros.ndim == 1 else zeros
        self.zeros = np.broadcast_to(zeros, (axes, 2)).tolist()
        room = [h + sum(z) - k for h, z, k in zip(self.H, self.zeros, self.k, strict=True)]
        self.rest = [r % s for r, s in zip(room, self.s, strict=True)]
        self.out = [r // s + 1 for r, s in zip(room, self.s, strict=True)]
        self.two = axes == 2

    def but(self, **new):
        """Return the arguments with some others, and with a dout that has a number for each window.

        What is not changed on purpose stays: more ones follow ones (see `grown`).
        """
        if not new.keys() <= self.given.keys():
            raise LookupError
        other = Inputs(self.given | new)
        if "dout" not in self.given or "dout" in new:
            return other.given
        shape = tuple(other.out)
        if other.x.ndim == 4:
            shape = (len(other.x), other.x.shape[1] if other.w is None else len(other.w), *shape)
        return other.given | {"dout": resized(self.given["dout"], shape)}

    def longer(self, *axes, by=0, kernel=0):
        """Return the arguments with a longer x, or with a longer kernel and an x that is as much longer."""
        if self.x is None:
            return self.but(H=self.H[0] + by + kernel, k=self.k[0] + kernel)
        new = {"x": grown(self.x, axes, by + kernel)}
        if kernel and self.w is not None:
            new["w"] = grown(self.w, axes, kernel)
        elif kernel:
            new["kernel"] = tuple(k + kernel * (a - len(self.k) in axes) for a, k in enumerate(self.k))
        return self.but(**new)

    def more(self, axis, *names):
        """Return the arguments with one more image, channel or filter in the arrays of these names."""
        return self.but(
            **{n: grown(self.given[n], (axis,), 1) for n in names if self.given.get(n) is not None}
        )


def numbers(shape):
    return np.random.default_rng(7).normal(0, 3, shape)


def grown(array, axes, by):
    """Return an array that is longer along some axes, with the old numbers at the front."""
    shape = list(array.shape)
    for axis in axes:
        shape[axis] += by
    return resized(array, tuple(shape))


def resized(array, shape):
    """Return an array of this shape with the old numbers at the front.

    The new ones are as the old ones: all the same, the same along an axis, whole, none below 0, none twice.
    """
    if array.shape == shape or array.ndim != len(shape) or not array.size:
        return array if array.shape == shape else numbers(shape)
    if np.ptp(array) == 0 and (array.size > 1 or not array.any()):
        return np.full(shape, array.flat[0])
    new = numbers(shape)
    if np.array_equal(array, np.round(array)):
        new = np.random.default_rng(7).permutation(new.size).reshape(shape) + 1.0
        new += array.max() if len(np.unique(array)) == array.size else 0
    new = np.abs(new) if array.min() >= 0 else new
    for axis, size in enumerate(array.shape):
        if size > 1 and (array == array.take([0], axis)).all():
            new = np.repeat(new.take([0], axis), shape[axis], axis)
    kept = tuple(slice(min(sizes)) for sizes in zip(array.shape, shape, strict=True))
    new[kept] = array[kept]
    return new


def _alike(name):
    """Return whether an array has more than one number and all are equal, as a function of the inputs."""
    return lambda one: one.given[name].size > 1 and np.ptp(one.given[name]) == 0


def _other(name):
    return lambda one: one.but(**{name: numbers(one.given[name].shape)})


def _images(one):
    return one.two and one.x is not None and one.x.ndim == 4


# (what all calls have in common, whether a call has it, what may be otherwise, the arguments with that)
def _no_ties(one):
    """Return whether the numbers of each window of a pooling layer are different, wherever it may lie."""
    if one.w is not None or one.x is None or not one.two or one.x.ndim != 4:
        return False
    windows = np.lib.stride_tricks.sliding_window_view(one.x, one.k, (2, 3)).reshape(-1, np.prod(one.k))
    return bool((np.diff(np.sort(windows)) > 0).all())


FACTS = (
    (
        "no row is left over behind the last window",
        lambda one: one.two and not one.rest[0],
        "one more row in x",
        lambda one: one.longer(-2, by=1),
    ),
    (
        "no column is left over behind the last window",
        lambda one: one.two and not one.rest[1],
        "one more column in x",
        lambda one: one.longer(-1, by=1),
    ),
    (
        "nothing is left over behind the last window",
        lambda one: not one.two and not one.rest[0],
        "a length that is larger by 1",
        lambda one: one.longer(-1, by=1),
    ),
    (
        "no window has two equal numbers",
        _no_ties,
        "equal numbers in a window",
        lambda one: one.but(x=np.indices(one.x.shape)[-2:].sum(0) % 2.0),  # a chessboard
    ),
    (
        "the stride is 1",
        lambda one: set(one.s) == {1},
        "a stride of 2",
        lambda one: one.but(stride=(2, 2) if one.two else 2),
    ),
    (
        "both axes have the same stride",
        lambda one: one.two and one.s[0] == one.s[1],
        "a larger stride of the width",
        lambda one: one.but(stride=(one.s[0], one.s[0] + 1)),
    ),
    (
        "there are no zeros around the input",
        lambda one: not np.any(one.zeros),
        "one zero at each end",
        lambda one: one.but(padding=1),
    ),
    (
        "there is padding at each end",
        lambda one: np.all(one.zeros),
        "a padding of 0",
        lambda one: one.but(padding=0),
    ),
    (
        "both axes have as many zeros",
        lambda one: one.two and one.zeros[0] == one.zeros[1],
        "more zeros on the left and right",
        lambda one: one.but(padding=tuple((a + k, b + k) for k, (a, b) in enumerate(one.zeros))),
    ),
    (
        "an axis has as many zeros at its end as at its beginning",
        lambda one: all(a == b for a, b in one.zeros),
        "one zero more at the beginning",
        lambda one: one.but(padding=_uneven(one.zeros)),
    ),
    (
        "x has one image",
        lambda one: _images(one) and len(one.x) == 1,
        "a second image",
        lambda one: one.more(0, "x"),
    ),
    (
        "x has one channel",
        lambda one: _images(one) and one.x.shape[1] == 1,
        "a second channel",
        lambda one: one.more(1, "x", "w"),
    ),
    (
        "w has one filter",
        lambda one: _images(one) and len(one.w) == 1,
        "a second filter",
        lambda one: one.more(0, "w", "b"),
    ),
    (
        "x is as high as it is wide",
        lambda one: one.two and one.H[0] == one.H[1],
        "a wider x",
        lambda one: one.longer(-1, by=one.s[1]),
    ),
    (
        "the kernel is as high as it is wide",
        lambda one: one.two and one.k[0] == one.k[1],
        "a wider kernel",
        lambda one: one.longer(-1, kernel=1),
    ),
    (
        "the kernel's length is odd",
        lambda one: not one.two and one.k[0] % 2 == 1,
        "a kernel that is longer by 1",
        lambda one: one.longer(-1, kernel=1),
    ),
    (
        "b is 0",
        lambda one: one.given["b"] is None or not one.given["b"].any(),
        "numbers in b",
        lambda one: one.but(b=numbers(len(one.w))),
    ),
    *(
        (f"the numbers of {n} are all the same", _alike(n), f"different numbers in {n}", _other(n))
        for n in ("dout", "x", "w")
    ),
    (
        "no window overlaps another",
        lambda one: "dout" in one.given and all(k <= s for k, s in zip(one.k, one.s, strict=True)),
        "windows that overlap",
        lambda one: one.but(stride=(1, 1) if one.two else 1),
    ),
)


def _uneven(zeros):
    ends = tuple((a + 1, b) for a, b in zeros)
    return ends if len(ends) == 2 else ends[0]


def in_common(calls, survivors, right, apart):
    """Return (what all calls have in common, what may be otherwise, the survivors that it hides), or None.

    Parameters
    ----------
    calls : list of (args, kwargs)
        All calls that the test makes.
    survivors : dict
        Wrong implementations that the test takes for right, by anything.
    right : callable
    apart : callable
        apart(one, other) is None if two results are equal up to rounding.
    """
    try:
        all_ = [Inputs(_by_name(right, *call)) for call in calls]
    except (
        LookupError,
        TypeError,
        AttributeError,
        ValueError,
    ):  # called with other things than arrays and numbers
        return None
    best = None
    for fact, holds, other, change in FACTS:
        try:
            inputs = [change(one) for one in all_[:MOST]] if all(map(holds, all_)) else []
        except (LookupError, TypeError, AttributeError, ValueError):
            continue
        hidden = [
            n for n, wrong in survivors.items() if any(_differ(wrong, right, one, apart) for one in inputs)
        ]
        if len(hidden) > (len(best[2]) if best else 0):
            best = fact, other, hidden
    return best


def _by_name(function, args, kwargs):
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    return dict(bound.arguments)


def _differ(wrong, right, given, apart):
    """Return whether a wrong implementation and the right one differ on these inputs."""
    copies = [{n: v.copy() if isinstance(v, np.ndarray) else v for n, v in given.items()} for _ in range(2)]
    try:
        asked = right(**copies[0])
    except Exception:
        return False
    try:
        return apart(wrong(**copies[1]), asked) is not None
    except Exception:
        return True
