"""Run changed versions of a learner's function, in the process of learners' code. Knows no right answer."""

import dis
import types

from numpy import generic

from ..guards import TimeLimit, computing, memory_limit, quiet, time_limit
from ..run import run
from ..wire import dumps

SECONDS, EACH = 3.0, 0.25  # CPU seconds, for all programs and for one
CONSTANT = (int, float, complex, str, bytes, bool, type(None), generic, types.ModuleType, type)


def leans_on(function):
    """Return the name of something besides its arguments that the results may depend on, or ""."""
    if type(function) is not types.FunctionType or function.__closure__:
        return "what is around it"
    for name in _outer_names(function.__code__):
        value = function.__globals__.get(name)
        if not (_is_constant(value) or callable(value)):
            return name[:60]
    return ""


def _outer_names(code):
    """Yield the global names that a function and its inner functions read."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield str(step.argval)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _outer_names(inner)


def _is_constant(value):
    return all(map(_is_constant, value)) if type(value) is tuple else isinstance(value, CONSTANT)


def own_answers(job, cases, function):
    """Return a list of `Answer` for each program, empty if it cannot be run or its results vary.

    `job` has the "names", "modifies", "limit" and "watch" of the question, and "programs", each of them
    [text, function to call, numbers of cases, whether to run it twice].
    """
    deadline, found = computing() + SECONDS, []
    for text, entry, numbers, twice in job["programs"]:
        answers = []
        called = _made(text, entry, function.__globals__) if computing() < deadline else None
        if called is not None:
            few = [cases[number] for number in numbers]
            answers = _called(called, few, job, deadline)
            stopped = any(answer.status in ("timeout", "memory") for answer in answers)
            if stopped or (twice and dumps(answers) != dumps(_called(called, few, job, deadline))):
                answers = []
        found.append(answers)
    return found


def _called(function, cases, job, deadline):
    left = max(0.05, min(EACH, deadline - computing()))
    rest = {"names": tuple(job["names"]), "modifies": tuple(job["modifies"])}
    return run(function, cases, seconds=left, limits=[job["limit"]] * len(cases), watch=job["watch"], **rest)


def _made(text, entry, names):
    """Return the function that a text defines, run with the learner's other names."""
    space = dict(names)
    try:
        with memory_limit(), quiet(), time_limit(1.0):
            exec(compile(text, "<changed>", "exec"), space)
    except (TimeLimit, Exception):
        return None
    return space.get(entry)
