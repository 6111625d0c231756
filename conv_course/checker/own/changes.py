"""Make small changes to single lines of a learner's code, in its text, so that the rest stays as written."""

import ast
from dataclasses import dataclass

MOST_READ = 60  # changed texts that are considered


@dataclass(frozen=True)
class Change:
    """A changed line: its number in the function's text, its old and new text, and the whole changed text."""

    line: int
    old: str
    new: str
    source: str


def changes(source, rng, most=12):
    """Return up to `most` changes of a function, each in one line, spread over its lines."""
    lines = source.split("\n")
    (definition,) = ast.parse(source).body
    same, by_line, kept = {ast.dump(ast.parse(source))}, {}, _that_end_loops(definition)
    defaults = _defaults(definition.args)
    nodes = list(_changeable(definition))
    rng.shuffle(nodes)
    for node in nodes:
        for first, last, text in [*_edits(node, lines), *_default(node, defaults)]:
            number = node.lineno
            if number in kept or len(same) > MOST_READ:
                continue
            raw = lines[number - 1].encode()
            line = (raw[:first] + text.encode() + raw[last:]).decode()
            made = "\n".join([*lines[: number - 1], line, *lines[number:]])
            tree = _parsed(made)
            if tree is None or tree in same:
                continue
            same.add(tree)
            change = Change(number, lines[number - 1].strip(), line.strip(), made)
            by_line.setdefault(number, []).append(change)
    return _spread(list(by_line.values()), rng, most)


def _that_end_loops(definition):
    """Return the lines that the end of a `while` loop depends on: a change there could make it endless."""
    loops = [node for node in ast.walk(definition) if isinstance(node, ast.While)]
    names = {n.id for loop in loops for n in ast.walk(loop.test) if isinstance(n, ast.Name)}
    found = set()
    for loop in loops:
        for node in ast.walk(loop):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in names:
                found.add(node.lineno)
    return found


def _spread(groups, rng, most):
    for group in groups:
        rng.shuffle(group)
    rng.shuffle(groups)
    depth = max(map(len, groups), default=0)
    return [group[k] for k in range(depth) for group in groups if k < len(group)][:most]


def _parsed(text):
    try:
        return ast.dump(ast.parse(text))
    except (SyntaxError, ValueError):
        return None


def _changeable(definition):
    """Yield a body's nodes that are on one line, except in texts, raises, asserts and inner functions."""
    docstring = ast.get_docstring(definition) is not None
    left = list(definition.body[docstring:])
    while left:
        node = left.pop(0)
        if isinstance(node, (ast.Raise, ast.Assert, ast.JoinedStr, ast.FunctionDef, ast.Lambda)):
            continue
        left += ast.iter_child_nodes(node)
        if getattr(node, "lineno", 0) and node.lineno == node.end_lineno:
            yield node


def _text(node, lines):
    return lines[node.lineno - 1].encode()[node.col_offset : node.end_col_offset].decode()


def _edits(node, lines):
    """Yield (first byte, last byte, new text) of each change at a node."""
    whole = (node.col_offset, node.end_col_offset) if hasattr(node, "col_offset") else None
    if isinstance(node, ast.BinOp):
        yield from _of_operator(node, lines, whole)
    elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield _between(node.target, node.value, lines, "+=", "=")
        yield _between(node.target, node.value, lines, "+=", "-=")
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for old, new in (("<=", "<"), (">=", ">"), ("<", "<="), (">", ">=")):
            if isinstance(node.ops[0], {"<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE}[old]):
                yield _between(node.left, node.comparators[0], lines, old, new)
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "range" and len(node.args) == 1:
        text = _text(node.args[0], lines)
        yield (*whole, f"range({text} - 1)")
        yield (*whole, f"range(1, {text})")
    elif isinstance(node, ast.Slice) and node.step is not None:
        yield (node.step.col_offset, node.step.end_col_offset, "1")
    elif isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value < 3:
        yield (*whole, str(node.value + 1))


def _defaults(arguments):
    """Return {argument: default} of the arguments with an integer default."""
    late = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    pairs = [*zip(late, arguments.defaults, strict=True)]
    pairs += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return {a.arg: repr(d.value) for a, d in pairs if isinstance(d, ast.Constant) and type(d.value) is int}


def _default(node, defaults):
    """Yield the change of an argument into its default value."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in defaults:
        yield node.col_offset, node.end_col_offset, defaults[node.id]


def _of_operator(node, lines, whole):
    left, right = node.left, node.right
    if left.end_lineno != right.lineno:
        return
    if isinstance(node.op, ast.Add):
        yield _between(left, right, lines, "+", "-")
    elif isinstance(node.op, ast.Sub):
        yield _between(left, right, lines, "-", "+")
    elif isinstance(node.op, ast.FloorDiv):
        yield (*whole, f"-(-({_text(left, lines)}) // ({_text(right, lines)}))")
    plain = isinstance(right, (ast.Name, ast.Constant, ast.Attribute, ast.Subscript))
    if isinstance(node.op, (ast.Mult, ast.Add, ast.Sub)) and plain:
        text, line = _text(left, lines), lines[node.lineno - 1].encode()
        bracketed = line[: whole[0]].endswith(b"(") and line[whole[1] :].startswith(b")")
        yield (*whole, f"({text})" if isinstance(left, ast.BinOp) and not bracketed else text)


def _between(left, right, lines, old, new):
    """Return the change of the operator between two operands."""
    first, last = left.end_col_offset, right.col_offset
    text = lines[left.end_lineno - 1].encode()[first:last].decode()
    return first, last, text.replace(old, new, 1)
