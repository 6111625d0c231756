"""Call the learner's function on cases and record the outcomes.

Only this has to run in the learner's process. It needs the function and the cases, and no right answers.
"""

import re
import sys
import types
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from itertools import pairwise

from numpy import array_equal, empty, errstate, generic, issubdtype, ndarray, number

from .answers import NUMBERS, Answer, Room, clean
from .cases import Code
from .defaults import defaults_of
from .guards import TimeLimit, computing, memory_limit, quiet, time_limit
from .watch import watching

SECONDS = 8.0
_EMPTY_BODY = {"RESUME", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "NOP", "LOAD_COMMON_CONSTANT"}
_RETURNS, _CONSTANTS = ("RETURN_VALUE", "RETURN_CONST"), ("LOAD_CONST", "RETURN_CONST")
_KINDS = {ndarray: "a NumPy array", str: "a text", bool: "a truth value", list: "a list", tuple: "a tuple"}
_KINDS |= {int: "a number", float: "a number", generic: "a number", dict: "a dict"}


def run(function, cases, *, names=(), modifies=(), seconds=SECONDS, limits=None, watch=(), trusted=False):
    """Return one `Answer` per case.

    Parameters
    ----------
    function : callable
        The learner's function. If the cases have no arguments, any other value is treated as its result.
    cases : list of Case
    names : tuple of str
        Names of the positional arguments.
    modifies : tuple of str
        Arguments that may be modified. Their values after the call are the answer's `after`.
    seconds : float
        CPU time for all cases together. When it is used up, the remaining cases are "skipped".
    limits : list of int, optional
        For each case, the maximum number of numbers in a result.
    watch : tuple of str
        Functions whose calls are recorded in an answer's `used`.
    trusted : bool
        For the course's own functions: omit the guards, which take longer than the functions.
    """
    if function is None or function is Ellipsis:
        return [Answer("unfilled", message="dots" if function is Ellipsis else "") for _ in cases]
    if not callable(function):
        if any(one.args or one.kwargs for one in cases):
            return [Answer("unfilled", message=_kind(function)) for _ in cases]
        value = function
        function = lambda: value  # noqa: E731
    deadline = computing() + seconds
    answers, room = [], Room(0)
    calm = partial(errstate, all="ignore")
    guard, limited = (calm, lambda seconds: nullcontext()) if trusted else (quiet, time_limit)
    with nullcontext() if trusted else memory_limit(), guard() as printed, watching(watch) as watched:
        for i, one in enumerate(cases):
            left = deadline - computing()
            if left <= 0 or (answers and answers[-1].status in ("timeout", "skipped", "memory")):
                answers.append(Answer("skipped"))
                continue
            limit = limits[i] if limits else NUMBERS
            watched.look()
            answer = call(function, one, names, modifies, limit, room, partial(limited, left))
            text, used = printed.take() if printed is not None else "", watched.take()
            answers.append(replace(answer, printed=text, used=used) if text or used else answer)
    if answers and not trusted:
        answers[0] = replace(answers[0], defaults=defaults_of(function))
    return answers


def call(function, one, names, modifies, limit, room, limited):
    """Make one call. `limited()` is a context that limits its time. `room` is shared with the other calls."""
    args = [arrange(a, one.layout) for a in one.args]
    kwargs = {k: arrange(v, one.layout) for k, v in one.kwargs.items()}
    given = [*one.args, *one.kwargs.values()]
    passed = [*args, *kwargs.values()]
    names = [*(names[i] if i < len(names) else f"argument {i + 1}" for i in range(len(args))), *kwargs]
    value, problem = None, None
    try:
        with limited():
            value = function(*args, **kwargs)
        value = clean(value, limit, room)
    except TimeLimit:
        problem = Answer("timeout")
    except MemoryError:
        problem = Answer("memory")
    except NotImplementedError as error:
        problem = _unfilled(error, function) or _error(error, function)
    except RecursionError:
        problem = Answer("error", error="RecursionError", message="the function calls itself without end")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit included: it is a mistake like any other
        problem = _error(error, function)
    if problem is not None:
        return problem
    if _is_dots(value):
        return Answer("unfilled", message="dots")
    if value is None and _is_stub(function):
        return Answer("unfilled", message="nothing")
    changed = [n for n, a, b in zip(names, given, passed, strict=True) if not same_input(a, b)]
    after = tuple(clean(b, limit, room) for n, b in zip(names, passed, strict=True) if n in modifies)
    mutated = tuple(n for n in changed if n not in modifies)
    says = "never" if value is None and _never_returns(function) else ""
    return Answer("value", value, message=says, mutated=mutated, after=after)


