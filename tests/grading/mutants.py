"""General wrong answers, made by small edits of a right one, at one place of its syntax tree at a time.

An edit is a mistake that learners make in any question: one axis mistaken for the other, a size rounded in
another way, a stride left out, a term assigned instead of added, a slice that ends at minus zero.
"""

import ast
import copy
import itertools
import math
import re

PARTNERS = {
    **{f"{letter}H": f"{letter}W" for letter in "skpo"},
    **{"H": "W", "H_out": "W_out", "top": "left", "bottom": "right", "down": "across", "i": "j", "u": "v"},
}
PARTNERS |= {b: a for a, b in PARTNERS.items()} | {"left": "right", "right": "left"}
PAIRS = ("stride", "padding", "kernel", "output_padding", "size", "out")
IDEAS = {"s": "stride", "p": "padding", "o": "output padding", "k": "kernel"}


def _round_size(of):
    """Return the `output_size` of a learner who rounds with `of`, which gets the quotient and the summand."""

    def output_size(size, k, stride=1, padding=0, dilation=1):
        total = sum(padding) if isinstance(padding, tuple) else 2 * padding
        return int(of((size + total - dilation * (k - 1) - 1) / stride, 1))

    return output_size


ROUNDING = {
    "round": lambda quotient, more: round(quotient) + more,
    "round at the end": lambda quotient, more: round(quotient + more),
    "half up": lambda quotient, more: math.floor(quotient + 0.5) + more,
    "ceil": lambda quotient, more: math.ceil(quotient) + more,
}
HELPERS = {f"_{name.replace(' ', '_')}": function for name, function in ROUNDING.items()}
HELPERS |= {f"_size_{name.replace(' ', '_')}": _round_size(f) for name, f in ROUNDING.items()}


def idea_of(name):
    """Return the idea that a name in the answer belongs to, after which a part may be called."""
    if name in ("stride", "padding", "kernel", "output_padding", "dilation"):
        return name.replace("_", " ")
    if name in ("top", "bottom", "left", "right"):
        return "uneven"
    if name in ("H", "W", "H_out", "W_out"):
        return "axis"
    return IDEAS.get(name[0], "") if re.fullmatch(r"[skpo][HW]", name) else ""


