"""Make exercises/ from solutions/: `python -m tools.generate_exercises [--check] [--force] [STEM ...]`.

A solution notebook is edited in Jupyter and is the source. This normalises it (ids, metadata, nbgrader's
cell metadata), runs it, stores its outputs, and writes the exercise beside it: every region between
`### BEGIN SOLUTION` and `### END SOLUTION` becomes `raise NotImplementedError`, and the exercise is run too.
Two runs give the same bytes. `--check` writes nothing and fails if anything is not as a run would leave it.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).parents[1]
STUB = "raise NotImplementedError"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
SHEET_CALL = re.compile(r'\bsheet\("(\w+)"(?:, version="\w+")?\)')
CHECK_CALL = re.compile(r'^check\("(\w+)"\)', re.MULTILINE)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


class Problem(Exception):
    """A reason not to write, as one line for the author."""


# --- cells


def blank_out(source):
    """`source` with each solution region replaced by the stub, and the lines that were taken out.

    >>> print(blank_out("def f(x):\\n    ### BEGIN SOLUTION\\n    return x\\n    ### END SOLUTION")[0])
    def f(x):
        raise NotImplementedError
    """
    kept, taken, inside = [], [], False
    for line in source.split("\n"):
        if line.strip() == BEGIN:
            if inside:
                raise Problem("a solution region inside a solution region")
            kept.append(line[: len(line) - len(line.lstrip())] + STUB)
            inside = True
        elif line.strip() == END:
            if not inside:
                raise Problem(f"{END} without {BEGIN}")
            inside = False
        else:
            (taken if inside else kept).append(line)
    if inside:
        raise Problem(f"{BEGIN} without {END}")
    return "\n".join(kept), taken


def fingerprint(notebook):
    """What a notebook says, without outputs: changes when somebody edits a cell."""
    text = json.dumps([[c.cell_type, c.source] for c in notebook.cells], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def normalised(notebook, stem, course):
    """A copy with fixed ids, metadata and nbgrader metadata, and no outputs."""
    from conv_lib.grading.questions import load_sheet

    sheet = load_sheet(stem)
    cells, used = [], {}
    # the question that a solution cell answers is the next one that is checked
    checks = [CHECK_CALL.search(c.source) if c.cell_type == "code" else None for c in notebook.cells]
    for i, cell in enumerate(notebook.cells):
        source = cell.source.rstrip()
        if cell.cell_type == "markdown":
            fresh = nbformat.v4.new_markdown_cell(source)
        elif cell.cell_type == "code":
            fresh = nbformat.v4.new_code_cell(source)
            question = next((m[1] for m in checks[i:] if m), None)
            if checks[i]:
                if checks[i][1] not in sheet.questions:
                    raise Problem(f"{checks[i][0]} has no question in the sheet")
                fresh.metadata["nbgrader"] = _grader(
                    f"check-{checks[i][1]}",
                    grade=True,
                    locked=True,
                    points=sheet.questions[checks[i][1]].points,
                )
            elif BEGIN in source or (STUB in source and course.get("source")):
                used[question] = used.get(question, 0) + 1
                again = f"-{used[question]}" if used[question] > 1 else ""
                fresh.metadata["nbgrader"] = _grader(f"answer-{question}{again}", solution=True)
            elif SHEET_CALL.search(source):
                fresh.metadata["nbgrader"] = _grader("sheet", locked=True)
        else:
            raise Problem(f"cell {i + 1} is a {cell.cell_type} cell")
        if "raises-exception" in cell.metadata.get("tags", []):
            raise Problem(f"cell {i + 1} is tagged raises-exception: an exercise has no use for it")
        fresh["id"] = f"{stem}-{i:02d}"
        cells.append(fresh)
    result = nbformat.v4.new_notebook(cells=cells)
    result.metadata.update(kernelspec=dict(KERNEL), language_info=dict(LANGUAGE), conv_course=course)
    return result


def _grader(grade_id, *, grade=False, solution=False, locked=False, points=None):
    """nbgrader's metadata of one cell, schema 3."""
    fields = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return fields | ({"points": points} if grade else {})


