"""Tell the shape of the part of an input that is multiplied by a kernel of another shape.

NumPy repeats an axis of length 1 and adds up nothing of one of length 0, so such a part need not stop.
"""

import numpy as np

from ..guards import TimeLimit
from .linear import Said
from .sentences import shape_text

TAKEN = "Of {0} it takes a part of the shape {1} in this case, and w has the shape {2}."
ALWAYS = "In all cases that fail the two shapes differ, in all others they are the same."
EVERY = "The two shapes differ in every case."
HINT = "Along which axis is the part too short or too long: where does it begin there, and where does it end?"


class Watched(np.ndarray):
    """An array that notes the shapes of the parts that are taken of it, in `parts`."""

    parts = None

    def __getitem__(self, key):
        part = super().__getitem__(key)
        if self.parts is not None and isinstance(part, np.ndarray):
            self.parts.append(part.shape)
        return part


def explain(question, function, failing, cases):
    """Return a `Said` if one part is taken in each case and it has another shape than w where it fails."""
    at = {n: k for k, n in enumerate(question.parameters)}
    name = next((n for n in ("xpad", "x") if n in at), None)
    stops = [why.kind == "error" for why in failing.values()]
    if question.outputs or name is None or "w" not in at or not failing or all(stops):
        return None
    numbers, found = {i for i, _ in failing}, {}
    for i, one in enumerate(cases):
        if len(one.args) <= max(at[name], at["w"]):
            return None
        part, w = _part(function, one, at[name]), np.shape(one.args[at["w"]])
        if part is None or len(part) != len(w) or (part != w) is not (i in numbers):
            return None
        found[i] = part, w
    first = min(numbers)
    part, w = map(shape_text, found[first])
    always = ALWAYS if len(numbers) < len(cases) else EVERY
    return Said((TAKEN.format(name, part, w), always), HINT, first)


def _part(function, one, place):
    """Return the shape of the one part that a call takes of an argument, or None."""
    args = [v.copy() if isinstance(v, np.ndarray) else v for v in one.args]
    watched = args[place] = np.asarray(args[place], float).view(Watched)
    watched.parts = parts = []
    try:
        function(*args, **one.kwargs)
    except (TimeLimit, MemoryError, KeyboardInterrupt):
        raise
    except BaseException:
        pass  # the part that was taken before is known
    return parts[0] if len(parts) == 1 else None
