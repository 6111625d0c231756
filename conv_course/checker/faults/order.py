"""Faults in a tuple of results: another order, or only one of them."""

from itertools import permutations

from ..compare import MISSING, Difference, as_array, close_to
from ..computes.sentences import listed
from .items import Fault


def find(question, table, failing, wanted, answers):
    """Recognise the right results in another order, or only one of them."""
    names = [n for n in question.outputs if n not in question.modifies]
    if len(names) < 2 or question.kind != "function" or len(wanted) < 2:
        return None
    for order in permutations(names):
        if order != tuple(names) and all(
            same(table[i, place][0], right[name])
            for i, right in enumerate(wanted)
            for place, name in zip(names, order, strict=True)
        ):
            text = f"The results are right, in another order: yours come as {', '.join(order)}."
            return Fault((text,), f"Asked for is {', '.join(names)}.")
    for name in names:
        if answers and all(
            a.status == "value" and same(a.value, right[name])
            for a, right in zip(answers, wanted, strict=False)
        ):
            missing = listed([n for n in names if n != name])
            return Fault(
                (f"What comes back is {name} alone, and it is right; {missing} is missing.",),
                (f"Return {len(names)} things: {', '.join(names)}."),
            )
    return None


def same(got, want):
    if got is MISSING or got is None or type(got) is str:
        return False
    got, want = as_array(got), as_array(want)
    return not isinstance(got, Difference) and got.shape == want.shape and close_to(got, want, 1e-7)
