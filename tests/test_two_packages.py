"""conv_lib is only the layer, conv_course teaches with it, and both are in one distribution."""

import ast
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from conv_course.checker.questions import sheet_stems

ROOT = Path(__file__).resolve().parents[1]
FIRST_EDITION = {Path("grading/__init__.py"), Path("widgets/__init__.py")}


def imported(path):
    """Yield the top-level packages that a file imports, also within functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


def test_imports_go_one_way():
    package = ROOT / "conv_lib"
    files = {path.relative_to(package): path for path in package.rglob("*.py")}
    back = {name for name, path in files.items() if "conv_course" in imported(path)}
    assert back == FIRST_EDITION


def test_the_layer_is_imported_without_the_teaching_package():
    script = "import sys, conv_lib.naive, conv_lib.fast, conv_lib.layers, conv_lib.training, conv_lib.graph\n"
    script += "print([name for name in sys.modules if name.startswith('conv_course')])"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert result.stdout.strip() == "[]", result.stderr


def test_there_are_no_circular_imports():
    """There are no cycles among the top-level imports of modules."""
    package = ROOT / "conv_course"
    needs = {}
    for path in package.rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        needs[name] = {
            target
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for target in _targets(node, name)
        }
    for name in needs:
        assert name not in _reached(name, needs), f"{name} imports itself through others"


def _targets(node, name):
    base = node.module or ""
    if node.level:
        base = ".".join([*name.split(".")[: -node.level], *([base] if base else [])])
    return {base, *(f"{base}.{alias.name}" for alias in node.names)}


def _reached(name, needs):
    seen, left = set(), [name]
    while left:
        for target in needs.get(left.pop(), ()):
            if target in needs and target not in seen:
                seen.add(target)
                left.append(target)
    return seen


@pytest.mark.parametrize("stem", sheet_stems())
def test_a_notebook_of_the_first_edition_still_opens_and_checks(stem):
    """Run its first cell with the old names, then every check without an answer."""
    cells = nbformat.read(ROOT / "exercises" / f"{stem}.ipynb", as_version=4).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    first = next(source for source in sources if "import sheet" in source)
    install, first = first.split("\n\n", 1)  # the first edition had no lines for Colab
    assert "pip" in install
    old = first.replace("from conv_course import sheet", "from conv_lib.grading import sheet")
    old = old.replace("conv_course.checker", "conv_lib.grading").replace("conv_course.", "conv_lib.")
    assert "conv_lib.grading" in old
    assert "conv_course" not in old
    space = {}
    exec(old, space)
    for question in space["check"].sheet:
        assert space["check"](question.name, None).verdict.state == "not started"
