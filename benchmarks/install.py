"""Install the contestants that a fresh .venv lacks: PyTorch in the version of the tests, the rest by name."""

import importlib

from benchmarks.contestants import contestants
from tools import system
from tools.process import Status


def missing():
    """Return the packages that contestants need and that are not installed, in the contestants' order."""
    importlib.invalidate_caches()
    return list(dict.fromkeys(name for contestant in contestants() for name in contestant.missing()))


def bring():
    """Try to install the missing packages. Return those that are still missing."""
    status, lacking = Status(), missing()
    if "torch" in lacking:
        system.ensure_torch(status)
    others = [name for name in lacking if name != "torch"]
    if others:
        status.say(f"  installing {', '.join(others)}, to compare with")
        system.pip_install(others, status)
    return missing()