def exercise_of(solution, stem):
    """The exercise's cells, not yet run, and the answer's lines, which must not be in it."""
    cells, taken = [], []
    for cell in solution.cells:
        source, lines = blank_out(cell.source) if cell.cell_type == "code" else (cell.source, [])
        taken += lines
        make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
        cells.append(make(source))
    if not taken:
        raise Problem("there is no solution region")
    plain = nbformat.v4.new_notebook(cells=cells)
    version = fingerprint(plain)[:6]
    for cell in cells:
        if cell.cell_type == "code":
            cell.source = SHEET_CALL.sub(rf'sheet("\1", version="{version}")', cell.source)
    first = cells[0]
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        raise Problem("the first cell has to be text that starts with a title")
    first.source += (
        f"\n\n*Exercise version {version}. If the course has a newer one, a check says so: rename this "
        "notebook, which keeps your work, and open the exercise again from the book.*"
    )
    result = normalised(plain, stem, {"source": f"solutions/{stem}.ipynb", "version": version})
    result.metadata.conv_course["fingerprint"] = fingerprint(result)
    return result, taken


# --- running


def executed(notebook, where, folder):
    """Run a notebook in a fresh kernel and store its outputs in a form that is always the same."""
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=True,
        resources={"metadata": {"path": str(folder)}},
    )
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    environment.pop("NBGRADER_EXECUTION", None)
    try:
        client.execute(env=environment, stderr=subprocess.DEVNULL)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        line = next((x for x in reversed(str(error).strip().splitlines()) if x.strip()), type(error).__name__)
        raise Problem(f"{where} stops: {line}") from None
    notebook.metadata["language_info"] = dict(LANGUAGE)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise Problem(f"{where} writes to stderr: {output.text.strip().splitlines()[-1]}")
    return _with_fixed_widget_ids(notebook)


def _with_fixed_widget_ids(notebook):
    """Widget models get random ids: number them in the order in which they were made."""
    text = nbformat.writes(notebook)
    state = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    for number, model in enumerate(state):
        text = text.replace(model, f"model-{number:03d}")
    return nbformat.reads(text, as_version=4)


def text_of(notebook):
    """The file's text."""
    nbformat.validate(notebook)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# --- what must hold


def scores(notebook):
    """Question -> (points, of) as the stored outputs of the checks say."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            result = output.get("metadata", {}).get("conv_course", {})
            if "question" in result:
                found[result["question"]] = (result["points"], result["of"])
    return found


def faults(stem, solution, exercise, taken):
    """One line for each thing that is wrong with an executed pair."""
    from conv_lib.grading.questions import load_sheet

    lines = []
    for notebook, name in ((solution, "solutions"), (exercise, "exercises")):
        got = scores(notebook)
        for question in load_sheet(stem):
            if question.name not in got:
                lines.append(f"{name}/{stem}.ipynb never checks {question.name}")
            elif notebook is solution and got[question.name] != (question.points, question.points):
                points = got[question.name][0]
                lines.append(
                    f"solutions/{stem}.ipynb: {question.name} scores {points:g} of {question.points:g}"
                )
            elif notebook is exercise and got[question.name][0]:
                lines.append(
                    f"exercises/{stem}.ipynb: {question.name} scores points before anything is written"
                )
    for notebook, name in ((solution, "solutions"), (exercise, "exercises")):
        shown = json.dumps(notebook.metadata.get("widgets", {}))
        if "Your function stopped with" in shown or (
            name == "solutions" and "Write the function above" in shown
        ):
            lines.append(f"{name}/{stem}.ipynb: a slider shows an error")
    lines += [f"exercises/{stem}.ipynb leaks an answer: {line!r}" for line in leaks(exercise, taken)]
    return lines


def leaks(exercise, taken):
    """The answer's lines that the exercise still shows, in a cell or in an output."""
    shown = []
    for cell in exercise.cells:
        shown.append(cell.source)
        for output in cell.get("outputs", []):
            shown.append(json.dumps(output, ensure_ascii=False))
    text = "\n".join(" ".join(line.split()) for line in "\n".join(shown).split("\n"))
    if BEGIN in text or END in text:
        return [BEGIN]
    lines = {" ".join(line.split()) for line in taken}
    return sorted(line for line in lines if len(line) >= 12 and not line.startswith("#") and line in text)


def edited(path):
    """Whether somebody changed a generated exercise by hand."""
    if not path.is_file():
        return False
    try:
        notebook = nbformat.read(path, as_version=4)
        return notebook.metadata["conv_course"]["fingerprint"] != fingerprint(notebook)
    except Exception:  # not a notebook of this course, whatever it is: somebody's work
        return True


# --- the command


def drafted(stem, root=ROOT):
    """The solution and the exercise before they are run, and the answer's lines."""
    path = root / "solutions" / f"{stem}.ipynb"
    solution = normalised(nbformat.read(path, as_version=4), stem, {"stem": stem})
    return solution, *exercise_of(solution, stem)


