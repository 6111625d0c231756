"""The values that a learner's function takes where a call leaves arguments out.

Cases pass their arguments, so that a default other than the question's would go unnoticed.
"""

import ast
import types

LONGEST = 60  # characters of one default


def defaults_of(function):
    """Return ("stride=1", ...) for a function's defaults that are numbers or tuples of numbers."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, types.CodeType):
        return ()
    values = getattr(function, "__defaults__", None) or ()
    names = code.co_varnames[: code.co_argcount][-len(values) :] if values else ()
    pairs = [*zip(names, values, strict=False), *(getattr(function, "__kwdefaults__", None) or {}).items()]
    texts = [f"{name}={value!r}" for name, value in pairs if _is_plain(value)]
    return tuple(text for text in texts if len(text) <= LONGEST)[:20]


def other_defaults(question, answers):
    """Return (name, the learner's default, the question's) of each that differs from it.

    A default of another kind, as None or one number for a pair, may stand for the same and is let pass.
    """
    asked = dict(text.split("=", 1) for text in defaults_of(question.model))
    found = []
    for text in answers[0].defaults if answers else ():
        name, _, mine = text.partition("=")
        try:
            got, want = ast.literal_eval(mine), ast.literal_eval(asked.get(name, mine))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if _is_plain(got) and _form(got) == _form(want) and got != want:
            found.append((name, mine, asked[name]))
    return found


def _is_plain(value):
    if type(value) is tuple:
        return all(map(_is_plain, value))
    return type(value) in (int, float)


def _form(value):
    return tuple(map(_form, value)) if type(value) is tuple else "number"
