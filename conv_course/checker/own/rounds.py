"""Add notes to a function: in every round of its loops, it records the variables that the round sets."""

import ast
import copy
from dataclasses import dataclass

MOST_ROWS, MOST_NUMBERS = 60, 6  # notes of a call; numbers in a note

WITH_NOTES = """
import numpy as own_np

own_rows = []

def own_note(place, counters, value):
    if len(own_rows) < {rows}:
        counters = [int(c) if isinstance(c, (int, own_np.integer)) else None for c in counters]
        small = isinstance(value, (int, float, own_np.number))
        if isinstance(value, own_np.ndarray) and value.dtype.kind in "iuf":
            small = 0 < value.size <= {numbers}
        own_rows.append([place, counters, own_np.array(value) if small else None])

def own_asked(*args, **kwargs):
    del own_rows[:]
    result = {name}(*args, **kwargs)
    return [list(own_rows), result]
"""


@dataclass(frozen=True)
class Place:
    """A statement in a loop that sets a variable: its line, the variable, and the loop counters."""

    line: int
    variable: str
    counters: tuple


def with_notes(source):
    """Return (places, source) of the function with notes. Without a loop that sets a variable, no places."""
    (definition,) = (tree := ast.parse(source)).body
    calls = {
        n.func.id for n in ast.walk(definition) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    places = []
    if definition.name not in calls:  # a recursive call would mix up the notes
        definition.body = _noted(definition.body, None, places)
    text = ast.unparse(ast.fix_missing_locations(tree))
    more = WITH_NOTES.format(rows=MOST_ROWS, numbers=MOST_NUMBERS, name=definition.name)
    return places, text + more


def _noted(body, counters, places):
    """Return the statements with notes inserted. `counters` is None outside of loops."""
    made = []
    for statement in body:
        made.append(statement)
        if isinstance(statement, (ast.For, ast.While)):
            own = _names(statement.target) if isinstance(statement, ast.For) else ()
            statement.body = _noted(statement.body, (*(counters or ()), *own), places)
        elif isinstance(statement, (ast.If, ast.With)):
            statement.body = _noted(statement.body, counters, places)
            if isinstance(statement, ast.If):
                statement.orelse = _noted(statement.orelse, counters, places)
        elif counters is not None and (target := _target(statement)) is not None:
            made.append(_note(len(places), counters, target))
            places.append(Place(statement.lineno, ast.unparse(target), counters))
    return made


def _names(target):
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return tuple(part.id for part in parts if isinstance(part, ast.Name) and part.id != "_")


def _target(statement):
    """Return the target of an assignment as an expression to read, or None if it cannot be read."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AugAssign):
        target = statement.target
    else:
        return None
    odd = (ast.Call, ast.NamedExpr, ast.Yield, ast.Await)
    if not isinstance(target, (ast.Name, ast.Subscript)) or any(isinstance(n, odd) for n in ast.walk(target)):
        return None
    read = copy.deepcopy(target)
    read.ctx = ast.Load()
    return read


def _note(number, counters, target):
    words = [ast.Constant(number), ast.List([ast.Name(c, ast.Load()) for c in counters], ast.Load()), target]
    return ast.Expr(ast.Call(ast.Name("own_note", ast.Load()), words, []))
