"""The rules by which the numbers of a paper question are computed, in symbols, and edits of these rules."""

import ast
import copy
import math
import operator
from functools import cache, lru_cache, partial
from itertools import combinations, islice

import numpy as np

TWINS = ("H W", "kH kW", "sH sW", "pH pW", "H_out W_out", "F D")
KINDS = ("H W H_out W_out", "kH kW", "N F D", "sH sW", "pH pW")  # symbols mistaken for each other
SMALL_STEPS = 1, -1
MOST = 1500  # double edits of a rule; of more, some give any number by chance
GROWN = ("H_out", "W_out")
FUNCTIONS = {"abs": abs, "ceil": math.ceil, "round": round}
ARITHMETIC = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


class Worked:
    """The rules of a question, as syntax trees in the order of their lines."""

    def __init__(self, text, outputs):
        self.rules, self.also, self.letters = {}, {}, []
        for line in filter(str.strip, text.strip().splitlines()):
            left, _, right = line.strip().partition(" = ")
            tree = ast.parse(right, mode="eval").body
            if left.startswith("also "):
                self.also[left[5:]] = tree
            elif left in outputs:
                self.rules[left] = tree
            else:
                names = left.split(", ")
                trees = tree.elts if len(names) > 1 else [tree]
                self.rules |= dict(zip(names, trees, strict=True))
                self.letters += names
        self.arrays = {}
        for name in self.letters:
            if isinstance(self.rules[name], ast.Call):
                self.arrays[name] = self.value(self.rules.pop(name))
        self.letters = [n for n in self.letters if n not in self.arrays]
        self.derived = [
            n for n in self.letters if any(isinstance(v, ast.Name) for v in ast.walk(self.rules[n]))
        ]

    def values(self, rules=None, own=()):
        """Return {name: number} for the rules. `own` gives numbers that replace those of the rules."""
        return {name: self.value(ast.Name(name, ast.Load()), rules, own) for name in rules or self.rules}

    def value(self, tree, rules=None, own=()):
        """Evaluate a tree, with its names defined by `rules`."""
        found = self.arrays | dict(own)

        def of(node):
            if isinstance(node, ast.Name):
                if node.id not in found:
                    found[node.id] = None  # so that a circular rule stops with a TypeError
                    found[node.id] = of((rules or self.rules)[node.id])
                return found[node.id]
            if isinstance(node, ast.BinOp):
                return ARITHMETIC[type(node.op)](of(node.left), of(node.right))
            if isinstance(node, ast.Constant):
                return node.value
            if isinstance(node, ast.UnaryOp):
                return -of(node.operand)
            if isinstance(node, ast.Subscript):
                return of(node.value)[eval(ast.unparse(node.slice))]
            if isinstance(node.func, ast.Name):
                return FUNCTIONS[node.func.id](of(node.args[0]))
            return eval(ast.unparse(node), {"np": np}, self.arrays)

        return of(tree)

    def needed(self, name):
        """Return the names of all rules that the rule of `name` depends on, itself first."""
        found = [name]
        for each in found:
            found += [
                v.id
                for v in ast.walk(self.rules[each])
                if isinstance(v, ast.Name) and v.id in self.derived and v.id not in found
            ]
        return found


@lru_cache(maxsize=256)
def rules_of(text, outputs):
    """Return the `Worked` of a question."""
    return Worked(text, outputs)


@cache
def edited(worked, name):
    """Return (value, describe, whether it only counts one more or less) of each edit behind `name`."""
    return [
        (value_of(worked, name, rules), describe, is_step(rules)) for describe, rules in edits(worked, name)
    ]


@cache
def edited_twice(worked, name):
    """Return the same of every two edits, or nothing if these are too many to tell anything."""
    if len(terms(worked.rules[name])) > 2:  # with many products, some combination always gives the number
        return []
    first = edits(worked, name, few=True)
    found = (two for _, once in first for two in edits(worked, name, few=True, rules=once))
    found = list(islice(found, MOST + 1))
    if len(found) > MOST:
        return []
    return [(value_of(worked, name, rules), describe) for describe, rules in found]


def value_of(worked, name, rules, own=()):
    """Return a number by edited rules, or None if they cannot be worked out."""
    try:
        return worked.value(ast.Name(name), rules, own)
    except (ZeroDivisionError, IndexError, TypeError):
        return None


def factors(tree):
    """Return the factors of a product."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
        return factors(tree.left) + factors(tree.right)
    return [tree]


def terms(tree):
    """Return the terms of a sum."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add):
        return terms(tree.left) + terms(tree.right)
    return [tree]


# ---- edits of the rules


def edits(worked, name, *, few=False, rules=None):
    """Yield (describe, rules) of all edits of the rules that `name` depends on, likely ones first.

    Hardly any of them gives the learner's number, so the text is only made by calling `describe`.
    """
    start = rules or worked.rules
    for a, b in (pair.split() for pair in TWINS):
        if a in worked.letters and b in worked.letters:
            swapped = {k: start[b if k == a else a if k == b else k] for k in start}
            if a in worked.derived:
                swapped = {k: _renamed(t, {a: b, b: a}) for k, t in start.items()}
            yield partial("is right with {0} and {1} exchanged".format, shown(a), shown(b)), swapped
    needed = worked.needed(name)
    while isinstance(start[needed[0]], ast.Name) and len(needed) > 1:  # the rule is a single symbol
        needed = needed[1:]
    for rule in needed:
        for describe, tree in changed(start[rule], worked, few or rule != needed[0]):
            made = start | {rule: tree}
            own = describe is not None and rule == needed[0] and rules is None
            yield describe if own else partial(_described, worked, made, needed), made


