"""The bytecode that the site's Python files get: complete, of the compiling Python, and never half done."""

import importlib.util
import io
import os
import subprocess
import sys
import time
import zipfile

import pytest

from tools.lite import bytecode
from tools.lite.compiler.compile import with_bytecode

MODULES = {
    "package/__init__.py": "",
    "package/module.py": "answer = 42\n",
    "package/old.py": "print 'this is no Python of today'\n",
    "package/data.txt": "text\n",
}


def archive(members=MODULES):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, text in members.items():
            made.writestr(name, text)
    return out.getvalue()


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        return {name: held.read(name) for name in held.namelist()}


def imported(tmp_path, place, code):
    """Return what `code` prints in a Python that finds modules in `place` and never reads a source's time."""
    found = subprocess.run(
        [sys.executable, "-B", "-c", f"import sys; sys.path.insert(0, {str(place)!r}); {code}"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    return found.stdout.strip()


def test_a_wheel_keeps_its_sources_and_gets_bytecode_beside_them(tmp_path):
    made = members(with_bytecode("package-1-py3-none-any.whl", archive()))
    assert set(MODULES) < set(made)
    assert all(made[name] == text.encode() for name, text in MODULES.items())
    new = {name: made[name] for name in set(made) - set(MODULES)}
    names = {importlib.util.cache_from_source(f"package/{name}.py") for name in ("__init__", "module")}
    assert set(new) == names
    for name, data in made.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "package" / "module.py").write_text("answer = 'compiled anew'\n")
    assert imported(tmp_path, tmp_path, "from package.module import answer; print(answer)") == "42"


def test_in_the_standard_library_bytecode_takes_the_place_of_the_sources(tmp_path):
    made = with_bytecode("python_stdlib.zip", archive())
    assert set(members(made)) == {
        "package/__init__.pyc",
        "package/module.pyc",
        "package/old.py",
        "package/data.txt",
    }
    (tmp_path / "library.zip").write_bytes(made)
    code = "from package import module; print(module.answer, module.__file__)"
    assert imported(tmp_path, tmp_path / "library.zip", code).startswith("42 ")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with one archive, and an empty cache."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    place = tmp_path / "pyodide"
    place.mkdir()
    (place / "some.whl").write_bytes(archive())
    return place


@pytest.mark.parametrize("problem", ["there is no Chromium or Chrome on this machine", "it failed"])
def test_what_cannot_be_compiled_is_served_as_it_is_and_said(folder, monkeypatch, problem):
    if problem == "it failed":
        monkeypatch.setattr(bytecode, "_in_browser", lambda *_: problem)
    else:
        monkeypatch.setattr(bytecode.system, "find", lambda _: None)
    said = []
    bytecode.compile_in(folder, ["some.whl"], said.append)
    assert (folder / "some.whl").read_bytes() == archive()
    assert said[-1] == f"  not compiled: {problem}; {bytecode.SLOWER}"


def test_what_was_compiled_once_is_taken_from_the_cache(folder, monkeypatch):
    asked = []

    def compiling(place, names, out):
        asked.append(names)
        for name in names:
            (out / name).write_bytes(with_bytecode(name, (place / name).read_bytes()))

    monkeypatch.setattr(bytecode, "_in_browser", compiling)
    for members_of_archive in (MODULES, MODULES, {"package/__init__.py": "newer = True\n"}, MODULES):
        given = archive(members_of_archive)
        (folder / "some.whl").write_bytes(given)
        bytecode.compile_in(folder, ["some.whl"], lambda _: None)
        assert members((folder / "some.whl").read_bytes()) == members(with_bytecode("some.whl", given))
    assert len(asked) == 3  # the cache holds one of each name, so the last is made again


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for a browser is a shell script")
def test_no_browser_is_left_running(folder, tmp_path, monkeypatch):
    """Debian's Chromium is a script that starts the browser: killing the script would leave the browser."""
    browser, child = tmp_path / "browser", tmp_path / "child"
    browser.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {child}\nwait\n")
    browser.chmod(0o755)
    monkeypatch.setattr(bytecode.system, "find", lambda _: str(browser))
    monkeypatch.setattr(bytecode, "SECONDS", 2)
    said = []
    bytecode.compile_in(folder, ["some.whl"], said.append)
    assert "the browser did not end in 2 s" in said[-1]
    number = int(child.read_text())
    for _ in range(50):
        if not _runs(number):
            return
        time.sleep(0.1)
    raise AssertionError("the browser still runs")


def _runs(number):
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True).stdout
    return bool(state.strip()) and not state.startswith("Z")
