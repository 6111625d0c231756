"""Bring the contestants that a fresh .venv lacks: PyTorch as the tests pin it, the rest by name."""

import subprocess
import sys

from benchmarks.contestants import contestants
from tools import system
from tools.process import Status, run

PIP = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]


def missing():
    """Packages that contestants need and that are not installed, in the order of the contestants."""
    return list(dict.fromkeys(name for contestant in contestants() for name in contestant.missing()))


def bring(status=None):
    """Try to install what is missing; returns what is missing then."""
    status = status or Status()
    lacking = missing()
    if "torch" in lacking:
        system.ensure_torch(status)
    others = [name for name in lacking if name != "torch"]
    if others:
        status.say(f"  installing {', '.join(others)}, to compare with")
        run(
            [*PIP, *others], on_line=lambda line: None, on_tick=lambda s: status.show(f"      pip, {s:.0f} s")
        )
    return _missing_afresh() if lacking else []


def _missing_afresh():
    """Ask a new process: this one remembers what its folders held."""
    ask = "from benchmarks import install; print(*install.missing())"
    return subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True
    ).stdout.split()