def _edits(node, parent, names):
    """Yield (description, idea, replacement) for one node of the tree."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and PARTNERS.get(node.id) in names:
        yield f"{PARTNERS[node.id]} for {node.id}", idea_of(node.id), ast.Name(PARTNERS[node.id], ast.Load())
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        k, where = node.slice.value, ast.unparse(node.value)
        other = {2: 3, 3: 2} if where.endswith(".shape") else {0: 1, 1: 0} if where in PAIRS else {}
        if k in other:
            yield (
                f"{where}[{other[k]}] for [{k}]",
                idea_of(where),
                _changed(node, slice=ast.Constant(other[k])),
            )
    if isinstance(node, ast.BinOp):
        yield from _of_operation(node, parent)
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield "assigned, not added", "", ast.Assign([node.target], node.value)
    if isinstance(node, ast.Call):
        yield from _of_call(node)
    if isinstance(node, ast.Slice) and isinstance(node.lower, ast.Name):
        last = node.upper
        if isinstance(last, ast.BinOp) and ast.unparse(last.left) == node.lower.id and not node.step:
            yield (
                f"slice to -{node.lower.id}",
                idea_of(node.lower.id),
                _changed(node, upper=ast.UnaryOp(ast.USub(), node.lower)),
            )


def _of_operation(node, parent):
    left, right = node.left, node.right
    if isinstance(node.op, ast.FloorDiv) and not isinstance(left, ast.UnaryOp):
        for helper in HELPERS:
            if not helper.startswith("_size") and not _adds_one(parent, node):
                yield f"// by {helper[1:]}", "stride", _called(helper, ast.BinOp(left, ast.Div(), right), 0)
    if _adds_one(node, left):
        for helper in HELPERS:
            if not helper.startswith("_size"):
                quotient = ast.BinOp(left.left, ast.Div(), left.right)
                yield f"// by {helper[1:]}", "stride", _called(helper, quotient, 1)
    if isinstance(node.op, ast.Add) and ast.unparse(right) == "1":
        yield "the + 1 is missing", "", left
    if isinstance(node.op, ast.Sub) and ast.unparse(right) == "1":
        yield "the - 1 is missing", "", left
    if isinstance(node.op, ast.Mult):
        for side, kept in ((left, right), (right, left)):
            if isinstance(side, ast.Name) and side.id in ("stride", "sH", "sW", "S", "dilation"):
                yield f"{side.id} is left out", "dilation" if side.id == "dilation" else "stride", kept
            if ast.unparse(side) == "2" and isinstance(kept, ast.Name | ast.Subscript):
                yield "once, not twice", "padding", kept


def _of_call(node):
    name = ast.unparse(node.func)
    if name == "output_size":
        for helper in HELPERS:
            if helper.startswith("_size"):
                yield f"size by {helper[6:]}", "stride", _changed(node, func=ast.Name(helper, ast.Load()))
    if name == "range" and len(node.args) == 3 and ast.unparse(node.args[2]) == "stride":
        first, stop, step = map(ast.unparse, node.args)
        for helper in HELPERS:
            if not helper.startswith("_size"):
                text = f"[{first} + k_ * ({step}) for k_ in range({helper}(({stop} - 1) / ({step}), 1))]"
                yield f"windows by {helper[1:]}", "stride", ast.parse(text, mode="eval").body
    if name.endswith((".transpose", ".reshape")) and len(node.args) > 1:
        for a, b in itertools.combinations(range(len(node.args)), 2):
            args = list(node.args)
            args[a], args[b] = args[b], args[a]
            yield f"{name}: {a} and {b} exchanged", "", _changed(node, args=args)
    if name in ("abs", "np.abs"):
        yield "no absolute value", "", node.args[0]
    if name == "np.maximum":
        for side, other in (node.args, node.args[::-1]):
            yield f"{ast.unparse(side)}, not the larger of it and {ast.unparse(other)}", "", side
    if name == "max" and len(node.args) == 2 and ast.unparse(node.args[1]) == "0":
        yield "may be negative", "", node.args[0]


def _adds_one(node, left):
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add)
        and node.left is left
        and isinstance(left, ast.BinOp)
        and isinstance(left.op, ast.FloorDiv)
        and ast.unparse(node.right) == "1"
    )


def _called(helper, *arguments):
    arguments = [a if isinstance(a, ast.AST) else ast.Constant(a) for a in arguments]
    return ast.Call(ast.Name(helper, ast.Load()), arguments, [])


def _changed(node, **fields):
    fresh = copy.copy(node)
    for name, value in fields.items():
        setattr(fresh, name, value)
    return fresh


def _places(tree):
    """Yield (parent, field, index or None, node) of every node that can be replaced."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            for k, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(node, ast.AST):
                    yield parent, field, k, node


def _put(parent, field, k, node):
    if k is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[k] = node


def mutants(tree):
    """Yield (name, idea, tree) of every edit that changes the tree."""
    places = list(_places(tree))
    names = {node.id for *_, node in places if isinstance(node, ast.Name)}
    names |= {node.arg for *_, node in places if isinstance(node, ast.arg)}
    for parent, field, k, node in places:
        for name, idea, fresh in _edits(node, parent, names):
            _put(parent, field, k, fresh)
            line = getattr(node, "lineno", getattr(parent, "lineno", 0))
            yield f"{name}, line {line}", idea, copy.deepcopy(tree)
            _put(parent, field, k, node)
    for a, b in sorted(PARTNERS.items()):
        if a not in names:
            continue
        found = [
            p
            for p in places
            if isinstance(p[3], ast.Name) and p[3].id == b and isinstance(p[3].ctx, ast.Load)
        ]
        if found:
            for parent, field, k, _ in found:
                _put(parent, field, k, ast.Name(a, ast.Load()))
            yield f"{a} for {b} everywhere", idea_of(b), copy.deepcopy(tree)
            for parent, field, k, node in found:
                _put(parent, field, k, node)
