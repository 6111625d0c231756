"""Make the .m files of exercise 12 from its questions: solutions/12_matlab and exercises/12_matlab.

    python -m tools.generate_matlab_exercises [--check]

A solution is its question's source. In the exercise a stub replaces the lines between `%%% BEGIN SOLUTION`
and `%%% END SOLUTION`. `fixtures.mat` contains, for every question, the cases with their right answers and
the answer of each slip, or the fact that it stops with an error. Octave runs the slips. If it is not
installed, the existing fixtures are kept, and the last line printed says so.
"""

import struct
import sys
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np

from conv_course.checker import matlab
from conv_course.checker.matlab_questions import INDEX_HINTS, QUESTIONS, SECTIONS, cell, in_matlab
from conv_course.checker.octave import when
from conv_course.checker.octave.arrays import DIMENSIONS, about
from tools.solution_regions import blank_out, marks

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = marks("%")
SEED = 12
FIXTURES = "fixtures.mat"
COMPRESSED = 15  # the type of a compressed variable


def stub(text, name):
    """Return a solution's source with each region replaced by a stub that stops with a message."""
    lines = [
        "% YOUR CODE HERE (take out the line below)",
        f"error('exercise:unfilled', '{name} is not filled in yet');",
    ]
    try:
        return blank_out(text, "%", lines)[0]
    except ValueError as error:
        raise ValueError(f"{name}.m: {error}") from None


def fixtures(seed=SEED):
    """Return the contents of fixtures.mat, for check_exercise.m: cell arrays with one entry per question.

    The arguments stand together, since those of one question come back in the next: so they compress.
    """
    questions, arguments = [], []
    for question in QUESTIONS:
        cases = [tuple(case) for case in question.cases(np.random.default_rng(seed))]
        expected = [question.answer(*case) for case in cases]
        answers = matlab.run_slips(question, cases)
        sizes = np.empty((len(cases), len(answers)), dtype=object)
        messages, differs, stops, mixed = sizes.copy(), *(np.zeros(sizes.shape) for _ in range(3))
        for m, of_slip in enumerate(answers):
            for k, answer in enumerate(of_slip):
                stops[k, m] = isinstance(answer, tuple)
                messages[k, m] = answer[1] if stops[k, m] else ""
                differs[k, m] = not stops[k, m] and not same(answer, expected[k])
                sizes[k, m] = np.zeros((0, 0))
                if differs[k, m]:
                    sizes[k, m], mixed[k, m] = size_and_number(answer)
        facts, has = facts_of(question, cases)
        arguments.append(cell([cell([in_matlab(value) for value in case]) for case in cases]))
        questions.append(
            {
                "name": question.name,
                "function_name": question.function,
                "result": question.result,
                "dimensions": float(DIMENSIONS[question.name]),
                "points": float(question.points),
                "about": cell([about(question.arguments, case) for case in cases]),
                "facts": cell(facts),
                "has": has,
                "expected": cell([in_matlab(answer) for answer in expected]),
                "sizes": sizes,
                "mixed": mixed,
                "differs": differs,
                "stops": stops,
                "messages": messages,
                "mistakes": cell([slip.name for slip in question.slips]),
                "hints": cell([slip.hint for slip in question.slips]),
                "sections": cell([SECTIONS[slip.section or question.section] for slip in question.slips]),
            }
        )
    return {
        "questions": cell(questions),
        "arguments": cell(arguments),
        "index_hints": cell(INDEX_HINTS),
        "index_section": SECTIONS["12-index"],
    }


def size_and_number(answer):
    """Return what check_exercise.m compares a wrong answer with: its size, and one number for its entries.

    The entries themselves would be most of the file. The weights are rounded, so that every machine makes the
    same sum of numbers that are quarters.
    """
    value = in_matlab(answer)
    weights = np.round(np.sin(np.arange(1, value.size + 1)) * 2**10) / 2**10
    return np.array([value.shape], float), float(np.sum(value.ravel(order="F") * weights))


