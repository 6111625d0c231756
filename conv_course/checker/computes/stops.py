"""The operation at which a learner's function stops: its names, and their values or shapes in that call."""

import ast
import contextlib
import re

import numpy as np

from ..described import describe
from ..guards import TimeLimit
from ..run import arrange
from . import operands, paired
from .linear import Said
from .sentences import shape_text

MOST = 3  # arrays of an operation that are told
LONG = 60  # letters of an expression that is told
PLAIN = (
    ast.Name,
    ast.Subscript,
    ast.Constant,
    ast.Slice,
    ast.Tuple,
    ast.List,
    ast.BinOp,
    ast.UnaryOp,
    ast.operator,
    ast.unaryop,
    ast.expr_context,
)  # what is worked out again: names, places and arithmetic, the shape of an array, and of all calls these
SHAPES = ("shape", "ndim", "size", "T")
ONE_VALUE = (
    "UNPACK_SEQUENCE",
    "GET_ITER",
    "LOAD_ATTR",
    "LOAD_METHOD",
)  # operations on what lies on the stack
CALLS = {"len": len, "min": min, "max": max, "abs": abs}
VALUES = (int, float, bool, str, list, tuple, slice, type(None), np.ndarray, type(len))
DIVISIONS = (ast.Div, ast.FloorDiv, ast.Mod)
FITS = "What does `{0}` have to be given, and which of these does not fit?"
DIVISOR = "When does it become 0, and what should happen then?"
EMPTY = "When is it empty, and what should happen then?"
BEYOND = "What is the largest index that your line asks for, and how many entries should there be?"
# (kind, what a message on it says, how it is told)
KINDS = (
    (type(None), "NoneType", repr),
    (str, r"\bstr\b|data type", repr),
    (list, "'list'|object|sequence", lambda value: "a list"),
    (tuple, "'tuple'|unpack|sequence", describe),
    (float, "integer", lambda value: f"{float(value)}, a float"),
    (int | float, "object is not", describe),
)
LISTS = {list: "list", tuple: "tuple", str: "string"}


class Stop:
    """A call that stops: the frame of the learner's own code in which it does, and the operation there.

    `helper` tells that this operation is the call of a function of the exercise, and `deepest` that no call
    was made from it: it raised the exception itself.
    """

    def __init__(self, question, function, one):
        self.error, steps = _steps(function, one)
        own = getattr(function, "__globals__", None)
        given = [k for k, step in enumerate(steps) if _given(question, step.tb_frame.f_code)]
        before = steps[: given[0]] if given else steps
        mine = [k for k, step in enumerate(before) if step.tb_frame.f_globals is own]
        self.found = bool(mine)
        if mine:
            step = steps[mine[-1]]
            self.frame, self.code, self._offset = step.tb_frame, step.tb_frame.f_code, step.tb_lasti
            self.helper, self.deepest = mine[-1] + 1 in given, mine[-1] + 1 == len(steps)
            self._hidden = operands.cleared(self.code)

    def given(self):
        """Return (the operation's instruction, the stack that it finds)."""
        return operands.before(self.code, self._offset)

    def value(self, node):
        """Work out a plain expression again; `UNKNOWN` if it is not plain or has no value."""
        try:
            plain = operands.known(node) and all(map(self._plain, ast.walk(node)))
            return eval(ast.unparse(node), self._names()) if plain else operands.UNKNOWN
        except Exception:
            return operands.UNKNOWN

    def _names(self):
        return {**self.frame.f_globals, **self.frame.f_locals}

    def _plain(self, node):
        if isinstance(node, ast.Name):
            kind = type(self._names().get(node.id, CALLS.get(node.id)))
            return node.id not in self._hidden and (kind in VALUES or issubclass(kind, np.generic))
        if isinstance(node, ast.Attribute):
            return node.attr in SHAPES and isinstance(self.value(node.value), np.ndarray)
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "")
            return name in CALLS and name not in self._names() and not node.keywords
        return isinstance(node, PLAIN)

    def filled(self, node):
        """Return an expression with numbers in place of its names, or `UNKNOWN`."""
        with contextlib.suppress(LookupError):
            return self._filled(node)
        return operands.UNKNOWN

    def _filled(self, node):
        if isinstance(node, ast.BinOp):
            return ast.BinOp(self._filled(node.left), node.op, self._filled(node.right))
        if isinstance(node, ast.UnaryOp):
            return ast.UnaryOp(node.op, self._filled(node.operand))
        if isinstance(node, ast.Tuple):
            return ast.Tuple([self._filled(part) for part in node.elts], operands.READ)
        if isinstance(node, ast.Slice):
            return ast.Slice(*(end and self._filled(end) for end in (node.lower, node.upper, node.step)))
        value = self.value(node)
        if type(value) is bool or not isinstance(value, int | float | np.integer | np.floating):
            raise LookupError
        return ast.Constant(value.item() if isinstance(value, np.generic) else value)


