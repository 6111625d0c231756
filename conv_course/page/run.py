"""Run and check one answer, as a notebook with its cells would, and give hints: JSON in and out.

A request contains the `exercise`, the `question`, its `source`, the sources `before` it (the exercise's own
code and the answers to earlier questions) and the `known` results of the other questions,
{name: {"state", "points"}}.
"""

import contextlib
import json
import linecache
import traceback
from types import SimpleNamespace

from conv_course.checker import sheet
from conv_course.checker.as_json import as_json, own_as_json
from conv_course.checker.guards import quiet
from conv_course.checker.own import can_be_asked
from conv_course.checker.show import Card

PRINTED = 20_000  # characters of a cell's output that a page shows


class Output:
    """A file that keeps the first characters and drops the others as fast as it can."""

    def __init__(self):
        self.kept, self.room = [], PRINTED

    def write(self, text):
        text = str(text)
        self.kept.append(text[: self.room])
        self.room -= len(text)
        if self.room < 0:
            self.write = len
        return len(text)

    def flush(self):
        """Do nothing: there is no buffer."""

    def text(self):
        return "".join(self.kept) + ("\n... and more" if self.room < 0 else "")


def answer(request):
    """Run and check an answer.

    Return the printed text, the error, the card (`as_json`'s dict or None) and `offers_own`, whether there
    can be questions on this code.
    """
    asked = json.loads(request)
    check = checker(asked)
    return told(check, asked["question"], **answered(check, asked))


def own(request):
    """Run and check an answer as `answer` does. If it is right, return questions on its code as `own`."""
    asked = json.loads(request)
    check = checker(asked)
    found = answered(check, asked)
    if found["offers_own"]:
        found["own"] = own_as_json(check.own(asked["question"]))
    return told(check, asked["question"], **found)


def answered(check, asked):
    """Run and check an answer. Return what is told of it."""
    name = asked["question"]
    space = namespace(check, asked.get("before", []))
    output = Output()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        error = execute(asked["source"], f"<{name}>", space)
    card = None if error else eval(f"check({name!r})", {**space, "check": check})
    done = isinstance(card, Card) and card.verdict.state == "done"
    offers_own = done and can_be_asked(check.sheet.questions[name])
    return {"card": card, "printed": output.text(), "error": error, "offers_own": offers_own}


def hint(request):
    """Return the next hint on a question: on the last checked answer, or on the question itself."""
    asked = json.loads(request)
    check = checker(asked)
    return told(check, asked["question"], check.hint(asked["question"]))


def checker(asked):
    """Return the exercise's checker, with the results of the other questions that the page has stored."""
    check = sheet(asked["exercise"])
    known = {name: SimpleNamespace(failure=None, **kept) for name, kept in asked.get("known", {}).items()}
    last = check.results.get(asked["question"])
    check.results = known | ({asked["question"]: last} if last else {})
    return check


def told(check, name, card, **more):
    """Return the reply to the page. `rungs` counts the hints used, without the first one of each card."""
    rungs = sum(number > 1 for number in check.ladders[name].used) if name in check.ladders else 0
    return json.dumps({"card": as_json(card) if card else None, "rungs": rungs, **more})


def namespace(check, before):
    """Return the names that a notebook defines above the answer's cell."""
    space = {"__name__": "__main__", "check": check}
    with quiet():
        exec(check.sheet.given, space)
        for number, source in enumerate(before):
            execute(source, f"<cell {number + 1}>", space)
    return space


def execute(source, name, space):
    """Run a cell. Return "" or its traceback, with only the cell's own line numbers."""
    lines = source.splitlines(keepends=True)
    linecache.cache[name] = (len(source), None, lines, name)
    try:
        exec(compile(source, name, "exec"), space)
    except (Exception, SystemExit, KeyboardInterrupt, MemoryError) as error:
        return traceback_of(error, name)
    return ""


def traceback_of(error, name):
    """Return the traceback from the learner's cell on."""
    trace = traceback.TracebackException.from_exception(error)
    at = next((i for i, frame in enumerate(trace.stack) if frame.filename == name), len(trace.stack))
    trace.stack = traceback.StackSummary.from_list(trace.stack[at : at + 12])
    trace.__cause__ = trace.__context__ = None
    text = "".join(trace.format())
    return text.replace(f'File "{name}", line', "line").replace(", in <module>", "").strip()
