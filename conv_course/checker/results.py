"""Split an answer into named results, and explain a wrong number of results."""

from .answers import Odd
from .compare import MISSING, difference


def split(question, answer):
    """Return an answer's outputs by name. Absent ones are `MISSING`."""
    value = answer.value
    names = own(question)
    if not question.outputs:
        return {"": value}
    if question.modifies and not names:
        outs = {}
    elif value is None:
        outs = dict.fromkeys(names, None)
    elif type(value) is dict:
        outs = {name: _member(value.get(name, MISSING)) for name in names}
    elif len(names) == 1 and not (type(value) in (list, tuple) and len(value) == 1):
        outs = {names[0]: value}
    elif type(value) in (list, tuple) and len(value) == len(names):
        outs = dict(zip(names, map(_member, value), strict=True))
    else:
        outs = dict.fromkeys(names, MISSING)
    # a learner's code may have forged the answer, so `after` may have any length
    rest = [*answer.after, *[MISSING] * len(question.modifies)]
    return outs | dict(zip(question.modifies, rest, strict=False))


def _member(value):
    """Return one of several outputs, with None marked: here it does not mean that `return` was forgotten."""
    return Odd("type", "NoneType") if value is None else value


def count(question, answer):
    """Return a text on the number of results if it is not the number asked for, else ""."""
    names, value = own(question), answer.value
    if len(names) < 2 or type(value) is dict or value is None:
        return ""
    came = len(value) if type(value) in (list, tuple) else 1
    if came == len(names):
        return ""
    return f"{came} result{'s' * (came != 1)} came back, and {len(names)} are asked for"


def own(question):
    """Return the names of the returned results, without arguments modified in place."""
    return question.outputs[: len(question.outputs) - len(question.modifies)]


def on_the_count(question, answers, wanted):
    """Return notes on what is asked for, if the number of results is wrong or a dict lacks names."""
    names = own(question)
    values = [answer.value for answer in answers if answer.status == "value"]
    plain = all(name.isidentifier() for name in names)
    listed = ", ".join(n if plain else f'"{n}"' for n in names)
    lacking = next(([n for n in names if n not in v] for v in values if type(v) is dict), [])
    if lacking:
        absent = ", ".join(f'"{n}"' for n in lacking)
        return [f"The dict has no {absent}; asked for are {listed}."]
    if not any(count(question, answer) for answer in answers if answer.status == "value"):
        return []
    or_dict = "" if plain and question.kind == "function" else " (or a dict with these names)"
    notes = [f"Asked for are {len(names)} results, in this order{or_dict}: {listed}."]
    more = all(type(v) in (list, tuple) and len(v) > len(names) for v in values)
    if more and len(values) == len(wanted):
        pairs = [
            (v[k], row[name]) for v, row in zip(values, wanted, strict=True) for k, name in enumerate(names)
        ]
        if all(difference(_member(got), want) is None for got, want in pairs):
            notes.append(f"The first {len(names)} are right; what comes after them is not asked for.")
    return notes
