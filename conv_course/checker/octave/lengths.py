"""Name the quantity that fixes a wrong number of rows and columns: the padding, what is left over, ..."""

from dataclasses import dataclass

import numpy as np

from ..computes.sentences import listed
from .arrays import words_of

BEHIND = (
    "Behind the last window rows or columns of the padded image may be left over: which of your lines {}?"
)
OF_PADDING = "Where does the padding come into the size of your {label}, and how often?"
OF_KERNEL = "Which windows lie wholly inside, and does one of your lines count others too, or fewer?"
ONE = "Count one small case by hand: which row or column do you have too many or too few?"
SIZE = "Which of your lines fixes the size of {label}, and which sizes go into it?"


@dataclass(frozen=True)
class Layer:
    """The sizes of a case along rows and columns, as arrays of two."""

    size: np.ndarray
    kernel: np.ndarray
    stride: np.ndarray
    padding: np.ndarray

    @property
    def padded(self):
        return self.size + 2 * self.padding

    @property
    def rest(self):
        return (self.padded - self.kernel) % self.stride

    def windows(self, **other):
        """Return how many windows fit, with another stride or padding if it is given."""
        values = {"stride": self.stride, "padding": self.padding} | other
        return (self.size + 2 * values["padding"] - self.kernel) // values["stride"] + 1

    def rounded(self, how):
        return how((self.padded - self.kernel) / self.stride).astype(int) + 1

    def square(self):
        return (self.size.max() + 2 * self.padding - self.kernel) // self.stride + 1


def layer_of(given):
    """Return the `Layer` of a case, or None if a size of it is unknown."""
    shape = lambda name: np.shape(given[name])[:2] if name in given else None  # noqa: E731
    size = given.get("x_size") or shape("x") or shape("xpad")
    kernel = given.get("kernel") or shape("w")
    if size is None or kernel is None or "stride" not in given:
        return None
    values = (size, kernel, given["stride"], given.get("padding", (0, 0)))
    return Layer(*(np.array(value[:2]) for value in values))


# by how much a result is too large or too small, and the question
OFF = (
    ("what lies behind the last window", lambda c: c.rest, BEHIND),
    ("2*padding", lambda c: 2 * c.padding, OF_PADDING),
    ("padding", lambda c: c.padding, OF_PADDING),
    ("kernel - 1", lambda c: c.kernel - 1, OF_KERNEL),
    ("2*(kernel - 1)", lambda c: 2 * (c.kernel - 1), OF_KERNEL),
    ("stride - 1", lambda c: c.stride - 1, SIZE),
    ("1", lambda c: np.ones(2, int), ONE),
)
# what else has the rows and columns of a result
LIKE = (
    ("the padded image", lambda c: c.padded),
    ("the image without padding", lambda c: c.size),
    ("the kernel", lambda c: c.kernel),
    ("there are windows", lambda c: c.windows()),
    ("there are windows with a stride of 1", lambda c: c.windows(stride=1)),
    ("there are windows without padding", lambda c: c.windows(padding=0)),
    ("there are windows with a stride of 1, without padding", lambda c: c.windows(stride=1, padding=0)),
    ("there are windows if one that fits in part is counted", lambda c: c.rounded(np.ceil)),
    ("there are windows if one that fits half is counted", lambda c: c.rounded(lambda v: np.floor(v + 0.5))),
    ("there are windows in a square image of the longer side", lambda c: c.square()),
    ("the longer side of the kernel", lambda c: np.full(2, c.kernel.max())),
    ("all windows cover, up to the end of the last", lambda c: (c.windows() - 1) * c.stride + c.kernel),
)


def find(label, items):
    """Return (sentence, question) about wrong rows and columns, or None. It holds in every case."""
    layers = [layer_of(item.given) for item in items]
    if None in layers or any(item.got.ndim != item.want.ndim or item.want.ndim < 2 for item in items):
        return None
    got, want = (
        np.array([array.shape[:2] for array in arrays]) for arrays in zip(*_both(items), strict=True)
    )
    axes = np.flatnonzero((got != want).any(0))
    if not axes.size:
        return None
    words = listed([f"{word}s" for word in np.array(words_of(label, items[0].want.ndim))[axes]])
    for name, of, question in OFF:
        off = np.array([of(one) for one in layers])
        for sign, way in ((1, "large"), (-1, "small")):
            if (got - want == sign * off)[:, axes].all():
                does = "counts them" if sign > 0 else "forgets them"
                return (
                    f"In {words} your {label} is too {way} by {name}, in every case.",
                    question.format(does, label=label),
                )
    for name, of in LIKE:
        if (got == np.array([of(one) for one in layers]))[:, axes].all():
            return f"Your {label} has as many {words} as {name}.", SIZE.format(label=label)
    return None


def _both(items):
    return [(item.got, item.want) for item in items]