def words(stop):
    """Return a `Said` on the operation that stops a call, or None: it tells more than the message."""
    if not stop.found:
        return None
    if stop.helper:
        return _in_helper(stop)
    if stop.deepest and isinstance(stop.error, ZeroDivisionError):
        return _divided(stop)
    if stop.deepest and isinstance(stop.error, IndexError):
        return _beyond(stop)
    return paired.words(stop)


def sentence(stop):
    """Return "There `x[0]` has the shape (2, 3), `w` (3, 3)." of the operation that stops a call, or None."""
    if not stop.found or stop.helper or "callable" in str(stop.error):
        return None
    found = {}
    for node in _nodes(stop):
        found |= _arrays(stop, node)
    empty = len(found) == 1 and 0 in next(iter(found.values()))
    if not (empty or 1 < len(found) <= MOST):
        return _of_place(stop) or _of_kind(stop) or _of_numbers(stop)
    (text, shape), *rest = found.items()
    if empty:
        return f"There `{text}` has the shape {shape_text(shape)}."
    others = ", ".join(f"`{other}` {shape_text(its)}" for other, its in rest)
    return f"There `{text}` has the shape {shape_text(shape)}, {others}."


def _nodes(stop):
    """Return the expressions that the failed operation was given."""
    one, stack = stop.given()
    for kind in (operands.operation, operands.call, operands.subscript):
        node = one and kind(one, stack)
        if node is not None:
            put = [stack.pop()] if one.opname.startswith("STORE_") else []
            return [node.left, node.right] if isinstance(node, ast.BinOp) else [node, *put]
    return []


def _arrays(stop, node):
    """Return {its text: its shape} of the largest expressions that are arrays of one axis or more."""
    value = (
        stop.value(node) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else operands.UNKNOWN
    )
    if isinstance(value, np.ndarray) and value.ndim:
        text = ast.unparse(node)
        return {text: value.shape} if len(text) <= LONG else {}
    found = {}
    if value is not operands.UNKNOWN:  # a number of an array that is not itself at work here
        return found
    for child in ast.iter_child_nodes(node):
        found |= _arrays(stop, child)
    return found


def _steps(function, one):
    """Call the function; return the exception and the steps of its traceback."""
    try:
        function(*(arrange(a, "C") for a in one.args), **{k: arrange(v, "C") for k, v in one.kwargs.items()})
    except (TimeLimit, MemoryError, KeyboardInterrupt):
        raise
    except BaseException as error:
        step, found = error.__traceback__, []
        while step is not None:
            found.append(step)
            step = step.tb_next
        return error, found
    return None, []


def _given(question, code):
    """Return whether code is that of a function which the exercise gives as text."""
    given = question.names.get(code.co_name)
    if getattr(given, "__globals__", None) is not question.names:  # imported: its messages are for the caller
        return False
    return operands.plain(given.__code__) == operands.plain(code)


def _in_helper(stop):
    """Return a `Said` on the call of a helper that the exercise gives: what it was given."""
    called = operands.call(*stop.given())
    if called is None or not operands.known(called.func):
        return None
    name, told = ast.unparse(called.func), []
    for node in [*called.args, *(word.value for word in called.keywords)]:
        value, text = stop.value(node), ast.unparse(node)
        if isinstance(value, np.ndarray) and value.ndim:
            told.append(f"`{text}` of shape {shape_text(value.shape)}")
        elif isinstance(value, int | float | tuple | list | np.number) and not isinstance(node, ast.Constant):
            told.append(f"`{text}` = {describe(value)}")
    line = f"It stops within `{name}`, which the exercise gave, at your call of it."
    lines = (line, *([f"Given to it: {', '.join(told)}."] if told else []))
    return Said(lines, FITS.format(name), 0)


def _divided(stop):
    """Return a `Said` on a division by 0: the divisor in the learner's words, and how it became 0."""
    node = operands.operation(*stop.given())
    if node is None or not isinstance(node.op, DIVISIONS) or not operands.known(node.right):
        return None
    text = ast.unparse(node.right)
    if isinstance(node.right, ast.Constant) or len(text) > LONG:
        return None
    how = stop.filled(_origin(stop, node.right))
    shown = f" ({ast.unparse(how)})" if isinstance(how, ast.BinOp) and stop.value(how) == 0 else ""
    return Said((f"The divisor `{text}` is 0 here{shown}.",), DIVISOR, 0)


