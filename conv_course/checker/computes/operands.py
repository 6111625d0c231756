"""Read from bytecode what a failed instruction was given, as expressions: the source may not be at hand.

The instructions before it are played on a stack of expressions. What is not understood, or may come from
another branch, is `UNKNOWN`, so an expression on the stack is always one that was worked out there.
"""

import ast
import dis
import sys
from types import CodeType

UNKNOWN = ast.Constant(...)
NULL = ast.Constant(None)  # beside a function on the stack, told from a None of the code by `is`
SPENT = {"RESUME", "NOP", "CACHE", "EXTENDED_ARG", "PRECALL", "PRECALL_METHOD", "COPY_FREE_VARS", "MAKE_CELL"}
NAMES = {"LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW", "LOAD_NAME", "LOAD_DEREF", "LOAD_GLOBAL"}
PAIRS = {"LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"}
CONSTANTS = {"LOAD_CONST", "LOAD_SMALL_INT", "LOAD_CONST_IMMORTAL"}
STORES = {"STORE_FAST", "STORE_NAME", "STORE_DEREF", "STORE_GLOBAL"}
UNARY = {"UNARY_NEGATIVE": ast.USub(), "UNARY_INVERT": ast.Invert(), "UNARY_NOT": ast.Not()}
READ = ast.Load()
JUMPS = {*dis.hasjrel, *dis.hasjabs}
ALIKE = {"LOAD_METHOD": "LOAD_ATTR"}  # one of the two, as the cell itself has an import or not


class Stack:
    """Expressions on the stack; all that lies below the known ones is `UNKNOWN`."""

    def __init__(self, constants):
        self.all, self.keywords, self.constants = [], (), constants

    def pop(self):
        return self.all.pop() if self.all else UNKNOWN

    def several(self, count):
        return [self.pop() for _ in range(count)][::-1]

    def push(self, *nodes):
        self.all += nodes


def before(code, offset):
    """Return (the instruction that was at work at `offset`, the `Stack` that it finds)."""
    steps = list(dis.get_instructions(code))
    at = max(k for k, one in enumerate(steps) if one.offset <= offset)
    at += steps[at].opname == "PRECALL"  # a part of the call
    return steps[at], _played(code, steps[: at + 1])


def _played(code, steps):
    """Return the stack that the last of the steps finds."""
    stack = Stack(code.co_consts)
    for one in steps:
        if one.is_jump_target:  # from elsewhere, the stack may hold other things
            stack.all.clear()
        if one is not steps[-1]:
            _play(one, stack)
    return stack


def stores(code, name):
    """Return (offset, expression) of each assignment to a name."""
    steps, found = list(dis.get_instructions(code)), []
    for k, one in enumerate(steps):
        if name in stored(one):
            stack = _played(code, steps[: k + 1])
            found.append((one.offset, UNKNOWN if one.opname == "STORE_FAST_STORE_FAST" else stack.pop()))
    return found


def in_loop(code, offset):
    jumps = [one for one in dis.get_instructions(code) if one.opcode in JUMPS]
    return any(one.argval <= offset <= one.offset for one in jumps)


def stored(one):
    """Return the names to which an instruction assigns."""
    if one.opname == "STORE_FAST_LOAD_FAST":
        return one.argval[:1]
    if one.opname == "STORE_FAST_STORE_FAST":
        return one.argval
    return (one.argval,) if one.opname in (*STORES, "DELETE_FAST", "DELETE_NAME") else ()


def cleared(code):
    """Return the names whose values a comprehension within the function restores when it is left."""
    return {one.argval for one in dis.get_instructions(code) if one.opname == "LOAD_FAST_AND_CLEAR"}


def known(node):
    return node is not None and not any(
        isinstance(n, ast.Constant) and n.value is ... for n in ast.walk(node)
    )


def plain(code):
    """Return what code does, for a comparison: the same lines, from two cells or files, give the same."""
    found = []
    for one in dis.get_instructions(code):
        if one.opname not in (*SPENT, "PUSH_NULL"):
            value = plain(one.argval) if isinstance(one.argval, CodeType) else one.argval
            found.append((ALIKE.get(one.opname, one.opname), None if one.opcode in JUMPS else value))
    return found


