"""Find out, in the sandbox, what wrong answers compute that match no named mistake."""

from dataclasses import replace

from conv_course.checker.computes import VAGUE, Explanation
from conv_course.grade import channel, sandbox

SECONDS = 20  # of wall-clock time, for all questions of a submission


def unexplained(question, verdict):
    """Return whether the answer is wrong and some failing output matches no specific named mistake."""
    if question.kind == "values" or verdict.failure is None or verdict.used:
        return False
    named = [output for d in verdict.diagnoses if d.name not in VAGUE for output in d.outputs]
    failing = {f.output for f in (verdict.failure, *verdict.others)}
    return "" not in named and not failing <= set(named)


def explain(cards, stem, notebook, folder, start, limits, words):
    """Set `explanation` on the verdicts in `cards`, pairs of question and verdict, where one is found.

    Points do not depend on it: if something goes wrong here, the verdicts just have no explanation.
    """
    wanted = {question.name: (question, verdict) for question, verdict in cards}
    job = {
        "cells": notebook.cells,
        "questions": [_asked(question) for question, _ in cards],
        "cell_seconds": limits.cell,
        "question_seconds": limits.question,
        "explains": True,
        "stem": stem,
    }
    limits = replace(limits, wall=min(limits.wall, SECONDS), cpu=min(limits.cpu, SECONDS))
    ended = start(sandbox.run, job, folder, limits, words)
    for name, found in channel.read(ended.lines, dict.fromkeys(wanted, 0)).explained.items():
        question, verdict = wanted[name]
        kind, lines, hint, output, number = found
        cases = question.cases_for(0)
        if output not in (*question.outputs, "") or (number is not None and number >= len(cases)):
            continue
        seen = cases[number] if number is not None and question.kind == "function" else None
        verdict.explanation = Explanation(kind, tuple(lines), hint, output, seen=seen)
        named = [d for d in verdict.diagnoses if d.name not in VAGUE]
        verdict.diagnoses, verdict.explained = named, "slip" if named else kind


def _asked(question):
    return {
        "name": question.name,
        "function": question.function,
        "names": list(question.parameters),
        "modifies": list(question.modifies),
        "watch": list(question.answered_by),
    }
