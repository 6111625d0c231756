"""A call of any question's function by the names of its arguments, which are the same in all sheets."""

import inspect

import numpy as np

LONE = {"stride": 1, "padding": 0, "dilation": 1, "output_padding": 0, "groups": 1}


def bound(question, args, kwargs):
    bound = inspect.signature(question.model).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.arguments


def call(question, given):
    keywords = {
        n for n, p in inspect.signature(question.model).parameters.items() if p.kind is p.KEYWORD_ONLY
    }
    args = [v for n, v in given.items() if n not in keywords]
    return question.model(*args, **{n: v for n, v in given.items() if n in keywords})


def neutral(name, value):
    """Return the value that has the same effect as omitting the argument."""
    if isinstance(value, tuple):
        return tuple(neutral(name, v) for v in value)
    return LONE[name]


def axes_of(question, given):
    """Return the axes of x that are height and width, or the one axis of a signal."""
    if "W" in given and "H" not in given:
        return (0,)
    x = given.get("x", given.get("x_shape"))
    sizes = np.shape(x) if isinstance(x, np.ndarray) else x
    return {1: (0,), 2: (0, 1)}.get(len(sizes), (1, 2) if "last" in question.function else (2, 3))


def pads_of(given, count):
    padding = given["padding"]
    if isinstance(padding, str):
        return None
    if isinstance(padding, int):
        return [(padding, padding)] * count
    return [tuple(padding)] if count == 1 else [p if isinstance(p, tuple) else (p, p) for p in padding]


def gives_dx(question):
    return ("dx" in question.outputs and question.stem[:2] != "14") or question.name in {
        "03": ("q4",),
        "06": ("q3",),
        "09": ("q4",),
        "10": ("q4",),
        "15": ("q2", "q4"),
    }.get(question.stem[:2], ())
