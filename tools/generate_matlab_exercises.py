"""Make exercises/12_matlab from solutions/12_matlab: solutions taken out, the checker's cases put in.

    python -m tools.generate_matlab_exercises [--check]

In a .m file a stub replaces the lines between `%%% BEGIN SOLUTION` and `%%% END SOLUTION`. `fixtures.mat`
contains, for every question, the cases with their right answers and with the answer of each misconception,
or the fact that it stops with an error.
"""

import sys
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np

from conv_course.checker.matlab_questions import INDEX_HINTS, QUESTIONS, SECTIONS, cell, in_matlab

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "%%% BEGIN SOLUTION", "%%% END SOLUTION"
SEED = 12


def stub(text, name):
    """The source of a solution with each solution block replaced by a stub that says so when called.

    Raises
    ------
    ValueError
        If a block is not closed, or closed without being opened.
    """
    lines, inside = [], False
    for number, line in enumerate(text.splitlines(), 1):
        mark = line.strip()
        if mark in (BEGIN, END):
            if inside == (mark == BEGIN):
                raise ValueError(f"{name}.m:{number}: {mark} does not fit the mark before it")
            inside = mark == BEGIN
            if inside:
                indent = line[: len(line) - len(line.lstrip())]
                lines.append(f"{indent}% YOUR CODE HERE (take out the line below)")
                lines.append(f"{indent}error('exercise:unfilled', '{name} is not filled in yet');")
        elif not inside:
            lines.append(line)
    if inside:
        raise ValueError(f"{name}.m: {BEGIN} without {END}")
    return "\n".join(lines) + "\n"


def fixtures(seed=SEED):
    """The contents of fixtures.mat, for check_exercise.m: a cell array, one structure per question."""
    questions = []
    for question in QUESTIONS:
        cases = [tuple(case) for case in question.cases(np.random.default_rng(seed))]
        expected = [question.answer(*case) for case in cases]
        wrong = np.empty((len(cases), len(question.misconceptions)), dtype=object)
        differs, stops = np.zeros(wrong.shape), np.zeros(wrong.shape)
        for k, case in enumerate(cases):
            for m, misconception in enumerate(question.misconceptions):
                answer = misconception.answer(*case)
                stops[k, m] = answer is None
                differs[k, m] = answer is not None and not same(answer, expected[k])
                wrong[k, m] = in_matlab(answer) if differs[k, m] else np.zeros((0, 0))
        questions.append(
            {
                "name": question.name,
                "function_name": question.function,
                "result": question.result,
                "points": float(question.points),
                "arguments": cell([cell([in_matlab(value) for value in case]) for case in cases]),
                "about": cell([about(question.arguments, case) for case in cases]),
                "expected": cell([in_matlab(answer) for answer in expected]),
                "wrong": wrong,
                "differs": differs,
                "stops": stops,
                "mistakes": cell([m.name for m in question.misconceptions]),
                "hints": cell([m.hint for m in question.misconceptions]),
                "sections": cell([SECTIONS[m.section] for m in question.misconceptions]),
                "index_hints": cell(INDEX_HINTS),
                "index_section": SECTIONS["12-index"],
            }
        )
    return {"questions": cell(questions)}


def same(answer, expected):
    """Whether two answers are equal in MATLAB: all numbers, and the sizes without trailing ones."""
    answer, expected = in_matlab(answer), in_matlab(expected)
    return answer.shape == expected.shape and bool(np.allclose(answer, expected, rtol=0, atol=1e-8))


def about(names, case):
    """'x of size 5 x 4 x 3, stride [2 1]': one case in words."""
    words = []
    for name, value in zip(names, case, strict=True):
        array = in_matlab(value)
        if np.ndim(value) == 0:
            words.append(f"{name} = {value}")
        elif np.ndim(value) == 1:
            words.append(f"{name} = [{' '.join(f'{number:g}' for number in array.ravel())}]")
        else:
            words.append(f"{name} of size {' x '.join(map(str, array.shape))}")
    return ", ".join(words)


def mat_bytes(variables):
    """A MAT file (version 5, compressed: what MATLAB calls v7) without the time of day in its header."""
    from scipy.io import savemat

    buffer = BytesIO()
    savemat(buffer, variables, do_compression=True, oned_as="row")
    return b"MATLAB 5.0 MAT-file".ljust(116) + buffer.getvalue()[116:]


def outputs(root=ROOT):
    """{file name: bytes} of the whole exercise folder."""
    made = {}
    for path in sorted((root / "solutions" / "12_matlab").glob("*.m")):
        text = path.read_text(encoding="ascii")
        made[path.name] = (stub(text, path.stem) if BEGIN in text else text).encode()
    made["fixtures.mat"] = mat_bytes(fixtures())
    return made


def generate(check=False, root=ROOT):
    """Write exercises/12_matlab, or with `check` only compare; the names of the files that differ."""
    target = root / "exercises" / "12_matlab"
    made = outputs(root)
    present = {path.name: path.read_bytes() for path in target.glob("*") if path.is_file()}
    drifted = sorted(
        {name for name, content in made.items() if not _equal(name, content, present.get(name))}
        | (set(present) - set(made))
    )
    if not check:
        target.mkdir(parents=True, exist_ok=True)
        for name in drifted:
            if name in made:
                (target / name).write_bytes(made[name])
            else:
                (target / name).unlink()
    return drifted


def _equal(name, content, present):
    """Whether files are equal; MAT files by their contents, since zlib's bytes differ between versions."""
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
    """The variables of a loaded MAT file, written again without compression: comparable bytes."""
    from scipy.io import savemat

    buffer = BytesIO()
    savemat(buffer, {name: value for name, value in variables.items() if not name.startswith("__")})
    return buffer.getvalue()[128:]


def main(arguments, root=ROOT):
    check = "--check" in arguments
    drifted = generate(check, root)
    for name in drifted:
        print(f"{'differs' if check else 'written'}: exercises/12_matlab/{name}")
    return 1 if check and drifted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
