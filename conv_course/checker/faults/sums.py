"""Faults in sums: one too many, or one left out."""

from itertools import combinations, product

import numpy as np

from ..compare import close_to
from ..computes.letters import letters
from ..computes.sentences import listed
from .items import holds


def summed(question, label, items):
    """Recognise a sum or mean over an axis that the result should have."""
    dims = {item.want.ndim for item in items}
    if len(dims) != 1 or not (n := dims.pop()):
        return None
    names = letters(question, label, {}, n)
    for count in range(1, n + 1):
        for axes in (a for a in product((0, 1), repeat=n) if sum(a) == count):
            over = tuple(k for k in range(n) if axes[k])
            for how in (np.sum, np.mean):
                for keep in (False, True):
                    if holds(items, lambda item, h=how, o=over, k=keep: h(item.want, axis=o, keepdims=k)):
                        where = _axis_names(over, names, n)
                        text = f"Your {label} is the sum of what is asked for over {where}."
                        if how is np.mean:
                            text = f"Your {label} is the mean of what is asked for over {where}."
                        return text, f"Which axes does {label} have? Those are not summed."
                if holds(
                    items,
                    lambda item, h=how, o=over: np.broadcast_to(
                        h(item.want, axis=o, keepdims=True), item.want.shape
                    ),
                ):
                    where = _axis_names(over, names, n)
                    text = f"Every entry of your {label} is the sum over {where} of the entries asked for."
                    if how is np.mean:
                        text = (
                            f"Every entry of your {label} is the mean over {where} of the entries asked for."
                        )
                    return text, f"Which axes does {label} have? Those are not summed."
    return None


def _axis_names(axes, names, n):
    if len(axes) == n:
        return "all entries"
    return listed([f"axis {a} ({names[a]})" for a in axes])


def unsummed(question, label, items):
    """Recognise a missing sum: the learner's result, summed over some axes, is right."""
    dims = {item.got.ndim for item in items}
    wants = {item.want.ndim for item in items}
    if len(dims) != 1 or len(wants) != 1 or not (n := dims.pop()) > (m := wants.pop()):
        return None
    for axes in combinations(range(n), n - m):
        if all(
            (made := item.got.astype(float).sum(axis=axes)).shape == item.want.shape
            and close_to(made, item.want, 1e-7)
            for item in items
        ):
            which = listed(map(str, axes))
            text = f"Your {label} has {len(axes)} axes too many: summed over axes {which} it would be right."
            if len(axes) == 1:
                text = f"Your {label} has an axis too many: summed over axis {which} it would be right."
            return (
                text,
                f"Which axes does {label} have? Over all others there is a sum.",
            )
    return None


def repeated(question, label, items):
    """Recognise the right numbers, repeated along superfluous axes."""
    if any(item.got.ndim <= item.want.ndim for item in items if item.fails):
        return None
    if any(item.got.size == item.want.size for item in items if item.fails):
        return None
    for lead in (True, False):

        def made(item, lead=lead):
            more = item.got.ndim - item.want.ndim
            shape = (1,) * more + item.want.shape if lead else item.want.shape + (1,) * more
            try:
                return np.broadcast_to(item.want.reshape(shape), item.got.shape)
            except ValueError:
                return None

        if holds(items, made):
            text = f"Your {label} holds the result asked for several times."
            if all(item.want.ndim == 0 for item in items):
                text = f"Your {label} holds the number asked for several times."
            return text, f"How many axes does {label} have?"
    return None


def single(question, label, items):
    """Recognise a single number that is the product of those asked for, or the first or last of them."""
    if any(item.got.ndim or item.want.ndim != 1 or not item.want.size for item in items if item.fails):
        return None
    if holds(items, lambda item: item.want.prod() if item.fails else item.want):
        return (
            f"Your {label} is a single number, the product of those that are asked for.",
            "What is asked for: the numbers themselves, or how many places they make?",
        )
    for place, text in (
        (0, f"Your {label} is a single number, the first of those that are asked for."),
        (-1, f"Your {label} is a single number, the last of those that are asked for."),
    ):
        if holds(items, lambda item, p=place: item.want[p] if item.fails else item.want):
            return (
                text,
                f"Where are the other entries of {label} kept, and are they among what comes back?",
            )
    return None