def _described(worked, rules, needed):
    """Return the first of the needed rules as text, and which of those behind it were edited."""
    behind = [n for n in needed[1:] if ast.dump(rules[n]) != ast.dump(worked.rules[n])]
    as_if = [f"{shown(n)} = {text_of(rules[n])}" for n in behind]
    if behind and ast.dump(rules[needed[0]]) == ast.dump(worked.rules[needed[0]]):
        return "comes out with " + " and ".join(as_if)
    return ", with ".join([f"is {text_of(rules[needed[0]])}", *as_if])


def _renamed(tree, names):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            tree = _with(tree, node, ast.Name(names[node.id], ast.Load()))
    return tree


def changed(tree, worked, few):
    """Yield (describe or None, tree) of all trees one edit away. With `few`, try fewer kinds of edit."""
    parts = terms(tree)
    yield from _fewer(parts)
    yield from _signs(tree, worked)
    if len(parts) > 2:  # a sum written out term by term
        return
    nodes = [n for n in ast.walk(tree) if isinstance(n, (ast.BinOp, ast.Name))]
    for node in nodes:
        for other in _instead(node, worked, few):
            yield None, _with(tree, node, other)
    if few:
        return
    for step in SMALL_STEPS:
        for node in nodes:
            if isinstance(node, ast.Name) and node.id in worked.letters and node.id not in GROWN:
                yield None, _with(tree, node, _step(node, step))
    for letter in worked.letters:
        if letter[0] in "NFD":
            yield None, ast.BinOp(tree, ast.Mult(), ast.Name(letter, ast.Load()))
    for step in SMALL_STEPS:
        yield None, _step(tree, step)


def _fewer(parts):
    """Yield a sum with some of its terms left out."""
    for count in range(len(parts) - 1, 0, -1):
        for kept in combinations(parts, count):
            made = kept[0]
            for part in kept[1:]:
                made = ast.BinOp(made, ast.Add(), part)
            yield partial(_without, parts, kept, made), made


def _without(parts, kept, made):
    gone = [text_of(part) for part in parts if part not in kept]
    few = len(gone) <= len(kept) and len(parts) > 2
    return f"comes out without {' and '.join(gone)}" if few else f"is {text_of(made)}"


def _signs(tree, worked):
    """Yield the tree with one negative number taken as positive."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and worked.value(node) < 0:
            made = _with(tree, node, ast.Call(ast.Name("abs", ast.Load()), [node], []))
            yield (lambda node=node: f"comes out with {text_of(node)} taken as positive"), made


def _instead(node, worked, few):
    """Yield the replacements for one node of a rule."""
    if isinstance(node, ast.Name):
        for kind in (kind.split() for kind in KINDS) if not few else ():
            if node.id in kind or "H" not in worked.letters:
                yield from (ast.Name(n, ast.Load()) for n in worked.letters if n in kind and n != node.id)
        return
    if isinstance(node.op, (ast.Mult, ast.Add, ast.Sub)):
        yield node.left
    if isinstance(node.op, (ast.Mult, ast.Add)):
        yield node.right
    if isinstance(node.op, ast.Mult):
        yield from _without_one(node)
    if isinstance(node.op, ast.Sub):
        yield ast.BinOp(node.left, ast.Add(), node.right)
    if isinstance(node.op, ast.FloorDiv):
        yield from (
            ast.Call(ast.Name(how, ast.Load()), [ast.BinOp(node.left, ast.Div(), node.right)], [])
            for how in ("ceil", "round")
        )
    if isinstance(node.op, ast.Mult) and isinstance(node.right, ast.BinOp) and not few:
        inner = node.right
        if isinstance(inner.op, (ast.Add, ast.Sub)):  # the brackets are left out
            yield ast.BinOp(ast.BinOp(node.left, ast.Mult(), inner.left), inner.op, inner.right)


def _without_one(node):
    """Yield a product without one of its factors."""
    parts = factors(node)
    for gone in parts:
        made = None
        for part in parts:
            if part is not gone:
                made = part if made is None else ast.BinOp(made, ast.Mult(), part)
        if made is not None:
            yield made


def _step(tree, step):
    made = ast.BinOp(tree, ast.Add() if step > 0 else ast.Sub(), ast.Constant(1))
    made.step = True
    return made


def is_step(rules):
    """Return whether one more or less is counted somewhere in edited rules."""
    return any(hasattr(node, "step") for tree in rules.values() for node in ast.walk(tree))


def _with(tree, old, new):
    """Return the tree with the node `old` replaced by `new`. What does not change is shared, not copied."""
    if tree is old:
        return new
    changes = {}
    for name, value in ast.iter_fields(tree):
        if isinstance(value, ast.AST):
            made = _with(value, old, new)
            if made is not value:
                changes[name] = made
        elif isinstance(value, list):
            several = [_with(v, old, new) if isinstance(v, ast.AST) else v for v in value]
            if any(a is not b for a, b in zip(several, value, strict=True)):
                changes[name] = several
    if not changes:
        return tree
    made = copy.copy(tree)
    vars(made).update(changes)
    return made


def text_of(tree):
    text = shown(ast.unparse(tree))
    for twice, once in ((" - 1 - 1", " - 2"), (" + 1 + 1", " + 2"), (" - 1 + 1", ""), (" + 1 - 1", "")):
        text = text.replace(twice, once)
    return text


def shown(text):
    return text.replace("H_out", "H'").replace("W_out", "W'")
