"""Two clean builds of one commit, in two folders, give the same pages, byte for byte."""

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "_build*", "__pycache__", ".pytest_cache", ".hypothesis", "*.lock.d"
)


def clean_build(folder, seed):
    """Copy the tree, build it from nothing with another hash seed, and return its pages."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "tools.build_book", "--clean"]
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL, timeout=800)
    return folder / "_build" / "html"


def differing(first, second):
    """Return the names of the files that differ or that only one folder has."""
    names = [
        {p.relative_to(top).as_posix() for p in top.rglob("*") if p.is_file()} for top in (first, second)
    ]
    same, different, failed = filecmp.cmpfiles(first, second, names[0] & names[1], shallow=False)
    assert same
    return sorted((names[0] ^ names[1]) | set(different) | set(failed))


def test_two_clean_builds_are_equal(tmp_path):
    first = clean_build(tmp_path / "one", "1")
    second = clean_build(tmp_path / "another folder", "2")
    assert differing(first, second) == []


def test_a_difference_is_seen(tmp_path):
    for name, text in (("one", "the same"), ("two", "the sane")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.html").write_text(text)
        (tmp_path / name / "equal.html").write_text("equal")
    (tmp_path / "two" / "more.html").write_text("")
    assert differing(tmp_path / "one", tmp_path / "two") == ["more.html", "page.html"]
