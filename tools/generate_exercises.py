"""Make the notebooks from their texts: `python -m tools.generate_exercises [--check] [--force] [STEM ...]`.

`solutions/NN_stem.md` and the sheet of the same name are the source (see `exercise_text`). Two notebooks are
made from them, run, and stored with their outputs: the solution, and the exercise, in which every region
between `### BEGIN SOLUTION` and `### END SOLUTION` is `raise NotImplementedError`. Two runs give the same
bytes. `--check` writes nothing and fails if a run would change any file.
"""

import argparse
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

from conv_course.checker.questions import load_sheet
from tools import sections
from tools.environment import explained
from tools.exercise_faults import faults
from tools.exercise_notebook import (
    ROOT,
    Problem,
    edited,
    executed,
    exercise_of,
    normalised,
    text_of,
    without_views,
)
from tools.exercise_text import solution_of


def drafted(stem, root=ROOT):
    """Return the solution and the exercise before they are run, and the lines of the answers."""
    text = (root / "solutions" / f"{stem}.md").read_text(encoding="utf-8")
    solution = normalised(solution_of(text, load_sheet(stem)), stem, {"source": f"solutions/{stem}.md"})
    return solution, *exercise_of(solution, stem)


def make(stem, root=ROOT):
    """Return the expected texts of the solution and the exercise, and a list of their faults."""
    folder = root / "solutions"
    try:
        solution, exercise, taken = drafted(stem, root)
        solution = executed(solution, f"solutions/{stem}.ipynb", folder)
        exercise = executed(exercise, f"exercises/{stem}.ipynb", folder)
        wrong = faults(stem, solution, exercise, taken)
    except Problem as problem:
        return None, None, [f"{stem}: {problem}"]
    except Exception as error:
        return (
            None,
            None,
            [f"{stem}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"],
        )
    return text_of(without_views(solution)), text_of(without_views(exercise)), wrong


def versions_text(stems, root):
    """Return the text of versions.py: the newest version of each exercise, for learners with older ones."""
    rows = []
    for stem in stems:
        try:
            version = drafted(stem, root)[1].metadata.conv_course["version"]
        except Exception:  # `make` reports what is wrong with it
            continue
        rows.append(f'    "{stem}": "{version}",\n')
    note = '"""The newest version of each exercise; written by tools/generate_exercises.py."""'
    return f"{note}\n\nVERSIONS = {{\n{''.join(rows)}}}\n"


def settle(stem, made, root, *, check, force):
    """Compare or write one lesson's two files. Return lines on the faults."""
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
                lines.append(f"{shown} was edited by hand; edit solutions/{stem}.md instead ({hint})")
                continue
            shutil.copy(path, path.with_suffix(".ipynb.bak"))
        if check:
            lines.append(f"{shown} is not what solutions/{stem}.md gives: {first_difference(now, text)}")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    return lines


def first_difference(now, text):
    """Describe briefly where two notebooks first differ."""
    if not now:
        return "it is not there"
    for number, (a, b) in enumerate(zip(now.splitlines(), text.splitlines(), strict=False), 1):
        if a != b:
            return f"line {number} is {a.strip()[:60]!r}, should be {b.strip()[:60]!r}"
    return "one is longer"


@explained("exercises")
def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(
        allow_abbrev=False, prog="course.py exercises", description="Make exercises/ from solutions/."
    )
    parser.add_argument("stems", nargs="*", metavar="STEM", help="only these lessons (all if none is given)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if anything would change")
    parser.add_argument(
        "--force", action="store_true", help="overwrite edited exercises, keeping a .bak copy"
    )
    parser.add_argument("--jobs", type=int, default=2, help="number of notebooks to run at the same time (2)")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(root))
    known = sorted(path.stem for path in (root / "solutions").glob("[0-9]*.md"))
    unknown = set(options.stems) - set(known)
    if unknown:
        print(f"no solution named {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        return 2
    stems = options.stems or known
    wrong = []
    # write this file first: a notebook with another version than the one in it prints a note
    versions = root / "conv_course" / "checker" / "sheets" / "versions.py"
    newest = versions_text(known, root)
    if not versions.is_file() or versions.read_text(encoding="utf-8") != newest:
        if options.check:
            wrong.append(f"{versions.relative_to(root)} is not up to date")
        else:
            versions.write_text(newest, encoding="utf-8", newline="\n")
    if (root / "book").is_dir():
        wrong += sections.settle(root, options.check)
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
            wrong += [f"{name} is not what the questions make" for name in drifted]
        else:
            print(f"12_matlab, .m files: {', '.join(drifted) if drifted else 'nothing new'}")
    if not options.stems:
        for path in sorted((root / "exercises").glob("*.ipynb")):
            if path.stem not in known:
                wrong.append(f"exercises/{path.name} has no solution")
    if wrong:
        print(f"\n{len(wrong)} to fix:", *wrong, sep="\n- ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
