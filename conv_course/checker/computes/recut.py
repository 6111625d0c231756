"""Right for an argument whose numbers are taken in another order of its axes, as `reshape` takes them."""

import numpy as np

from .ask import Asked, NoAnswer, as_numbers, close
from .letters import letters, output_name
from .linear import Said

HINT = "reshape keeps the order of the numbers: in which order do the axes of {0} stand before it, and after?"


def explain(question, table, failing, cases, wanted):
    """A `Said` for the first wrong output, or None."""
    output = next(iter(failing))[1]
    mine = {i: as_numbers(table[i, output][0]) for i in range(len(cases)) if table[i, output][1] is None}
    mine |= {i: as_numbers(table[i, name][0]) for i, name in failing if name == output}
    if any(v is None or v.shape != np.shape(wanted[i][output]) for i, v in mine.items()):
        return None
    asks = {i: Asked(question, question.model, cases[i]) for i in mine}
    numbers = [i for i, name in failing if name == output]
    first = min(numbers, key=lambda i: sum(a.size for a in asks[i].arrays.values()))
    for name, array in asks[first].arrays.items():
        for order in orders(array.ndim):
            for turn in (as_read, as_laid):
                if np.array_equal(turn(array, order), array):
                    continue
                if all(_gives(asks[i], mine[i], name, order, turn, output) for i in (first, *mine)):
                    return _said(question, asks[first].given, output, name, order, turn, first)
    return None


def orders(axes):
    """Orders in which one axis has moved to another place, or all are reversed."""
    found = []
    for start in range(axes):
        for to in range(axes):
            order = [a for a in range(axes) if a != start]
            order.insert(to, start)
            found.append(tuple(order))
    found.append(tuple(range(axes))[::-1])
    return [order for order in dict.fromkeys(found) if order != tuple(range(axes))]


def as_read(array, order):
    """The numbers as they would lie if they were stored with the axes in this order."""
    return array.reshape([array.shape[a] for a in order]).transpose(np.argsort(order))


def as_laid(array, order):
    """The numbers laid down with the axes in this order and cut into the old shape."""
    return array.transpose(order).reshape(array.shape)


def _gives(ask, mine, name, order, turn, output):
    try:
        return close(ask({name: turn(ask.arrays[name], order)}).get(output), mine)
    except NoAnswer:
        return False


def _said(question, given, output, name, order, turn, number):
    names = letters(question, name, given, len(order))
    plain, other = f"[{', '.join(names)}]", f"[{', '.join(names[a] for a in order)}]"
    label = output_name(question, output)
    text = (
        f"Your {label} comes out if the numbers of {name} are laid out in the order {other} "
        f"and then cut into the shape of {plain}."
    )
    if turn is as_read:
        text = (
            f"Your {label} comes out if the numbers of {name}, which lie in the order {plain}, "
            f"are taken as if they lay in the order {other}."
        )
    return Said((text,), HINT.format(name), number, output)
