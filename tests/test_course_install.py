"""How .venv is created, kept, recreated and shared, on a copy of the course with an empty lock."""

import importlib.util
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import environment, system, turns

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def tree(tmp_path):
    """A course with empty locks, whose verb `book` prints one word."""
    top = tmp_path / "ein Kurs für später"  # with spaces and umlauts
    (top / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "course.py", top)
    for name in ("__init__.py", "environment.py", "process.py", "system.py", "turns.py"):
        shutil.copy(ROOT / "tools" / name, top / "tools")
    for lock in environment.LEVELS.values():
        (top / lock).write_text("# nothing\n")
        (top / lock.replace(".lock", ".txt")).write_text("# nothing\n")
    (top / "tools" / "build_book.py").write_text("import tools, sys; print('built in', sys.prefix)")
    asks = "from tools import environment; print(environment.ensure('lite'), 'holds more')"
    (top / "tools" / "serve.py").write_text(asks)
    (top / "conv_lib").mkdir()
    (top / "conv_lib" / "__init__.py").write_text("")
    return top


def program(folder, name, source):
    """Write a fake program `name` that runs the Python `source`. Return a PATH that finds it first."""
    folder.mkdir(exist_ok=True)
    script = folder / f"{name}.py"
    script.write_text(source)
    if os.name == "nt":
        (folder / f"{name}.bat").write_text(f'@"{sys.executable}" "{script}" %*\n')
    else:
        path = folder / name
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(folder) + os.pathsep + os.environ["PATH"]


NO_UV = "import sys; sys.exit(1)"  # does not even answer --version, like a shim without its program
QUICK_UV = """
import pathlib, sys, venv
if "venv" in sys.argv:
    venv.create(sys.argv[-1], with_pip=False)
if "pip" in sys.argv:
    python = pathlib.Path(sys.argv[sys.argv.index("--python") + 1])
    where = next(python.parent.parent.rglob("site-packages"))
    (where / "installed").mkdir(exist_ok=True)
"""
SLOW_UV = """
import sys, time
if "--version" not in sys.argv:
    print("sleeping", flush=True)
    time.sleep(60)
"""
FULL_UV = """
import sys
if "pip" in sys.argv:
    print("error: failed to write x: No space left on device (os error 28)", file=sys.stderr)
    sys.exit(2)
"""


def settings(path, **more):
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_", "PYTHON"))}
    return {**plain, "PATH": path, "PIP_CONFIG_FILE": os.devnull, "PYTHONUTF8": "1", **more}


def call(tree, path=None, verb="book", **more):
    command = [sys.executable, str(tree / "course.py"), verb]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=200, check=False, env=settings(path, **more)
    )


@pytest.fixture
def without_uv(tmp_path):
    return program(tmp_path / "bin", "uv", NO_UV)


@pytest.fixture
def quick_uv(tmp_path):
    return program(tmp_path / "quick", "uv", QUICK_UV)


def test_without_uv_venv_and_pip_install(tree, without_uv):
    first = call(tree, without_uv)
    assert first.returncode == 0, first.stderr
    assert "[1/3] Making .venv with venv" in first.stdout
    assert f"built in {tree / '.venv'}" in first.stdout
    second = call(tree, without_uv)
    assert second.stdout.strip() == f"built in {tree / '.venv'}"


def test_progress_never_goes_back():
    """Whatever pip prints after it began to unpack."""
    names = ["numpy==2.0", "scipy==1.0"]
    lines = [f"Collecting {name}" for name in names] + [
        "  Using cached x.whl",
        "Installing collected packages: a",
    ]
    lines += ["WARNING: the script f2py is not on PATH", "", "Collecting late==1", "Successfully installed a"]
    progress, said = environment.Progress(4), []
    for line in lines:
        progress.add(line)
        said.append(str(progress))
    unpacks = ["unpacking" in text for text in said]
    assert unpacks == sorted(unpacks)
    assert said[2] == ", fetched 2 of up to 4"
    assert said[4] == ", unpacking 2 packages"