def arrange(value, layout):
    """Return a deep copy of an argument, with its arrays in the memory layout of the case."""
    if isinstance(value, Code):
        return value.anonymous()
    if isinstance(value, ndarray):
        if value.ndim == 0 or layout in ("C", ""):
            return value.copy(order="C")
        if layout == "F":
            return value.copy(order="F")
        if layout == "reversed":
            return value[..., ::-1].copy()[..., ::-1]
        roomy = empty(value.shape[:-1] + (2 * value.shape[-1],), value.dtype)
        # the elements in between must not look like data
        roomy[...] = 77 if issubdtype(value.dtype, number) else 0
        roomy[..., ::2] = value
        return roomy[..., ::2]
    if isinstance(value, (list, tuple)):
        return type(value)(arrange(v, layout) for v in value)
    if isinstance(value, dict):
        return {k: arrange(v, layout) for k, v in value.items()}
    return value


def same_input(before, after):
    """Return whether an argument is unchanged after the call."""
    if isinstance(before, Code):
        return True
    if type(before) is not type(after):
        return False
    if isinstance(before, ndarray):
        if before.dtype != after.dtype or before.shape != after.shape:
            return False
        if before.dtype.kind != "O" and before.tobytes() == after.tobytes():
            return True
        return array_equal(before, after, equal_nan=before.dtype.kind == "f")
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(same_input, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(same_input(before[k], after[k]) for k in before)
    return before == after


def _kind(value):
    """Return the kind of a value that was given instead of a function."""
    return next((words for kind, words in _KINDS.items() if issubclass(type(value), kind)), "something else")


def _is_dots(value):
    """Return whether an answer is `...` or consists only of `...`."""
    if type(value) is dict:
        value = list(value.values())
    return value is Ellipsis or (type(value) in (list, tuple) and bool(value) and all(map(_is_dots, value)))


def _instructions(function):
    import dis

    code = getattr(function, "__code__", None)
    return list(dis.get_instructions(code)) if isinstance(code, types.CodeType) else []


def _is_stub(function):
    names = {i.opname for i in _instructions(function)}
    return bool(names) and names <= _EMPTY_BODY


def _never_returns(function):
    """Return whether every return of the function, explicit or implicit, returns None.

    False for a function defined inside another one: it may be a wrapper around the learner's.
    """
    if getattr(function, "__closure__", None):
        return False
    steps = _instructions(function)
    given = [b if b.opname == "RETURN_CONST" else a for a, b in pairwise(steps) if b.opname in _RETURNS]
    return bool(given) and all(step.opname in _CONSTANTS and step.argval is None for step in given)


def _unfilled(error, function):
    """Return an `Answer` for a bare `raise NotImplementedError` in the learner's code, else None."""
    trace = sys.exc_info()[2]
    while trace.tb_next is not None:
        trace = trace.tb_next
    code, own = trace.tb_frame.f_code, getattr(function, "__code__", None)
    space = getattr(function, "__globals__", None)
    bare = type(error) is NotImplementedError and not error.args
    if not bare or (space is not None and trace.tb_frame.f_globals is not space):
        return None
    helper = "" if own is None or code is own else code.co_name[:60]
    return Answer("unfilled", error=helper, message="raise", line=trace.tb_lineno)


def _error(error, function):
    home = getattr(getattr(function, "__code__", None), "co_filename", None)
    line, trace = 0, sys.exc_info()[2]
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == home:
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        message = str(error)
    except Exception:
        message = ""
    message = re.sub(r"0x[0-9a-fA-F]{6,}", "0x...", " ".join(message.split()))
    return Answer("error", error=type(error).__name__[:60], message=message[:200], line=line)
