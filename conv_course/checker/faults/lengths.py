"""Faults of lengths, where the numbers tell nothing: axes that are too long or too short alike."""

import numpy as np

from ..computes.sentences import listed

STEPS = (
    "From the first of several places to the last, how many steps is it, and how far does the last one reach?"
)


def off(question, label, items):
    """Recognise axes that are too long or too short by the same number in every failing case."""
    wrong = [item for item in items if item.fails]
    if len(wrong) < 3 or any(item.got.ndim != item.want.ndim for item in wrong):
        return None
    steps = {tuple(np.subtract(item.got.shape, item.want.shape).tolist()) for item in wrong}
    if len(steps) > 1 or not any(step := steps.pop()):
        return None
    where = "in every case" if len(wrong) == len(items) else "in every case that fails"
    if len(set(step)) == 1:
        each = "Each axis of " if len(step) > 1 else ""
        return f"{each}{label} is {_by(step[0])}, {where}.", STEPS
    said = [f"axis {axis} is {_by(by)}" for axis, by in enumerate(step) if by]
    return f"Of {label}, {listed(said)}, {where}.", STEPS


def _by(step):
    return f"{abs(step)} too {'long' if step > 0 else 'short'}"
