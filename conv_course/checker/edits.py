"""Edits of the syntax tree of a right answer. An edit takes a node and yields possible replacements."""

import ast
import copy
import re


def slots_of(tree, function):
    """Return (parent list or node, index or field, node) of every node of the function or first statement."""
    named = lambda n: isinstance(n, ast.FunctionDef) and n.name == function  # noqa: E731
    at = next(k for k, n in enumerate(tree.body) if function is None or named(n))
    found = [(tree.body, at, tree.body[at])]
    for _, _, node in found:
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                found.append((node, name, value))
            elif isinstance(value, list):
                found += [(value, k, v) for k, v in enumerate(value) if isinstance(v, ast.AST)]
    return found


def _set(place, key, node):
    if isinstance(place, list):
        place[key] = node
    else:
        setattr(place, key, node)


def _with(tree, changes, use):
    """Return `use(tree)` with the changes [(place, key, old, new)] applied, then undo them."""
    for place, key, _, new in changes:
        _set(place, key, ast.fix_missing_locations(new) if isinstance(new, ast.AST) else new)
    made = use(tree)
    for place, key, old, _ in reversed(changes):
        _set(place, key, old)
    return made


def each(change):
    """Return an edit that applies change(node) -> nodes at one node at a time."""

    def edit(tree, slots, whole, use):
        for place, key, node in slots:
            for new in list(change(node)):
                yield _with(tree, [(place, key, node, new)], use)

    return edit


def together(change):
    """Return an edit that applies `change` at all matching nodes at once."""

    def edit(tree, slots, whole, use):
        ways = [(place, key, node, list(change(node))) for place, key, node in slots]
        for way in range(max((len(news) for *_, news in ways), default=0)):
            few = [(p, k, node, news[way]) for p, k, node, news in ways if len(news) > way]
            yield _with(tree, few, use)

    return edit


def first(line, *arguments):
    """Return an edit that puts a line before all others of a function that has these arguments."""

    def edit(tree, slots, whole, use):
        place, key, function = slots[0]
        given = getattr(function, "args", None)
        if given and set(arguments) <= {one.arg for one in (*given.args, *given.kwonlyargs)}:
            new = copy.copy(function)
            new.body = [*ast.parse(line).body, *function.body]
            yield _with(tree, [(place, key, function, new)], use)

    return edit


def named(pairs, turn):
    """Return an edit that renames the numbers of a pair wherever they are read."""

    def edit(tree, slots, whole, use):
        for a, b in pairs:
            if not all(re.search(rf"(?<![\w.]){re.escape(n)}(?!\w)", whole) for n in (a, b)):
                continue
            changes = {old: parsed(new) for old, new in turn(a, b).items()}
            plain = "[" not in a
            kind = ast.Name if plain else ast.Subscript
            ways = [
                (place, key, node, changes.get(node.id if plain else ast.unparse(node)))
                for place, key, node in slots
                if isinstance(node, kind) and isinstance(node.ctx, ast.Load)
            ]
            ways = [way for way in ways if way[3] is not None]
            if ways:
                yield _with(tree, ways, use)

    return edit


def in_a_line(pairs):
    """Return an edit that replaces one number of a pair by the other throughout one statement."""

    def edit(tree, slots, whole, use):
        for _, _, line in slots:
            if isinstance(line, (ast.Assign, ast.AugAssign, ast.Expr, ast.Return)):
                inside = slots_of(ast.Module([line], []), None)
                for a, b in (*pairs, *(pair[::-1] for pair in pairs)):
                    ways = [
                        (place, key, node, ast.Name(a, ast.Load()))
                        for place, key, node in inside
                        if isinstance(node, ast.Name) and node.id == b and isinstance(node.ctx, ast.Load)
                    ]
                    if len(ways) > 1:
                        yield _with(tree, ways, use)

    return edit


def once(pairs):
    """Return an edit that replaces one number of a pair by the other at one place only."""

    def change(node):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            for a, b in pairs:
                if node.id in (a, b):
                    yield ast.Name(b if node.id == a else a, ast.Load())

    return each(change)


def parsed(text):
    return ast.parse(text, mode="eval").body


def assigned(node):
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        target = copy.deepcopy(node.target)
        yield ast.Assign([target], node.value)


def returned(node):
    """Yield the function with its last `return` moved to the end of a loop body."""
    if isinstance(node, ast.FunctionDef) and isinstance(node.body[-1], ast.Return):
        last = node.body[-1]
        for at, loop in enumerate(node.body[:-1]):
            inner = loop
            while isinstance(inner, ast.For):
                made = copy.deepcopy(node)
                target = made.body[at]
                here = loop
                while here is not inner:
                    place = next(k for k, v in enumerate(here.body) if isinstance(v, ast.For))
                    here, target = here.body[place], target.body[place]
                target.body.append(copy.deepcopy(last))
                yield made
                inner = next((v for v in inner.body if isinstance(v, ast.For)), None)


def pad(new):
    """Return a change of np.pad(x, p) into the template `new`, with {x}, {p}, {first}, {last} filled in."""

    def change(node):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.pad":
            x, p = ast.unparse(node.args[0]), ast.unparse(node.args[1])
            pairs = [name for name in re.findall(r"\((\w+), \1\)", p) if name != "0"] or ["padding"]
            last = pairs[-1]
            if "{last}" in new:
                pairs = pairs[:1] if last != "padding" else []
            texts = [new.format(x=x, p=p, first=first, last=last) for first in pairs]
            yield from map(parsed, dict.fromkeys(texts))

    return change


