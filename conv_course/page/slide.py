"""Run the sliders of a question with the learner's function and with the right one: JSON in and out.

A request is that of `run.answer` with the source of the sliders' `cell` and their `values`. The cell is the
one of the exercise's notebook: it calls `sliders(show, ...)`, and `show` returns `rows(...)`. Here both hand
over what they are called with, and the page draws it.
"""

import json

import numpy as np

from conv_course.checker.guards import quiet
from conv_course.page.run import checker, execute, namespace

MOST = 400  # numbers of one array that a page draws
UNWRITTEN = "Write the function above first; these sliders then run it."


def slide(request):
    """Return {"yours": [[name, value], ...], "asked": the same, "error": why there is no "yours", or ""}."""
    asked = json.loads(request)
    check = checker(asked)
    questions = check.sheet.questions
    names = list(questions)
    right = [questions[name].source for name in names[: names.index(asked["question"]) + 1]]
    yours, error = drawn(check, asked, [asked["source"]])
    wanted, wrong = drawn(check, asked, [source for source in right if source])
    if wrong:
        raise ValueError(f"the sliders fail with the right answer: {wrong}")
    return json.dumps({"yours": yours, "asked": wanted, "error": error})


def drawn(check, asked, sources):
    """What `show` returns after the sources have run, and the error that stopped it."""
    space = namespace(check, asked.get("before", []))
    found = []
    space |= {"rows": lambda **named: named, "sliders": lambda show, **ranges: found.append(show)}
    with quiet():
        error = next(
            (told for told in (execute(source, "<answer>", space) for source in sources) if told), ""
        )
        error = error or execute(asked["cell"], "<sliders>", space)
        if error:
            return [], error.splitlines()[-1]
        try:
            named = found[0](**asked["values"])
            return [[name, plain(value)] for name, value in named.items()], ""
        except NotImplementedError:
            return [], UNWRITTEN
        except Exception as problem:
            return [], f"Your function stopped with {type(problem).__name__}: {problem}"[:300]


def plain(value):
    """A number, a text or nested lists, whatever the learner's function returned.

    >>> plain(np.array([1.0, np.inf])), plain(None), plain(np.zeros((2, 3, 4)))
    ([1.0, 'inf'], None, 'an array of 2 x 3 x 4')
    """
    if value is None or isinstance(value, str):
        return value
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        return repr(value)[:200]
    if array.ndim > 2 or array.size > MOST:
        return f"an array of {' x '.join(map(str, array.shape))}"
    return finite(array.astype(float).round(4).tolist())


def finite(value):
    if isinstance(value, list):
        return [finite(one) for one in value]
    return value + 0.0 if np.isfinite(value) else str(value)
