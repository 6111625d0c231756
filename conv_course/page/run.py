"""Run and check one answer, as a notebook with its cells would: `answer(request)`, JSON in and out.

A request names the `exercise`, the `question` and its `source`, the sources `before` it (the exercise's own
code and the answers to earlier questions) and what is `known` of the other questions:
{name: {"state", "points"}}.
"""

import contextlib
import json
import linecache
import traceback
from types import SimpleNamespace

from conv_course.checker import sheet
from conv_course.checker.guards import quiet
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
        """Nothing waits to be written."""

    def text(self):
        return "".join(self.kept) + ("\n... and more" if self.room < 0 else "")


def answer(request):
    """The JSON text of {"printed", "error", "card", "state", "points", "of"}."""
    asked = json.loads(request)
    check = sheet(asked["exercise"])
    check.results = {name: SimpleNamespace(**verdict) for name, verdict in asked.get("known", {}).items()}
    space = namespace(check, asked.get("before", []))
    output = Output()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        error = execute(asked["source"], f"<{asked['question']}>", space)
    told = {"printed": output.text(), "error": error, "card": "", "state": "", "points": 0, "of": 0}
    if not error:
        space["__checked__"] = check
        card = eval(f"__checked__({asked['question']!r})", space)
        told |= shown(card)
    return json.dumps(told)


def namespace(check, before):
    """What a notebook knows above the answer's cell."""
    space = {"__name__": "__main__", "check": check}
    with quiet():
        exec(check.sheet.given, space)
        for number, source in enumerate(before):
            execute(source, f"<cell {number + 1}>", space)
    return space


def execute(source, name, space):
    """Run a cell; "" or what went wrong, with the cell's own line numbers and no others."""
    lines = source.splitlines(keepends=True)
    linecache.cache[name] = (len(source), None, lines, name)
    try:
        exec(compile(source, name, "exec"), space)
    except (Exception, SystemExit, KeyboardInterrupt, MemoryError) as error:
        return told_of(error, name)
    return ""


def told_of(error, name):
    """A traceback that begins in the learner's cell."""
    trace = traceback.TracebackException.from_exception(error)
    at = next((i for i, frame in enumerate(trace.stack) if frame.filename == name), len(trace.stack))
    trace.stack = traceback.StackSummary.from_list(trace.stack[at : at + 12])
    trace.__cause__ = trace.__context__ = None
    text = "".join(trace.format())
    return text.replace(f'File "{name}", line', "line").replace(", in <module>", "").strip()


def shown(card):
    """A card or a message, as HTML, and its points."""
    bundle = card._repr_mimebundle_()
    html = (bundle[0] if isinstance(bundle, tuple) else bundle)["text/html"]
    if not isinstance(card, Card):
        return {"card": html}
    verdict = card.verdict
    return {"card": html, "state": verdict.state, "points": verdict.points, "of": verdict.of}
