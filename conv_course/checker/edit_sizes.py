"""Edits of the formula of a size, (W + 2 * P - k) // S + 1: how it is rounded, and what is divided."""

import ast
import re

from .edits import parsed

PADDING = r"padding|left|right|top|bottom|p[HW]"


def divided(how):
    def change(node):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
            quotient = f"({ast.unparse(node.left)}) / ({ast.unparse(node.right)})"
            yield parsed(how.format(quotient))

    return change


def rounded_sum(node):
    """Yield `a // b + c` with the whole formula rounded, int(round(a / b + c))."""
    if (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add)
        and isinstance(node.left, ast.BinOp)
        and isinstance(node.left.op, ast.FloorDiv)
    ):
        left = node.left
        quotient = f"({ast.unparse(left.left)}) / ({ast.unparse(left.right)})"
        yield parsed(f"int(round({quotient} + {ast.unparse(node.right)}))")


def one_inside(node):
    """Yield `a // b + 1` as `(a + 1) // b`."""
    if _is_size(node):
        yield parsed(f"({ast.unparse(node.left.left)} + 1) // ({ast.unparse(node.left.right)})")


def moved_out(padding):
    """Return a change of `(a - k) // b + 1` into `a // b - k + 1`; with `padding`, its terms are moved."""

    def change(node):
        if not _is_size(node):
            return
        terms = list(_terms(node.left.left))
        out = [(sign, text) for sign, text in terms if _goes(sign, text, padding)]
        rest = [term for term in terms if term not in out]
        if out and rest:
            yield parsed(f"({_sum(rest)}) // ({ast.unparse(node.left.right)}) {_sum(out, first=False)} + 1")

    return change


def divided_alone(node):
    """Yield `(a - k) // b + 1` as `a // b - k // b + 1`."""
    if _is_size(node):
        by = ast.unparse(node.left.right)
        terms = list(_terms(node.left.left))
        kernel = [(sign, f"({text}) // ({by})") for sign, text in terms if _goes(sign, text, False)]
        rest = [(sign, text) for sign, text in terms if not _goes(sign, text, False)]
        if kernel and rest:
            yield parsed(f"({_sum(rest)}) // ({by}) {_sum(kernel, first=False)} + 1")


def _goes(sign, text, padding):
    is_padding = re.search(rf"\b({PADDING})\b", text) is not None
    return is_padding if padding else sign == "-" and not is_padding


def _is_size(node):
    """Return whether a node is `a // b + 1`."""
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add)
        and ast.unparse(node.right) == "1"
        and isinstance(node.left, ast.BinOp)
        and isinstance(node.left.op, ast.FloorDiv)
    )


def _terms(node, sign="+"):
    """Yield (sign, text) of the terms of a sum."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _terms(node.left, sign)
        minus = isinstance(node.op, ast.Sub)
        yield from _terms(node.right, {"+": "-", "-": "+"}[sign] if minus else sign)
    else:
        yield sign, ast.unparse(node)


def _sum(terms, first=True):
    text = " ".join(f"{sign} ({term})" for sign, term in terms)
    return text.removeprefix("+ ") if first else text
