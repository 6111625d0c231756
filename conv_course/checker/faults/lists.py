"""Say what differs in answers given as lists or words: the order, only some places, one word given twice."""

import numpy as np

from ..computes.linear import Said
from ..computes.sentences import listed
from .items import items_of

MOST = 3  # places that are named
ORDER = "What does each place of the list stand for, and which number belongs to the first?"
TWICE = "In which case do they differ? Take that one."


def explain(question, table, failing, cases, wanted, find):
    """Return a `Said` about the wrong lists and words, or None. `find` gives the faults of outputs."""
    lines, hints = _twice(question, table, failing, wanted)
    for key, why in failing.items():
        name = key[1]
        items = items_of(question, table, failing, cases, wanted, name)
        if items is None or items[0].want.size < 2:
            continue
        yes_or_no = np.isin(items[0].want, (0, 1)).all()
        faults = [] if yes_or_no else find(question, table, {key: why}, cases, wanted)
        text, hint = (
            (faults[0].text[0], faults[0].hint)
            if faults
            else _other_order(items[0]) or (_places(items[0]), question.asks[name])
        )
        if text:
            lines.append(text if text.startswith(name) else f'"{name}": {text[0].lower()}{text[1:]}')
            hints.append(hint)
    return Said(tuple(lines), hints[0], 0) if lines else None


def _twice(question, table, failing, wanted):
    """Return lines and hints about a word that stands for two names, where no two of the right ones agree."""
    words = {n: want for n, want in wanted[0].items() if type(want) is str and n in question.outputs}
    if len(set(words.values())) < len(words) or len(words) < 3:
        return [], []
    given = {}
    for name in words:
        if type(table[0, name][0]) is str:
            given.setdefault(table[0, name][0], []).append(name)
    double = [names for names in given.values() if len(names) > 1 and any((0, n) in failing for n in names)]
    quoted = [listed(f'"{name}"' for name in names) for names in double]
    lines = [
        f"{names} get the same answer, and no two of the right ones are the same, "
        "so something tells them apart."
        for names in quoted
    ]
    asks = {question.asks[name] for names in double for name in names}
    return lines, [asks.pop() if len(asks) == 1 else TWICE] * len(lines)


def _other_order(item):
    """Explain a list that holds the right numbers, in another order."""
    got, want = item.got, item.want
    if 2 * np.unique(want).size <= want.size:  # of a list of yes and no, two places may agree by chance
        return None
    if got.shape == want.shape and np.array_equal(np.sort(got, None), np.sort(want, None)):
        moved = np.argwhere(got != want)
        if len(moved) == 2:
            return f"The numbers at {listed(str(place.tolist()) for place in moved)} are exchanged.", ORDER
        return "The right numbers, not all of them in their places.", ORDER
    return None


def _places(item):
    """Name the places that are wrong, if most are right, or the other way round.

    Of a list of yes and no they are only counted: to know a place there is to know its number.
    """
    got, want = item.got, item.want
    if got.shape != want.shape:
        return ""
    if np.isin(want, (0, 1)).all():
        wrong = int((got != want).sum())
        return (
            f"1 of the {want.size} numbers is wrong."
            if wrong == 1
            else (f"{wrong} of the {want.size} numbers are wrong.")
        )
    good = np.isclose(got, want, rtol=1e-7)
    if not good.any():
        return ""
    few = good if good.sum() < (~good).sum() else ~good
    if few.sum() > MOST:
        return ""
    places = listed(str(place.tolist()) for place in np.argwhere(few))
    one, right = few.sum() == 1, few is good
    if right:
        text = f"Only the number at {places} is right." if one else f"Only the numbers at {places} are right."
    else:
        text = f"Only the number at {places} is wrong." if one else f"Only the numbers at {places} are wrong."
    return text