def make(stem, root=ROOT):
    """The texts of the solution and the exercise as they should be, and what is wrong with them."""
    path = root / "solutions" / f"{stem}.ipynb"
    try:
        solution, exercise, taken = drafted(stem, root)
        solution = executed(solution, f"solutions/{stem}.ipynb", path.parent)
        exercise = executed(exercise, f"exercises/{stem}.ipynb", path.parent)
    except Problem as problem:
        return None, None, [f"{stem}: {problem}"]
    except Exception as error:
        return (
            None,
            None,
            [f"{stem}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"],
        )
    return text_of(solution), text_of(exercise), faults(stem, solution, exercise, taken)


def versions_text(stems, root):
    """versions.py: the newest version of each exercise; a check tells a learner who has an older one."""
    rows = []
    for stem in stems:
        try:
            version = drafted(stem, root)[1].metadata.conv_course["version"]
        except Exception:  # `make` says what is wrong with it
            continue
        rows.append(f'    "{stem}": "{version}",\n')
    note = '"""The newest version of each exercise; written by tools/generate_exercises.py."""'
    return f"{note}\n\nVERSIONS = {{\n{''.join(rows)}}}\n"


def settle(stem, made, root, *, check, force):
    """Compare or write one lesson's two files; the lines that say what is wrong."""
    solution, exercise, wrong = made
    if wrong:
        return wrong
    target = root / "exercises" / f"{stem}.ipynb"
    lines = []
    for path, text in ((root / "solutions" / f"{stem}.ipynb", solution), (target, exercise)):
        shown = path.relative_to(root)
        now = path.read_text(encoding="utf-8") if path.is_file() else ""
        if now == text:
            continue
        if path == target and edited(path):
            if check or not force:
                hint = "python3 course.py exercises --force keeps a copy and writes it anew"
                lines.append(f"{shown} was edited by hand; edit solutions/{stem}.ipynb instead ({hint})")
                continue
            shutil.copy(path, path.with_suffix(".ipynb.bak"))
        if check:
            lines.append(f"{shown} is not what solutions/{stem}.ipynb gives: {first_difference(now, text)}")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    return lines


def first_difference(now, text):
    """Where two notebooks part, in a few words."""
    if not now:
        return "it is not there"
    for number, (a, b) in enumerate(zip(now.splitlines(), text.splitlines(), strict=False), 1):
        if a != b:
            return f"line {number} is {a.strip()[:60]!r}, should be {b.strip()[:60]!r}"
    return "one is longer"


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(prog="course.py exercises", description=__doc__.splitlines()[0])
    parser.add_argument("stems", nargs="*", metavar="STEM", help="only these lessons (all if none is given)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if anything would change")
    parser.add_argument(
        "--force", action="store_true", help="overwrite edited exercises, keeping a .bak copy"
    )
    parser.add_argument("--jobs", type=int, default=2, help="notebooks to run at a time (2)")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(root))
    known = sorted(path.stem for path in (root / "solutions").glob("*.ipynb"))
    unknown = set(options.stems) - set(known)
    if unknown:
        print(f"no solution named {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        return 2
    stems = options.stems or known
    wrong = []
    # first, because a notebook that runs with another version than this file names says so in its output
    versions = root / "conv_lib" / "grading" / "sheets" / "versions.py"
    newest = versions_text(known, root)
    if not versions.is_file() or versions.read_text(encoding="utf-8") != newest:
        if options.check:
            wrong.append(f"{versions.relative_to(root)} is not up to date")
        else:
            versions.write_text(newest, encoding="utf-8", newline="\n")
    with ThreadPoolExecutor(max(1, options.jobs)) as pool:
        for number, (stem, made) in enumerate(
            zip(stems, pool.map(lambda s: make(s, root), stems), strict=True), 1
        ):
            found = settle(stem, made, root, check=options.check, force=options.force)
            print(f"[{number}/{len(stems)}] {stem}: {'; '.join(found) if found else 'ok'}", flush=True)
            wrong += found
    if (root / "solutions" / "12_matlab").is_dir() and "12_matlab" in stems:
        from tools import generate_matlab_exercises

        drifted = generate_matlab_exercises.generate(options.check, root)
        if options.check:
            wrong += [f"exercises/12_matlab/{name} is not what the solutions make" for name in drifted]
        else:
            print(f"exercises/12_matlab: {', '.join(drifted) if drifted else 'nothing new'}")
    if not options.stems:
        for path in sorted((root / "exercises").glob("*.ipynb")):
            if path.stem not in known:
                wrong.append(f"exercises/{path.name} has no solution")
    if wrong:
        print(f"\n{len(wrong)} to mend:", *wrong, sep="\n- ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