def test_first_call_installs_and_the_next_starts_at_once(tree, quick_uv):
    first = call(tree, quick_uv)
    assert first.returncode == 0, first.stderr
    assert "[1/2] Making .venv with uv" in first.stdout
    assert f"built in {tree / '.venv'}" in first.stdout
    second = call(tree, quick_uv)
    assert second.stdout.strip() == f"built in {tree / '.venv'}"
    python = environment.interpreter(tree / ".venv")
    elsewhere = subprocess.run(
        [python, "-c", "import conv_lib; print(conv_lib.__file__)"],
        cwd=tree.parent,
        capture_output=True,
        text=True,
        check=True,
        env=settings(quick_uv),
    )
    assert Path(elsewhere.stdout.strip()) == tree / "conv_lib" / "__init__.py"

    # whatever is wrong with the folder, it is recreated
    (tree / ".venv" / "course.json").write_text("{")
    assert "recreating it" in call(tree, quick_uv).stdout
    stamp = json.loads((tree / ".venv" / "course.json").read_text())
    shutil.rmtree(tree / ".venv" / stamp["packages"] / "installed")
    assert "recreating it" in call(tree, quick_uv).stdout
    (tree / "requirements.lock").write_text("# another\n")
    assert "recreating it" in call(tree, quick_uv).stdout
    assert "recreating it" not in call(tree, quick_uv).stdout


def test_a_verb_that_needs_more_adds_to_what_is_there_even_from_inside(tree, quick_uv):
    call(tree, quick_uv)
    kept = tree / ".venv" / "kept"
    kept.write_text("")
    more = call(tree, quick_uv, "serve")
    assert more.returncode == 0, more.stderr
    assert "beyond level book" in more.stdout
    assert "holds more" in more.stdout
    assert kept.exists()
    assert json.loads((tree / ".venv" / "course.json").read_text())["level"] == "lite"
    assert "Adding" not in call(tree, quick_uv, "serve").stdout


@pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")
def test_an_interrupted_installation_recovers(tree, tmp_path, quick_uv):
    slow = program(tmp_path / "slow", "uv", SLOW_UV)
    running = subprocess.Popen(
        [sys.executable, str(tree / "course.py"), "book"],
        env=settings(slow),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "Making .venv" in running.stdout.readline()
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert err.strip() == "course.py: Stopped; nothing is broken."
    assert not (tree / ".venv" / "course.json").exists()
    again = call(tree, quick_uv)
    assert again.returncode == 0, again.stderr
    assert "built in" in again.stdout


def test_a_full_disk_gets_one_line(tree, tmp_path):
    answer = call(tree, program(tmp_path / "full", "uv", FULL_UV))
    assert answer.returncode == 1
    (line,) = answer.stderr.strip().splitlines()
    assert line.startswith("course.py: The disk is full (")
    assert "trying pip" not in answer.stdout.lower()
    assert not (tree / ".venv" / "course.json").exists()


def test_no_network_gets_one_line(tree, without_uv):
    (tree / "requirements.lock").write_text("no-such-thing==1 --hash=sha256:" + "0" * 64 + "\n")
    answer = call(tree, without_uv, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="1")
    assert answer.returncode == 1
    (line,) = answer.stderr.strip().splitlines()
    assert line.startswith("course.py: Cannot reach the package index:")
    assert len(line) < 500


def test_a_missing_venv_module_is_installed_or_named(monkeypatch):
    asked = []
    real = importlib.util.find_spec
    monkeypatch.setattr(
        environment.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else real(name)
    )
    monkeypatch.setattr(system, "apt_install", lambda packages, status: asked.append(packages))
    with pytest.raises(environment.Problem) as problem:
        environment._require_venv(environment.Status())
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert asked == [[package]]
    assert f"sudo apt-get install --no-install-recommends {package}" in str(problem.value)
    assert "\n" not in str(problem.value)
    monkeypatch.setattr(system, "apt_install", lambda packages, status: True)
    environment._require_venv(environment.Status())


def test_two_at_once_take_turns(tree, quick_uv):
    with turns.alone(f"{tree}/.venv.lock", "waiting"):
        waiting = subprocess.Popen(
            [sys.executable, str(tree / "course.py"), "book"],
            env=settings(quick_uv),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert waiting.stdout.readline() == "Another course.py is installing; waiting for it.\n"
        assert not (tree / ".venv").exists()
    rest, _ = waiting.communicate(timeout=200)
    assert waiting.returncode == 0
    assert "built in" in rest


def test_a_level_serves_those_below_it(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "_identity", lambda newest: "same")
    for place in ("packages", "bin", "Scripts"):
        (tmp_path / place).mkdir()
    environment.interpreter(tmp_path).write_text("")
    stamp = {"identity": "same", "level": "lite", "packages": "packages", "holds": []}
    (tmp_path / "course.json").write_text(json.dumps(stamp))
    serves = [environment._serves(tmp_path, level, False) for level in ("book", "lite", "dev")]
    assert serves == [True, True, False]


def test_children_see_only_the_course(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    python = environment.interpreter(environment.ROOT / ".venv")
    seen = environment.variables(python)
    assert "PYTHONPATH" not in seen
    assert seen["PATH"].split(os.pathsep)[0] == str(python.parent)
    assert seen["VIRTUAL_ENV"] == str(environment.ROOT / ".venv")