def before_and_behind(node):
    """Yield np.pad with the pair (pH, pW) at the two ends of both axes."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.pad" and len(node.args) > 1:
        text = ast.unparse(node)
        made = re.sub(r"\((\w+), \1\), \((\w+), \2\)\)", r"(\1, \2), (\1, \2))", text)
        if made != text and "(0, 0))" not in made:
            yield parsed(made)


def edge_pad(node):
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.pad" and len(node.args) == 2:
        numbers = copy.deepcopy(node.args[1])
        swapped = ast.unparse(numbers)
        pairs = re.findall(r"\((\w+), (\w+)\)", swapped)
        for a, b in pairs:
            if a != b:
                for new in (f"({a}, {a})", f"({b}, {b})"):
                    yield parsed(ast.unparse(node).replace(f"({a}, {b})", new))


def pad_axes(node):
    """Yield np.pad with the padding of rows and columns swapped."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.pad" and len(node.args) > 1:
        spec = node.args[1]
        if isinstance(spec, ast.Tuple) and len(spec.elts) > 1 and isinstance(spec.elts[-1], ast.Tuple):
            made = copy.deepcopy(node)
            ends = made.args[1].elts
            ends[-1], ends[-2] = ends[-2], ends[-1]
            yield made


def crop(new):
    """Return a change of the slice `p : p + H` into each of the templates `new`."""

    def change(node):
        if isinstance(node, ast.Slice) and isinstance(node.lower, ast.Name) and node.upper is not None:
            upper = ast.unparse(node.upper)
            p = node.lower.id
            found = re.fullmatch(rf"{p} \+ (.+)", upper)
            if found:
                yield from (_sliced(text.format(p=p, H=found[1])) for text in new)

    return change


def _sliced(text):
    return ast.parse(f"a[{text}]", mode="eval").body.slice


def grown(node):
    """Yield `H + 2 * pH` as the length that the windows cover, so that the leftover is dropped."""
    if isinstance(node, ast.BinOp):
        found = re.fullmatch(r"(H|W) \+ 2 \* p(H|W)", ast.unparse(node))
        if found and found[1] == found[2]:
            a = found[1]
            yield parsed(f"({a}_out - 1) * s{a} + k{a}")


def ungrown(node):
    if isinstance(node, ast.BinOp):
        found = re.fullmatch(r"(H|W) \+ 2 \* p(H|W)", ast.unparse(node))
        if found and found[1] == found[2]:
            yield parsed(found[1])


def averaged(node):
    if isinstance(node, ast.Attribute) and node.attr == "sum":
        yield ast.Attribute(node.value, "mean", ast.Load())


def like(node):
    """Yield np.zeros(...) with dtype int."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.zeros" and len(node.args) == 1:
        yield parsed(f"np.zeros({ast.unparse(node.args[0])}, int)")


def no_step(names):
    """Return a change of `i * stride` into `i`."""

    def change(node):
        product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)
        if product and isinstance(node.left, ast.Name) and re.fullmatch(names, ast.unparse(node.right)):
            yield node.left

    return change


def mixed(node):
    """Yield `i * stride + k * dilation` as `i * dilation + k * stride` and `i * stride * dilation + k`."""
    text = ast.unparse(node) if isinstance(node, ast.BinOp) else ""
    found = re.fullmatch(r"(\w+) \* stride \+ (\w+) \* dilation", text)
    if found:
        yield parsed(f"{found[1]} * dilation + {found[2]} * stride")
        yield parsed(f"{found[1]} * stride * dilation + {found[2]}")


def step_on_taps(node):
    """Yield `i * stride + k` as `i + k * stride`."""
    text = ast.unparse(node) if isinstance(node, ast.BinOp) else ""
    found = re.fullmatch(r"(\w+) \* (stride|sH|sW) \+ (k|u|v)\b(.*)", text)
    if found:
        yield parsed(f"{found[1]} + {found[3]} * {found[2]}{found[4]}")


def short(fewer, counts):
    """Return a change of `range(n)` into the template `fewer`, where `counts` matches n."""

    def change(node):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "range" and len(node.args) == 1:
            count = ast.unparse(node.args[0])
            if re.fullmatch(counts, count):
                yield parsed(fewer.format(count))

    return change


def minus_one(node):
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and ast.unparse(node.right) == "1":
        yield node.left


def untransposed(node):
    """Yield `a.T` as `a`."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value


def one_each(node):
    """Yield `b[f]` as `b[0]`."""
    if isinstance(node, ast.Subscript) and ast.unparse(node) in ("b[f]", "b[d]"):
        yield parsed("b[0]")


def operation(old, new):
    """Return a change of one arithmetic operation into another one."""

    def change(node):
        if isinstance(node, ast.BinOp) and isinstance(node.op, old):
            yield ast.BinOp(node.left, new(), node.right)

    return change


def called(names, new):
    """Return a change of a function such as `np.max` or `np.maximum` into `np.min` or `np.minimum`."""

    def change(node):
        if isinstance(node, ast.Attribute) and re.fullmatch(names, node.attr):
            yield ast.Attribute(node.value, new + node.attr[3:], node.ctx)

    return change


def joined(node):
    """Yield np.concatenate along another axis."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.concatenate":
        for axis in ("0", "-1"):
            parts = ast.unparse(node.args[0])
            yield parsed(f"np.concatenate({parts}, axis={axis})")