def call(one, stack):
    """Return the `ast.Call` of an instruction that calls, or None."""
    if one.opname not in ("CALL", "CALL_KW"):
        return None
    names = stack.pop().value if one.opname == "CALL_KW" else stack.keywords
    stack.keywords = ()
    if not isinstance(names, tuple):
        return None
    given = stack.several(one.argval)
    functions = [n for n in stack.several(2) if n is not NULL]
    place = len(given) - len(names)
    words = [ast.keyword(name, value) for name, value in zip(names, given[place:], strict=True)]
    function = functions[0] if len(functions) == 1 else UNKNOWN
    return ast.Call(function, given[:place], words)


def subscript(one, stack):
    """Return the `ast.Subscript` of an instruction that reads or writes a place, or None."""
    if one.opname in ("BINARY_SUBSCR", "STORE_SUBSCR") or one.argrepr == "[]":
        array, index = stack.several(2)
        return ast.Subscript(array, index, READ)
    if one.opname in ("BINARY_SLICE", "STORE_SLICE"):
        array, *ends = stack.several(3)
        return ast.Subscript(array, _slice(ends), READ)
    return None


def operation(one, stack):
    """Return the `ast.BinOp` of an instruction that works out a number, or None."""
    if one.opname != "BINARY_OP" or one.argrepr == "[]":
        return None
    left, right = stack.several(2)
    sign = one.argrepr.removesuffix("=")
    return ast.BinOp(left, ast.parse(f"a {sign} b", mode="eval").body.op, right)


def _slice(ends):
    ends = [None if isinstance(n, ast.Constant) and n.value is None else n for n in ends]
    return ast.Slice(*ends)


def _play(one, stack):
    name = one.opname
    if name in SPENT:
        return
    if name == "KW_NAMES":
        stack.keywords = stack.constants[one.arg]
    elif name in NAMES:
        beside = [NULL] if name == "LOAD_GLOBAL" and one.arg & 1 else []
        both = [*beside, ast.Name(one.argval, READ)]
        stack.push(*(both if sys.version_info < (3, 13) else both[::-1]))
    elif name in PAIRS:
        stack.push(*(ast.Name(n, READ) for n in one.argval))
    elif name in CONSTANTS:
        stack.push(ast.Constant(one.argval))
    elif name == "STORE_FAST_LOAD_FAST":
        stack.all[:] = [ast.Name(one.argval[1], READ)]
    elif name == "PUSH_NULL":
        stack.push(NULL)
    elif name in ("LOAD_ATTR", "LOAD_METHOD"):
        method = name == "LOAD_METHOD" or "NULL|self" in one.argrepr
        stack.push(ast.Attribute(stack.pop(), one.argval, READ), *[NULL] * method)
    elif name in UNARY:
        stack.push(ast.UnaryOp(UNARY[name], stack.pop()))
    elif name in ("COPY", "SWAP"):
        _move(name, one.arg, stack.all)
    elif name == "POP_TOP":
        stack.pop()
    elif name.startswith("BUILD_"):
        _build(name, one.arg, stack)
    elif name == "LIST_EXTEND":
        _extend(stack)
    elif name.startswith("STORE_") and name not in STORES and (subscript(one, stack) is not None):
        stack.pop()
    else:
        made = operation(one, stack) or subscript(one, stack) or call(one, stack)
        if made is None:
            stack.all.clear()  # also after a store: it may change what a name on the stack means
        else:
            stack.push(made)


def _move(name, count, nodes):
    if len(nodes) < count:
        nodes.clear()
    elif name == "COPY":
        nodes.append(nodes[-count])
    else:
        nodes[-1], nodes[-count] = nodes[-count], nodes[-1]


def _build(name, count, stack):
    if name == "BUILD_TUPLE":
        stack.push(ast.Tuple(stack.several(count), READ))
    elif name == "BUILD_LIST":
        stack.push(ast.List(stack.several(count), READ))
    elif name == "BUILD_SLICE":
        stack.push(_slice(stack.several(count)))
    else:
        stack.all.clear()


def _extend(stack):
    rows, more = stack.several(2)
    if isinstance(rows, ast.List) and not rows.elts and isinstance(more, ast.Constant):
        stack.push(ast.List([ast.Constant(v) for v in more.value], READ))
    else:
        stack.all.clear()
