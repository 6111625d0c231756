"""Questions on the code of each learner that has full marks, asked on the visible cases: `--own-questions`.

Texts are read and changed here; they run in the sandbox, and what comes back is plain data.
"""

import re
from dataclasses import replace

from conv_course.checker.answers import Room
from conv_course.checker.own import NotReadable, asked, plan
from conv_course.checker.wire import dumps, loads
from conv_course.grade import channel, sandbox
from conv_course.grade.child import without_magic

SECONDS = 40  # by the clock, for all questions of a submission
MOST_LINES = 2000  # that the process writes
GONE = "The process that ran the code ended before it had come to this question."


def ask(cards, notebook, folder, start, limits, words, who):
    """Question -> its lines, questions and what is missing, as plain data; of those with full marks."""
    found, plans, wanted = {}, {}, []
    for question, verdict in cards:
        if verdict.state != "done" or question.kind != "function":
            continue
        try:
            cell, line, source = text_of(notebook.cells, question.function)
            made = plans[question.name] = plan(question, source, who)
        except NotReadable as reason:
            found[question.name] = _plain([], [], [str(reason)])
            continue
        cases = dumps(question.cases_for(0)).decode()
        place = {"name": question.name, "function": question.function, "cell": cell, "line": line}
        wanted.append(made.job() | place | {"cases": cases})
    if wanted:
        job = {"cells": notebook.cells, "questions": wanted, "cell_seconds": limits.cell, "own": True}
        limits = replace(limits, wall=min(limits.wall, SECONDS), cpu=min(limits.cpu, SECONDS))
        ended = start(sandbox.run, job, folder, limits, words)
        for one in wanted:
            found[one["name"]] = _asked(plans[one["name"]], one, ended.lines)
    return {question.name: found[question.name] for question, _ in cards if question.name in found}


def _asked(made, job, lines):
    """What one question's lines say, none of which is believed."""
    name, answers = job["name"], [[] for _ in made.programs]
    leans = re.search(rb"^leans/%s (.*)$" % re.escape(name).encode(), lines[:10_000_000], re.M)
    if leans:
        return _plain([], [], [_text(leans[1])])
    seen = False
    for line in lines.split(b"\n", MOST_LINES)[:-1]:
        what, _, data = line.partition(b" ")
        place = re.fullmatch(rb"text/%s/(\d{1,4})" % re.escape(name).encode(), what)
        if place and int(place[1]) < len(answers):
            count = len(made.programs[int(place[1])][2])
            answers[int(place[1])] = channel.answers_of(data, count, job["limit"] * count) or []
            seen = True
    if not seen:
        return _plain([], [], [GONE])
    sheet = asked(made, answers)
    rows = [[one.kind, one.text, list(one.options), one.right] for one in sheet.asked]
    return _plain(sheet.lines, rows, sheet.missing)


def _plain(lines, rows, missing):
    return {"lines": lines, "asked": rows, "missing": missing}


def _text(data):
    try:
        text = loads(data, Room(0, 100))
    except ValueError:
        text = ""
    if type(text) is str and text:
        return f"What the function gives may depend on {text[:60]}, not on its arguments alone."
    return "The function that was checked is not the last one that the notebook defines."


def text_of(cells, name):
    """(cell, line, text) of the last definition of a function; raises `NotReadable`."""
    for number, source in reversed(cells):
        if not re.search(rf"^def[ \t]+{re.escape(name)}\b", source, re.M):
            continue
        begins = [m.start() for m in re.finditer(rf"^(?:@.*\n)*def[ \t]+{re.escape(name)}\b", source, re.M)]
        rest = source[begins[-1] :]
        # it ends where a line begins at the margin that is neither its head nor a bracket or note of it
        end = re.search(r"\n(?=[^\s#)\]}])", rest)
        text = without_magic(rest[: end.start()] if end else rest)
        return number, source.count("\n", 0, begins[-1]) + 1, text
    raise NotReadable("There is no cell that defines the function by a plain `def`.")
