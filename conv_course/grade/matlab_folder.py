"""Grade a folder of .m files into one record. Octave runs them, in the sandbox like everything else."""

import tempfile
from functools import partial
from html import escape
from pathlib import Path

from conv_course.checker.show import amount
from conv_course.grade import sandbox

MATLAB = "12_matlab (.m files)"  # what the table calls a folder of .m files


class Fault(Exception):
    """The reason why this machine cannot grade, in words for the teacher."""


def _octave_that_starts(run, command, **options):
    """Return the outcome of `run`. If Octave wrote nothing, check whether it starts here at all."""

    def hello(inside, out):
        words = command(inside, out)
        return [*words[:-1], f"fdisp(fopen('{out}', 'w'), 'hello')"]

    outcome = run(command, **options)
    if outcome.how == "ended" and not outcome.content and not run(hello, **options).content:
        raise Fault("Octave is installed but does not start in the sandbox")
    return outcome


def grade_sources(record, sources, grader, seed):
    """Fill in the record of a folder of .m files."""
    from conv_course.checker import matlab

    run = matlab.run_octave if grader.words is None else partial(sandbox.run_octave, grader.words)
    run = partial(_octave_that_starts, partial(grader.start, run))
    record.exercise, record.notes = MATLAB, sources.notes
    with tempfile.TemporaryDirectory(prefix="grade_") as folder:
        for name, data in sources.files.items():
            Path(folder, name).write_bytes(data)
        try:
            grades = matlab.grade_matlab(folder, seed=seed, run=run, timeout=grader.limits.octave)
        except RuntimeError as error:
            raise Fault(str(error)) from None
    record.status = "graded"
    record.points = sum(grade.points for grade in grades.values())
    record.of = sum(grade.possible for grade in grades.values())
    for name, grade in grades.items():
        if grade.used:
            record.notes.append(f"{name}: no points, since the function calls {', '.join(grade.used)}")
        text = f"{name}: {grade.state}, {amount(grade.points)} of {amount(grade.possible)} points"
        html = f"<p><strong>{escape(text)}</strong></p>"
        html += "".join(f"<p>{escape(line)}</p>" for line in (grade.message, grade.hint, *grade.read) if line)
        record.questions.append(
            {
                "name": name,
                "state": grade.state,
                "points": grade.points,
                "of": grade.possible,
                "parts": [["", grade.points, grade.possible]],
                "mistakes": [],
                "computes": list(grade.read[:-1]),
                "problem": grade.message,
                "html": html,
            }
        )
    if not record.points:
        record.reason = (
            "nothing was started"
            if all(g.state == "not started" for g in grades.values())
            else "no answer is right"
        )
    return record
