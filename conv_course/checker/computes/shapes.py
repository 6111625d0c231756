"""The arrays in the line at which a learner's function stops, each by its own words, with their shapes."""

import ast
import linecache

import numpy as np

from ..guards import TimeLimit
from ..run import arrange
from .sentences import shape_text

MOST = 3  # arrays that are told
LONG = 48  # letters of an expression that is told
PLAIN = (
    ast.Name,
    ast.Subscript,
    ast.Constant,
    ast.Slice,
    ast.Tuple,
    ast.BinOp,
    ast.UnaryOp,
    ast.operator,
    ast.unaryop,
    ast.expr_context,
)  # what is worked out again: names, places and arithmetic, and no call


def sentence(function, one):
    """ "There `x[0]` has the shape (2, 3), `w` (3, 3)." of the call that stops, None if nothing is told."""
    frame, line = _stop(function, one)
    if frame is None:
        return None
    try:
        statement = _statement(frame.f_code.co_filename, line)
        found = {} if statement is None else _arrays(statement, frame)
    except (SyntaxError, ValueError):
        return None
    if not 1 < len(found) <= MOST:
        return None
    (text, shape), *rest = found.items()
    others = ", ".join(f"`{other}` {shape_text(its)}" for other, its in rest)
    return f"There `{text}` has the shape {shape_text(shape)}, {others}."


def _stop(function, one):
    """(frame, line) of the learner's own code in which a call stops, (None, 0) if it does not."""
    code = getattr(function, "__code__", None)
    if code is None:
        return None, 0
    try:
        function(*(arrange(a, "C") for a in one.args), **{k: arrange(v, "C") for k, v in one.kwargs.items()})
    except (TimeLimit, MemoryError, KeyboardInterrupt):
        raise
    except BaseException as error:
        step, found = error.__traceback__, (None, 0)
        while step is not None:
            if step.tb_frame.f_code.co_filename == code.co_filename:
                found = step.tb_frame, step.tb_lineno
            step = step.tb_next
        return found
    return None, 0


def _statement(file, line):
    """The smallest statement of a file that holds a line; of a loop or a condition its head alone."""
    tree = ast.parse("".join(linecache.getlines(file)))
    holding = [n for n in ast.walk(tree) if isinstance(n, ast.stmt) and n.lineno <= line <= n.end_lineno]
    found = max(holding, key=lambda n: n.lineno, default=None)
    return found if isinstance(found, (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)) else None


def _arrays(node, frame):
    """{its text: its shape} of the largest expressions that are arrays of one axis or more."""
    if isinstance(node, (ast.Name, ast.Subscript)) and all(isinstance(n, PLAIN) for n in ast.walk(node)):
        text = ast.unparse(node)
        try:
            value = eval(text, frame.f_globals, frame.f_locals)
        except Exception:
            value = None
        is_array = isinstance(value, np.ndarray) and value.ndim > 0 and len(text) <= LONG
        return {text: value.shape} if is_array else {}
    found = {}
    for child in ast.iter_child_nodes(node):
        found |= _arrays(child, frame)
    return found
