"""Choose the tests that `course.py test --quick` runs: those for the files changed since the last commit."""

import re
import subprocess

from tools.cells import CELL

KERNELS = ["contract", "naive_conv", "vectorized_conv", "pooling", "transposed", "sizes", "bad_calls"]
OF_A_SHEET = ["tests/grading/test_sheets.py", "tests/grading/test_cards_are_true.py"]
OF_A_SHEET += ["tests/grading/test_general_mistakes.py", "tests/test_questions_in_pages.py"]
# (pattern of a changed file's path, glob patterns of its tests, in which \1 is the matched name)
RULES = [
    (r"conv_\w+/.*\.pyi$", ["tests/test_types.py"]),
    (r"conv_lib/fast/", ["tests/test_fast*.py", "tests/test_contract.py", "tests/test_whole_problems.py"]),
    (r"conv_lib/(?:naive|vectorized|sizes|validation)", [f"tests/test_{name}.py" for name in KERNELS]),
    (r"conv_lib/(\w+)", [r"tests/test_\1*.py"]),
    (r"conv_course/checker/(\w+)\.py", [r"tests/grading/test_\1*.py", "tests/grading/test_judge.py"]),
    (r"conv_course/grade/(\w+)\.py", [r"tests/grading_batch/test_\1*.py"]),
    (r"conv_course/(widgets|figures)/", [r"tests/test_\1*.py"]),
    (r"conv_course/(?:words|locale)", ["tests/test_words.py"]),
    (r"conv_course/learn/", ["tests/test_package.py", "tests/test_course_learn.py"]),
    (r"(?:tools|\.github)/", ["tests/test_course_*.py"]),
    (r"(tests/(?!browser/).*test_\w+\.py)$", [r"\1"]),
]
ELSE = ["tests/test_contract.py", "tests/test_sizes.py", "tests/grading/test_slips.py"]
LESSON = re.compile(r"(?:solutions|checker/sheets)/(\d\d_\w+)\.")
# (pattern of a changed file's path, what the cells of the pages that it changes say)
SEEN_ON_PAGES = [
    (r"book/(\w+)\.md$", None),  # the page itself
    (r"book/data/([\w.]+)$", r"data/\1"),
    (r"conv_course/checker/(?:sheets/|matlab_questions)", "load_sheet"),
    (r"conv_course/grade/", "conv_course.grade"),
]
SLOW_PAGES = {"16_train_a_cnn", "17_break_the_checker"}  # half a minute each: run if they changed themselves


def changed_files(root):
    """Return the paths of files that differ from the last commit, including new ones."""
    command = ["git", "status", "--porcelain", "--untracked-files=all", "--no-renames"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
    return [line[3:].strip('"') for line in listed.splitlines()]


def plan(changed, root):
    """Return (name of a step, pytest's arguments) for the changed files."""
    lessons = sorted({match[1] for path in changed if (match := LESSON.search(path))})
    steps = [
        (f"tests of {stem}", [*OF_A_SHEET, "-k", f"{stem} or table_of_the_book or test_questions_in_pages"])
        for stem in lessons
    ]
    wanted = set()
    for path in changed:
        rule = next(((match, globs) for pattern, globs in RULES if (match := re.match(pattern, path))), None)
        if rule and not LESSON.search(path):
            match, globs = rule
            wanted |= {found for one in globs for found in _found(root, match.expand(one))}
    if lessons:  # these lists of questions are run for the changed lessons, not for all
        wanted -= set(OF_A_SHEET)
    if wanted or not steps:
        steps.append(("tests", sorted(wanted) or ELSE))
    return steps


def pages(changed, root):
    """Return the stems of the pages with cells that a changed file may stop."""
    cells = {path.stem: "".join(CELL.findall(path.read_text("utf-8"))) for path in root.glob("book/*.md")}
    chosen = set()
    for path in changed:
        for pattern, said in SEEN_ON_PAGES:
            if match := re.match(pattern, path):
                word = match.expand(said) if said else None
                if word:
                    chosen |= {stem for stem in cells.keys() - SLOW_PAGES if word in cells[stem]}
                else:
                    chosen |= cells.keys() & {match[1]}
    return sorted(stem for stem in chosen if cells[stem])


def _found(root, pattern):
    return [path.relative_to(root).as_posix() for path in root.glob(pattern)]
