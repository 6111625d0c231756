"""Faults in a tuple of results: another order, or only some of them."""

from itertools import permutations

from ..compare import MISSING, Difference, as_array, close_to
from ..computes.sentences import listed
from .items import Fault


def find(question, table, failing, wanted, answers):
    """Recognise the right results in another order, or only some of them."""
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
    return _some(names, wanted, answers)


def _some(names, wanted, answers):
    """Recognise that only some of the results come back, and these are right."""
    if len(answers) < len(wanted) or any(a.status != "value" for a in answers):
        return None  # a function that was stopped has answered the first cases only
    for few in range(1, len(names)):
        came = [[a.value] if few == 1 else a.value for a in answers[: len(wanted)]]
        if not all(type(v) in (list, tuple) and len(v) == few for v in came):
            continue
        for order in permutations(names, few):
            if all(
                same(got, right[name])
                for values, right in zip(came, wanted, strict=True)
                for got, name in zip(values, order, strict=True)
            ):
                lacking = [n for n in names if n not in order]
                missing = f"{listed(lacking)} are missing."
                if len(lacking) == 1:
                    missing = f"{lacking[0]} is missing."
                text = f"What comes back is {listed(order)}, and they are right; {missing}"
                if few == 1:
                    text = f"What comes back is {order[0]} alone, and it is right; {missing}"
                return Fault((text,), f"Return {len(names)} things: {', '.join(names)}.")
    return None


def same(got, want):
    if got is MISSING or got is None or type(got) is str:
        return False
    got, want = as_array(got), as_array(want)
    return not isinstance(got, Difference) and got.shape == want.shape and close_to(got, want, 1e-7)
