"""Describe values and the arguments of a case in short texts."""

import ast

from numpy import array2string, asarray, ndarray

from .answers import Odd
from .compare import MISSING, Difference, as_array
from .questions import Code


def number_text(value, digits=6):
    """Return a number with `digits` significant digits. A zero has no sign."""
    return f"{value + 0.0:.{digits}g}"


def numbers_text(values, digits=4):
    """Return a small array as one line of text, with `digits` significant digits."""
    values = asarray(values)
    if values.dtype.kind == "f":
        text = array2string(
            values,
            separator=" ",
            formatter={"float_kind": lambda v: number_text(v, digits)},
            max_line_width=1000,
        )
    else:
        text = array2string(values, separator=" ", max_line_width=1000)
    return " ".join(text.split()).replace("[ ", "[")


def describe(value, most=16, digits=4):
    """Return a short text for an argument or a result: its numbers if they are few, else its shape."""
    if isinstance(value, Code):
        return "a function"
    if value is MISSING:
        return "nothing"
    if isinstance(value, Odd):
        if value.kind == "huge" or value.detail == "NoneType":
            return value.detail if value.kind == "huge" else "None"
        return f"something of type {value.detail}"
    if value is Ellipsis:
        return "..."
    if isinstance(value, ndarray):
        return _array_text(value, most, digits)
    if isinstance(value, float):
        return number_text(value, max(10, digits))
    if isinstance(value, str):
        return value if len(value) < 60 else value[:57] + "..."
    if isinstance(value, (list, tuple)):
        if _holds(value) <= most:
            inside = ", ".join(describe(v, most, digits) for v in value)
            return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' * (len(value) == 1)})"
        flat = as_array(value)
        if isinstance(flat, Difference):
            return f"a {type(value).__name__} of {len(value)}"
        return f"a {type(value).__name__}, {describe(flat, most, digits)}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {describe(v, 4, digits)}" for k, v in value.items()) + "}"
    return str(value)[:60]


def _array_text(value, most, digits):
    if value.ndim == 0:
        return numbers_text(value, digits)
    shape = "shape " + "x".join(map(str, value.shape))
    if value.size == 0:
        return f"an empty array, shape ({', '.join(map(str, value.shape))}{',' * (value.ndim == 1)})"
    return f"{numbers_text(value, digits)} ({shape})" if value.size <= most else shape


def _holds(value):
    """Count the items of nested lists, an empty list as one. Infinite if they contain an array or a dict."""
    if isinstance(value, (list, tuple)):
        return max(1, sum(map(_holds, value)))
    return float("inf") if isinstance(value, (ndarray, dict)) else 1


def code_text(code):
    """Return what a function of a case computes: "a function (a * x**3, a = 2)".

    >>> code_text(Code("def f(x): return np.exp(x)"))
    'a function (np.exp(x))'
    """
    (made,) = ast.parse(code.source).body
    last, what = made.body[-1], ast.get_docstring(made)
    if len(made.body) == 1 and isinstance(last, ast.Return):
        what = ast.get_source_segment(code.source, last.value)
    if not what:
        return describe(code)
    given = [f"{name} = {describe(value, 6)}" for name, value in code.constants.items()]
    return f"a function ({', '.join([what, *given])})"


LAYOUTS = {"F": "Fortran order", "view": "a view of every second element", "reversed": "a reversed view"}


def case_text(question, one, layout="", most=16):
    """Return the arguments of a case as text, with the arrays' memory layout if `layout` names it."""
    names = question.parameters
    pairs = [(names[i] if i < len(names) else f"argument {i + 1}", a) for i, a in enumerate(one.args)]
    pairs += one.kwargs.items()
    # a test is not told what the implementations do that it is given
    says = code_text if question.kind == "function" else describe
    text = ", ".join(
        f"{name} = {says(value) if isinstance(value, Code) else describe(value, most)}"
        for name, value in pairs
    )
    if layout in LAYOUTS:
        text += f" (right on plain arrays, but here they are given as {LAYOUTS[layout]})"
    if one.note:
        text += f" [{one.note}]" if text else one.note
    return text


def call_of_case(question, index=None):
    """Return the call that tries the case of the last check, or the case with this index, as code."""
    which = "" if index is None else f", {index + 1}"
    return f'{question.function}(**check.case("{question.name}"{which}))'


def call_as_code(question, one, most=48):
    """Return a case's call as a line to paste, or "" if its arrays are large or an argument is a function."""
    values = [*one.args, *one.kwargs.values()]
    if (
        any(isinstance(v, Code) for v in values)
        or sum(v.size for v in values if isinstance(v, ndarray)) > most
    ):
        return ""
    words = [as_code(value) for value in one.args]
    words += [f"{name}={as_code(value)}" for name, value in one.kwargs.items()]
    return f"{question.function}({', '.join(words)})"


def as_code(value):
    """Return a value as Python source; an array as `np.array([1, 2], float)`.

    >>> as_code(asarray([[1.0, -2.5], [0.0, 3.0]]))
    'np.array([[1, -2.5], [0, 3]], float)'
    """
    if not isinstance(value, ndarray):
        inside = ", ".join(map(as_code, value)) if isinstance(value, list | tuple) else ""
        if isinstance(value, tuple):
            return f"({inside}{',' * (len(value) == 1)})"
        return f"[{inside}]" if isinstance(value, list) else repr(value)
    kind = value.dtype.name
    if value.size == 0:
        return f"np.zeros({value.shape})"
    name = {"float64": ", float", "int64": "", "bool": ""}.get(kind, f", np.{kind}")
    return f"np.array({_nested(value.tolist())}{name})"


def _nested(value):
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    whole = isinstance(value, float) and value == int(value) if value == value and abs(value) < 1e9 else False
    return repr(int(value)) if whole else repr(value)
