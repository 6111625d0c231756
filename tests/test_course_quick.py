"""`course.py test --quick` runs the tests that a changed file needs, and always at least one."""

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools import quick, run_tests

ROOT = Path(__file__).resolve().parent.parent
LISTED = "15_pooling or table_of_the_book or test_questions_in_pages"


@pytest.mark.parametrize(
    ("changed", "steps"),
    [
        (["conv_course/checker/sheets/07_images.py"], {"tests of 07_images": "tests/grading/test_sheets.py"}),
        (["solutions/02_slide_a_kernel.ipynb"], {"tests of 02_slide_a_kernel": "-k"}),
        (["conv_lib/fast/winograd.py"], {"tests": "tests/test_fast.py"}),
        (["conv_lib/naive/conv.py"], {"tests": "tests/test_contract.py"}),
        (["conv_lib/gradcheck.py"], {"tests": "tests/test_gradcheck.py"}),
        (["conv_course/checker/slips.py"], {"tests": "tests/grading/test_slips.py"}),
        (["conv_course/grade/text.py"], {"tests": "tests/grading_batch/test_text.py"}),
        (["conv_course/widgets/esm/conv1d.js"], {"tests": "tests/test_widgets.py"}),
        (["tests/oracle/test_torch.py"], {"tests": "tests/oracle/test_torch.py"}),
        (["README.md"], {"tests": "tests/test_contract.py"}),
        ([], {"tests": "tests/test_sizes.py"}),
        (
            ["conv_course/checker/sheets/15_pooling.py", "conv_lib/layouts.py"],
            {"tests of 15_pooling": LISTED, "tests": "tests/test_layouts.py"},
        ),
    ],
)
def test_a_change_runs_its_tests(changed, steps):
    plan = dict(quick.plan(changed, ROOT))
    assert plan.keys() == steps.keys()
    for name, word in steps.items():
        assert word in plan[name]


@pytest.mark.parametrize(
    ("changed", "pages"),
    [
        ("conv_course/checker/sheets/07_images.py", {"teachers"}),
        ("conv_course/checker/matlab_questions.py", {"teachers"}),
        ("conv_course/grade/gradebooks/marks.py", {"teachers"}),
        ("book/data/kill_table.json", {"teachers_trust"}),
        ("book/17_break_the_checker.md", {"17_break_the_checker"}),
        ("book/05_check_gradients.md", {"05_check_gradients"}),
        ("book/glossary.md", set()),  # it has no cells
        ("README.md", set()),
    ],
)
def test_the_cells_run_of_each_page_that_sees_the_change(changed, pages, monkeypatch):
    found = set(quick.pages([changed], ROOT))
    assert found >= pages
    assert found.isdisjoint(quick.SLOW_PAGES - pages)
    monkeypatch.setattr(quick, "changed_files", lambda root: [changed])
    names = [name for name, _ in run_tests.quick_steps(SimpleNamespace(pytest=[]))]
    assert ("cells of pages" in names) == bool(pages)


def test_what_a_new_question_adds_to_the_tests_does_not_run_them_for_all_questions():
    sheet = "conv_course/checker/sheets/07_images.py"
    lists = ["tests/grading/test_sheets.py", "tests/grading/test_general_mistakes.py"]
    assert [name for name, _ in quick.plan([sheet, *lists], ROOT)] == ["tests of 07_images"]
    assert [name for name, _ in quick.plan(lists, ROOT)] == ["tests"]


def test_every_module_and_test_that_is_named_is_there():
    for _, globs in quick.RULES:
        for pattern in globs:
            assert "\\1" in pattern or list(ROOT.glob(pattern)), pattern
    assert all((ROOT / path).is_file() for path in [*quick.ELSE, *quick.OF_A_SHEET])


def test_new_files_count(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "conv_lib").mkdir()
    (tmp_path / "conv_lib" / "sizes.py").write_text("")
    assert quick.changed_files(tmp_path) == ["conv_lib/sizes.py"]
