"""The values that a learner's function takes where a call leaves arguments out.

Cases pass their arguments, so that a default other than the question's would go unnoticed.
"""

import types

MOST = 20


def defaults_of(function):
    """Return (name, value) of each default that is a number or a tuple of numbers."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, types.CodeType):
        return ()
    values = getattr(function, "__defaults__", None) or ()
    names = code.co_varnames[: code.co_argcount][-len(values) :] if values else ()
    pairs = [*zip(names, values, strict=False), *(getattr(function, "__kwdefaults__", None) or {}).items()]
    return tuple((name, value) for name, value in pairs if is_plain(value))[:MOST]


def are_defaults(value):
    """Return whether `defaults_of` can have returned a value that comes from a learner's process."""
    return (
        type(value) is tuple
        and len(value) <= MOST
        and all(type(one) is tuple and len(one) == 2 for one in value)
        and all(type(name) is str and len(name) <= 200 and is_plain(default) for name, default in value)
    )


def other_defaults(question, answers):
    """Return (name, the learner's default, the question's) of each that differs from it.

    A default of another kind, as None or one number for a pair, may stand for the same and is let pass.
    """
    asked = dict(defaults_of(question.model))
    return [
        (name, value, asked[name])
        for name, value in (answers[0].defaults if answers else ())
        if name in asked and _form(value) == _form(asked[name]) and value != asked[name]
    ]


def is_plain(value, deep=2):
    if type(value) is tuple:
        return deep > 0 and len(value) <= MOST and all(is_plain(one, deep - 1) for one in value)
    return type(value) is float or (type(value) is int and abs(value) < 10**9)


def _form(value):
    return tuple(map(_form, value)) if type(value) is tuple else "number"
