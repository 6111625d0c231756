"""Recognise general faults from the wrong results alone: another order, swapped axes, a factor, a lost row.

Nothing is called here. A fault is reported only if it turns the right result into the learner's in every
failing case of an output, and leaves the passing cases unchanged.
"""

from ..computes.letters import output_name
from . import lengths, numbers, order, places, relaid, rows, sums, tables
from .items import Fault, Item, changes, items_of


def find_last(question, table, failing, cases, wanted):
    """Return the faults that are looked for where nothing else explains the results, as `find` does."""
    return _found(LAST, question, table, failing, cases, wanted)


def find(question, table, failing, cases, wanted, answers=()):
    """Return the faults of all failing outputs as a list of `Fault`, empty if there are none."""
    whole = order.find(question, table, failing, wanted, answers)
    if whole is not None:
        return [whole]
    return _found(TESTS, question, table, failing, cases, wanted)


def _found(tests, question, table, failing, cases, wanted):
    found = []
    for output in dict.fromkeys(name for _, name in failing):
        items = items_of(question, table, failing, cases, wanted, output)
        if items is None:
            continue
        label = output_name(question, output)
        said = _first(tests, question, label, items)
        changed = changes(items, output) if tests is TESTS and output in question.modifies else []
        if said is None and changed:
            said = _first(OF_CHANGES, question, f"The change of {label}", changed)
        if said is not None:
            lines = said[0] if isinstance(said[0], tuple) else (said[0],)
            found.append(Fault(lines, said[1], output))
    return found


def _first(tests, question, label, items):
    """Return what the first test that recognises its fault says, or None."""
    return next((said for test in tests if (said := test(question, label, items)) is not None), None)


TESTS = (
    numbers.untouched,
    numbers.sign_or_factor,
    numbers.rounded,
    rows.rows,
    places.axes,
    places.form,
    relaid.relaid,
    places.rows_and_columns,
    places.trimmed,
    places.part,
    places.lacking,
    places.moved,
    sums.summed,
    sums.unsummed,
    sums.repeated,
    sums.single,
    numbers.scaled,
    numbers.offset,
    numbers.simple,
    numbers.carried,
    numbers.stops,
)
# of an argument that is modified in place, by what is added to it
OF_CHANGES = (numbers.sign_or_factor, places.axes, relaid.relaid, places.moved, numbers.in_first_case)
# where nothing else explains a result
LAST = (tables.runs, tables.joined, tables.one_axis, numbers.in_first_case, lengths.off)


__all__ = ["Fault", "Item", "find", "find_last"]