def facts_of(question, cases):
    """Return the simple properties of the cases, and a matrix: which case (column) has which (row)."""
    of_case = [when.facts_of(dict(zip(question.arguments, case, strict=True))) for case in cases]
    names = [name for name in dict.fromkeys(fact for one in of_case for fact in one)]
    return names, np.array([[float(name in one) for one in of_case] for name in names])


def same(answer, expected):
    """Return whether two answers are equal in MATLAB: all numbers, and the sizes without trailing ones."""
    answer, expected = in_matlab(answer), in_matlab(expected)
    return answer.shape == expected.shape and bool(np.allclose(answer, expected, rtol=0, atol=1e-8))


def mat_bytes(variables):
    """Return a MAT file (version 5 compressed, which MATLAB calls v7) without the time in its header."""
    from scipy.io import savemat

    buffer = BytesIO()
    savemat(buffer, variables, oned_as="row")
    plain, made = buffer.getvalue(), [b"MATLAB 5.0 MAT-file".ljust(116), buffer.getvalue()[116:128]]
    start = 128
    while start < len(plain):  # each variable is a tag (type, size) and its data; savemat compresses less
        stop = start + 8 + struct.unpack_from("<I", plain, start + 4)[0]
        packed = zlib.compress(plain[start:stop], 9)
        made += [struct.pack("<II", COMPRESSED, len(packed)), packed]
        start = stop
    return b"".join(made)


def solutions():
    """Return {file name: bytes} of the questions' solutions."""
    return {f"{question.function}.m": question.source.encode("ascii") for question in QUESTIONS}


def outputs(root=ROOT):
    """Return {file name: bytes} of the exercise folder, without fixtures.mat if Octave is not installed."""
    made = {name: stub(text.decode(), name[:-2]).encode() for name, text in solutions().items()}
    made["check_exercise.m"] = (root / "solutions" / "12_matlab" / "check_exercise.m").read_bytes()
    if matlab.octave_program():
        made[FIXTURES] = mat_bytes(fixtures())
    return made


def generate(check=False, root=ROOT):
    """Write both folders, or with `check` only compare. Return the paths of the files that differ."""
    of_learners = outputs(root)
    kept = {"check_exercise.m"}, {FIXTURES} - set(of_learners)
    drifted = []
    for top, made, keep in zip(("solutions", "exercises"), (solutions(), of_learners), kept, strict=True):
        target = root / top / "12_matlab"
        present = {path.name: path.read_bytes() for path in target.glob("*") if path.is_file()}
        wrong = {name for name, content in made.items() if not _equal(name, content, present.get(name))}
        for name in sorted(wrong | (set(present) - set(made) - keep)):
            drifted.append(f"{top}/12_matlab/{name}")
            if not check and name in made:
                target.mkdir(parents=True, exist_ok=True)
                (target / name).write_bytes(made[name])
            elif not check:
                (target / name).unlink()
    return drifted


def _equal(name, content, present):
    """Return whether files are equal; for MAT files their contents, as zlib's bytes depend on its version."""
    if present is None or not name.endswith(".mat"):
        return content == present
    return content == present or _unzipped(content) == _unzipped(present)


def _unzipped(content):
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        return mat_bytes_plain(loadmat(BytesIO(content)))
    except (MatReadError, ValueError, TypeError, OSError, zlib.error):
        return None


def mat_bytes_plain(variables):
    """Return the variables of a loaded MAT file rewritten without compression, as comparable bytes."""
    from scipy.io import savemat

    buffer = BytesIO()
    savemat(buffer, {name: value for name, value in variables.items() if not name.startswith("__")})
    return buffer.getvalue()[128:]


def main(arguments, root=ROOT):
    check = "--check" in arguments
    drifted = generate(check, root)
    for name in drifted:
        print(f"{'differs' if check else 'written'}: {name}")
    if not matlab.octave_program():
        print(f"exercises/12_matlab/{FIXTURES} was left as it is: Octave, which makes it, is not installed.")
    return 1 if check and drifted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