def _origin(stop, node):
    """Return the expression that gave a name its value, if it has the same numbers still; else the node."""
    if not isinstance(node, ast.Name) or not _stays(stop, node.id):
        return node
    ((_, found),) = operands.stores(stop.code, node.id) or ((0, node),)
    names = {n.id for n in ast.walk(found) if isinstance(n, ast.Name)} - set(CALLS)
    return found if operands.known(found) and all(_stays(stop, name) for name in names) else node


def _stays(stop, name):
    """Return whether a local name has one value throughout a call."""
    code = stop.code
    if name in code.co_cellvars or name not in code.co_varnames:
        return False
    made = operands.stores(code, name)
    if name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
        return not made
    return len(made) == 1 and not operands.in_loop(code, made[0][0])


def _beyond(stop):
    """Return a `Said` on an entry beyond the end of a list: how many there are, and which was asked for."""
    node = operands.subscript(*stop.given())
    if node is None or not operands.known(node):
        return None
    rows, index = stop.value(node.value), stop.value(node.slice)
    text = ast.unparse(node.value)
    if type(rows) not in LISTS or not isinstance(index, int | np.integer) or len(text) > LONG:
        return None
    if -len(rows) <= index < len(rows):  # it has changed since
        return None
    kind = LISTS[type(rows)]
    if not rows:
        return Said((f"The {kind} `{text}` is empty here; index {index} was asked for.",), EMPTY, 0)
    has = "1 entry, at index 0" if len(rows) == 1 else f"{len(rows)} entries, at indices 0 to {len(rows) - 1}"
    return Said((f"The {kind} `{text}` has {has}; index {index} was asked for.",), BEYOND, 0)


def _of_place(stop):
    """Return "`x[i, j]` is `x[3, 0]` here, and `x` has the shape (3, 4)." of a place that is not there."""
    if not isinstance(stop.error, IndexError) or not stop.deepest:
        return None
    node = operands.subscript(*stop.given())
    if node is None or not operands.known(node):
        return None
    array, index = stop.value(node.value), stop.filled(node.slice)
    if not isinstance(array, np.ndarray) or index is operands.UNKNOWN:
        return None
    text, there = ast.unparse(node), ast.unparse(ast.Subscript(node.value, index, operands.READ))
    name, shape = ast.unparse(node.value), shape_text(array.shape)
    if text == there:
        return f"There `{name}` has the shape {shape}."
    return f"`{text}` is `{there}` here, and `{name}` has the shape {shape}."


def _of_kind(stop):
    """Return "There `rows` is a list." of what is of another kind than the operation needs, or None."""
    one, stack = stop.given()
    nodes = [stack.pop()] if one.opname in ONE_VALUE else [n for node in _nodes(stop) for n in _parts(node)]
    for node in nodes:
        value, text = stop.value(node), ast.unparse(node)
        if isinstance(node, ast.Constant) or value is operands.UNKNOWN or len(text) > LONG:
            continue
        for kind, pattern, told in KINDS:
            if isinstance(value, kind) and re.search(pattern, str(stop.error)):
                return f"There `{text}` is {told(value)}."
    return None


def _parts(node):
    """Return the expressions that make up what an operation was given."""
    if isinstance(node, ast.Call):
        return [*node.args, *(word.value for word in node.keywords)]
    if isinstance(node, ast.Subscript):
        places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        ends = [e for p in places for e in ((p.lower, p.upper, p.step) if isinstance(p, ast.Slice) else (p,))]
        return [node.value, *(end for end in ends if end is not None)]
    return [node]


def _of_numbers(stop):
    """Return "There `(left, right)` is (-1, -1)." of the numbers that a call was given, or None."""
    one, stack = stop.given()
    matters = re.search("negative|larger|no len", str(stop.error))
    called, told = operands.call(one, stack) if matters else None, []
    for node in [] if called is None else [*called.args, *(word.value for word in called.keywords)]:
        value = stop.value(node)
        plain = isinstance(node, ast.Constant) or not isinstance(value, int | tuple | np.integer)
        if not plain and len(ast.unparse(node)) <= LONG:
            told.append((ast.unparse(node), describe(value)))
    return f"There `{told[0][0]}` is {told[0][1]}." if len(told) == 1 else None
