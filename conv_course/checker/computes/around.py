"""Recognise padding that is put around the result instead of around the input.

A loop that leaves out the windows which reach over an end of x gives the same results, so the words fit both.
"""

import inspect

import numpy as np

from .ask import Asked, NoAnswer, as_numbers, close
from .linear import Said

TEXT = "Your y is what comes out without padding, with {0} around it."
STRIDED = (
    "Your y is what comes out at stride 1 without padding, with {0} around it; the stride is taken last."
)
HINT = "What does a window find that reaches over an end of x, and what does its sum give?"
ALL = "This holds in all cases that fail."
FITS = "This holds in all cases that fail in which the kernel fits into x as it is."
LEAST = 2  # cases with padding that fail


def explain(question, table, failing, cases):
    """Return a `Said` if each wrong result is that without padding and something around it, or None."""
    names = set(inspect.signature(question.model).parameters)
    if not {"x", "padding"} <= names or "dout" in names or question.outputs or question.stem[:2] == "14":
        return None
    rows, fits = [], True
    for i, _ in failing:
        made = _made(question, cases[i])
        fits = fits and made is not None
        got = table[i, ""][0]
        rows += [] if made is None else [(made, None if isinstance(got, tuple) else as_numbers(got))]
    if len(rows) < LEAST:
        return None
    for text in (TEXT, STRIDED):
        for what in ("zeros", "the bias alone"):
            if all(close(mine, made[text, what]) for made, mine in rows):
                plain = all(close(made[TEXT, what], made[STRIDED, what]) for made, _ in rows)
                words = (TEXT if plain else text).format(what)
                return Said((words, ALL if fits else FITS), HINT, min(i for i, _ in failing))
    return None


def _made(question, one):
    """Return {(text, what is around): result} of a case that has padding, or None."""
    asked = Asked(question, question.model, one)
    given = asked.given
    padding = given.get("padding")
    if padding is None or isinstance(padding, str) or not np.any(padding):
        return None
    axes = min(np.ndim(given["x"]), 2)
    ends = [padding] if axes == 1 else padding
    ends = [tuple(p) if isinstance(p, tuple) else (p, p) for p in ends]
    step = given.get("stride", 1)
    steps = (step,) * axes if isinstance(step, int) else step
    nothing = {"x": np.zeros(np.shape(given["x"]))}
    try:
        bias = asked(nothing)[""]
        found = {}
        for text, changed in ((TEXT, {}), (STRIDED, {"stride": 1 if axes == 1 else (1, 1)})):
            asked.given = (
                given | {"padding": 0 if axes == 1 else (0, 0)} | (changed if "stride" in given else {})
            )
            inner, alone = asked()[""], asked(nothing)[""]
            around = [(0, 0)] * (inner.ndim - axes) + ends
            every = (..., *(slice(None, None, s) for s in steps)) if text is STRIDED else ...
            found[text, "zeros"] = np.pad(inner, around)[every]
            if found[text, "zeros"].shape == bias.shape:
                found[text, "the bias alone"] = np.pad(inner - alone, around)[every] + bias
            else:
                found[text, "the bias alone"] = None
        return found if inner.size else None
    except (NoAnswer, TypeError, ValueError):
        return None
